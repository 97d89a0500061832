"""The keys of the stand-in Teams, the tokens that it mints with them, good and bad, and an app's certificate."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cache
from typing import Final, Literal

import jwt
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from jwt.algorithms import RSAAlgorithm

from tests.peers.teams_things import Json

ISSUER: Final = "https://api.botframework.com"
LIVES: Final = timedelta(hours=1)
CERTIFICATES: Final = 1_000
"""The keys of apps' certificates are counted from here."""

Proof = Literal[
    "good",
    "none",
    "garbage",
    "expired",
    "early",
    "no_exp",
    "wrong_audience",
    "wrong_issuer",
    "unknown_key",
    "unendorsed",
    "other_service_url",
    "no_service_url",
    "unsigned",
    "basic",
]
"""What an activity is to show: a good token, none, or one that is wrong for one reason alone."""


@cache
def private_key(number: int) -> rsa.RSAPrivateKey:
    """Make a key, once in a process for each number."""
    del number
    return rsa.generate_private_key(public_exponent=65_537, key_size=2_048)


@dataclass(frozen=True, slots=True)
class Key:
    """A key that signs what Teams sends, and the channels that it may speak for."""

    number: int
    endorsements: tuple[str, ...]

    @property
    def kid(self) -> str:
        """The name by which tokens call it."""
        return f"key-{self.number}"

    @property
    def published(self) -> Json:
        """How the key set has it."""
        public: Json = RSAAlgorithm.to_jwk(private_key(self.number).public_key(), as_dict=True)
        named = {"kty": "RSA", "use": "sig", "kid": self.kid, "x5t": self.kid, "n": public["n"], "e": public["e"]}
        return {**named, "endorsements": list(self.endorsements)}


TEAMS: Final = ("msteams", "skype", "cortana")
_WEB: Final = Key(1, ("webchat", "directline"))
_STRANGE: Final = Key(2, TEAMS)


class Keys:
    """The key set, and the tokens that activities come with. `clock` gives UTC."""

    def __init__(self, clock: Callable[[], datetime]) -> None:
        self.clock = clock
        self.signing = Key(3, TEAMS)
        self.published: list[Key] = [_WEB, self.signing]

    def roll(self, endorsements: Sequence[str] = TEAMS, *, keep_old: bool = False, publish: bool = True) -> str:
        """Sign with a new key from now on; gives its name."""
        made = Key(self.signing.number + 1, tuple(endorsements))
        self.published = [_WEB, *([self.signing] if keep_old else []), *([made] if publish else [])]
        self.signing = made
        return made.kid

    @property
    def key_set(self) -> Json:
        """The keys as they are published."""
        return {"keys": [key.published for key in self.published]}

    def metadata(self, base: str) -> Json:
        """Say where the keys are."""
        return {
            "issuer": ISSUER,
            "authorization_endpoint": "https://invalid.botframework.com",
            "jwks_uri": f"{base}/v1/.well-known/keys",
            "id_token_signing_alg_values_supported": ["RS256"],
            "token_endpoint_auth_methods_supported": ["private_key_jwt"],
        }

    def header(self, app: str, service_url: str, proof: Proof) -> str | None:
        """Give the Authorization header of an activity for an app; None where it is to have none."""
        match proof:
            case "none":
                return None
            case "garbage":
                return "Bearer not.a.token"
            case "basic":
                return "Basic bm90OmE="
            case _:
                return f"Bearer {self._token(app, service_url, proof)}"

    def _token(self, app: str, service_url: str, proof: Proof) -> str:
        now = self.clock() - LIVES * 2 if proof == "expired" else self.clock()
        claims: Json = {
            "serviceurl": "https://elsewhere.example.org/" if proof == "other_service_url" else service_url,
            "iss": "https://example.org" if proof == "wrong_issuer" else ISSUER,
            "aud": "00000000-0000-4000-8000-00000000dead" if proof == "wrong_audience" else app,
            "nbf": int((now + LIVES if proof == "early" else now).timestamp()),
            "exp": int((now + LIVES * 2 if proof == "early" else now + LIVES).timestamp()),
        }
        for claim, left_out in (("exp", "no_exp"), ("serviceurl", "no_service_url")):
            if proof == left_out:
                del claims[claim]
        key = {"unknown_key": _STRANGE, "unendorsed": _WEB}.get(proof, self.signing)
        if proof == "unsigned":
            return jwt.encode(claims, "", algorithm="none", headers={"kid": key.kid})
        return jwt.encode(claims, private_key(key.number), algorithm="RS256", headers={"kid": key.kid, "x5t": key.kid})


@cache
def certificate(number: int) -> tuple[str, str, x509.Certificate]:
    """Make an app's certificate for ten years: its key as PEM, itself as PEM, and itself."""
    key = private_key(CERTIFICATES + number)
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "Team Leeds Chats")])
    start = datetime(2026, 1, 1, tzinfo=UTC)
    built = x509.CertificateBuilder(name, name, key.public_key(), 1 + number, start, start + timedelta(days=3_650))
    made = built.sign(key, hashes.SHA256())
    plain = serialization.NoEncryption()
    pem = key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, plain)
    return pem.decode(), made.public_bytes(serialization.Encoding.PEM).decode(), made
