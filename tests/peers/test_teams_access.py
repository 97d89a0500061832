"""The stand-in gives tokens to whom they belong, and mints good ones and those that are wrong for one reason alone."""

from base64 import urlsafe_b64encode
from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any, get_args

import jwt
import pytest
from cryptography.hazmat.primitives import hashes

from tests.peers.teams_access import ASSERTION, RESOURCE
from tests.peers.teams_founding import ELSEWHERE
from tests.peers.teams_keys import ISSUER, Proof, certificate, private_key
from tests.peers.teams_stage import Stage, activity, teams_stage
from tests.peers.teams_things import Json

TOKENS = [proof for proof in get_args(Proof) if proof not in {"none", "garbage", "basic"}]


@pytest.fixture
async def stage() -> AsyncIterator[Stage]:
    """Set the stage."""
    async with teams_stage() as made:
        yield made


async def test_a_secret_is_worth_a_token_for_an_hour(stage: Stage) -> None:
    """The connector takes it until it is over, and no other."""
    status, answer = await stage.ask_token()
    assert (status, answer["token_type"], answer["expires_in"]) == (200, "Bearer", 3_599)
    stage.token = answer["access_token"]

    assert await stage.post()

    stage.clock.forward(3_599)
    assert (await stage.call("POST", stage.path("0")))[0] == 401
    assert stage.rules == []


REFUSED: dict[str, tuple[dict[str, str], int, str]] = {
    "another secret": ({"client_secret": "a-guess"}, 401, "invalid_client"),
    "another client": ({"client_id": "00000000-0000-4000-8000-00000000dead"}, 400, "unauthorized_client"),
    "another tenant": ({"app_tenant": ELSEWHERE}, 400, "unauthorized_client"),
}
BROKEN: dict[str, tuple[dict[str, str], str, str]] = {
    "another scope": ({"scope": "https://graph.microsoft.com/.default"}, "invalid_scope", "scope"),
    "another grant": ({"grant_type": "password"}, "unsupported_grant_type", "grant_type"),
}


@pytest.mark.parametrize(("changes", "status", "error"), REFUSED.values(), ids=REFUSED)
async def test_who_is_nobody_gets_no_token(stage: Stage, changes: dict[str, str], status: int, error: str) -> None:
    """That can happen to anybody, and nothing is held against the bot."""
    given, answer = await stage.ask_token(**changes)

    assert (given, answer["error"]) == (status, error)
    assert stage.rules == []


@pytest.mark.parametrize(("changes", "error", "rule"), BROKEN.values(), ids=BROKEN)
async def test_a_token_for_something_else_is_refused_and_noted(
    stage: Stage, changes: dict[str, str], error: str, rule: str
) -> None:
    """The bot calls the connector, and nothing else."""
    assert (await stage.ask_token(**changes))[1]["error"] == error
    assert rule in stage.rules[0]


def _assertion(stage: Stage, number: int = 1001, **changes: object) -> dict[str, str]:
    app, now = stage.peer.app, stage.clock().timestamp()
    claims: dict[str, Any] = {
        "iss": app.id,
        "sub": app.id,
        "aud": stage.peer.token_url(),
        "jti": "1",
        "exp": now + 600,
        **changes,
    }
    thumb = urlsafe_b64encode(certificate(1)[2].fingerprint(hashes.SHA256())).decode().rstrip("=")
    headers = {"x5t#S256": claims.pop("thumb", thumb)}
    claims = {name: value for name, value in claims.items() if value is not None}
    made = jwt.encode(claims, private_key(number), algorithm="PS256", headers=headers)
    return {"client_assertion": made, "client_assertion_type": ASSERTION, "client_secret": ""}


async def test_a_certificate_is_worth_a_token(stage: Stage) -> None:
    """By an assertion that it signed, without any secret."""
    status, answer = await stage.ask_token(**_assertion(stage))

    assert (status, answer["token_type"]) == (200, "Bearer")
    assert "BEGIN PRIVATE KEY" in stage.peer.certificate()
    assert "BEGIN CERTIFICATE" in stage.peer.certificate()


ASSERTIONS: dict[str, dict[str, Any]] = {
    "another key": {"number": 1002},
    "another address": {"aud": "https://login.example.org/token"},
    "another client": {"sub": "somebody"},
    "another issuer": {"iss": "somebody"},
    "another certificate": {"thumb": "AAAA"},
    "over": {"exp": 0},
    "without an end": {"exp": None},
    "far too long": {"exp": 4_000_000_000},
    "without a number": {"jti": None},
}


@pytest.mark.parametrize("changes", ASSERTIONS.values(), ids=ASSERTIONS)
async def test_a_wrong_assertion_is_worth_nothing(stage: Stage, changes: dict[str, Any]) -> None:
    """Whatever is wrong with it."""
    status, answer = await stage.ask_token(**_assertion(stage, **changes))

    assert (status, answer["error"]) == (401, "invalid_client")


IDENTITIES: dict[str, tuple[str, dict[str, str], dict[str, str], int]] = {
    "a virtual machine": ("/metadata/identity/oauth2/token", {"Metadata": "true"}, {}, 200),
    "an app service": ("/msi/token", {"X-IDENTITY-HEADER": "a-header"}, {}, 200),
    "another version": ("/msi/token", {"X-IDENTITY-HEADER": "a-header"}, {"api-version": "2017-09-01"}, 400),
    "no header": ("/msi/token", {}, {}, 400),
    "another resource": ("/msi/token", {"X-IDENTITY-HEADER": "a-header"}, {"resource": "https://example.org"}, 400),
    "another identity": ("/msi/token", {"X-IDENTITY-HEADER": "a-header"}, {"client_id": "somebody"}, 400),
}


@pytest.mark.parametrize(("path", "headers", "changes", "status"), IDENTITIES.values(), ids=IDENTITIES)
async def test_a_managed_identity_needs_no_secret(
    stage: Stage, path: str, headers: dict[str, str], changes: dict[str, str], status: int
) -> None:
    """Where the machine itself says who asks."""
    given = {"resource": RESOURCE, "api-version": "2019-08-01", "client_id": stage.peer.app.id, **changes}

    async with stage.session.get(f"{stage.peer.address}{path}", params=given, headers=headers) as response:
        assert response.status == status
        assert ("access_token" in await response.json()) is (status == 200)


async def test_calls_without_a_token_are_refused(stage: Stage) -> None:
    """Without any it is a fault of the bot's; a strange or dead one can happen."""
    assert (await stage.call("POST", stage.path("0"), activity(), token="a-guess"))[0] == 401
    stage.peer.forget_tokens()
    assert (await stage.call("POST", stage.path("0"), activity()))[0] == 401
    assert stage.rules == []

    assert (await stage.call("POST", stage.path("0"), activity(), token=""))[0] == 401
    assert stage.rules == ["no bearer token"]


async def _key_set(stage: Stage) -> list[Json]:
    async with stage.session.get(stage.peer.metadata_url) as response:
        where = (await response.json())["jwks_uri"]
    async with stage.session.get(where) as response:
        keys: list[Json] = (await response.json())["keys"]
        return keys


async def _token(stage: Stage, proof: Proof) -> str:
    await stage.peer.raw("{}", proof=proof)
    return stage.ear.heard[-1].headers.get("Authorization", "").removeprefix("Bearer ")


async def _reasons(stage: Stage, proof: Proof) -> list[str]:
    """Everything that is wrong with a token."""
    token, now = await _token(stage, proof), stage.clock().timestamp()
    header = jwt.get_unverified_header(token)
    claims = jwt.decode(token, options={"verify_signature": False})
    known = {key["kid"]: key for key in await _key_set(stage)}
    key = known.get(header["kid"])
    good = {
        "unsigned": header["alg"] == "RS256",
        "unknown_key": key is not None,
        "unendorsed": key is None or "msteams" in key["endorsements"],
        "no_exp": "exp" in claims,
        "expired": claims.get("exp", now + 600) > now + 300,
        "early": claims["nbf"] <= now,
        "wrong_issuer": claims["iss"] == ISSUER,
        "wrong_audience": claims["aud"] == stage.peer.app.id,
        "no_service_url": "serviceurl" in claims,
        "other_service_url": claims.get("serviceurl", stage.peer.service_url) == stage.peer.service_url,
    }
    if good["unsigned"] and key is not None:
        jwt.PyJWS().decode(token, jwt.PyJWK(key, "RS256"), ["RS256"])
    return [name for name, is_good in good.items() if not is_good]


@pytest.mark.parametrize("proof", TOKENS)
async def test_a_token_is_wrong_for_one_reason_alone(stage: Stage, proof: Proof) -> None:
    """And a good one for none."""
    assert await _reasons(stage, proof) == ([] if proof == "good" else [proof])


@pytest.mark.parametrize(("proof", "header"), [("none", None), ("garbage", "Bearer not.a.token"), ("basic", "Basic")])
async def test_what_is_no_token_is_sent_too(stage: Stage, proof: Proof, header: str | None) -> None:
    """As somebody may who is not Teams."""
    stage.peer.proof = proof
    await stage.peer.say("Ana", "team", "hello", mention=True)

    sent = stage.ear.heard[0].headers.get("Authorization")
    assert sent is None if header is None else str(sent).startswith(header)


async def test_keys_roll(stage: Stage) -> None:
    """What is signed then is known by the new key set, or by none yet."""
    before = {key["kid"] for key in await _key_set(stage)}
    name = stage.peer.roll_keys()

    assert await _reasons(stage, "good") == []
    assert {key["kid"] for key in await _key_set(stage)} - before == {name}

    stage.peer.roll_keys(publish=False)
    assert await _reasons(stage, "good") == ["unknown_key"]
    stage.peer.roll_keys(endorsements=["webchat"], keep_old=True)
    assert await _reasons(stage, "good") == ["unendorsed"]


async def test_tokens_may_have_a_clock_of_their_own(stage: Stage) -> None:
    """For a bot that reads the real one."""
    stage.peer.keys.clock = lambda: stage.clock() + timedelta(days=1)

    assert await _reasons(stage, "good") == ["early"]
