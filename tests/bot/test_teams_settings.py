"""What a Teams app may be told, and a sentence for everything that does not go together."""

import os
from collections.abc import Mapping
from pathlib import Path

import pytest

from bot.settings import PREFIX, BadSetting, read_settings
from bot.teams_settings import host_of_identities

TEAMS = "TEAM_LEEDS_TEAMS_"
APP, OTHER_APP = "a0000000-0000-4000-8000-00000000000a", "b0000000-0000-4000-8000-00000000000b"
LEEDS, YORK = "10000000-0000-4000-8000-000000000001", "20000000-0000-4000-8000-000000000002"

APP_OF_LEEDS = {"APP_ID": APP, "TENANT_ID": LEEDS}
BY_PASSWORD = APP_OF_LEEDS | {"APP_PASSWORD": "sesame1"}


@pytest.fixture(autouse=True)
def elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Start in an empty folder, without any of our variables."""
    for name in os.environ:
        if name.upper().startswith(PREFIX):
            monkeypatch.delenv(name)
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.fixture
def pem(elsewhere: Path) -> str:
    """Write what begins like a PEM file."""
    (elsewhere / "app.pem").write_text("-----BEGIN PRIVATE KEY-----\nsesame\n-----BEGIN CERTIFICATE-----\n")
    return "app.pem"


def tell(monkeypatch: pytest.MonkeyPatch, told: Mapping[str, str]) -> None:
    """Set what the unnamed app is told."""
    for name, value in told.items():
        monkeypatch.setenv(f"{TEAMS}{name}", value)


def refusal() -> str:
    """Say why the settings are refused."""
    with pytest.raises(BadSetting) as refused:
        read_settings()
    return str(refused.value)


def test_without_teams_there_is_no_app() -> None:
    """Who does not use Teams sets nothing for it."""
    assert read_settings().teams == ()


def test_one_app_by_its_password(monkeypatch: pytest.MonkeyPatch) -> None:
    """The common case is three variables; its own organisation may use it, and no other."""
    tell(monkeypatch, BY_PASSWORD | {"APP_ID": APP.upper()})

    (app,) = read_settings().teams

    assert (app.name, app.app_id, app.tenant_id, app.tenants) == ("", APP, LEEDS, frozenset({LEEDS}))
    assert app.app_password is not None
    assert app.app_password.get_secret_value() == "sesame1"
    assert (app.guarded, app.login_url) == (True, "https://login.microsoftonline.com/")
    assert app.openid_url == "https://login.botframework.com/v1/.well-known/openidconfiguration"


def test_one_app_by_its_certificate(pem: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """A file that holds the key and the certificate."""
    tell(monkeypatch, APP_OF_LEEDS | {"CERTIFICATE": pem})

    assert [str(app.certificate) for app in read_settings().teams] == ["app.pem"]


@pytest.mark.parametrize(("said", "kept"), [("true", "true"), ("True", "true"), (OTHER_APP.upper(), OTHER_APP)])
def test_one_app_by_the_identity_of_its_machine(said: str, kept: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """The only identity there is, or one of several."""
    tell(monkeypatch, APP_OF_LEEDS | {"MANAGED_IDENTITY": said})

    assert [app.managed_identity for app in read_settings().teams] == [kept]


@pytest.mark.parametrize(
    ("said", "host"),
    [
        ({"IDENTITY_ENDPOINT": "http://127.0.0.1:1/msi/token", "IDENTITY_HEADER": "sesame"}, True),
        ({"IDENTITY_ENDPOINT": "http://127.0.0.1:1/msi/token"}, False),
        ({"IDENTITY_HEADER": "sesame"}, False),
        ({"IDENTITY_ENDPOINT": "", "IDENTITY_HEADER": ""}, False),
        ({}, False),
    ],
)
def test_a_host_of_identities_is_known_by_two_variables(
    said: Mapping[str, str],
    host: bool,  # noqa: FBT001 -- parametrised
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """App Service sets both; Azure Arc sets one of them, and is asked in another way. The secret is not shown."""
    for name in ("IDENTITY_ENDPOINT", "IDENTITY_HEADER"):
        monkeypatch.delenv(name, raising=False)
    for name, value in said.items():
        monkeypatch.setenv(name, value)

    found = host_of_identities()

    assert (found is not None) is host
    if found is not None:
        assert (found[0], found[1].get_secret_value()) == ("http://127.0.0.1:1/msi/token", "sesame")
        assert "sesame" not in repr(found)


def test_an_identity_that_is_switched_off_is_none(monkeypatch: pytest.MonkeyPatch) -> None:
    """Beside a password, `false` changes nothing."""
    tell(monkeypatch, BY_PASSWORD | {"MANAGED_IDENTITY": "false"})

    assert [app.managed_identity for app in read_settings().teams] == [None]


def test_other_organisations_may_be_let_in(monkeypatch: pytest.MonkeyPatch) -> None:
    """By their ids, one by one; the list says it all, so that one's own may be left out."""
    tell(monkeypatch, BY_PASSWORD | {"ALLOWED_TENANTS": f"{YORK}, {LEEDS.upper()},{YORK}"})

    assert [app.tenants for app in read_settings().teams] == [frozenset({LEEDS, YORK})]


def test_without_authentication_nothing_else_is_needed(monkeypatch: pytest.MonkeyPatch) -> None:
    """Who tries the bot out on their own machine has no app yet."""
    tell(monkeypatch, {"AUTH": "OFF"})

    assert [(app.guarded, app.app_id, app.tenants) for app in read_settings().teams] == [(False, None, frozenset())]


@pytest.mark.parametrize("url", ["https://login.example/a", "http://127.0.0.1:1/a", "http://[::1]:1/a"])
def test_microsofts_addresses_may_be_others(url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Secrets travel encrypted, or do not leave this machine."""
    tell(monkeypatch, BY_PASSWORD | {"LOGIN_URL": url, "OPENID_URL": url})

    assert [(app.login_url, app.openid_url) for app in read_settings().teams] == [(f"{url}/", url)]


def test_each_organisation_may_have_an_app_of_its_own(elsewhere: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Named apps stand beside the unnamed one, and each has what it is told alone."""
    (elsewhere / "team-leeds.toml").write_text(f"""
[[teams_apps]]
name = "york"
app_id = "{OTHER_APP}"
tenant_id = "{YORK}"
managed_identity = true
allowed_tenants = ["{LEEDS}"]
[[teams_apps]]
name = "trial"
auth = false
""")
    tell(monkeypatch, BY_PASSWORD)

    unnamed, york, trial = read_settings().teams

    assert [app.name for app in (unnamed, york, trial)] == ["", "york", "trial"]
    assert (york.managed_identity, york.app_password, york.tenants) == ("true", None, frozenset({LEEDS}))
    assert (unnamed.managed_identity, unnamed.guarded, trial.guarded) == (None, True, False)


@pytest.mark.parametrize(
    ("told", "says"),
    [
        (
            {"AUTH": "on"},
            f"whether what arrives comes from Teams. To try the bot out on this machine alone, set {TEAMS}AUTH to off.",
        ),
        ({"APP_PASSWORD": "s"}, f"{TEAMS}APP_ID must be set: without it"),
        ({"TENANT_ID": LEEDS, "APP_PASSWORD": "s"}, f"{TEAMS}APP_ID must be set: without it"),
        (
            {"APP_ID": APP, "APP_PASSWORD": "s"},
            f"{TEAMS}TENANT_ID must be set: the organisation that the app is registered in.",
        ),
        (
            APP_OF_LEEDS,
            f"Set {TEAMS}APP_PASSWORD, {TEAMS}CERTIFICATE or {TEAMS}MANAGED_IDENTITY: the app needs one way to say",
        ),
        (
            APP_OF_LEEDS | {"MANAGED_IDENTITY": "false"},
            f"Set {TEAMS}APP_PASSWORD, {TEAMS}CERTIFICATE or {TEAMS}MANAGED_IDENTITY: the app needs one way to say",
        ),
        (
            BY_PASSWORD | {"MANAGED_IDENTITY": "true"},
            f"Set {TEAMS}APP_PASSWORD or {TEAMS}MANAGED_IDENTITY, not both: the app has one way to say who it is.",
        ),
        (
            BY_PASSWORD | {"CERTIFICATE": "app.pem"},
            f"Set {TEAMS}APP_PASSWORD or {TEAMS}CERTIFICATE, not both: the app has one way to say who it is.",
        ),
        (
            APP_OF_LEEDS | {"CERTIFICATE": "app.pem", "MANAGED_IDENTITY": "true"},
            f"Set {TEAMS}CERTIFICATE or {TEAMS}MANAGED_IDENTITY, not both: the app has one way to say who it is.",
        ),
    ],
)
@pytest.mark.usefixtures("pem")
def test_what_does_not_go_together_is_named(
    told: Mapping[str, str], says: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Who sets half of an app learns which half is missing, and nobody runs unguarded by mistake."""
    tell(monkeypatch, told)

    assert says in refusal()


@pytest.mark.parametrize(
    ("written", "says"),
    [
        ("name = 'a'", "app_id of the Teams app ‘a’ must be set: without it"),
        (f"name = 'a'\napp_id = '{APP}'", "tenant_id of the Teams app ‘a’ must be set: the organisation"),
        ("name = 'a'\nauth = 'off'\n" * 2, "team-leeds.toml: two teams_apps are called ‘a’; give each a name of"),
        (
            f"name = 'a'\nauth = 'off'\napp_id = '{APP}'\nname = 'b'\nauth = 'off'\napp_id = '{APP}'",
            "Two Teams apps have the same app_id; each is an app of its own.",
        ),
    ],
)
def test_what_does_not_go_together_in_a_named_app_is_named(written: str, says: str, elsewhere: Path) -> None:
    """As for the unnamed app, and the sentence says which app it is about."""
    (elsewhere / "team-leeds.toml").write_text(written.replace("name = ", "[[teams_apps]]\nname = "))

    assert says in refusal()


@pytest.mark.parametrize("written", ["", "-----BEGIN CERTIFICATE-----\n", "-----BEGIN PRIVATE KEY-----\n", "a" * 2**20])
def test_a_file_without_a_certificate_and_its_key_is_named(
    written: str, elsewhere: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Who names the wrong file learns it at the start, not when the first token is asked for."""
    (elsewhere / "app.pem").write_text(written)
    tell(monkeypatch, APP_OF_LEEDS | {"CERTIFICATE": "app.pem"})

    assert refusal().startswith(f"{TEAMS}CERTIFICATE must be the path of a PEM file with a certificate and its private")


def test_nothing_secret_of_teams_is_ever_shown(elsewhere: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Neither what prints the settings or an app nor what refuses them shows a secret."""
    tell(monkeypatch, BY_PASSWORD)
    settings = read_settings()
    shown = f"{settings!r} {settings} {settings.teams!r} {settings.teams[0]} {settings.teams[0].model_dump()}"
    tell(monkeypatch, {"APP_PASSWORD": "open sesame"})
    shown += refusal()
    (elsewhere / "team-leeds.toml").write_text("[[teams_apps]]\nname = 'a'\napp_password = 'open sesame'\n")
    tell(monkeypatch, {"APP_PASSWORD": ""})
    shown += refusal()

    assert "sesame" not in shown
