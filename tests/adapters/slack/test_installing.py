"""How the bot is added to a workspace: by whom it may be, from where they began, and what they read when it fails."""

import asyncio
import io
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from html import unescape
from http.cookies import SimpleCookie
from pathlib import Path
from urllib.parse import parse_qs, urlsplit
from uuid import uuid4

import pytest
from aiohttp import ClientSession, DummyCookieJar, web
from aiohttp.test_utils import TestServer
from cryptography.fernet import Fernet
from slack_sdk.web.async_client import AsyncWebClient

from adapters.slack.asking import Credentials, Refused
from adapters.slack.granting import bot_token, granted
from adapters.slack.installing import Installing
from adapters.slack.tokens import KeptTokens, NotInstalled
from app import WORDING
from bot import logs
from storage.opening import OpenStore
from storage.wording import load_wording
from tests.adapters.slack.installing import (
    HOUR,
    KEY,
    MINUTE,
    NOON,
    SECOND,
    Clock,
    Faltering,
    client_of,
    opened,
    tokens_of,
)
from tests.logging_left import left_as_found
from tests.peers.slack import SlackPeer, slack_peer
from tests.peers.slack_faults import ApiError, DropBeforeAccepting, Fault, RateLimited, ServerError
from tests.peers.slack_things import App

SAYS = load_wording(WORDING).say
SCOPES = ("chat:write", "commands")
BACK = "http://bot.example/slack/oauth_redirect"


@dataclass(frozen=True, slots=True)
class Page:
    """What a browser was shown."""

    status: int
    html: str
    cookie: SimpleCookie
    headers: dict[str, str] = field(repr=False)

    def says(self, key: str) -> bool:
        """Whether the page says the sentence."""
        return SAYS(f"slack_install.{key}") in unescape(self.html)

    @property
    def link(self) -> str:
        """Where the page's link goes."""
        return unescape(self.html.partition('<a href="')[2].partition('"')[0])

    @property
    def state(self) -> str:
        """The state that the link carries."""
        return parse_qs(urlsplit(self.link).query)["state"][0]

    def cookies(self) -> dict[str, str]:
        """What the browser sends from now on."""
        return {"Cookie": "; ".join(f"{name}={morsel.value}" for name, morsel in self.cookie.items())}


@dataclass(frozen=True, slots=True)
class Place:
    """The bot's pages on one side and Slack on the other."""

    peer: SlackPeer
    app: App
    store: Faltering
    real: OpenStore
    client: AsyncWebClient
    tokens: KeptTokens
    clock: Clock
    browser: ClientSession
    stack: AsyncExitStack

    async def serve(
        self,
        may_install: frozenset[str] | None = None,
        *,
        name: str = "",
        keys: tuple[str, ...] = (KEY,),
        secret: str | None = None,
    ) -> str:
        """Serve the pages of the app, as one process does; gives the address."""
        installing = Installing(
            name=name,
            credentials=Credentials(self.app.client_id, secret or self.app.client_secret),
            api_url=self.peer.api_url,
            scopes=SCOPES,
            may_install=may_install,
            keys=keys,
            tokens=self.tokens,
            store=self.store,
            client=self.client,
            wording=load_wording(WORDING),
            clock=self.clock,
            fresh=uuid4,
        )
        site = web.Application()
        site.add_routes(installing.routes())
        server = await self.stack.enter_async_context(TestServer(site))
        return str(server.make_url("")).rstrip("/")

    async def get(self, url: str, headers: dict[str, str] | None = None) -> Page:
        """Open a page in the browser."""
        async with self.browser.get(url, headers=headers, allow_redirects=False) as answer:
            return Page(answer.status, await answer.text(), answer.cookies, dict(answer.headers))

    async def come_back(self, bot: str, begun: Page, user: str = "Ana", *, is_org_wide: bool = False) -> Page:
        """Allow at Slack what the page asks for, and go where Slack says."""
        back = urlsplit(self.peer.consent(begun.link, user, is_org_wide=is_org_wide))
        return await self.get(f"{bot}{back.path}?{back.query}", begun.cookies())

    async def installed(self) -> list[str]:
        """Where the bot is installed."""
        found = []
        for workspace in ("T1", "T2", "T3", "E1"):
            try:
                found.append((await self.tokens.of(workspace)).workspace)
            except NotInstalled:
                continue
        return found


@pytest.fixture
async def place(tmp_path: Path) -> AsyncIterator[Place]:
    """Set up an app that workspaces install by OAuth, and a browser that keeps no cookies by itself."""
    clock = Clock()
    async with AsyncExitStack() as stack:
        peer = await stack.enter_async_context(slack_peer(clock))
        app = peer.add_app("Shared", redirect_uris=frozenset({BACK}))
        peer.add_workspace("T3", "Parks", ("Eve",), enterprise="E1")
        client = await stack.enter_async_context(client_of(peer))
        real = await stack.enter_async_context(opened(tmp_path / "chats.sqlite"))
        store = Faltering(real)
        browser = await stack.enter_async_context(ClientSession(cookie_jar=DummyCookieJar()))
        tokens = tokens_of(app, real, client, clock)
        yield Place(peer, app, store, real, client, tokens, clock, browser, stack)


async def test_the_whole_way(place: Place) -> None:
    """An administrator presses one link, agrees at Slack, and the bot is in the workspace."""
    bot = await place.serve(frozenset({"T1"}))

    begun = await place.get(f"{bot}/slack/install")
    assert (begun.status, begun.says("start")) == (200, True)
    asked = parse_qs(urlsplit(begun.link).query)
    assert begun.link.startswith(f"{place.peer.address}/oauth/v2/authorize?")
    assert (asked["client_id"], asked["scope"]) == ([place.app.client_id], ["chat:write,commands"])
    assert "user_scope" not in asked

    done = await place.come_back(bot, begun)
    assert (done.status, done.says("done"), done.link) == (200, True, "")

    kept = await place.tokens.of("T1")
    assert (kept.channel, kept.org_wide, kept.scopes, kept.expires_at) == ("slack", False, SCOPES, None)
    assert (await place.client.auth_test(token=kept.token))["bot_id"] == kept.bot


async def test_a_browser_keeps_the_state_to_itself(place: Place) -> None:
    """The cookie is for this site, over https, out of reach of scripts, for ten minutes; and is gone when used."""
    bot = await place.serve()

    begun = await place.get(f"{bot}/slack/install")
    (cookie,) = begun.cookie.values()
    assert (cookie.key, cookie.value) == ("team-leeds-slack", begun.state)
    assert cookie["secure"]
    assert cookie["httponly"]
    assert (cookie["samesite"], cookie["max-age"], cookie["path"]) == ("Lax", "600", "/")

    done = await place.come_back(bot, begun)
    assert [(one.key, one.value, one["expires"]) for one in done.cookie.values()] == [
        ("team-leeds-slack", "deleted", "Thu, 01 Jan 1970 00:00:00 GMT")
    ]


async def test_a_page_loads_nothing_and_tells_nobody(place: Place) -> None:
    """Addresses hold what Slack gave: no other site, cache or frame sees them."""
    bot = await place.serve()

    for path in ("install", "oauth_redirect", "oauth_redirect?error=access_denied"):
        shown = await place.get(f"{bot}/slack/{path}")
        assert shown.headers["Content-Type"] == "text/html; charset=utf-8"
        assert shown.headers["Cache-Control"] == "no-store"
        assert shown.headers["Referrer-Policy"] == "no-referrer"
        assert shown.headers["Content-Security-Policy"].startswith("default-src 'none'")
        assert ("<script" in shown.html, "src=" in shown.html) == (False, False)


async def test_tokens_that_end_are_kept_with_what_renews_them(place: Place) -> None:
    """An app with token rotation is installed with a token for twelve hours."""
    place.app.rotates = True
    bot = await place.serve()

    await place.come_back(bot, await place.get(f"{bot}/slack/install"))
    kept = await place.tokens.of("T1")
    assert kept.expires_at == NOON + 12 * HOUR
    place.clock.now += 11 * HOUR
    assert (await place.tokens.fresh("T1")).expires_at == NOON + 23 * HOUR


async def test_a_whole_organisation_installs_it_at_once(place: Place) -> None:
    """Its workspaces share one installation, under the organisation's id."""
    bot = await place.serve(frozenset({"E1"}))

    done = await place.come_back(bot, await place.get(f"{bot}/slack/install"), "Eve", is_org_wide=True)

    assert (done.status, done.says("done_everywhere")) == (200, True)
    kept = await place.tokens.of("T3", "E1")
    assert (kept.workspace, kept.org_wide) == ("E1", True)


@pytest.mark.parametrize(
    ("may_install", "user", "is_org_wide", "kept"),
    [
        (None, "Stranger", False, ["T2"]),
        ({"T1", "T2"}, "Stranger", False, ["T2"]),
        ({"E1"}, "Eve", False, ["T3"]),
        ({"T3"}, "Eve", False, ["T3"]),
        ({"T3"}, "Eve", True, []),
        ({"T1"}, "Stranger", False, []),
        ({"T1", "E1"}, "Stranger", False, []),
    ],
)
async def test_who_may_install_is_a_list(
    place: Place, may_install: set[str] | None, user: str, kept: list[str], *, is_org_wide: bool
) -> None:
    """A workspace is on it by its own id or by its organisation's; an organisation by its own alone."""
    bot = await place.serve(None if may_install is None else frozenset(may_install))

    shown = await place.come_back(bot, await place.get(f"{bot}/slack/install"), user, is_org_wide=is_org_wide)

    assert (shown.status, await place.installed()) == (200 if kept else 403, kept)


@pytest.mark.parametrize("fault", [None, ServerError(), ApiError("invalid_auth")])
async def test_whoever_is_not_on_the_list_leaves_nothing_here(fault: Fault | None, place: Place) -> None:
    """Their token is given back to Slack, and what can't be given back is not kept either."""
    bot = await place.serve(frozenset({"T1"}))
    before = set(place.peer.world.tokens)
    if fault is not None:
        place.peer.fail("auth.revoke", fault)

    shown = await place.come_back(bot, await place.get(f"{bot}/slack/install"), "Stranger")

    assert (shown.status, shown.says("not_allowed"), shown.link) == (403, True, "/slack/install")
    given = [place.peer.world.tokens[value] for value in set(place.peer.world.tokens) - before]
    assert [token.refused_as for token in given] == ["" if fault else "token_revoked"]
    assert await place.installed() == []


async def test_installing_again_is_seen_at_once(place: Place) -> None:
    """What this process remembered of the old installation is dropped."""
    bot = await place.serve()
    await place.come_back(bot, await place.get(f"{bot}/slack/install"))
    old = await place.tokens.of("T1")

    await place.come_back(bot, await place.get(f"{bot}/slack/install"))

    assert (await place.tokens.of("T1")).token != old.token


@pytest.mark.parametrize(
    ("team", "passed_on"), [("T1", ["T1"]), ("T1%26redirect_uri%3Dhttps://evil.example", None), ("evil", None)]
)
async def test_a_workspace_may_be_named_beforehand(team: str, passed_on: list[str] | None, place: Place) -> None:
    """Slack then offers that one first; nothing else gets into Slack's address."""
    bot = await place.serve()

    begun = await place.get(f"{bot}/slack/install?team={team}")

    assert parse_qs(urlsplit(begun.link).query).get("team") == passed_on
    assert "evil" not in begun.html


async def test_each_app_has_pages_of_its_own(place: Place) -> None:
    """A named app has its name in its addresses, its cookie and its channel, and takes no other app's state."""
    place.app.redirect_uris = frozenset({"http://bot.example/slack/council/oauth_redirect"})
    bot, other = await place.serve(name="council"), await place.serve()

    begun = await place.get(f"{bot}/slack/council/install")
    assert list(begun.cookie) == ["team-leeds-slack-council"]
    foreign = await place.get(
        f"{other}/slack/oauth_redirect?code=code-1&state={begun.state}", {"Cookie": f"team-leeds-slack={begun.state}"}
    )
    assert (foreign.status, foreign.says("old"), foreign.link) == (400, True, "/slack/install")

    done = await place.come_back(bot, begun)
    assert done.says("done")
    kept = await place.real.read(lambda tx: tx.installations.of("slack-council", "T1"))
    assert kept is not None


async def test_any_process_finishes_what_another_began(place: Place) -> None:
    """A balancer may send the browser elsewhere, also while the keys are being changed."""
    one = await place.serve()
    other = await place.serve(keys=(Fernet.generate_key().decode(), KEY))

    assert (await place.come_back(other, await place.get(f"{one}/slack/install"))).says("done")


async def test_of_two_at_once_one_is_installed(place: Place) -> None:
    """A link that is opened twice in the same moment is used once."""
    bot = await place.serve()
    begun = await place.get(f"{bot}/slack/install")

    shown = await asyncio.gather(*(place.come_back(bot, begun) for _ in range(5)))

    assert sorted(page.status for page in shown) == [200, 400, 400, 400, 400]


async def nothing_happens(place: Place, bot: str, shown: Page) -> None:
    """See that nothing was installed, and that the page leads to where it begins."""
    assert shown.link == "/slack/install"
    assert (await place.get(f"{bot}{shown.link}")).says("start")
    assert await place.installed() == []


@pytest.mark.parametrize(
    ("query", "status", "text"),
    [
        ("error=access_denied&state={state}", 200, "cancelled"),
        ("error=invalid_scope&state={state}", 502, "refused"),
        ("error=%3Cscript%3Ealert(1)%3C/script%3E", 502, "refused"),
        ("code=code-1", 400, "no_cookie"),
        ("code=code-1&state=somebody-elses", 400, "no_cookie"),
        ("state={state}", 400, "old"),
        ("code=nonsense&state={state}", 400, "old"),
        ("", 400, "no_cookie"),
    ],
)
async def test_coming_back_with_something_else(query: str, status: int, text: str, place: Place) -> None:
    """Whoever stops at Slack, or comes by another way, reads what to do; nothing of the address is in the page."""
    bot = await place.serve()
    begun = await place.get(f"{bot}/slack/install")

    shown = await place.get(f"{bot}/slack/oauth_redirect?{query.format(state=begun.state)}", begun.cookies())

    assert (shown.status, shown.says(text)) == (status, True)
    assert "alert" not in shown.html
    await nothing_happens(place, bot, shown)


@pytest.mark.parametrize(
    "cookies", [{}, {"Cookie": "team-leeds-slack=another"}, {"Cookie": "team-leeds-slack-council={state}"}]
)
async def test_coming_back_in_another_browser(cookies: dict[str, str], place: Place) -> None:
    """Nobody can be made to finish what somebody else began."""
    bot = await place.serve()
    begun = await place.get(f"{bot}/slack/install")
    back = urlsplit(place.peer.consent(begun.link))

    headers = {name: value.format(state=begun.state) for name, value in cookies.items()}
    shown = await place.get(f"{bot}{back.path}?{back.query}", headers)

    assert (shown.status, shown.says("no_cookie")) == (400, True)
    await nothing_happens(place, bot, shown)


@pytest.mark.parametrize("state", ["x", "gAAAA", "gAAAAABh%20", "%C3%A9", "a" * 300])
async def test_a_state_that_is_none_of_ours(state: str, place: Place) -> None:
    """Whoever can set a cookie still can't make up a state."""
    bot = await place.serve()

    shown = await place.get(
        f"{bot}/slack/oauth_redirect?code=code-1&state={state}", {"Cookie": f"team-leeds-slack={state}"}
    )

    assert shown.status == 400
    await nothing_happens(place, bot, shown)


async def test_a_state_is_good_for_ten_minutes(place: Place) -> None:
    """A page that was left open over lunch asks to start again; nothing is exchanged with Slack."""
    bot = await place.serve()
    begun = await place.get(f"{bot}/slack/install")
    place.clock.now += 10 * MINUTE + SECOND

    shown = await place.come_back(bot, begun)

    assert (shown.status, shown.says("old")) == (400, True)
    assert place.peer.count("oauth.v2.access") == 0
    await nothing_happens(place, bot, shown)


async def test_a_state_is_good_once(place: Place) -> None:
    """Going back in the browser installs nothing a second time, not even in another process."""
    bot, other = await place.serve(), await place.serve()
    begun = await place.get(f"{bot}/slack/install")
    place.clock.now += 10 * MINUTE
    await place.come_back(bot, begun)

    for address in (bot, other):
        shown = await place.come_back(address, begun)
        assert (shown.status, shown.says("old")) == (400, True)
    assert place.peer.count("oauth.v2.access") == 1


@pytest.mark.parametrize(
    ("method", "fault", "status", "text"),
    [
        ("oauth.v2.access", ServerError(), 503, "slack_away"),
        ("oauth.v2.access", ServerError(status=200), 503, "slack_away"),
        ("oauth.v2.access", RateLimited(5), 503, "slack_away"),
        ("oauth.v2.access", DropBeforeAccepting(), 503, "slack_away"),
        ("oauth.v2.access", ApiError("code_already_used"), 400, "old"),
        ("oauth.v2.access", ApiError("bad_redirect_uri"), 502, "refused"),
        ("auth.test", ServerError(), 503, "slack_away"),
        ("auth.test", ApiError("account_inactive"), 502, "refused"),
    ],
)
async def test_when_slack_does_not_finish(method: str, fault: Fault, status: int, text: str, place: Place) -> None:
    """The page says whether to wait, to start again or whom to tell; and starting again works."""
    bot = await place.serve()
    place.peer.fail(method, fault)

    shown = await place.come_back(bot, await place.get(f"{bot}/slack/install"))

    assert (shown.status, shown.says(text)) == (status, True)
    await nothing_happens(place, bot, shown)
    assert (await place.come_back(bot, await place.get(f"{bot}{shown.link}"))).says("done")


async def test_a_wrong_client_secret_is_ours_to_mend(place: Place) -> None:
    """The administrator reads whom to tell, and whoever runs the bot reads why in the log."""
    stream = io.StringIO()
    with left_as_found():
        logs.set_up("INFO", "json", place.clock, stream)
        bot = await place.serve(secret="a-wrong-secret")
        shown = await place.come_back(bot, await place.get(f"{bot}/slack/install"))

    assert (shown.status, shown.says("refused")) == (502, True)
    assert '"reason": "bad_client_secret"' in stream.getvalue()
    await nothing_happens(place, bot, shown)


async def down_from(place: Place, when: Callable[[], bool]) -> Page:
    """Come back while the database is away."""
    bot = await place.serve()
    begun = await place.get(f"{bot}/slack/install")
    place.store.is_down = when
    shown = await place.come_back(bot, begun)
    place.store.is_down = lambda: False
    assert (shown.status, shown.says("not_kept")) == (503, True)
    await nothing_happens(place, bot, shown)
    return await place.come_back(bot, begun)


async def test_with_the_database_away_nothing_is_used_up(place: Place) -> None:
    """Whoever reloads the page when it is back is done."""
    assert (await down_from(place, lambda: True)).says("done")


async def test_what_slack_gave_and_could_not_be_kept_is_started_again(place: Place) -> None:
    """The state is used up by then, and the page says to start again."""
    assert (await down_from(place, lambda: place.peer.count("oauth.v2.access") > 0)).says("old")


async def test_a_look_at_a_page_uses_nothing_up(place: Place) -> None:
    """What previews links asks for their head; that is no installation."""
    bot = await place.serve()

    for path in ("install", "oauth_redirect"):
        async with place.browser.head(f"{bot}/slack/{path}") as answer:
            assert answer.status == 405


async def test_nothing_secret_is_in_a_page_or_a_log(place: Place) -> None:
    """Whatever happens on the way, and however much is logged."""
    place.app.rotates = True
    stream = io.StringIO()
    shown = []
    with left_as_found():
        logs.set_up("DEBUG", "json", place.clock, stream, debug=True)
        bot = await place.serve(frozenset({"T1"}))
        place.peer.fail("oauth.v2.access", ApiError("invalid_code"))
        for user in ("Ana", "Ana", "Stranger"):
            begun = await place.get(f"{bot}/slack/install")
            shown.append(await place.come_back(bot, begun, user))

    assert [page.status for page in shown] == [400, 200, 403]
    text = " ".join([stream.getvalue(), *(page.html for page in shown)])
    codes = {call.arguments["code"] for call in place.peer.calls if "code" in call.arguments}
    secrets = {*place.peer.world.tokens, *place.peer.world.refresh_tokens, place.app.client_secret, KEY, *codes}
    assert [secret for secret in secrets if secret in text] == []
    assert [event for event in ("slack_installed", "slack_install_not_allowed") if event not in text] == []


@pytest.mark.parametrize(
    "answer",
    [
        {"access_token": "xoxb-1", "token_type": "bot", "bot_user_id": "U1"},
        {"access_token": "xoxb-1", "token_type": "bot", "bot_user_id": "U1", "team": None, "enterprise": {"id": "E1"}},
        {"access_token": "xoxb-1", "token_type": "bot", "team": {"id": "T1"}},
        {"access_token": "xoxp-1", "token_type": "user", "bot_user_id": "U1", "team": {"id": "T1"}},
        {"access_token": "", "token_type": "bot", "bot_user_id": "U1", "team": {"id": "T1"}},
    ],
)
def test_half_an_answer_is_no_installation(answer: dict[str, object]) -> None:
    """What Slack leaves out is not made up."""
    with pytest.raises(Refused):
        granted(answer, {"bot_id": "B1"}, NOON)
    with pytest.raises(Refused):
        granted(answer | {"token_type": "bot", "team": {"id": "T1"}, "bot_user_id": "U1"}, {}, NOON)


def test_a_token_of_a_person_is_no_bots() -> None:
    """The bot acts for itself and never for a person."""
    with pytest.raises(Refused, match="no_bot_token"):
        bot_token({"ok": True, "authed_user": {"access_token": "xoxp-1"}})
