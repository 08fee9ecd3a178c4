"""The security log: who did what to which account, from where, and with what outcome.

Its lines go where all lines go, with `"stream": "security"`, by which a collector keeps them apart and for
longer. They are written at every LOG_LEVEL. None holds a secret, a name or an address of an e-mail.
"""

from uuid import UUID

from chassis.clock import now
from chassis.telemetry import logs, request_context
from chassis.telemetry.client_address import client_address


def succeeded(action: str, actor: UUID | None, target: UUID | None = None, **details: str) -> None:
    """Note what was done. `action` is `<thing>.<past participle>`; `target` is whose it is, if another's."""
    _note(action, "success", actor, target, details)


def failed(action: str, actor: UUID | None, target: UUID | None = None, **details: str) -> None:
    """Note what was tried in vain."""
    _note(action, "failure", actor, target, details)


def _note(
    action: str, outcome: str, actor: UUID | None, target: UUID | None, details: dict[str, str]
) -> None:
    trace = request_context.present()
    logs.write(
        {
            "service": logs.program(),
            "stream": "security",
            "request_id": trace.request_id if trace else None,
            "trace_id": trace.trace_id if trace else None,
            "action": action,
            "outcome": outcome,
            "actor": actor,
            "target": target or actor,
            "client_address": client_address(),
            **details,
            "level": "info" if outcome == "success" else "warning",
            "timestamp": now(),
            "message": "security",
        }
    )
