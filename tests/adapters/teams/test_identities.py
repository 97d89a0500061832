"""By what an app shows who it is: what is asked for a token with each, and files that can't be used."""

from datetime import UTC, datetime, timedelta
from uuid import UUID

import jwt
import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from jwt.types import Options

from adapters.teams.identities import (
    ASSERTION,
    BadCertificate,
    ByHost,
    ByMachine,
    BySecret,
    certificate_in,
    question_for,
    token_url,
)
from tests.adapters.teams.microsoft import NOON
from tests.peers.teams_keys import certificate

APP, FRESH = "00000000-0000-4000-8000-0000000c0001", UUID(int=7)
URL = token_url("https://login.example/", "leeds")
KEY, CERTIFICATE, _ = certificate(1)


def test_a_secret_is_posted() -> None:
    """To the organisation's own address, for the Bot Framework alone."""
    asked = question_for(BySecret("sesame"), APP, URL, NOON, FRESH)

    assert (asked.url, asked.query) == ("https://login.example/leeds/oauth2/v2.0/token", {})
    assert asked.form == {
        "grant_type": "client_credentials",
        "client_id": APP,
        "scope": "https://api.botframework.com/.default",
        "client_secret": "sesame",
    }


@pytest.mark.parametrize("pem", [KEY + CERTIFICATE, CERTIFICATE + KEY])
def test_a_certificate_signs(pem: str) -> None:
    """The key stays here; what it signed is for one address, once, and for ten minutes."""
    asked = question_for(certificate_in(pem.encode()), APP, URL, NOON, FRESH)

    assert asked.form is not None
    assert (asked.form["client_assertion_type"], asked.form.get("client_secret")) == (ASSERTION, None)
    key = certificate_in(pem.encode()).key.public_key()
    signed = asked.form["client_assertion"]
    timeless: Options = {"verify_exp": False, "verify_nbf": False, "verify_iat": False}
    said = jwt.decode(signed, key, ["PS256"], timeless, audience=URL, issuer=APP)
    assert (said["sub"], said["jti"], said["exp"] - said["nbf"]) == (APP, str(FRESH), 600)


@pytest.mark.parametrize(("named", "which"), [(None, {}), (APP, {"client_id": APP})])
def test_a_machine_is_asked_who_it_is(named: str | None, which: dict[str, str]) -> None:
    """In Azure there is no secret at all; one of several identities is named."""
    asked = question_for(ByMachine(named), APP, URL, NOON, FRESH)

    assert (asked.url, asked.form) == ("http://169.254.169.254/metadata/identity/oauth2/token", None)
    assert asked.headers == {"Metadata": "true"}
    assert asked.query == {"api-version": "2018-02-01", "resource": "https://api.botframework.com", **which}


@pytest.mark.parametrize(("named", "which"), [(None, APP), ("another", "another")])
def test_a_host_is_asked_whose_app_it_is(named: str | None, which: str) -> None:
    """App Service says where, and with what; it gives its own identity's token to whoever names none."""
    asked = question_for(ByHost("http://127.0.0.1:41741/msi/token", "sesame", named), APP, URL, NOON, FRESH)

    assert (asked.url, asked.form) == ("http://127.0.0.1:41741/msi/token", None)
    assert asked.headers == {"X-IDENTITY-HEADER": "sesame"}
    assert asked.query == {"api-version": "2019-08-01", "resource": "https://api.botframework.com", "client_id": which}


def with_passphrase() -> str:
    """The key of the certificate, locked."""
    key = certificate_in((KEY + CERTIFICATE).encode()).key
    locked = serialization.BestAvailableEncryption(b"sesame")
    pem = key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, locked)
    return pem.decode() + CERTIFICATE


def of_another_kind() -> str:
    """A key that is no RSA key, with its certificate."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "Team Leeds Chats")])
    start = datetime(2026, 1, 1, tzinfo=UTC)
    built = x509.CertificateBuilder(name, name, key.public_key(), 1, start, start + timedelta(days=9))
    made = built.sign(key, hashes.SHA256()).public_bytes(serialization.Encoding.PEM)
    plain = serialization.NoEncryption()
    pem = key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, plain)
    return pem.decode() + made.decode()


@pytest.mark.parametrize(
    "pem",
    ["", KEY, CERTIFICATE, KEY + "-----BEGIN CERTIFICATE-----\nsesame\n", with_passphrase(), of_another_kind()],
    ids=["empty", "key", "certificate", "broken", "locked", "another"],
)
def test_a_file_that_cannot_be_used_is_named(pem: str) -> None:
    """One sentence says what has to be in the file, and shows nothing of it."""
    with pytest.raises(BadCertificate, match=r"must be a PEM file with an RSA key without a passphrase") as refused:
        certificate_in(pem.encode())

    assert refused.value.__cause__ is None
    assert "sesame" not in str(refused.value)


def test_a_key_of_another_certificate_is_named() -> None:
    """Two halves that do not belong together."""
    with pytest.raises(BadCertificate, match="is not that of the key beside it"):
        certificate_in((certificate(2)[0] + CERTIFICATE).encode())


def test_nothing_secret_is_shown() -> None:
    """Whoever logs an identity or a question by mistake logs no secret."""
    by_host = ByHost("http://127.0.0.1/msi/token", "sesame")
    for identity in (BySecret("sesame"), by_host, certificate_in((KEY + CERTIFICATE).encode())):
        asked = question_for(identity, APP, URL, NOON, FRESH)
        assert "sesame" not in f"{identity!r} {asked!r}"
        assert "RSAPrivateKey" not in f"{identity!r} {asked!r}"
        assert "client_assertion" not in repr(asked)
