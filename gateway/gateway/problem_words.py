"""What problems mean, and what a client does about them: by status, and more closely by code."""

from http import HTTPStatus
from typing import NamedTuple


class Words(NamedTuple):
    """Sentences for the reader of a page; what stands between backticks is code."""

    meaning: str
    remedy: str


TOO_LARGE = "The request is larger than what is read here."
SEND_LESS = "Send less at a time. The same request again gets the same answer."
AWAY = "A part of the platform does not answer just now."
ASK_LATER = (
    "Wait as many seconds as `Retry-After` says, and ask again. A read can be repeated as it is, a `POST` "
    "that creates something with the same `Idempotency-Key`."
)
UPDATE = (
    "Read the thing again, make the change to what it is now, and send its `ETag` as `If-Match`."
)
REFRESH = (
    "Exchange the refresh token at `POST /api/auth/refresh`, and ask again with the new access token. "
    "If that is refused too, sign in at `POST /api/auth/login`."
)

BY_STATUS = {
    400: Words(
        "The request cannot be read, or it can be read in more than one way.",
        "Correct the client: `detail` says what is wrong. The same request again gets the same answer.",
    ),
    401: Words(
        "The request does not prove who makes it.",
        "Have the person try again, or sign in at `POST /api/auth/login`.",
    ),
    403: Words(
        "It is known who makes the request, and they may not do this.",
        "Tell the person. `required`, where it is there, names the part that may. "
        "The same request again gets the same answer until that has changed.",
    ),
    404: Words(
        "There is nothing of this address, or nothing that this caller may see: both are answered alike.",
        "Check the address and the ids in it, and whether the right person is signed in.",
    ),
    405: Words(
        "The address exists, and does not take this method.",
        "Use one of the methods that the header `Allow` names.",
    ),
    408: Words("The request took too long to arrive.", "Send it again, without a pause in it."),
    409: Words(
        "The request is valid, and something that is there now stands against it.",
        "Read the thing again, and show the person what has changed. Some members of the problem name what "
        "stands against it.",
    ),
    410: Words("It existed, and does not any more.", "Forget it: it does not come back."),
    411: Words("The length of the body is not known.", "Send the header `Content-Length`."),
    412: Words("It was changed by another request after it was read.", UPDATE),
    413: Words(TOO_LARGE, SEND_LESS),
    414: Words(TOO_LARGE, SEND_LESS),
    415: Words(
        "The body is not of a kind that is read here.",
        "Send JSON in UTF-8, with `Content-Type: application/json`.",
    ),
    422: Words(
        "The request can be read, and what it says is not valid.",
        "`errors`, where it is there, names each wrong field: by a JSON Pointer into the body, or as `?name` "
        "in the address. Correct those, and ask again.",
    ),
    428: Words(
        "Several people may change it, and the request does not say what it has seen.", UPDATE
    ),
    429: Words(
        "This is more than one caller may ask at a time.",
        "Wait as many seconds as `Retry-After` says, and ask again, more slowly.",
    ),
    431: Words(TOO_LARGE, SEND_LESS),
    499: Words(
        "The client went away before it was answered.", "Nothing: nobody reads this answer."
    ),
    500: Words(
        "The platform has made a mistake, and has written it down. The request is not at fault.",
        "Ask again later. If it stays so, tell the operator the `request_id`.",
    ),
    502: Words(AWAY, ASK_LATER),
    503: Words(AWAY, ASK_LATER),
    504: Words(AWAY, ASK_LATER),
    507: Words(
        "The answer is larger than the platform writes.",
        "Ask the operator for it, and name the `request_id`.",
    ),
}
# Where a program has to do something else than the status says.
REMEDIES = {
    "already_rotated": "Use the tokens that the other request was answered.",
    "confirmation_required": "Have the person confirm at `POST /api/auth/confirm`, and ask again.",
    "cross_site": (
        "Send it from a page of the platform, in a browser that sends `Sec-Fetch-Site` or `Origin`. "
        "Programs use the operations under `/api/auth`."
    ),
    "idempotency_key_reused": (
        "Make a new `Idempotency-Key` for each thing that is to happen, and keep it for repetitions of the "
        "same request."
    ),
    "invalid_email_token": "Ask for another e-mail.",
    "invalid_token": REFRESH,
    "mfa_required": "Ask the person for a code, and send it with the ticket to `POST /api/auth/login/code`.",
    "request_in_progress": ASK_LATER,
    "signed_out_here_alone": (
        "Tell the person. After their next sign-in they can end the other one with `DELETE "
        "/api/auth/sessions/{sign_in_id}`."
    ),
    "token_outdated": REFRESH,
    "token_revoked": "Sign in again at `POST /api/auth/login`.",
    "unauthorized": REFRESH,
}


def words_on(status: int, code: str) -> Words:
    """What a problem of this status and code means, and what to do about it."""
    if status in BY_STATUS:
        words = BY_STATUS[status]
    else:
        # No program of the platform answers it by itself.
        words = BY_STATUS[400 if status < HTTPStatus.INTERNAL_SERVER_ERROR else 500]
    return words._replace(remedy=REMEDIES.get(code, words.remedy))
