"""Who may call the stand-in Teams: the token endpoint, for secrets, certificates and managed identities."""

from base64 import urlsafe_b64encode
from datetime import timedelta
from typing import Final

import jwt
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey

from tests.peers.teams_keys import certificate
from tests.peers.teams_things import App, Call, Json, Refused, Token
from tests.peers.teams_world import World

LIVES: Final = timedelta(seconds=3_599)
SCOPE: Final = "https://api.botframework.com/.default"
RESOURCE: Final = "https://api.botframework.com"
ASSERTION: Final = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
_DAY: Final = timedelta(days=1)


class TokenRefused(Exception):
    """No token, by the name that the token endpoint gives it."""

    def __init__(self, error: str, status: int = 400, code: int = 0) -> None:
        super().__init__(error)
        self.status = status
        self.answer: Json = {
            "error": error,
            "error_description": f"AADSTS{code}: {error}.",
            "error_codes": [code],
            "trace_id": "00000000-0000-4000-8000-000000000000",
        }


def authorised(world: World, call: Call) -> App:
    """Find the app that calls. Raises Refused."""
    if not call.token:
        world.broken("no bearer token", call.name)
        raise Refused(401, "Unauthorized")
    token = world.tokens.get(call.token)
    if token is None or world.clock() >= token.expires_at:
        raise Refused(401, "Unauthorized")
    return token.app


def issue(world: World, app: App) -> Json:
    """Give an app a new token."""
    value = f"eyJ0.{world.next_number():05d}.a-bots-secret"
    world.tokens[value] = Token(app, world.clock() + LIVES)
    seconds = int(LIVES.total_seconds())
    return {"token_type": "Bearer", "expires_in": seconds, "ext_expires_in": seconds, "access_token": value}


def token(world: World, tenant: str, call: Call) -> Json:
    """POST /TENANT/oauth2/v2.0/token. Raises TokenRefused."""
    given = call.body
    if given.get("grant_type") != "client_credentials":
        world.broken(f"grant_type {given.get('grant_type')}", call.name)
        raise TokenRefused("unsupported_grant_type", code=70003)
    if given.get("scope") != SCOPE:
        world.broken(f"scope {given.get('scope')}", call.name)
        raise TokenRefused("invalid_scope", code=70011)
    app = next((app for app in world.apps if app.id == given.get("client_id")), None)
    if app is None or tenant != app.tenant:
        raise TokenRefused("unauthorized_client", code=700016)
    if "client_assertion" in given:
        _check_assertion(world, app, call)
    elif given.get("client_secret") != app.secret:
        raise TokenRefused("invalid_client", status=401, code=7000215)
    return issue(world, app)


def _check_assertion(world: World, app: App, call: Call) -> None:
    cert = app.uploaded or certificate(app.number)[2]
    url = f"{world.base}/{app.tenant}/oauth2/v2.0/token"
    assertion = str(call.body["client_assertion"])
    options: jwt.types.Options = {
        "require": ["exp", "iss", "sub", "aud", "jti"],
        "verify_exp": False,  # by the stand-in's own clock
        "verify_nbf": False,
        "verify_iat": False,
    }
    try:
        header = jwt.get_unverified_header(assertion)
        key = cert.public_key()
        assert isinstance(key, RSAPublicKey), "Microsoft takes RSA keys alone"
        claims = jwt.decode(assertion, key, ["RS256", "PS256"], options, audience=url, issuer=app.id)
    except jwt.PyJWTError:
        raise TokenRefused("invalid_client", status=401, code=700027) from None
    prints = {_encoded(cert.fingerprint(kind)) for kind in (hashes.SHA1(), hashes.SHA256())}  # noqa: S303 -- x5t is SHA-1 by its standard
    named = {str(header.get(name, "")).rstrip("=") for name in ("x5t", "x5t#S256")}
    left = claims["exp"] - world.clock().timestamp()
    if (
        call.body.get("client_assertion_type") != ASSERTION
        or claims["sub"] != app.id
        or not named & prints
        or not 0 < left <= _DAY.total_seconds()
    ):
        raise TokenRefused("invalid_client", status=401, code=700027)


def _encoded(value: bytes) -> str:
    return urlsafe_b64encode(value).decode().rstrip("=")


def managed(world: World, call: Call) -> Json:
    """Answer a managed identity, as App Service and virtual machines do. Raises TokenRefused.

    A virtual machine may leave out whose token it wants; App Service then gives the host's own, which is no bot's.
    """
    by_host = "X-IDENTITY-HEADER" in call.headers
    if call.body.get("resource") != RESOURCE:
        world.broken(f"resource {call.body.get('resource')}", call.name)
        raise TokenRefused("invalid_resource", code=500011)
    if not {"Metadata", "X-IDENTITY-HEADER"} & {name for name, value in call.headers.items() if value}:
        raise TokenRefused("bad_request_102")
    nobodys = None if by_host else world.apps[0].id
    app = next((app for app in world.apps if app.id == call.body.get("client_id", nobodys)), None)
    if app is None or (by_host and call.body.get("api-version") != "2019-08-01"):
        raise TokenRefused("invalid_request", code=70001)
    answer = issue(world, app)
    ends = {"expires_on": str(int((world.clock() + LIVES).timestamp())), "resource": RESOURCE}
    if by_host:
        return {"access_token": answer["access_token"], "token_type": "Bearer", "client_id": app.id, **ends}
    return {**answer, "expires_in": str(answer["expires_in"]), **ends}
