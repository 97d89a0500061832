"""Teams as the program's settings have it: a sentence for each wrong start, and each way to say who the app is."""

import os
from collections.abc import AsyncIterator, Mapping
from datetime import UTC, datetime
from pathlib import Path
from uuid import uuid4

import pytest
from structlog.testing import capture_logs
from typer.testing import CliRunner

from adapters.browser.listening import listening
from adapters.cli.commands import main
from app import App
from bot.settings import PREFIX
from storage.opening import OpenStore, open_store
from tests.bot.composing import WORDING, composed
from tests.peers.teams import TeamsPeer, teams_peer

TEAMS = "TEAM_LEEDS_TEAMS_"
AN_ID, ANOTHER = "a0000000-0000-4000-8000-00000000000a", "10000000-0000-4000-8000-000000000001"
APP = {"APP_ID": AN_ID, "TENANT_ID": ANOTHER}
SECRET = "sesame1"
WHOLE = APP | {"APP_PASSWORD": SECRET}
LIKE_AN_ID = "an id such as 12345678-90ab-cdef-1234-567890abcdef"


def now() -> datetime:
    """The real clock: tokens are dated by it."""
    return datetime.now(UTC)


@pytest.fixture(autouse=True)
def elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Start in an empty folder, without any of our variables, and on no host of Azure's."""
    for name in os.environ:
        if name.upper().startswith(PREFIX):
            monkeypatch.delenv(name)
    for name in ("IDENTITY_ENDPOINT", "IDENTITY_HEADER"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.fixture
async def store(tmp_path: Path) -> AsyncIterator[OpenStore]:
    """An empty store."""
    store = await open_store(tmp_path / "chats.sqlite", fresh=uuid4)
    yield store
    await store.close()


def tell(monkeypatch: pytest.MonkeyPatch, told: Mapping[str, str]) -> None:
    """Set what the unnamed app is told."""
    for name, value in told.items():
        monkeypatch.setenv(f"{TEAMS}{name}", value)


@pytest.mark.parametrize(
    ("told", "host", "says"),
    [
        (
            {"APP_PASSWORD": SECRET},
            "127.0.0.1",
            (
                f"{TEAMS}APP_ID must be set: without it nobody could tell whether what arrives comes from Teams."
                f" To try the bot out on this machine alone, set {TEAMS}AUTH to off."
            ),
        ),
        (
            {"APP_ID": AN_ID, "APP_PASSWORD": SECRET},
            "127.0.0.1",
            f"{TEAMS}TENANT_ID must be set: the organisation that the app is registered in.",
        ),
        (
            APP,
            "127.0.0.1",
            (
                f"Set {TEAMS}APP_PASSWORD, {TEAMS}CERTIFICATE or {TEAMS}MANAGED_IDENTITY:"
                " the app needs one way to say who it is."
            ),
        ),
        (
            WHOLE | {"MANAGED_IDENTITY": "true"},
            "127.0.0.1",
            f"Set {TEAMS}APP_PASSWORD or {TEAMS}MANAGED_IDENTITY, not both: the app has one way to say who it is.",
        ),
        (
            APP | {"CERTIFICATE": "app.pem"},
            "127.0.0.1",
            (
                "The certificate of the Teams app must be a PEM file with an RSA key without a passphrase, and its"
                " certificate."
            ),
        ),
        (
            APP | {"CERTIFICATE": "nowhere.pem"},
            "127.0.0.1",
            f"{TEAMS}CERTIFICATE must be the path of a PEM file with a certificate and its private key.",
        ),
        (WHOLE | {"APP_ID": "Team Leeds"}, "127.0.0.1", f"{TEAMS}APP_ID must be {LIKE_AN_ID}."),
        (WHOLE | {"TENANT_ID": "leeds.example.org"}, "127.0.0.1", f"{TEAMS}TENANT_ID must be {LIKE_AN_ID}."),
        (
            WHOLE | {"ALLOWED_TENANTS": "leeds, york"},
            "127.0.0.1",
            f"{TEAMS}ALLOWED_TENANTS must be tenant ids, with commas between.",
        ),
        (WHOLE | {"AUTH": "maybe"}, "127.0.0.1", f"{TEAMS}AUTH must be on or off."),
        (
            {"AUTH": "off"},
            "0.0.0.0",  # noqa: S104 -- refused
            f"To be reached at 0.0.0.0, first take out {TEAMS}AUTH=off: anybody could pretend to be Teams.",
        ),
    ],
)
def test_a_wrong_start_is_one_sentence(
    told: Mapping[str, str], host: str, says: str, elsewhere: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It says what to do, and shows nobody's secret; nothing is served and nothing is written."""
    begins_well = "-----BEGIN PRIVATE KEY-----\nsesame1\n-----BEGIN CERTIFICATE-----\n"
    (elsewhere / "app.pem").write_text(begins_well)
    tell(monkeypatch, told)

    done = CliRunner().invoke(main, ["serve", "--port", "0", "--host", host], obj=lambda debug: App(debug=debug))

    assert (done.exit_code, done.stderr, done.stdout) == (1, f"{says}\n", "")
    assert [path.name for path in elsewhere.iterdir()] == ["app.pem"]


@pytest.mark.parametrize("way", ["secret", "certificate", "host"])
async def test_an_app_says_who_it_is(
    way: str, store: OpenStore, elsewhere: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """By what its settings name; Teams hears from it, and what comes from Teams has to prove that it does."""
    async with teams_peer(now) as peer:
        (elsewhere / "app.pem").write_text(peer.certificate())
        monkeypatch.setenv("IDENTITY_ENDPOINT", f"{peer.address}/msi/token")
        monkeypatch.setenv("IDENTITY_HEADER", "a-header")
        ways = {
            "secret": {"APP_PASSWORD": peer.app.secret},
            "certificate": {"CERTIFICATE": "app.pem"},
            "host": {"MANAGED_IDENTITY": "true"},
        }
        tell(monkeypatch, ways[way] | stand_in(peer))
        with capture_logs() as logs:
            await said_to(peer, store)

        assert "I hold a short chat with your team." in "\n".join(peer.alone("Ana"))
        asked = {"secret": (1, 0), "certificate": (1, 0), "host": (0, 1)}[way]
        assert (peer.count("token"), peer.count("managed")) == asked
        assert "teams_lets_everybody_in" not in {line["event"] for line in logs}


async def test_a_trial_says_so(store: OpenStore, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever starts without authentication reads it in the log."""
    tell(monkeypatch, {"AUTH": "off"})
    apps = App(debug=False, clock=now).teams()
    with capture_logs() as logs:
        await apps.connect(store, WORDING)
    await apps.close()

    assert [line["event"] for line in logs] == ["teams_lets_everybody_in"]


def stand_in(peer: TeamsPeer) -> dict[str, str]:
    """What points the program at the stand-in."""
    return {
        "APP_ID": peer.app.id,
        "TENANT_ID": peer.app.tenant,
        "LOGIN_URL": peer.address,
        "OPENID_URL": peer.metadata_url,
    }


async def said_to(peer: TeamsPeer, store: OpenStore) -> None:
    """Serve the apps of the settings while Ana asks for help."""
    apps = App(debug=False, clock=now).teams()
    async with listening(apps.routes(), "127.0.0.1", 0) as port:
        peer.bot_url = f"http://127.0.0.1:{port}"
        bot = composed(store, others=(await apps.connect(store, WORDING)).values())
        apps.open(bot.conversation, bot.receipts, bot.house, bot.delivery.stir)
        await peer.say("Ana", "team", "help", mention=True)
        await peer.until(lambda: bool(peer.alone("Ana")))
        await apps.close()
