"""By what an app shows who it is, and what it asks for a token with each. Pure: time and ids are given.

Source: learn.microsoft.com, "Client credentials flow", "Certificate credentials", "Use managed identities on a VM" and
"Use managed identities for App Service".
"""

from base64 import urlsafe_b64encode
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import assert_never
from uuid import UUID

import jwt
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
from cryptography.hazmat.primitives.serialization import load_pem_private_key

RESOURCE = "https://api.botframework.com"
ASSERTION = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
ON_THIS_MACHINE = "http://169.254.169.254/metadata/identity/oauth2/token"
"""Where a machine in Azure is told who it is; nobody else can reach it."""
ASSERTED_FOR = timedelta(minutes=10)


class BadCertificate(Exception):
    """A PEM file can't be used; the text is one sentence that says what to do."""


@dataclass(frozen=True, slots=True)
class BySecret:
    """A client secret."""

    secret: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class ByCertificate:
    """A key, and the fingerprint (SHA-256, base64url) of the certificate that Microsoft knows it by."""

    key: RSAPrivateKey = field(repr=False)
    fingerprint: str


@dataclass(frozen=True, slots=True)
class ByMachine:
    """The managed identity of a virtual machine; `client_id` names one of several."""

    client_id: str | None = None
    url: str = ON_THIS_MACHINE


@dataclass(frozen=True, slots=True)
class ByHost:
    """The managed identity of what runs in App Service or Container Apps, which say where to ask, and with what.

    `client_id` names the identity: the app's own, unless it is told. Without one they would give the host's.
    """

    url: str
    shown: str = field(repr=False)
    client_id: str | None = None


Identity = BySecret | ByCertificate | ByMachine | ByHost


@dataclass(frozen=True, slots=True)
class Question:
    """What is asked for a token, and where: `form` is posted; with none, the address is read."""

    url: str
    headers: Mapping[str, str] = field(repr=False)
    query: Mapping[str, str]
    form: Mapping[str, str] | None = field(repr=False)


def token_url(login_url: str, tenant: str) -> str:
    """Where an app of that organisation gets its tokens. `login_url` ends with a stroke."""
    return f"{login_url}{tenant}/oauth2/v2.0/token"


def certificate_in(pem: bytes) -> ByCertificate:
    """The key and the certificate in a PEM file. Raises BadCertificate."""
    key, cert = None, None
    with suppress(ValueError, TypeError):  # TypeError: it wants a passphrase
        key, cert = load_pem_private_key(pem, None), x509.load_pem_x509_certificate(pem)
    if not isinstance(key, RSAPrivateKey) or cert is None:
        raise BadCertificate(
            "The certificate of the Teams app must be a PEM file with an RSA key without a passphrase, and its"
            " certificate."
        )
    if cert.public_key() != key.public_key():
        raise BadCertificate("The certificate of the Teams app is not that of the key beside it; put the two together.")
    return ByCertificate(key, _base64(cert.fingerprint(hashes.SHA256())))


def question_for(identity: Identity, app_id: str, url: str, now: datetime, fresh: UUID) -> Question:
    """What is asked for a token of the app at `url`. `now` is UTC, `fresh` a random id."""
    asked = {"grant_type": "client_credentials", "client_id": app_id, "scope": f"{RESOURCE}/.default"}
    match identity:
        case BySecret(secret):
            return Question(url, {}, {}, {**asked, "client_secret": secret})
        case ByCertificate():
            signed = _assertion(identity, app_id, url, now, fresh)
            return Question(url, {}, {}, {**asked, "client_assertion_type": ASSERTION, "client_assertion": signed})
        case ByMachine(client_id, place):
            which = {} if client_id is None else {"client_id": client_id}
            query = {"api-version": "2018-02-01", "resource": RESOURCE, **which}
            return Question(place, {"Metadata": "true"}, query, None)
        case ByHost(place, shown, client_id):
            query = {"api-version": "2019-08-01", "resource": RESOURCE, "client_id": client_id or app_id}
            return Question(place, {"X-IDENTITY-HEADER": shown}, query, None)
        case _:
            assert_never(identity)


def _assertion(identity: ByCertificate, app_id: str, url: str, now: datetime, fresh: UUID) -> str:
    claims = {"aud": url, "iss": app_id, "sub": app_id, "jti": str(fresh), "nbf": now, "iat": now}
    ends = {"exp": now + ASSERTED_FOR}
    return jwt.encode({**claims, **ends}, identity.key, "PS256", headers={"x5t#S256": identity.fingerprint})


def _base64(said: bytes) -> str:
    return urlsafe_b64encode(said).decode().rstrip("=")
