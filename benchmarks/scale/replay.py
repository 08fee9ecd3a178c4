"""Has the people of a city do what the model says, each thing at its time."""

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress
from functools import partial
from http import HTTPStatus
from time import monotonic
from typing import NamedTuple

import httpx

from benchmarks.scale import model
from benchmarks.scale.acts import ACTS
from benchmarks.scale.city import City, Resident
from lyceum_client.errors import LyceumError, Refused

HOUR = 3600.0
STREAM = "stream_user_events"


class Call(NamedTuple):
    """A call that has ended.

    `milliseconds` passed since the person wanted it, `late` of them before this program made the call.
    `refusal` names what others have made impossible meanwhile, `failure` all else that is no success.
    """

    operation: str
    hour: int
    milliseconds: float
    late: float
    refusal: str | None = None
    failure: str | None = None


class Replay:
    """A day, `factor` times as fast as life."""

    def __init__(self, city: City, factor: float, seed: int) -> None:
        self.calls: list[Call] = []
        self.events = 0  # on all streams
        self._city = city
        self._factor = factor
        self._seed = seed
        self._midnight = 0.0

    async def run(self, first: int, last: int, look: Callable[[int], Awaitable[None]]) -> None:
        """Replay from one hour to another, to the end of the visits that begin then.

        `look` is awaited when the first hour begins, and when each ends.
        """
        self._midnight = monotonic() - first * HOUR / self._factor
        await look(first)
        visits = model.a_day(len(self._city.residents), self._seed)
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(self._look_on(first, last, look))
            for visit in visits:
                if first * HOUR <= visit.begins < last * HOUR:
                    await self._until(visit.begins)
                    self._begin(visit, tasks)

    async def _look_on(self, first: int, last: int, look: Callable[[int], Awaitable[None]]) -> None:
        for hour in range(first + 1, last + 1):
            await self._until(hour * HOUR)
            await look(hour)

    def _begin(self, visit: model.Visit, tasks: asyncio.TaskGroup) -> None:
        one = self._city.residents[visit.person]
        for step in visit.steps:
            moment = visit.begins + step.after
            if step.operation == STREAM:
                tasks.create_task(self._watch(one, moment))
            else:
                act = partial(ACTS[step.operation], one)
                tasks.create_task(self._call(step.operation, moment, act))

    async def _watch(self, one: Resident, moment: float) -> None:
        await self._until(moment)
        stream = one.stream_user_events(rooms="mine", timeout=model.STAYS / self._factor)
        await self._call(STREAM, moment, stream.__aenter__)
        with suppress(LyceumError):
            async for _ in stream:
                self.events += 1

    async def _call(
        self, operation: str, moment: float, act: Callable[[], Awaitable[object]]
    ) -> None:
        await self._until(moment)
        wanted = self._midnight + moment / self._factor
        late = 1000 * (monotonic() - wanted)
        refusal = failure = None
        try:
            await act()
        except Refused as refused:
            what = f"{refused.status} {refused.code}"
            if refused.status >= 500 or refused.status == HTTPStatus.TOO_MANY_REQUESTS:
                failure = what
            else:
                refusal = what
        except (LyceumError, httpx.HTTPError) as error:
            failure = type(error).__name__
        taken = 1000 * (monotonic() - wanted)
        hour = int(moment // HOUR) % 24
        self.calls.append(Call(operation, hour, taken, late, refusal, failure))

    async def _until(self, moment: float) -> None:
        await asyncio.sleep(self._midnight + moment / self._factor - monotonic())
