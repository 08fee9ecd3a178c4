"""Access tokens that must be refused, made from the keys of a platform under test.

The same ones are sent to the gateway and to each service's own address.
"""

import base64
import hashlib
import hmac
import json
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import uuid4

import jwt
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    PublicFormat,
    load_pem_private_key,
)

Claims = dict[str, Any]

DAY = 86400  # seconds: longer than a run of all tests takes


@dataclass(frozen=True)
class Issuer:
    """The issuer whose tokens are valid: its key, the key's id, and its name."""

    key: ec.EllipticCurvePrivateKey
    kid: str
    name: str
    audience: str = "lyceum"

    @classmethod
    def of_keys(cls, folder: Path, name: str) -> "Issuer":
        """The issuer that signs with the current key of this folder."""
        kid = (folder / "current").read_text().strip()
        key: Any = load_pem_private_key((folder / f"{kid}.pem").read_bytes(), None)
        return cls(key, kid, name)

    def claims(self, **changes: Any) -> Claims:
        """The claims of a valid token with some of them changed; None leaves one out."""
        now = int(time.time())
        claims = {
            "iss": self.name,
            "aud": self.audience,
            "sub": str(uuid4()),
            "iat": now,
            "exp": now + 900,
            "jti": str(uuid4()),
            "sid": str(uuid4()),
            "client_id": "lyceum",
            "email": "mallory@example.org",
            "email_verified": True,
            "username": "mallory",
            "name": "Mallory",
            "roles": ["learner", "admin"],
            **changes,
        }
        return {name: value for name, value in claims.items() if value is not None}

    def sign(self, claims: Claims, header: Mapping[str, Any] | None = None, key: Any = None) -> str:
        """A correctly signed token, unless another key is given. A header field that is None is left out."""
        fields = {"alg": "ES256", "typ": "at+jwt", "kid": self.kid, **(header or {})}
        kept = {name: value for name, value in fields.items() if value is not None}
        content = f"{_encode(kept)}.{_encode(claims)}"
        signature = jwt.algorithms.ECAlgorithm(jwt.algorithms.ECAlgorithm.SHA256).sign(
            content.encode(), key or self.key
        )
        return f"{content}.{_base64(signature)}"

    def valid(self) -> str:
        """A token that every service accepts: without it, the refusal of the others would prove nothing."""
        return self.sign(self.claims())


def forged_tokens(issuer: Issuer) -> dict[str, str]:
    """Tokens that must be refused, each by what is wrong with it."""
    return {
        **_other_algorithms(issuer),
        **_keys_of_its_own(issuer),
        **_broken(issuer),
        **_wrong_claims(issuer),
    }


def _other_algorithms(issuer: Issuer) -> dict[str, str]:
    claims = issuer.claims()
    public = issuer.key.public_key()
    pem = public.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    jwk = jwt.algorithms.ECAlgorithm(jwt.algorithms.ECAlgorithm.SHA256).to_jwk(public).encode()
    rsa_key = rsa.generate_private_key(65537, 2048)
    header = {"typ": "at+jwt", "kid": issuer.kid}
    return {
        **{
            f"algorithm {name}, not signed": _unsigned(header, name, claims)
            for name in ("none", "nOnE", "None", "")
        },
        "HS256 with the public key as PEM": _hmac({**header, "alg": "HS256"}, claims, pem),
        "HS256 with the public key as JWK": _hmac({**header, "alg": "HS256"}, claims, jwk),
        "HS256 with an empty key": _hmac({**header, "alg": "HS256"}, claims, b""),
        "RS256 with a key of its own": jwt.encode(claims, rsa_key, "RS256", headers=header),
        "signed correctly, but named ES384": issuer.sign(claims, {"alg": "ES384"}),
        "no algorithm": issuer.sign(claims, {"alg": None}),
    }


def _keys_of_its_own(issuer: Issuer) -> dict[str, str]:
    claims = issuer.claims()
    other = ec.generate_private_key(ec.SECP256R1())
    jwk = jwt.algorithms.ECAlgorithm(jwt.algorithms.ECAlgorithm.SHA256).to_jwk(
        other.public_key(), as_dict=True
    )
    return {
        "another key under the right id": issuer.sign(claims, key=other),
        "an unknown key id": issuer.sign(claims, {"kid": "unknown"}),
        "no key id": issuer.sign(claims, {"kid": None}),
        "a key id that is a number": issuer.sign(claims, {"kid": 1}),
        "a key id that is a path": issuer.sign(claims, {"kid": "../../dev/null"}),
        "a key id that is SQL": issuer.sign(claims, {"kid": "' OR '1'='1"}),
        "an overlong key id": issuer.sign(claims, {"kid": "k" * 5000}),
        "a key in the header": issuer.sign(claims, {"jwk": jwk}, other),
        "the right key in the header too": issuer.sign(claims, {"jwk": jwk}),
        "an address of keys": issuer.sign(claims, {"jku": "http://127.0.0.1:1/jwks.json"}, other),
        "an address of certificates": issuer.sign(
            claims, {"x5u": "http://127.0.0.1:1/chain.pem"}, other
        ),
        "an unknown critical header": issuer.sign(claims, {"crit": ["x"], "x": 1}),
    }


def _broken(issuer: Issuer) -> dict[str, str]:
    good = issuer.valid()
    header, payload, signature = good.split(".")
    another = _encode(issuer.claims(sub=str(uuid4())))
    return {
        "no signature": f"{header}.{payload}.",
        "two parts": f"{header}.{payload}",
        "four parts": f"{good}.{signature}",
        "another payload": f"{header}.{another}.{signature}",
        "a changed signature": f"{header}.{payload}.{_swap_first(signature)}",
        "a signature of zeros": f"{header}.{payload}.{_base64(bytes(64))}",
        "padded": f"{good}==",
        "a line break inside": f"{header}.\t{payload}.{signature}",
        "letters that are not ASCII": good.replace("e", "\xe9", 1),
        "not base64": "?.?.?",
        "a header that is not JSON": f"{_base64(b'{')}.{payload}.{signature}",
        "a header that is a list": f"{_base64(b'[]')}.{payload}.{signature}",
        "a deep header": f"{_base64(b'[' * 3000)}.{payload}.{signature}",
        "a payload that is a list": _sign_raw(issuer, b"[]"),
        "a megabyte": good + "A" * 1_000_000,
        "one word": "admin",
    }


def _wrong_claims(issuer: Issuer) -> dict[str, str]:
    now = int(time.time())
    changes: dict[str, Claims] = {
        **{
            f"no {name}": {name: None} for name in ("exp", "iat", "sub", "aud", "iss", "jti", "sid")
        },
        "expired": {"iat": now - 1000, "exp": now - 100},
        "exp as text": {"exp": str(now + 900)},
        "exp far beyond any date": {"exp": 1e308},
        "exp with a fraction": {"exp": now + 900.5},
        "exp is true": {"exp": True},
        "lives too long": {"exp": now + 86_400},
        "from the future": {"iat": now + DAY, "exp": now + DAY + 300},
        "not valid yet": {"nbf": now + DAY},
        "another audience": {"aud": "others"},
        "a list of audiences": {"aud": [issuer.audience, "others"]},
        "another issuer": {"iss": "http://evil.example"},
        "an issuer that begins like ours": {"iss": f"{issuer.name}.evil.example"},
        "sub is a number": {"sub": 1},
        "sub is not an id": {"sub": "admin"},
        "sub is a list": {"sub": [str(uuid4())]},
        "sid is a number": {"sid": 1},
        "roles is a number": {"roles": 1},
    }
    wrong = {name: issuer.sign(issuer.claims(**change)) for name, change in changes.items()}
    types = {
        "no type": None,
        "a plain JWT": "JWT",
        "a refresh token": "refresh+jwt",
        "a service token": "svc+jwt",
    }
    return wrong | {
        name: issuer.sign(issuer.claims(), {"typ": kind}) for name, kind in types.items()
    }


def _sign_raw(issuer: Issuer, payload: bytes) -> str:
    header = {"typ": "at+jwt", "kid": issuer.kid}
    return jwt.api_jws.encode(payload, issuer.key, "ES256", headers=header)


def _unsigned(header: Mapping[str, Any], algorithm: str, claims: Claims) -> str:
    return f"{_encode({**header, 'alg': algorithm})}.{_encode(claims)}."


def _hmac(header: Mapping[str, Any], claims: Claims, key: bytes) -> str:
    content = f"{_encode(header)}.{_encode(claims)}"
    return f"{content}.{_base64(hmac.new(key, content.encode(), hashlib.sha256).digest())}"


def _swap_first(text: str) -> str:
    return ("A" if text[0] != "A" else "B") + text[1:]


def _encode(fields: Mapping[str, Any]) -> str:
    return _base64(json.dumps(fields).encode())


def _base64(content: bytes) -> str:
    return base64.urlsafe_b64encode(content).rstrip(b"=").decode()
