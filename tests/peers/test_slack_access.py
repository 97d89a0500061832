"""Who may call the stand-in: tokens, OAuth, rotation, several apps and workspaces; and what ends them."""

import asyncio
import json
import sys
from asyncio.subprocess import PIPE
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import aiohttp
import pytest

from tests.peers.slack_founding import TEAM
from tests.peers.slack_stage import Stage, slack_stage
from tests.peers.slack_things import App, Json

BACK = "https://bot.example.org/slack/oauth_redirect"
ROOT = Path(__file__).parents[2]


@pytest.fixture
async def stage() -> AsyncIterator[Stage]:
    """Set the stage."""
    async with slack_stage() as made:
        yield made


def _page(app: App, **more: str) -> str:
    asked = {"client_id": app.client_id, "scope": "chat:write,commands", "state": "s", "redirect_uri": BACK, **more}
    return "https://slack.com/oauth/v2/authorize?" + "&".join(f"{key}={value}" for key, value in asked.items())


def _code(address: str) -> str:
    return parse_qs(urlsplit(address).query)["code"][0]


async def _access(stage: Stage, app: App, **arguments: str) -> Json:
    how = {"client_id": app.client_id, "client_secret": app.client_secret, "redirect_uri": BACK, **arguments}
    async with stage.session.post(f"{stage.peer.api_url}oauth.v2.access", data=how) as response:
        answer: Json = await response.json()
        return answer


async def test_the_bot_is_told_who_it_is(stage: Stage) -> None:
    """By its token."""
    answer = await stage.client.auth_test()

    assert (answer["team_id"], answer["user_id"], answer["bot_id"]) == ("T1", "U0BOT1", "B0BOT1")


@pytest.mark.parametrize("method", ["auth.test", "chat.postMessage", "views.open"])
async def test_an_unknown_token_opens_nothing(stage: Stage, method: str) -> None:
    """No token is a fault of the bot's; a wrong one may be an administrator's."""
    assert (await stage.refusal(method, stage.client_with("xoxb-other")))["error"] == "invalid_auth"
    assert stage.rules == []
    assert (await stage.refusal(method, stage.client_with(None)))["error"] == "not_authed"
    assert stage.rules == ["not_authed"]


async def test_a_revoked_token_is_dead(stage: Stage) -> None:
    """That one alone."""
    other = stage.client_with(stage.peer.install(stage.peer.app, "T1")[1])
    await stage.client.auth_revoke(test=True)
    await stage.client.auth_test()

    await stage.client.auth_revoke()

    assert (await stage.refusal("auth.test"))["error"] == "token_revoked"
    assert (await other.auth_test())["ok"]


@pytest.mark.parametrize("answer", ["account_inactive", "token_revoked"])
async def test_an_app_that_is_removed_hears_of_it(stage: Stage, answer: str) -> None:
    """Twice over; its tokens are dead, and it hears nothing more."""
    await stage.peer.uninstall("T1", answer=answer)

    assert [json.loads(heard.body)["event"]["type"] for heard in stage.ear.heard] == [
        "tokens_revoked",
        "app_uninstalled",
    ]
    assert json.loads(stage.ear.heard[0].body)["event"]["tokens"] == {"oauth": [], "bot": ["U0BOT1"]}
    assert (await stage.refusal("chat.postMessage", channel=TEAM, text="x"))["error"] == answer
    assert (await stage.peer.say("Ana", "team", "hello")).deliveries == ()


async def test_an_app_is_installed_by_a_persons_consent(stage: Stage) -> None:
    """The code is worth one token, with the scopes that were asked for; the app may say who it is in a header."""
    app = stage.peer.add_app("Other", redirect_uris=frozenset({BACK}))
    address = stage.peer.consent(_page(app), "Stranger")
    assert address.startswith(f"{BACK}?")
    assert parse_qs(urlsplit(address).query)["state"] == ["s"]

    who = {"Authorization": aiohttp.encode_basic_auth(app.client_id, app.client_secret)}
    how = {"code": _code(address), "redirect_uri": BACK}
    async with stage.session.post(f"{stage.peer.api_url}oauth.v2.access", data=how, headers=who) as response:
        answer = await response.json()

    assert (answer["team"]["id"], answer["scope"], answer["is_enterprise_install"]) == (
        "T2",
        "chat:write,commands",
        False,
    )
    assert answer["authed_user"]["id"] == "U0STRANGER"
    assert "refresh_token" not in answer
    client = stage.client_with(answer["access_token"])
    assert (await client.auth_test())["team_id"] == "T2"
    assert (await stage.refusal("reactions.add", client))["error"] == "missing_scope"
    assert stage.rules == []


async def test_the_installation_page_sends_people_back(stage: Stage) -> None:
    """For who follows the documentation against the stand-in."""
    stage.peer.app.redirect_uris = frozenset({BACK})
    page = _page(stage.peer.app).replace("https://slack.com", stage.peer.address)

    async with stage.session.get(page, allow_redirects=False) as response:
        assert response.status == 302
        assert response.headers["Location"].startswith(f"{BACK}?code=")


PAGES: dict[str, tuple[dict[str, str], str]] = {
    "no scope": ({"scope": ""}, "invalid_scope"),
    "an unknown scope": ({"scope": "chat:read"}, "invalid_scope: chat:read"),
    "no state": ({"state": ""}, "no state"),
    "a scope of a person": ({"user_scope": "chat:write"}, "scopes of a person"),
    "another address": ({"redirect_uri": "https://elsewhere.example.org"}, "bad_redirect_uri"),
}


@pytest.mark.parametrize(("more", "rule"), PAGES.values(), ids=PAGES)
async def test_a_wrong_installation_page_is_noted(stage: Stage, more: dict[str, str], rule: str) -> None:
    """Whatever is wrong with it."""
    app = stage.peer.add_app("Other", redirect_uris=frozenset({BACK}))
    stage.peer.consent(_page(app, **more))

    assert rule in stage.rules[0]


WRONG: dict[str, tuple[dict[str, str], str]] = {
    "an unknown client": ({"client_id": "none"}, "invalid_client_id"),
    "a wrong secret": ({"client_secret": "none"}, "bad_client_secret"),
    "an unknown code": ({"code": "none"}, "invalid_code"),
    "another address": ({"redirect_uri": "https://elsewhere.example.org"}, "bad_redirect_uri"),
    "an unknown refresh token": ({"grant_type": "refresh_token", "refresh_token": "none"}, "invalid_refresh_token"),
    "an unknown argument": ({"user": "Ana"}, "invalid_arguments"),
}


@pytest.mark.parametrize(("more", "error"), WRONG.values(), ids=WRONG)
async def test_a_code_is_worth_nothing_to_others(stage: Stage, more: dict[str, str], error: str) -> None:
    """Nor with anything about it changed."""
    app = stage.peer.add_app("Other", redirect_uris=frozenset({BACK}))
    code = _code(stage.peer.consent(_page(app)))

    assert (await _access(stage, app, **{"code": code, **more}))["error"] == error


async def test_a_code_works_once_and_for_ten_minutes(stage: Stage) -> None:
    """As Slack has it."""
    app = stage.peer.add_app("Other", redirect_uris=frozenset({BACK}))
    codes = [_code(stage.peer.consent(_page(app))) for _ in range(2)]
    assert (await _access(stage, app, code=codes[0]))["ok"]
    assert (await _access(stage, app, code=codes[0]))["error"] == "code_already_used"

    stage.clock.forward(601)
    assert (await _access(stage, app, code=codes[1]))["error"] == "invalid_code"


async def test_tokens_rotate(stage: Stage) -> None:
    """They end after twelve hours; a refresh token gives the next one, once."""
    app = stage.peer.add_app("Rotating", rotates=True, redirect_uris=frozenset({BACK}))
    first = await _access(stage, app, code=_code(stage.peer.consent(_page(app))))
    assert first["expires_in"] == 43_200
    stage.clock.forward(43_200)
    assert (await stage.refusal("auth.test", stage.client_with(first["access_token"])))["error"] == "token_expired"

    grant = {"grant_type": "refresh_token", "refresh_token": first["refresh_token"]}
    second = await _access(stage, app, **grant)

    assert (await stage.client_with(second["access_token"]).auth_test())["ok"]
    assert (await _access(stage, app, **grant))["error"] == "invalid_refresh_token"
    assert (await _access(stage, app, **{**grant, "refresh_token": second["refresh_token"]}))["ok"]
    assert stage.rules == []


async def test_an_uninstalled_app_refreshes_nothing(stage: Stage) -> None:
    """Its refresh tokens are dead too."""
    app = stage.peer.add_app("Rotating", rotates=True, redirect_uris=frozenset({BACK}))
    first = await _access(stage, app, code=_code(stage.peer.consent(_page(app))))
    await stage.peer.uninstall("T1", app="Rotating")

    grant = {"grant_type": "refresh_token", "refresh_token": first["refresh_token"]}
    assert (await _access(stage, app, **grant))["error"] == "invalid_refresh_token"
    assert (await stage.client.auth_test())["ok"]


async def test_an_app_for_a_whole_organisation(stage: Stage) -> None:
    """One installation hears of each workspace, and its events name the organisation."""
    app = stage.peer.add_app("Wide", "/slack/wide/events", redirect_uris=frozenset({BACK}))
    stage.peer.add_workspace("T3", "North", ("Northerner",), enterprise="E1")
    stage.peer.add_workspace("T4", "South", ("Southerner",), enterprise="E1")
    page = _page(app, scope="chat:write,channels:history")
    address = stage.peer.consent(page, "Northerner", is_org_wide=True)
    answer = await _access(stage, app, code=_code(address))
    channel = stage.peer.add_channel("southern", "T4")
    channel.members.add(answer["bot_user_id"])

    await stage.peer.say("Southerner", "southern", "hello")

    assert (answer["team"], answer["enterprise"]["id"], answer["is_enterprise_install"]) == (None, "E1", True)
    told = json.loads(stage.ear.heard[0].body)
    assert (told["team_id"], told["enterprise_id"]) == ("T4", "E1")
    assert told["authorizations"][0] == {
        "enterprise_id": "E1",
        "team_id": None,
        "user_id": answer["bot_user_id"],
        "is_bot": True,
        "is_enterprise_install": True,
    }
    assert stage.ear.heard[0].path == "/slack/wide/events"
    assert (await stage.client_with(answer["access_token"]).chat_postMessage(channel=channel.id, text="x"))["ok"]


async def test_apps_do_not_see_one_another(stage: Stage) -> None:
    """Each has its own secret, path, bot and token; a trigger of one is nothing to the other."""
    app = stage.peer.add_app("Other", "/slack/other/events")
    bot, token = stage.peer.install(app, "T1")
    await stage.peer.invite_bot("team", bot=bot)
    ts = await stage.post()
    await stage.peer.say("Ana", "team", "hello", ts)

    assert {heard.path for heard in stage.ear.heard} == {"/slack/events", "/slack/other/events"}
    other = stage.client_with(token)
    assert (await stage.refusal("chat.update", other, channel=TEAM, ts=ts, text="x"))["error"] == "cant_update_message"
    trigger = (await stage.peer.shortcut("Ana", "start")).deliveries[0].payload["trigger_id"]
    view = {"type": "modal", "title": {"type": "plain_text", "text": "x"}, "blocks": [{"type": "divider"}]}
    assert (await stage.refusal("views.open", other, trigger_id=trigger, view=view))["error"] == "invalid_trigger_id"


async def test_only_an_apps_own_token_opens_a_socket(stage: Stage) -> None:
    """A bot's token does not."""
    answer = await stage.client_with(stage.peer.app.app_token).apps_connections_open(app_token=stage.peer.app.app_token)

    assert answer["url"].startswith("wss://")
    assert (await stage.refusal("apps.connections.open"))["error"] == "not_allowed_token_type"
    assert (await stage.refusal("apps.connections.open", stage.client_with("xapp-none")))["error"] == "invalid_auth"


async def test_an_app_is_set_up_by_its_manifest(stage: Stage) -> None:
    """What it does not ask for it does not get."""
    stage.peer.follow(
        {
            "features": {
                "slash_commands": [{"command": "/other"}],
                "shortcuts": [{"callback_id": "start", "type": "global"}],
            },
            "oauth_config": {"scopes": {"bot": ["chat:write", "groups:history"]}},
            "settings": {"event_subscriptions": {"bot_events": ["message.groups"]}},
        }
    )

    assert (await stage.peer.command("Ana", "team")).deliveries == ()
    assert (await stage.peer.say("Ana", "team", "hello")).deliveries == ()
    assert len((await stage.peer.say("Ana", "quiet", "hello")).deliveries) == 1
    assert (await stage.refusal("reactions.add"))["error"] == "missing_scope"
    with pytest.raises(AssertionError, match="no shortcut"):
        await stage.peer.shortcut("Ana", "other")


@asynccontextmanager
async def _by_itself(*words: str) -> AsyncIterator[list[str]]:
    """Run the stand-in as a program; gives what it says once it listens."""
    program = (sys.executable, "-m", "tests.peers.slack", *words)
    process = await asyncio.create_subprocess_exec(*program, cwd=ROOT, stdout=PIPE)
    try:
        assert process.stdout is not None
        yield (await process.stdout.readline()).decode().split()
    finally:
        process.terminate()
        await process.wait()


async def test_it_runs_by_itself_in_full() -> None:
    """It says where it is and what opens it, and checks as always."""
    async with _by_itself() as (api_url, _, token, *_), aiohttp.ClientSession() as session:
        async with session.post(f"{api_url}auth.test") as response:
            assert (await response.json())["error"] == "not_authed"
        async with session.post(f"{api_url}auth.test", data={"token": token}) as response:
            assert (await response.json())["team_id"] == "T1"
