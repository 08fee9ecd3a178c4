"""Keys of a whole platform, made for one run of tests."""

import json
import tempfile
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import jwt
from cryptography.fernet import Fernet
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

KID = "test"
SERVICES = (
    "gateway",
    "user-service",
    "study-session-service",
    "tutoring-service",
    "havruta-service",
    "assessment-service",
)


@dataclass(frozen=True)
class KeyFiles:
    """Keys of a whole platform, made for this test run."""

    directory: Path
    signing_key: ec.EllipticCurvePrivateKey
    service_keys: dict[str, ec.EllipticCurvePrivateKey]
    keep: tempfile.TemporaryDirectory[str]


@cache
def key_files() -> KeyFiles:
    """One directory: `signing/` with the issuer's key, `jwks.json`, `sealing`, and those of services."""
    keep = tempfile.TemporaryDirectory(prefix="lyceum-keys-")
    directory = Path(keep.name)
    signing = ec.generate_private_key(ec.SECP256R1())
    services = {name: ec.generate_private_key(ec.SECP256R1()) for name in SERVICES}
    (directory / "signing").mkdir()
    (directory / "signing" / f"{KID}.pem").write_bytes(pem(signing))
    (directory / "signing" / "current").write_text(KID)
    (directory / "sealing").write_bytes(Fernet.generate_key())
    (directory / "jwks.json").write_text(jwks({KID: signing}))
    (directory / "services.json").write_text(jwks(services))
    for name, key in services.items():
        (directory / f"{name}.pem").write_bytes(pem(key))
    return KeyFiles(directory, signing, services, keep)


def pem(key: ec.EllipticCurvePrivateKey) -> bytes:
    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())


def jwks(keys: dict[str, ec.EllipticCurvePrivateKey]) -> str:
    algorithm = jwt.algorithms.ECAlgorithm(jwt.algorithms.ECAlgorithm.SHA256)
    public = [
        {**json.loads(algorithm.to_jwk(key.public_key())), "kid": kid} for kid, key in keys.items()
    ]
    return json.dumps({"keys": public})
