"""What each program reads of others, written into their folders: `python -m dev.contracts`.

The suite of a service holds `contracts/<consumer>.json` in its folder against all that it sends, so that a
team sees which programs a change would break. The files are written out of the consumers' code.
"""

import json
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from importlib import import_module
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import parse_qsl, urlencode, urlsplit

from apispec import APISpec
from apispec.ext.marshmallow import MarshmallowPlugin
from marshmallow import Schema as Shape

from chassis.auth import keys
from chassis.json_schema import Schema, an_object
from chassis.messaging import contracts
from chassis.messaging.consumer import Subscription
from dev.services import GATEWAY, SERVICES
from gateway import account_events, exports, states, watching
from gateway.aggregation import Part
from gateway.edge import profiles
from gateway.routes import LIVE, USER
from gateway.views import calendar, dashboard, overview, reports, search, sign_ins

ROOT = Path(__file__).resolve().parents[1]
JWKS = "/.well-known/jwks.json"
PARTS: Sequence[Part] = (
    *dashboard.PARTS,
    *overview.PARTS,
    *search.PARTS,
    *calendar.PARTS,
    *calendar.FEED_PARTS,
    calendar.OWNER,
    *reports.PARTS.values(),
)


class Reading(NamedTuple):
    """What a consumer reads of a provider: of an operation (`answers`) or a type of event (`events`)."""

    provider: str
    consumer: str
    kind: str
    subject: str
    schema: Schema


def written() -> Mapping[Path, str]:
    """The content of each file, by its path."""
    files: dict[Path, Any] = defaultdict(lambda: {"answers": {}, "events": {}})
    for one in readings():
        path = ROOT / one.provider / "contracts" / f"{one.consumer}.json"
        files[path][one.kind].setdefault(one.subject, []).append(one.schema)
    return {path: _as_text(content) for path, content in sorted(files.items())}


def readings() -> Iterator[Reading]:
    """All that programs read of one another."""
    for service in SERVICES:
        for subscription in subscriptions_of(service.package):
            schema = contracts.read_by(subscription.handler)
            source, type_ = subscription.source, subscription.type
            yield Reading(source, service.name, "events", type_, schema)
        yield Reading(service.name, GATEWAY, "answers", f"GET {states.STATUS}", states.STATE)
        yield Reading(service.name, GATEWAY, "answers", f"GET {exports.TARGET}", an_object())
    for consumer in (GATEWAY, *(service.name for service in SERVICES)):
        if consumer != USER:
            yield Reading(USER, consumer, "answers", f"GET {JWKS}", keys.DOCUMENT)
    for type_, schema in account_events.CHANGES.items():
        yield Reading(USER, GATEWAY, "events", type_, schema)
    yield from _of_views()


def _of_views() -> Iterator[Reading]:
    for part in PARTS:
        yield Reading(part.service, GATEWAY, "answers", _subject(part.target), _form(part.shape))
    for service in dict.fromkeys(route.service for route in LIVE):
        rooms = {"/{kind}/{room_id}": watching.ROOM, "": watching.ROOMS, "/mine": watching.ROOMS}
        for path, schema in rooms.items():
            yield Reading(service, GATEWAY, "answers", f"GET /internal/rooms{path}", schema)
    yield Reading(USER, GATEWAY, "answers", f"GET {profiles.ASKED}", profiles.PEOPLE)
    filed = _form(reports.KeptReport())
    yield Reading(USER, GATEWAY, "answers", f"POST {reports.FILED}", filed)
    for path in sign_ins.LIKE.values():
        yield Reading(USER, GATEWAY, "answers", f"POST {path}", sign_ins.SIGNED_IN)


def subscriptions_of(package: str) -> Sequence[Subscription]:
    """What a service listens to."""
    found: Sequence[Subscription] = import_module(f"{package}.app").SUBSCRIPTIONS
    return found


def _subject(target: str) -> str:
    """The operation, with what of its query is the same each time and chooses what is found."""
    parts = urlsplit(target)
    fixed = [(n, v) for n, v in parse_qsl(parts.query) if "{" not in v and n != "limit"]
    query = f"?{urlencode(fixed)}" if fixed else ""
    return f"GET {parts.path}{query}"


def _form(shape: Shape) -> Schema:
    """The JSON Schema of what a shape takes."""
    # Without names, what is nested stands where it is used. None is a documented answer.
    plugin = MarshmallowPlugin(schema_name_resolver=lambda _: None)  # type: ignore[arg-type,return-value]
    APISpec("", "", "3.1.0", plugins=[plugin])  # gives the plugin its converter
    converter: Any = plugin.converter
    found: Schema = converter.schema2jsonschema(shape)
    return found


def _as_text(content: Mapping[str, Mapping[str, list[Schema]]]) -> str:
    document: dict[str, dict[str, Schema]] = {}
    for kind, subjects in content.items():
        if subjects:
            document[kind] = {
                subject: schemas[0] if len(schemas) == 1 else {"allOf": schemas}
                for subject, schemas in sorted(subjects.items())
            }
    return json.dumps(document, indent=2, ensure_ascii=False, sort_keys=True) + "\n"


def main() -> None:
    """Write all files, and remove those of consumers that read nothing more."""
    files = written()
    for path in ROOT.glob("*/contracts/*.json"):
        if path not in files:
            path.unlink()
    for path, text in files.items():
        path.parent.mkdir(exist_ok=True)
        path.write_text(text)


if __name__ == "__main__":
    main()
