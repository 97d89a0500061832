"""Every knob, and docs/settings.md, which says the same. `python -m tests.bot.test_settings` writes the page again."""

import os
from collections.abc import Mapping
from pathlib import Path

import pytest

from bot.outside import Address
from bot.settings import BEYOND_LOOPBACK, CONFIG, PREFIX, RETENTION, BadSetting, Settings, allowed, read_settings

PAGE = Path(__file__).parents[2] / "docs" / "settings.md"

KEY = "VGVhbSBMZWVkcyBDaGF0cywgYSBrZXkgZm9yIHRlc3Q="
"""A Fernet key that opens nothing."""

HEAD = f"""# Settings

Made from `bot/settings.py` by `python -m tests.bot.test_settings`; a test holds the two together.

Each setting is an environment variable, or a line in a TOML file: `{PREFIX}LOG_LEVEL=DEBUG` in the environment is
`log_level = "DEBUG"` in the file. The environment wins. The file is `team-leeds.toml` in the folder where the bot is
started, or the one that `{CONFIG}` names. A relative path starts in the folder where the bot is started;
`~` is your home folder. An empty variable counts as not set.

A name that is not in this table, or a value that can't be, stops the start with one sentence that names it.

| variable | in the file | default | what it may be | meaning |
|---|---|---|---|---|
"""

TAIL = f"""
† *serve* listens beyond this machine only once these are set, even to the default: {", ".join(
    f"`{PREFIX}{name.upper()}`" for name in BEYOND_LOOPBACK
)}.
"""  # fmt: skip


def page() -> str:
    """The page as it has to be."""
    rows = []
    for name, field in Settings.model_fields.items():
        default = ", ".join(field.default) if isinstance(field.default, tuple) else field.default
        shown = "" if default in (None, "") else f"`{default}`"
        variable = "" if name.endswith("_apps") else f"`{PREFIX}{name.upper()}`"
        rows.append(f"| {variable} | `{name}` | {shown} | {allowed(name)} | {field.description} |")
    return HEAD + "\n".join(rows) + "\n" + TAIL


@pytest.fixture(autouse=True)
def elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Start in an empty folder, without any of our variables."""
    for name in os.environ:
        if name.upper().startswith(PREFIX):
            monkeypatch.delenv(name)
    monkeypatch.chdir(tmp_path)
    return tmp_path


def refusal() -> str:
    """Say why the settings are refused."""
    with pytest.raises(BadSetting) as refused:
        read_settings()
    return str(refused.value)


def test_the_page_is_the_settings_class() -> None:
    """Nobody sets what the page says and finds that it does nothing."""
    assert PAGE.read_text(encoding="utf-8") == page()


def test_nothing_has_to_be_set() -> None:
    """A fresh clone runs as it is, and keeps its chats in ./data."""
    settings = read_settings()

    assert settings.database.get_secret_value() == "sqlite:///data/team-leeds.sqlite"
    kept = ("LINK", "WORDS", "CONTACT", "AUDIT", "TRAFFIC")
    assert settings.unset(RETENTION) == [f"{PREFIX}KEEP_{what}_DAYS" for what in kept]


def test_the_environment_wins_over_the_file(elsewhere: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What is set for one run is stronger than what is written down."""
    (elsewhere / "team-leeds.toml").write_text('port = 8000\nlog_level = "debug"\nkeep_link_days = 30\n')
    monkeypatch.setenv("TEAM_LEEDS_PORT", "9000")

    settings = read_settings()

    assert (settings.port, settings.log_level, settings.keep_link_days) == (9000, "DEBUG", 30)
    assert f"{PREFIX}KEEP_LINK_DAYS" not in settings.unset(RETENTION)


def test_another_file_may_be_named(elsewhere: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """TEAM_LEEDS_CONFIG takes the place of the usual file."""
    (elsewhere / "team-leeds.toml").write_text("port = 8000\n")
    (elsewhere / "other.toml").write_text("port = 8001\n")
    monkeypatch.setenv(CONFIG, "other.toml")

    assert read_settings().port == 8001


def test_organisers_are_named_by_their_ids(elsewhere: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """In the environment with commas between, or as a list in the file; each counts once."""
    tenant, ana = "12345678-90AB-cdef-1234-567890abcdef", "abcdef12-90ab-cdef-1234-567890abcdef"
    (elsewhere / "team-leeds.toml").write_text('organisers = ["console:terminal:Ana"]\n')
    from_file = read_settings().organising
    monkeypatch.setenv("TEAM_LEEDS_ORGANISERS", f"slack:T1:U1, slack-hospital:T2:W2 ,slack:T1:U1,teams:{tenant}:{ana}")

    assert from_file == {Address("console", "terminal", "ana")}
    assert read_settings().organising == {
        Address("slack", "T1", "U1"),
        Address("slack-hospital", "T2", "W2"),
        Address("teams", tenant.lower(), ana),
    }


def test_analysts_are_named_in_the_same_way(elsewhere: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """They are other people than organisers, unless somebody is named twice."""
    (elsewhere / "team-leeds.toml").write_text('analysts = ["slack:T1:U2", "slack:T1:U3"]\n')
    monkeypatch.setenv("TEAM_LEEDS_ORGANISERS", "slack:T1:U1,slack:T1:U2")

    assert read_settings().analysing == {Address("slack", "T1", name) for name in ("U2", "U3")}
    assert read_settings().organising == {Address("slack", "T1", name) for name in ("U1", "U2")}
    monkeypatch.setenv("TEAM_LEEDS_ANALYSTS", "Ana")
    with pytest.raises(BadSetting, match=r"TEAM_LEEDS_ANALYSTS must be slack:TEAM:USER"):
        read_settings()


def test_an_empty_variable_is_not_set(monkeypatch: pytest.MonkeyPatch) -> None:
    """A template that leaves a variable empty means the default."""
    monkeypatch.setenv("TEAM_LEEDS_CONTROLLER", "")

    assert read_settings().controller is None


@pytest.mark.parametrize(
    ("name", "value", "says"),
    [
        ("TEAM_LEEDS_LGO_LEVEL", "INFO", "TEAM_LEEDS_LGO_LEVEL is not a setting; did you mean TEAM_LEEDS_LOG_LEVEL? "),
        ("TEAM_LEEDS_XYZZY", "1", "TEAM_LEEDS_XYZZY is not a setting; docs/settings.md lists them."),
        ("TEAM_LEEDS_LOG_LEVEL", "warnig", "DEBUG, INFO, WARNING or ERROR; did you mean WARNING?"),
        ("TEAM_LEEDS_LOG_FORMAT", "yaml", "TEAM_LEEDS_LOG_FORMAT must be auto, json or text."),
        ("TEAM_LEEDS_ZONE", "Europe/Lodnon", "did you mean Europe/London?"),
        ("TEAM_LEEDS_ZONE", "Europe", "TEAM_LEEDS_ZONE must be the name of a time zone"),
        ("TEAM_LEEDS_PORT", "65536", "TEAM_LEEDS_PORT must be a whole number from 0 to 65535."),
        ("TEAM_LEEDS_PORT", "http", "TEAM_LEEDS_PORT must be a whole number from 0 to 65535."),
        (
            "TEAM_LEEDS_KEEP_WORDS_DAYS",
            "0",
            "TEAM_LEEDS_KEEP_WORDS_DAYS must be a whole number of days from 1 to 3650.",
        ),
        ("TEAM_LEEDS_DESTINATIONS", "webhok", "TEAM_LEEDS_DESTINATIONS must be one or more of embedded,"),
        ("TEAM_LEEDS_DESTINATIONS", ",", "TEAM_LEEDS_DESTINATIONS must be one or more of embedded,"),
        ("TEAM_LEEDS_GUIDES_DIR", "nowhere", "TEAM_LEEDS_GUIDES_DIR must be the path of a folder that is there."),
        ("TEAM_LEEDS_SUPPORT_FILE", "nowhere", "TEAM_LEEDS_SUPPORT_FILE must be the path of a file that is there."),
        ("TEAM_LEEDS_NOTICE_URL", "notice", "a web address that starts with https:// or http://."),
        ("TEAM_LEEDS_DATABASE_URL", "mysql://h/d", "postgresql://user:password@host/database or sqlite:///path"),
        ("TEAM_LEEDS_DATABASE_URL", "postgresql://h:port/d", "TEAM_LEEDS_DATABASE_URL must be postgresql://"),
        ("TEAM_LEEDS_DATABASE_URL", "postgresql://h", "TEAM_LEEDS_DATABASE_URL must be postgresql://"),
        ("TEAM_LEEDS_DATABASE_URL", "sqlite://", "TEAM_LEEDS_DATABASE_URL must be postgresql://"),
        (
            "TEAM_LEEDS_ORGANISERS",
            "U1",
            "TEAM_LEEDS_ORGANISERS must be slack:TEAM:USER, teams:TENANT:OBJECT or console:",
        ),
        ("TEAM_LEEDS_ORGANISERS", "slack:T1:U1,slack:T1:C1", "TEAM_LEEDS_ORGANISERS must be slack:TEAM:USER, teams:"),
        ("TEAM_LEEDS_ORGANISERS", "slack:T1", "TEAM_LEEDS_ORGANISERS must be slack:TEAM:USER, teams:TENANT:OBJECT or"),
        ("TEAM_LEEDS_ORGANISERS", "teams:leeds:ana", "TEAM_LEEDS_ORGANISERS must be slack:TEAM:USER, teams:TENANT:"),
        ("TEAM_LEEDS_SLACK_SIGNING_SECRET", "open sesame", "TEAM_LEEDS_SLACK_SIGNING_SECRET must be a secret without"),
        ("TEAM_LEEDS_SLACK_BOT_TOKEN", "xoxp-1", "TEAM_LEEDS_SLACK_BOT_TOKEN must be a token that starts with xoxb-."),
        ("TEAM_LEEDS_SLACK_APP_TOKEN", "xoxb-1", "TEAM_LEEDS_SLACK_APP_TOKEN must be a token that starts with xapp-."),
        ("TEAM_LEEDS_SLACK_CLIENT_ID", "1 2", "TEAM_LEEDS_SLACK_CLIENT_ID must be letters, digits and full stops."),
        ("TEAM_LEEDS_SLACK_TEAMS", "T0LEEDS1,leeds", "TEAM_LEEDS_SLACK_TEAMS must be ids that start with T or E, "),
        ("TEAM_LEEDS_SLACK_TEAMS", "any,T0LEEDS1", "TEAM_LEEDS_SLACK_TEAMS must be ids that start with T or E, "),
        ("TEAM_LEEDS_SLACK_TEAMS", ",", "TEAM_LEEDS_SLACK_TEAMS must be ids that start with T or E, with commas"),
        (
            "TEAM_LEEDS_SLACK_API_URL",
            "http://slack.com/api/",
            "TEAM_LEEDS_SLACK_API_URL must be an address that starts",
        ),
        ("TEAM_LEEDS_SLACK_API_URL", "https://", "TEAM_LEEDS_SLACK_API_URL must be an address that starts with https"),
        ("TEAM_LEEDS_SECRET_KEYS", "sesame", "TEAM_LEEDS_SECRET_KEYS must be Fernet keys (32 random bytes in URL-safe"),
        ("TEAM_LEEDS_SECRET_KEYS", f"{KEY},{KEY[:-5]}=", "TEAM_LEEDS_SECRET_KEYS must be Fernet keys (32 random bytes"),
        ("TEAM_LEEDS_SLACK_APPS", "leeds", "TEAM_LEEDS_SLACK_APPS must be tables, each under a line `[[slack_apps]]`"),
        ("TEAM_LEEDS_TEAMS_APP_ID", "leeds", "TEAM_LEEDS_TEAMS_APP_ID must be an id such as 12345678-"),
        ("TEAM_LEEDS_TEAMS_TENANT_ID", "leeds.example", "TEAM_LEEDS_TEAMS_TENANT_ID must be an id such as 12345678-"),
        ("TEAM_LEEDS_TEAMS_APP_PASSWORD", "open sesame", "TEAM_LEEDS_TEAMS_APP_PASSWORD must be a secret without"),
        ("TEAM_LEEDS_TEAMS_CERTIFICATE", "nowhere.pem", "TEAM_LEEDS_TEAMS_CERTIFICATE must be the path of a PEM file"),
        ("TEAM_LEEDS_TEAMS_MANAGED_IDENTITY", "yes", "must be true, or the identity's client id (an id such as"),
        ("TEAM_LEEDS_TEAMS_ALLOWED_TENANTS", "any", "TEAM_LEEDS_TEAMS_ALLOWED_TENANTS must be tenant ids, with commas"),
        ("TEAM_LEEDS_TEAMS_ALLOWED_TENANTS", ",", "TEAM_LEEDS_TEAMS_ALLOWED_TENANTS must be tenant ids, with commas"),
        ("TEAM_LEEDS_TEAMS_AUTH", "of", "TEAM_LEEDS_TEAMS_AUTH must be on or off; did you mean off?"),
        ("TEAM_LEEDS_TEAMS_LOGIN_URL", "http://login.example/", "TEAM_LEEDS_TEAMS_LOGIN_URL must be an address that"),
        ("TEAM_LEEDS_TEAMS_OPENID_URL", "login.example", "TEAM_LEEDS_TEAMS_OPENID_URL must be an address that starts"),
        ("TEAM_LEEDS_TEAMS_APPS", "leeds", "TEAM_LEEDS_TEAMS_APPS must be tables, each under a line `[[teams_apps]]`"),
        ("TEAM_LEEDS_CONFIG", "nowhere.toml", "TEAM_LEEDS_CONFIG must be the path of a TOML file that is there."),
        ("TEAM_LEEDS_CONFIG", ".", "TEAM_LEEDS_CONFIG must be the path of a TOML file that is there."),
    ],
)
def test_a_wrong_variable_is_named(name: str, value: str, says: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Who mistypes a setting learns which one, and what it may be."""
    monkeypatch.setenv(name, value)

    assert says in refusal()


@pytest.mark.parametrize(
    ("written", "says"),
    [
        (b"lgo_level = 'INFO'", "team-leeds.toml: ‘lgo_level’ is not a setting; did you mean log_level? "),
        (b"port = 'http'", "team-leeds.toml: port must be a whole number from 0 to 65535."),
        (b"[port]\nnumber = 1", "team-leeds.toml: port must be a whole number from 0 to 65535."),
        (
            b"slack_apps = ['leeds']",
            "team-leeds.toml: slack_apps number 1 must be a table under a line [[slack_apps]].",
        ),
        (b"[[slack_apps]]\nnam = 'leeds'", "team-leeds.toml: slack_apps number 1: name must be up to 40 lower-case "),
        (b"[[slack_apps]]\nname = 'Leeds!'", "slack_apps number 1: name must be up to 40 lower-case letters, digits"),
        (
            b"[[slack_apps]]\nname = 'a'\n[[slack_apps]]\nname = 'b'\nbot_tokn = 'xoxb-1'",
            "slack_apps number 2: ‘bot_tokn’ is not a setting of a Slack app; did you mean bot_token? ",
        ),
        (b"[[slack_apps]]\nname = 'a'\nbot_token = 'xoxp-1'", "number 1: bot_token must be a token that starts with"),
        (b"teams_apps = ['a']", "team-leeds.toml: teams_apps number 1 must be a table under a line [[teams_apps]]."),
        (
            b"[[teams_apps]]\nname = 'a'\napp_pasword = 's'",
            "teams_apps number 1: ‘app_pasword’ is not a setting of a Teams app; did you mean app_password? ",
        ),
        (b"[[teams_apps]]\nname = 'a'\napp_id = 'b'", "teams_apps number 1: app_id must be an id such as 12345678-"),
        (b"port 1", "team-leeds.toml is not TOML ("),
        (b"\xff", "team-leeds.toml can't be read (it is not UTF-8)"),
    ],
)
def test_a_wrong_file_is_named(written: bytes, says: str, elsewhere: Path) -> None:
    """Who mistypes a line in the file learns which file and which line."""
    (elsewhere / "team-leeds.toml").write_bytes(written)

    assert says in refusal()


@pytest.mark.parametrize("scheme", ["postgres", "postgresql", "postgresql+asyncpg"])
def test_every_spelling_of_postgresql_is_taken(scheme: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Hosting companies and drivers write the same address in several ways."""
    monkeypatch.setenv("TEAM_LEEDS_DATABASE_URL", f"{scheme}://bot:pw@db.example/chats?ssl=require")

    assert read_settings().database.get_secret_value() == "postgresql+asyncpg://bot:pw@db.example/chats?ssl=require"


def test_a_password_is_never_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    """Neither what prints the settings nor what refuses them shows a password."""
    monkeypatch.setenv("TEAM_LEEDS_DATABASE_URL", "postgresql://bot:sesame@db.example/chats")
    settings = read_settings()
    monkeypatch.setenv("TEAM_LEEDS_DATABASE_URL", "postgresql://bot:sesame@db.example:0/chats")

    assert "sesame" not in f"{settings!r} {settings} {settings.database} {refusal()}"


BY_TOKEN = {"SIGNING_SECRET": "sesame1", "BOT_TOKEN": "xoxb-sesame2"}
BY_OAUTH = {"SIGNING_SECRET": "sesame1", "CLIENT_ID": "1.2", "CLIENT_SECRET": "sesame3", "TEAMS": "any"}
SLACK = "TEAM_LEEDS_SLACK_"


def set_slack(monkeypatch: pytest.MonkeyPatch, told: Mapping[str, str]) -> None:
    """Set what one Slack app is told."""
    for name, value in told.items():
        monkeypatch.setenv(f"{SLACK}{name}", value)


def test_without_slack_there_is_no_app() -> None:
    """Who does not use Slack sets nothing for it."""
    assert read_settings().slack == ()


def test_one_app_by_its_token(monkeypatch: pytest.MonkeyPatch) -> None:
    """The common case is two variables."""
    set_slack(monkeypatch, BY_TOKEN)

    (app,) = read_settings().slack

    assert (app.name, app.api_url, app.client_id) == ("", "https://slack.com/api/", None)
    assert app.bot_token is not None
    assert app.bot_token.get_secret_value() == "xoxb-sesame2"


@pytest.mark.parametrize(
    ("teams", "may"), [("any", None), ("T0LEEDS1, E0LEEDS2,T0LEEDS1", frozenset({"T0LEEDS1", "E0LEEDS2"}))]
)
def test_one_app_for_many_workspaces(teams: str, may: frozenset[str] | None, monkeypatch: pytest.MonkeyPatch) -> None:
    """Who may install an app is written down: ids, or `any` on purpose."""
    set_slack(monkeypatch, BY_OAUTH | {"TEAMS": teams})
    monkeypatch.setenv("TEAM_LEEDS_SECRET_KEYS", f"{KEY}, {KEY}")

    settings = read_settings()

    assert [app.may_install for app in settings.slack] == [may]
    assert [key.get_secret_value() for key in settings.secret_keys] == [KEY, KEY]


def test_each_organisation_may_have_an_app_of_its_own(elsewhere: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Named apps stand beside the unnamed one, and each has what it is told alone."""
    (elsewhere / "team-leeds.toml").write_text(f"""
secret_keys = ["{KEY}"]
[[slack_apps]]
name = "hospital"
signing_secret = "sesame4"
bot_token = "xoxb-sesame5"
app_token = "xapp-sesame6"
[[slack_apps]]
name = "council-2"
signing_secret = "sesame7"
client_id = "3.4"
client_secret = "sesame8"
teams = ["T0COUNCIL"]
api_url = "http://127.0.0.1:8080/api"
""")
    set_slack(monkeypatch, BY_TOKEN)

    unnamed, hospital, council = read_settings().slack

    assert [app.name for app in (unnamed, hospital, council)] == ["", "hospital", "council-2"]
    assert (hospital.bot_token is not None, hospital.may_install) == (True, frozenset())
    assert (council.api_url, council.may_install) == ("http://127.0.0.1:8080/api/", frozenset({"T0COUNCIL"}))


@pytest.mark.parametrize("url", ["https://slack.example/api", "http://localhost:1/api/", "http://[::1]:1/api/"])
def test_slacks_address_may_be_another(url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Secrets travel encrypted, or do not leave this machine."""
    set_slack(monkeypatch, BY_TOKEN | {"API_URL": url})

    assert read_settings().slack[0].api_url == f"{url.rstrip('/')}/"


@pytest.mark.parametrize(
    ("told", "says"),
    [
        ({"BOT_TOKEN": "xoxb-1"}, f"{SLACK}SIGNING_SECRET must be set: it proves that what arrives comes from Slack."),
        ({"SIGNING_SECRET": "s"}, f"Set {SLACK}BOT_TOKEN for one workspace, or {SLACK}CLIENT_ID for OAuth."),
        ({"APP_TOKEN": "xapp-1"}, f"{SLACK}SIGNING_SECRET must be set"),
        (BY_TOKEN | BY_OAUTH, f"Set {SLACK}BOT_TOKEN (one workspace) or {SLACK}CLIENT_ID (OAuth), not both."),
        (BY_OAUTH | {"CLIENT_SECRET": ""}, f"{SLACK}CLIENT_ID needs {SLACK}CLIENT_SECRET beside it."),
        (BY_TOKEN | {"CLIENT_SECRET": "s"}, f"{SLACK}CLIENT_SECRET needs {SLACK}CLIENT_ID beside it."),
        (
            BY_OAUTH | {"TEAMS": ""},
            f"{SLACK}TEAMS must be set with {SLACK}CLIENT_ID: ids of who may install the app, or",
        ),
        (BY_TOKEN | {"TEAMS": "any"}, f"{SLACK}TEAMS is for OAuth: set {SLACK}CLIENT_ID too, or take it out."),
        (BY_OAUTH, f"TEAM_LEEDS_SECRET_KEYS must be set with {SLACK}CLIENT_ID: it seals the tokens of workspaces in"),
    ],
)
def test_what_does_not_go_together_is_named(
    told: Mapping[str, str], says: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Who sets half of an app learns which half is missing, before Slack asks."""
    set_slack(monkeypatch, told)

    assert says in refusal()


@pytest.mark.parametrize(
    ("written", "says"),
    [
        ("name = 'a'\nsigning_secret = 's'", "Set bot_token of the Slack app ‘a’ for one workspace, or client_id of"),
        ("name = 'a'\nbot_token = 'xoxb-1'", "signing_secret of the Slack app ‘a’ must be set: it proves"),
        (
            "name = 'a'\nsigning_secret = 's'\nbot_token = 'xoxb-1'\n" * 2,
            "team-leeds.toml: two slack_apps are called ‘a’; give each a name of its own.",
        ),
    ],
)
def test_what_does_not_go_together_in_a_named_app_is_named(written: str, says: str, elsewhere: Path) -> None:
    """As for the unnamed app, and the sentence says which app it is about."""
    tables = written.replace("name = ", "[[slack_apps]]\nname = ")
    (elsewhere / "team-leeds.toml").write_text(tables)

    assert says in refusal()


def test_nothing_secret_of_slack_is_ever_shown(elsewhere: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Neither what prints the settings or an app nor what refuses them shows a secret."""
    set_slack(monkeypatch, BY_OAUTH | {"APP_TOKEN": "xapp-sesame9"})
    monkeypatch.setenv("TEAM_LEEDS_SECRET_KEYS", KEY)
    settings = read_settings()
    shown = f"{settings!r} {settings} {settings.slack!r} {settings.slack[0]} {settings.slack[0].model_dump()}"
    set_slack(monkeypatch, {"BOT_TOKEN": "sesame of the wrong kind"})
    shown += refusal()
    (elsewhere / "team-leeds.toml").write_text("[[slack_apps]]\nname = 'a'\nbot_token = 'sesame of the wrong kind'\n")
    set_slack(monkeypatch, {"BOT_TOKEN": ""})
    shown += refusal()

    assert "sesame" not in shown
    assert KEY not in shown


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
