"""Every knob, and docs/settings.md, which says the same. `python -m tests.bot.test_settings` writes the page again."""

import os
from pathlib import Path

import pytest

from bot.settings import BEYOND_LOOPBACK, CONFIG, PREFIX, RETENTION, BadSetting, Settings, allowed, read_settings

PAGE = Path(__file__).parents[2] / "docs" / "settings.md"

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
        shown = "" if default is None else f"`{default}`"
        rows.append(f"| `{PREFIX}{name.upper()}` | `{name}` | {shown} | {allowed(name)} | {field.description} |")
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
    assert settings.unset(RETENTION) == [f"{PREFIX}KEEP_{what}_DAYS" for what in ("LINK", "WORDS", "AUDIT", "TRAFFIC")]


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
        ("TEAM_LEEDS_DESTINATIONS", "webhok", "TEAM_LEEDS_DESTINATIONS must be embedded."),
        ("TEAM_LEEDS_DESTINATIONS", ",", "TEAM_LEEDS_DESTINATIONS must be embedded."),
        ("TEAM_LEEDS_GUIDES_DIR", "nowhere", "TEAM_LEEDS_GUIDES_DIR must be the path of a folder that is there."),
        ("TEAM_LEEDS_SUPPORT_FILE", "nowhere", "TEAM_LEEDS_SUPPORT_FILE must be the path of a file that is there."),
        ("TEAM_LEEDS_NOTICE_URL", "notice", "a web address that starts with https:// or http://."),
        ("TEAM_LEEDS_DATABASE_URL", "mysql://h/d", "postgresql://user:password@host/database or sqlite:///path"),
        ("TEAM_LEEDS_DATABASE_URL", "postgresql://h:port/d", "TEAM_LEEDS_DATABASE_URL must be postgresql://"),
        ("TEAM_LEEDS_DATABASE_URL", "postgresql://h", "TEAM_LEEDS_DATABASE_URL must be postgresql://"),
        ("TEAM_LEEDS_DATABASE_URL", "sqlite://", "TEAM_LEEDS_DATABASE_URL must be postgresql://"),
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


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
