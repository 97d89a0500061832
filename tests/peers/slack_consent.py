"""The page on which a person lets an app into their workspace, without the page."""

from urllib.parse import parse_qsl, urlencode, urlsplit

from tests.peers.slack_access import Code
from tests.peers.slack_things import KNOWN_SCOPES, App, Call, Json, User
from tests.peers.slack_world import World


def consent(world: World, codes: dict[str, Code], url: str, user: User, *, is_org_wide: bool) -> str:
    """Have `user` allow what an installation page asks for; gives the address that Slack sends them to."""
    asked: Json = dict(parse_qsl(urlsplit(url).query))
    call = Call(method="oauth/v2/authorize", arguments=asked, token="", at=world.clock())
    app = next((app for app in world.apps if app.client_id == asked.get("client_id")), None)
    assert app is not None, "Slack shows an error page: invalid client_id"
    scopes = frozenset(asked.get("scope", "").split(",")) - {""}
    for rule in _wrong(asked, app, scopes):
        world.broken(rule, call)
    redirect = asked.get("redirect_uri", "")
    code = Code(
        value=f"code-{world.next_number():05d}",
        app=app,
        workspace=world.workspaces[user.team],
        user=user.id,
        scopes=scopes,
        redirect_uri=redirect,
        at=world.clock(),
        is_org_wide=is_org_wide,
    )
    codes[code.value] = code
    back = redirect or min(app.redirect_uris)
    return f"{back}?{urlencode({'code': code.value, 'state': asked.get('state', '')})}"


def _wrong(asked: Json, app: App, scopes: frozenset[str]) -> list[str]:
    found = []
    if not scopes or scopes - KNOWN_SCOPES:
        found.append(f"invalid_scope: {', '.join(sorted(scopes - KNOWN_SCOPES))}")
    if not asked.get("state"):
        found.append("no state: anybody could start an installation for somebody else")
    if asked.get("user_scope"):
        found.append("scopes of a person: the bot acts for nobody")
    if asked.get("redirect_uri", "") not in {"", *app.redirect_uris}:
        found.append("bad_redirect_uri")
    return found
