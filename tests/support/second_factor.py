"""People with a second factor, and the app on their phone."""

import time
from dataclasses import dataclass

import pyotp

from .people import PASSWORD, Person, agreed

PATH = "/api/users/me/second-factor"
STEP = 30  # seconds


@dataclass
class App:
    """Makes codes. Each works once, so the next one is of a later half minute, which is accepted early."""

    secret: str
    shown: int = 0

    def code(self) -> str:
        """A code that was not shown yet; waits until there is one."""
        while (step := max(self.shown + 1, self._present())) > self._present() + 1:
            time.sleep(0.5)
        self.shown = step
        return pyotp.TOTP(self.secret).generate_otp(step)

    @staticmethod
    def _present() -> int:
        return int(time.time()) // STEP


def begin(person: Person) -> App:
    """The app of a person whose address is verified; the factor is not enabled yet."""
    return App(agreed(person.post(PATH, {"password": PASSWORD}))["secret"])


def protect(person: Person) -> App:
    """Give a person whose address is verified a second factor."""
    app = begin(person)
    agreed(person.post(f"{PATH}/enable", {"code": app.code()}))
    return app
