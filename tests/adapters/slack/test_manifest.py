"""The manifest asks for what the code uses, and for nothing else."""

import ast
import json
import re
from pathlib import Path

import pytest
import yaml
from slack_sdk.web.async_client import AsyncWebClient

from adapters.slack import endpoint
from adapters.slack.manifest import COMMAND, EVENTS, METHODS, METHODS_BY_ROOM, SCOPES, BadAddress, manifest
from app import App
from conversations.wording import Wording
from tests.peers.slack_things import EVENTS as KNOWN_EVENTS
from tests.peers.slack_things import KNOWN_SCOPES

ROOT = Path(__file__).parents[3]
ADAPTER = ROOT / "adapters" / "slack"
URL = "https://chats.example.org"
API = {name for name in dir(AsyncWebClient) if "_" in name.strip("_") and not name.startswith("_")}


def called() -> set[str]:
    """Every Web API method that the adapter names, as Slack calls it."""
    nodes = [node for path in ADAPTER.glob("*.py") for node in ast.walk(ast.parse(path.read_text()))]
    named = {node.attr for node in nodes if isinstance(node, ast.Attribute)} & API - {"api_call"}
    by_name = (node for node in nodes if isinstance(node, ast.Call) and ast.unparse(node.func).endswith(".api_call"))
    texts = {argument.value for node in by_name for argument in node.args if isinstance(argument, ast.Constant)}
    return {name.replace("_", ".", 1) for name in named} | {str(text) for text in texts}


def listened() -> set[str]:
    """Every event that the adapter hears."""
    nodes = [
        node
        for name in ("endpoint", "uninstalling")
        for node in ast.walk(ast.parse((ADAPTER / f"{name}.py").read_text()))
    ]
    texts = {node.value for node in nodes if isinstance(node, ast.Constant) and isinstance(node.value, str)}
    return texts & {name.partition(".")[0] for name in KNOWN_EVENTS}


def test_every_method_we_call_is_in_the_manifests_table() -> None:
    """Nobody calls Slack for something that the scopes were not chosen for, and none is asked for in vain."""
    known = {*METHODS, *METHODS_BY_ROOM}

    assert called() == known


def test_every_event_we_hear_is_subscribed() -> None:
    """What is subscribed is heard, and the other way round."""
    assert {name.partition(".")[0] for name in EVENTS} == listened() >= set(endpoint.EVENTS)


def test_the_scopes_are_those_that_slack_knows_and_no_more() -> None:
    """A scope more is a right more: these nine are what it takes."""
    assert set(SCOPES) <= KNOWN_SCOPES
    assert SCOPES == (
        "app_mentions:read",
        "channels:history",
        "channels:read",
        "chat:write",
        "commands",
        "groups:history",
        "groups:read",
        "reactions:write",
        "users:read",
    )
    assert manifest(URL)["oauth_config"]["scopes"] == {"bot": list(SCOPES)}


def test_the_page_says_of_each_scope_why() -> None:
    """An administrator reads why before they agree."""
    page = (ROOT / "docs" / "slack.md").read_text()
    told = re.findall(r"^\| `([a-z_:]+)` \| .+ \|$", page, re.MULTILINE)

    assert sorted(told) == list(SCOPES)


@pytest.mark.parametrize(("app", "path"), [("", "/slack"), ("trust", "/slack/trust")])
def test_addresses_are_those_that_the_server_has(app: str, path: str) -> None:
    """Each app has its own routes."""
    made = manifest(URL, app)

    assert made["settings"]["event_subscriptions"]["request_url"] == f"{URL}{path}/events"
    assert made["settings"]["interactivity"]["request_url"] == f"{URL}{path}/events"
    assert made["features"]["slash_commands"][0]["url"] == f"{URL}{path}/events"
    assert made["oauth_config"]["redirect_urls"] == [f"{URL}{path}/oauth_redirect"]


def test_socket_mode_names_no_address_to_call() -> None:
    """Where Slack can't reach the server there is none."""
    made = manifest(URL, socket=True)

    assert made["settings"]["socket_mode_enabled"] is True
    assert "request_url" not in json.dumps(made["settings"])
    assert "url" not in made["features"]["slash_commands"][0]


@pytest.mark.parametrize("form", ["yaml", "json"])
def test_it_is_printed_in_both_forms(form: str) -> None:
    """Slack takes YAML and JSON; both say the same."""
    printed = App(debug=False).manifest(URL, form, "", socket=False)

    assert (yaml.safe_load(printed) if form == "yaml" else json.loads(printed)) == manifest(URL)


@pytest.mark.parametrize(
    "url", ["http://chats.example.org", "chats.example.org", "https://", "https://chats.example.org/bot", f"{URL}?a=b"]
)
def test_an_address_that_slack_would_not_call_is_refused(url: str) -> None:
    """Slack calls https addresses only, and ours has no path of its own."""
    with pytest.raises(BadAddress, match="--url must be"):
        manifest(url)


def test_the_command_that_people_are_told_of_is_the_one_there_is() -> None:
    """The words for people and the manifest name the same command."""
    words = (ROOT / "conversations" / "wording" / "en.yaml").read_text()

    assert COMMAND in words
    assert Wording.bare(COMMAND) == COMMAND
