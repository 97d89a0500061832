"""Who may call the stand-in Slack: tokens, OAuth and what ends them."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from tests.peers.slack_things import App, Call, Installation, Json, Refused, Token, Workspace
from tests.peers.slack_world import World

LIVES: Final = timedelta(hours=12)
CODE_LIVES: Final = timedelta(minutes=10)


@dataclass(slots=True, kw_only=True, eq=False)
class Code:
    """What a person's consent gives an app: it is worth one token, once, within ten minutes."""

    value: str
    app: App
    workspace: Workspace
    user: str
    scopes: frozenset[str]
    redirect_uri: str
    at: datetime
    is_org_wide: bool = False
    is_used: bool = False


def authorised(world: World, value: str) -> Token:
    """Find the token that a call came with. Raises Refused."""
    if not value:
        raise Refused("not_authed")
    token = world.tokens.get(value)
    if token is None:
        raise Refused("invalid_auth")
    if token.refused_as:
        raise Refused(token.refused_as)
    if token.expires_at is not None and world.clock() >= token.expires_at:
        raise Refused("token_expired")
    return token


def install(
    world: World,
    app: App,
    workspace: Workspace,
    scopes: frozenset[str] | None = None,
    *,
    is_org_wide: bool = False,
) -> Installation:
    """Install an app in a workspace, or give the installation that is there, with these scopes from now on."""
    for found in world.installations:
        if found.app is app and found.workspace is workspace and found.is_org_wide is is_org_wide and not found.is_gone:
            found.scopes = scopes or found.scopes
            return found
    number = len(world.installations) + 1
    made = Installation(
        app=app,
        workspace=workspace,
        bot_user=f"U0BOT{number}",
        bot_id=f"B0BOT{number}",
        scopes=app.scopes if scopes is None else scopes,
        is_org_wide=is_org_wide,
    )
    world.installations.append(made)
    return made


def issue(world: World, installation: Installation) -> Token:
    """Give an installation a new token."""
    rotates = installation.app.rotates
    token = Token(
        value=f"{'xoxe.xoxb-1' if rotates else 'xoxb'}-{world.next_number():05d}-a-bots-secret",
        installation=installation,
        scopes=installation.scopes,
        expires_at=world.clock() + LIVES if rotates else None,
    )
    world.tokens[token.value] = token
    return token


def end(world: World, installation: Installation, error: str) -> None:
    """Make every token of an installation dead; calls with them are answered with `error`."""
    for token in world.tokens.values():
        if token.installation is installation:
            token.refused_as = error
    dead = [value for value, token in world.refresh_tokens.items() if token.installation is installation]
    for value in dead:
        del world.refresh_tokens[value]


def whoami(_world: World, _call: Call, by: Token) -> Json:
    """auth.test."""
    bot = by.installation
    return {
        "ok": True,
        "url": f"https://{bot.workspace.name.lower()}.slack.com/",
        "team": bot.workspace.name,
        "user": bot.app.name,
        "team_id": bot.workspace.id,
        "user_id": bot.bot_user,
        "bot_id": bot.bot_id,
        "is_enterprise_install": bot.is_org_wide,
        **({"enterprise_id": bot.workspace.enterprise} if bot.workspace.enterprise else {}),
    }


def revoke(_world: World, call: Call, by: Token) -> Json:
    """auth.revoke: this token only."""
    if call.arguments.get("test") not in {True, "true", "1"}:
        by.refused_as = "token_revoked"
        return {"ok": True, "revoked": True}
    return {"ok": True, "revoked": False}


def access(world: World, call: Call, codes: dict[str, Code]) -> Json:
    """oauth.v2.access: a code or a refresh token for a token."""
    app = next((app for app in world.apps if app.client_id == call.arguments.get("client_id")), None)
    if app is None:
        raise Refused("invalid_client_id")
    if call.arguments.get("client_secret") != app.client_secret:
        raise Refused("bad_client_secret")
    if call.arguments.get("grant_type", "authorization_code") == "refresh_token":
        return _refreshed(world, call, app)
    code = codes.get(call.arguments.get("code", ""))
    if code is None or code.app is not app or world.clock() - code.at > CODE_LIVES:
        raise Refused("invalid_code")
    if code.is_used:
        raise Refused("code_already_used")
    if call.arguments.get("redirect_uri", "") != code.redirect_uri:
        raise Refused("bad_redirect_uri")
    code.is_used = True
    made = install(world, app, code.workspace, code.scopes, is_org_wide=code.is_org_wide)
    return {**granted(world, made), "authed_user": {"id": code.user}}


def _refreshed(world: World, call: Call, app: App) -> Json:
    old = world.refresh_tokens.get(call.arguments.get("refresh_token", ""))
    if old is None or old.installation.app is not app:
        raise Refused("invalid_refresh_token")
    del world.refresh_tokens[call.arguments["refresh_token"]]
    return granted(world, old.installation)


def granted(world: World, installation: Installation) -> Json:
    """Give an installation a token, as oauth.v2.access tells of it."""
    token = issue(world, installation)
    space = installation.workspace
    answer: Json = {
        "ok": True,
        "app_id": installation.app.id,
        "scope": ",".join(sorted(installation.scopes)),
        "token_type": "bot",
        "access_token": token.value,
        "bot_user_id": installation.bot_user,
        "team": None if installation.is_org_wide else {"id": space.id, "name": space.name},
        "enterprise": {"id": space.enterprise, "name": space.name} if space.enterprise else None,
        "is_enterprise_install": installation.is_org_wide,
    }
    if token.expires_at is not None:
        refresh = f"xoxe-1-{world.next_number():05d}-a-refreshing-secret"
        world.refresh_tokens[refresh] = token
        answer |= {"refresh_token": refresh, "expires_in": int(LIVES.total_seconds())}
    return answer
