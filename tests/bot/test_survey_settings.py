"""The survey stores' settings: what is right is taken, and each thing that can be wrong is one sentence."""

import os
from pathlib import Path

import pytest

from bot.settings import PREFIX, BadSetting, read_settings

SECRET = "whsec_" + "QUJD" * 8
WEBHOOK = {"DESTINATIONS": "embedded,webhook", "WEBHOOK_URL": "https://hooks.example.org/in?team=1"}
LIMESURVEY = {
    "DESTINATIONS": "limesurvey",
    "LIMESURVEY_URL": "https://surveys.example.org/index.php/admin/remotecontrol",
    "LIMESURVEY_USER": "chats",
    "LIMESURVEY_PASSWORD": "open",
}
EMAIL = {
    "DESTINATIONS": "embedded,email",
    "SMTP_HOST": "mail.example.org",
    "EMAIL_FROM": "Chats <chats@example.org>",
    "EMAIL_TO": "programme@example.org",
}


@pytest.fixture(autouse=True)
def elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Start in an empty folder, without any of our variables."""
    for name in os.environ:
        if name.upper().startswith(PREFIX):
            monkeypatch.delenv(name)
    monkeypatch.chdir(tmp_path)


def say(monkeypatch: pytest.MonkeyPatch, **values: str) -> None:
    """Set variables."""
    for name, value in values.items():
        monkeypatch.setenv(f"{PREFIX}{name}", value)


def test_every_destination_can_be_named_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Responses can go to all of them."""
    say(monkeypatch, **WEBHOOK, WEBHOOK_SECRETS=f"{SECRET}, {SECRET}A")
    say(monkeypatch, **LIMESURVEY, LIMESURVEY_SURVEY="123456", HANDOFF_URL="https://surveys.example.org/?r={key}")
    say(monkeypatch, **EMAIL)
    say(monkeypatch, DESTINATIONS="embedded, Webhook, limesurvey, handoff, email, webhook")

    settings = read_settings()

    assert settings.destinations == ("embedded", "webhook", "limesurvey", "handoff", "email")
    assert len(settings.webhook_secrets) == 2
    assert settings.limesurvey_survey == 123456


@pytest.mark.parametrize(
    ("values", "says"),
    [
        (WEBHOOK, "TEAM_LEEDS_WEBHOOK_SECRETS must be set: the destination ‘webhook’ needs it."),
        (
            {**WEBHOOK, "WEBHOOK_SECRETS": SECRET, "DESTINATIONS": "embedded"},
            "TEAM_LEEDS_WEBHOOK_SECRETS is for ‘webhook’: name that in TEAM_LEEDS_DESTINATIONS too, or take this out.",
        ),
        (
            {**WEBHOOK, "WEBHOOK_SECRETS": "secret"},
            "TEAM_LEEDS_WEBHOOK_SECRETS must be one or two secrets that start with whsec_, with a comma between.",
        ),
        (
            {**WEBHOOK, "WEBHOOK_SECRETS": ",".join((SECRET, f"{SECRET}A", f"{SECRET}B"))},
            "TEAM_LEEDS_WEBHOOK_SECRETS must be one or two secrets that start with whsec_, with a comma between.",
        ),
        (
            {**WEBHOOK, "WEBHOOK_URL": "http://hooks.example.org"},
            "TEAM_LEEDS_WEBHOOK_URL must be an address that starts with https://, or with http:// on this machine.",
        ),
        (
            LIMESURVEY,
            "TEAM_LEEDS_LIMESURVEY_SURVEY must be set: `survey limesurvey setup` makes the survey and prints it.",
        ),
        (
            {**LIMESURVEY, "LIMESURVEY_PASSWORD": ""},
            "TEAM_LEEDS_LIMESURVEY_PASSWORD must be set: the destination ‘limesurvey’ needs it.",
        ),
        (
            {"DESTINATIONS": "embedded, handoff", "HANDOFF_URL": "https://surveys.example.org/"},
            "TEAM_LEEDS_HANDOFF_URL must be an address that starts with https://, or with http:// on this machine,",
        ),
        (
            {**EMAIL, "SMTP_SECURITY": "off"},
            "TEAM_LEEDS_SMTP_SECURITY may be off only within this machine: use starttls or tls.",
        ),
        (
            {**EMAIL, "SMTP_USER": "chats"},
            "Set TEAM_LEEDS_SMTP_USER and TEAM_LEEDS_SMTP_PASSWORD together, or neither.",
        ),
        ({**EMAIL, "EMAIL_TO": "programme"}, "TEAM_LEEDS_EMAIL_TO must be an e-mail address."),
        (
            {"DESTINATIONS": "handoff", "HANDOFF_URL": "https://surveys.example.org/?r={key}"},
            "TEAM_LEEDS_DESTINATIONS needs one of embedded, limesurvey, webhook too: the rest takes no answers.",
        ),
        ({"SOURCE": "chats"}, "TEAM_LEEDS_SOURCE must be a URI, such as https://chats.example.org or"),
        ({"SURVEY_RATE": "-1"}, "TEAM_LEEDS_SURVEY_RATE must be a number from 0 to 1000."),
    ],
)
def test_what_is_wrong_is_said_in_one_sentence(
    values: dict[str, str], says: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whoever sets a destination up learns what is wrong before anything is forwarded, and no secret is shown."""
    say(monkeypatch, **values)

    with pytest.raises(BadSetting) as refused:
        read_settings()

    assert str(refused.value).startswith(says)
    assert SECRET not in str(refused.value)


def test_limesurvey_may_be_told_of_before_it_is_a_destination(monkeypatch: pytest.MonkeyPatch) -> None:
    """The command that makes the survey runs before there is a survey to name."""
    say(monkeypatch, **{**LIMESURVEY, "DESTINATIONS": "embedded"})

    assert read_settings().limesurvey_user == "chats"
