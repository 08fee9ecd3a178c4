"""What a client knows and decides, whatever library carries its requests."""

from collections.abc import Callable, Mapping
from typing import Any
from urllib.parse import urlsplit

from lyceum_client.errors import Refused, SignInEnded
from lyceum_client.exchange import Attempts, Patience, Request, is_transient

TIMEOUT = 30.0  # seconds
EXPIRED = {"invalid_token", "token_outdated", "token_revoked"}


class Client:
    """A gateway, and the tokens of the person who uses it.

    `token` is sent with requests. Once it has expired, `refresh_token` is exchanged for the next pair: it is
    good for one exchange, and a second one would end the sign-in. Programs keep `device_token` for the next
    sign-in on this device: wrong passwords that others try do not keep it out.
    """

    def __init__(
        self,
        gateway: str,
        token: str | None = None,
        *,
        refresh_token: str | None = None,
        device_token: str | None = None,
        patience: Patience | None = None,
        timeout: float = TIMEOUT,
    ) -> None:
        """`timeout` is how many seconds the gateway may be silent. `ValueError` for what is no address."""
        address = urlsplit(gateway)
        if address.scheme not in ("http", "https") or not address.hostname:
            raise ValueError(f"not the address of a gateway: {gateway!r}")
        self.gateway = gateway.rstrip("/")
        self.token = token
        self.refresh_token = refresh_token
        self.device_token = device_token
        self.patience = patience or Patience()
        self.timeout = timeout
        self._ended: Refused | None = None
        self._connect()

    def _connect(self) -> None:
        """Make what carries requests."""
        raise NotImplementedError

    def adopt(self, tokens: Mapping[str, Any]) -> None:
        """Use the tokens of this answer from now on."""
        self.refresh_token = tokens["refresh_token"]
        self.device_token = tokens.get("device_token", self.device_token)
        self._ended = None
        # Last, as other threads compare it.
        self.token = tokens["access_token"]

    def _attempts(self, request: Request) -> Attempts:
        return Attempts(self.patience, repeatable=request.is_repeatable(self.token))

    def _token_for(self, request: Request) -> str | None:
        return self.token if request.takes_token else None

    def _first_step(self, login: str, password: str) -> Request:
        body = {"login": login, "password": password, **self._device()}
        return Request("POST", "/api/auth/login", body=body, takes_token=False)

    def _second_step(self, refusal: Refused, code: Callable[[], str] | None) -> Request:
        """What follows a right password; raises the refusal if it is about something else."""
        if refusal.code != "mfa_required" or code is None:
            raise refusal
        body = {"ticket": refusal.problem["ticket"], "code": code(), **self._device()}
        return Request("POST", "/api/auth/login/code", body=body, takes_token=False)

    def _device(self) -> dict[str, str]:
        return {"device_token": self.device_token} if self.device_token else {}

    def _can_renew(self, token: str | None, refusal: Refused) -> bool:
        """Whether what was refused with this token may succeed with the next one."""
        if token is None or refusal.code not in EXPIRED:
            return False
        return self.refresh_token is not None or self._ended is not None

    def _renewal(self, expired: str | None) -> Request | None:
        """What gets the next tokens; None if they are here, `SignInEnded` if there are none."""
        if self.token != expired:
            return None
        if self._ended:
            raise SignInEnded.by(self._ended)
        body = {"refresh_token": self.refresh_token}
        return Request("POST", "/api/auth/refresh", body=body, takes_token=False)

    def _after_refused_renewal(self, refusal: Refused) -> Refused:
        """What to raise: `SignInEnded`, unless the renewal may succeed later."""
        if is_transient(refusal):
            return refusal
        self.refresh_token, self._ended = None, refusal
        return SignInEnded.by(refusal)
