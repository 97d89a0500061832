"""Whether a delivery comes from Teams, for this app, from people who may use it. Pure: keys and time are given.

1. Whatever is wrong is NotAuthentic (401) or NotAllowed (403), with a word for the reason and none of what was sent.
2. A token proves its sender and the service that answers are sent to. What it does not prove is checked beside it.
3. Times go by our own clock, so PyJWT is not asked for them.

Source: learn.microsoft.com, "Authenticate requests from the Bot Connector service to your bot".
"""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

import jwt
from jwt.types import Options

from adapters.teams.keys import Key

TEAMS = "msteams"
ISSUER = "https://api.botframework.com"
LEEWAY = timedelta(minutes=5)
"""How far two clocks may be apart."""
REQUIRED = ["exp", "iss", "aud"]

_OURS_TO_CHECK: Options = {"require": REQUIRED, "verify_exp": False, "verify_nbf": False, "verify_iat": False}
_WRONG: Mapping[type[jwt.PyJWTError], str] = {
    jwt.InvalidAudienceError: "other_audience",
    jwt.InvalidIssuerError: "other_issuer",
    jwt.InvalidSignatureError: "not_signed",
    jwt.InvalidAlgorithmError: "not_signed",
    jwt.MissingRequiredClaimError: "claim_missing",
}

Body = Mapping[str, Any]


class NotAuthentic(Exception):
    """Nothing proves that it comes from Teams. The text is a class: `expired`."""


class NotAllowed(Exception):
    """It comes from Teams, for people who may not use this app. The text is a class: `other_tenant`."""


def token_in(header: str | None) -> str:
    """The token in an Authorization header. Raises NotAuthentic."""
    scheme, _, token = (header or "").partition(" ")
    if scheme.lower() != "bearer" or not token.strip():
        raise NotAuthentic("no_token")
    return token.strip()


def key_named_in(token: str) -> str:
    """The name of the key that a token says it is signed with. Raises NotAuthentic."""
    try:
        kid = jwt.get_unverified_header(token).get("kid")
    except (jwt.PyJWTError, ValueError, RecursionError):
        kid = None
    if not isinstance(kid, str) or not kid:
        raise NotAuthentic("garbage")
    return kid


def proven(token: str, key: Key, app_id: str, now: datetime) -> Body:
    """What a token says, if it is Teams' for the app and holds now (UTC). Raises NotAuthentic."""
    reason = "garbage"
    try:
        claims: Body = jwt.decode(
            token, key.public, algorithms=["RS256"], audience=app_id, issuer=ISSUER, options=_OURS_TO_CHECK
        )
    except jwt.PyJWTError as wrong:
        reason = next((said for kind, said in _WRONG.items() if isinstance(wrong, kind)), reason)
    except (ValueError, RecursionError):
        pass
    else:
        check_times(claims, now)
        return claims
    raise NotAuthentic(reason)


def check_sender(claims: Body, key: Key, body: Body) -> None:
    """See that what was delivered fits the token that it came with. Raises NotAuthentic."""
    check_shape(body)
    if TEAMS not in key.endorses:
        raise NotAuthentic("not_endorsed")
    claimed = claims.get("serviceurl")
    if not isinstance(claimed, str) or claimed.rstrip("/") != body["serviceUrl"].rstrip("/"):
        raise NotAuthentic("other_service_url")


def check_shape(body: Body) -> None:
    """See that an activity says that it is of Teams, and where answers go. Raises NotAuthentic."""
    if body.get("channelId") != TEAMS:
        raise NotAuthentic("other_channel")
    if not isinstance(body.get("serviceUrl"), str) or not body["serviceUrl"]:
        raise NotAuthentic("no_service_url")


def check_tenant(body: Body, allowed: frozenset[str]) -> None:
    """See that every organisation an activity names may use the app, and that it names one. Raises NotAllowed."""
    named = tenants_in(body)
    if not named:
        raise NotAllowed("no_tenant")
    if not named <= allowed:
        raise NotAllowed("other_tenant")


def tenants_in(body: Body) -> frozenset[str]:
    """The organisations that an activity names, for its conversation and in Teams' own part of it."""
    conversation, data = body.get("conversation"), body.get("channelData")
    tenant = data.get("tenant") if isinstance(data, dict) else None
    said = (
        conversation.get("tenantId") if isinstance(conversation, dict) else None,
        tenant.get("id") if isinstance(tenant, dict) else None,
    )
    return frozenset(str(one).lower() for one in said if one)


def check_times(claims: Body, now: datetime) -> None:
    """See that a token holds now (UTC). Raises NotAuthentic."""
    try:
        ends, begins = float(claims["exp"]), float(claims.get("nbf") or 0)
    except (TypeError, ValueError, OverflowError):
        ends, begins = 0.0, 0.0
    moment, leeway = now.timestamp(), LEEWAY.total_seconds()
    if not moment < ends + leeway:
        raise NotAuthentic("expired")
    if not begins <= moment + leeway:
        raise NotAuthentic("not_yet")
