"""Every knob, read once at the start: TEAM_LEEDS_… in the environment, then team-leeds.toml, then the default.

1. Only app.py imports this.
2. A name that is none of ours, or a value that can't be, stops the start with one sentence that names it.
3. No sentence shows a value: it may hold a password.
"""

import os
import tomllib
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from difflib import get_close_matches
from pathlib import Path
from typing import Annotated, Literal, cast
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo, available_timezones

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    DirectoryPath,
    Field,
    FilePath,
    SecretStr,
    StringConstraints,
    ValidationError,
)
from pydantic_core import ErrorDetails
from pydantic_settings import (
    BaseSettings,
    NoDecode,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
    TomlConfigSettingsSource,
)

from bot import slack_settings as for_slack
from bot import survey_settings as for_surveys
from bot import teams_settings as for_teams
from bot.outside import Address
from bot.setting_kinds import once, several, twice
from bot.slack_settings import SlackApp
from bot.teams_settings import TeamsApp
from bot.whereabouts import FORMS, person_at, written

PREFIX = "TEAM_LEEDS_"
CONFIG = f"{PREFIX}CONFIG"
USUAL_FILE = Path("team-leeds.toml")
PAGE = "docs/settings.md"

RETENTION = ("keep_link_days", "keep_words_days", "keep_contact_days", "keep_audit_days", "keep_traffic_days")
BEYOND_LOOPBACK = ("controller", "contact", "notice_url", *RETENTION)
"""What must be set explicitly before others than this machine can reach the server."""


class BadSetting(Exception):
    """A setting can't be used; the text is one sentence that names it and says what is allowed."""


def _upper(value: object) -> object:
    return value.upper() if isinstance(value, str) else value


def _lower(value: object) -> object:
    return value.lower() if isinstance(value, str) else value


def _home(value: object) -> object:
    return Path(value).expanduser() if isinstance(value, str) else value


def _zone(name: str) -> str:
    try:
        return ZoneInfo(name).key
    except (OSError, LookupError):  # a folder of zones, or no zone at all
        raise ValueError from None


def _web_address(address: str) -> str:
    parts = urlsplit(address)
    if parts.scheme not in {"http", "https"} or not parts.hostname:
        raise ValueError
    return address


def _person(text: str) -> str:
    return written(person_at(text))


def _database(secret: SecretStr) -> SecretStr:
    url = secret.get_secret_value()
    scheme, mark, rest = url.partition("://")
    if mark and scheme in {"postgres", "postgresql", "postgresql+asyncpg"}:
        parts = urlsplit(f"postgresql://{rest}")
        if parts.hostname and parts.path.strip("/") and parts.port != 0:  # reading a port that is none raises
            return SecretStr(f"postgresql+asyncpg://{rest}")
    elif mark and scheme == "sqlite" and rest.startswith("/") and rest.strip("/") not in {"", ":memory:"}:
        return secret
    raise ValueError


Words = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=200)]
People = Annotated[
    tuple[Annotated[str, AfterValidator(_person)], ...], NoDecode, BeforeValidator(several), AfterValidator(once)
]
Days = Annotated[int, Field(ge=1, le=3650)]
DAYS = "a whole number of days from 1 to 3650"


class Settings(BaseSettings):
    """What a deployment may choose. docs/settings.md is made from this class."""

    model_config = SettingsConfigDict(
        env_prefix=PREFIX, env_ignore_empty=True, extra="forbid", frozen=True, hide_input_in_errors=True
    )

    data_dir: Annotated[Path, BeforeValidator(_home)] = Field(
        Path("data"),
        description="The folder for what the bot keeps, made with access for its owner only. A relative path starts"
        " where the bot is started.",
        json_schema_extra={"allowed": "the path of a folder"},
    )
    database_url: Annotated[SecretStr, AfterValidator(_database)] | None = Field(
        None,
        description="Where the chats are kept. Without it: an SQLite file, `team-leeds.sqlite`, in the data folder."
        " The password in it is never shown.",
        json_schema_extra={"allowed": "postgresql://user:password@host/database or sqlite:///path/of/a/file"},
    )
    default_guide: Words | None = Field(
        None,
        description="The guide that *start* takes when nobody names one. Without it *start* asks, unless there is"
        " only one.",
        json_schema_extra={"allowed": "the key of a guide"},
    )
    guides_dir: Annotated[DirectoryPath, BeforeValidator(_home)] | None = Field(
        None,
        description="A folder with your own guides, beside the ones that come with the bot. A changed guide needs a"
        " higher version; chats go on with the one they began with.",
        json_schema_extra={"allowed": "the path of a folder that is there"},
    )
    support_file: Annotated[FilePath, BeforeValidator(_home)] | None = Field(
        None,
        description="Your own support directory, in place of the national one that comes with the bot.",
        json_schema_extra={"allowed": "the path of a file that is there"},
    )
    zone: Annotated[str, AfterValidator(_zone)] = Field(
        "Europe/London",
        description="The time zone of rooms that nobody told otherwise.",
        json_schema_extra={"allowed": "the name of a time zone, such as Europe/London"},
    )
    log_level: Annotated[Literal["DEBUG", "INFO", "WARNING", "ERROR"], BeforeValidator(_upper)] | None = Field(
        None,
        description="The least that is logged. Without it: INFO for *serve*, WARNING for every other command.",
        json_schema_extra={"allowed": "DEBUG, INFO, WARNING or ERROR"},
    )
    log_format: Annotated[Literal["auto", "json", "text"], BeforeValidator(_lower)] = Field(
        "auto",
        description="How logs look on standard error. `auto` is `text` on a terminal and `json` elsewhere.",
        json_schema_extra={"allowed": "auto, json or text"},
    )
    host: Words = Field(
        "127.0.0.1",
        description="The address that *serve* listens on. Beyond this machine it needs all the settings marked † too.",
        json_schema_extra={"allowed": "an address of this machine, such as 127.0.0.1"},
    )
    port: Annotated[int, Field(ge=0, le=65535)] = Field(
        3978,
        description="The port that *serve* listens on; 0 takes a free one.",
        json_schema_extra={"allowed": "a whole number from 0 to 65535"},
    )
    controller: Words | None = Field(
        None,
        description="The organisation that answers for people's words (the data controller). †",
        json_schema_extra={"allowed": "a name of up to 200 characters"},
    )
    contact: Words | None = Field(
        None,
        description="Whom people write to about their words. †",
        json_schema_extra={"allowed": "an e-mail address or a telephone number, up to 200 characters"},
    )
    notice_url: Annotated[Words, AfterValidator(_web_address)] | None = Field(
        None,
        description="The address of the controller's privacy notice. †",
        json_schema_extra={"allowed": "a web address that starts with https:// or http://"},
    )
    keep_link_days: Days = Field(
        90,
        description="How long the link between people and their answers is kept after a chat closes. †",
        json_schema_extra={"allowed": DAYS},
    )
    keep_words_days: Days = Field(
        730, description="How long people's words are kept after a chat closes. †", json_schema_extra={"allowed": DAYS}
    )
    keep_contact_days: Days = Field(
        30,
        description="How long it is kept how somebody is reached, after the programme team was told. †",
        json_schema_extra={"allowed": DAYS},
    )
    keep_audit_days: Days = Field(
        365, description="How long the audit of what organisers did is kept. †", json_schema_extra={"allowed": DAYS}
    )
    keep_traffic_days: Days = Field(
        30,
        description="How long records of what was delivered to us and sent by us are kept. †",
        json_schema_extra={"allowed": DAYS},
    )
    destinations: for_surveys.Destinations = ("embedded",)
    survey_rate: for_surveys.SurveyRate = 2.0
    source: for_surveys.Source = "urn:team-leeds-chats"
    public_url: for_surveys.PublicUrl = None
    webhook_url: for_surveys.WebhookUrl = None
    webhook_secrets: for_surveys.WebhookSecrets = ()
    webhook_ca: for_surveys.WebhookCa = None
    limesurvey_url: for_surveys.LimeSurveyUrl = None
    limesurvey_user: for_surveys.LimeSurveyUser = None
    limesurvey_password: for_surveys.LimeSurveyPassword = None
    limesurvey_survey: for_surveys.LimeSurveyId = None
    handoff_url: for_surveys.HandoffUrl = None
    smtp_host: for_surveys.Host = None
    smtp_port: for_surveys.Port = 587
    smtp_security: for_surveys.Security = "starttls"
    smtp_ca: for_surveys.SmtpCa = None
    smtp_user: for_surveys.SmtpUser = None
    smtp_password: for_surveys.SmtpPassword = None
    email_from: for_surveys.EmailFrom = None
    email_to: for_surveys.EmailTo = None
    organisers: People = Field(
        (),
        description="Who schedules chats and may lead any chat, in their own workspace. *organiser add* names more"
        " people, for other workspaces too, while the bot runs.",
        json_schema_extra={"allowed": f"{FORMS}, with commas between; an app with a name is `slack-NAME`"},
    )
    analysts: People = Field(
        (),
        description="Who reads words to make findings, without names of people, teams or organisations, and never of a"
        " chat that they hosted. *organiser add --analyst* names more people while the bot runs.",
        json_schema_extra={"allowed": f"{FORMS}, with commas between; an app with a name is `slack-NAME`"},
    )
    slack_signing_secret: for_slack.SigningSecret = None
    slack_bot_token: for_slack.BotToken = None
    slack_client_id: for_slack.ClientId = None
    slack_client_secret: for_slack.ClientSecret = None
    slack_app_token: for_slack.AppToken = None
    slack_api_url: for_slack.ApiUrl = for_slack.SLACK
    slack_teams: for_slack.Teams = None
    secret_keys: for_slack.SecretKeys = ()
    slack_apps: Annotated[tuple[SlackApp, ...], NoDecode] = Field(
        (),
        description="More Slack apps, one for each organisation that has its own. Each has a `name`, and the settings"
        " above by their names without `slack_`; its addresses are `/slack/NAME/events` and so on.",
        json_schema_extra={"allowed": "tables, each under a line `[[slack_apps]]`; only in the file"},
    )

    teams_app_id: for_teams.AppId = None
    teams_tenant_id: for_teams.TenantId = None
    teams_app_password: for_teams.AppPassword = None
    teams_certificate: for_teams.Certificate = None
    teams_managed_identity: for_teams.ManagedIdentity = None
    teams_allowed_tenants: for_teams.AllowedTenants = None
    teams_auth: for_teams.Auth = "on"
    teams_login_url: for_teams.LoginUrl = for_teams.LOGIN
    teams_openid_url: for_teams.OpenIdUrl = for_teams.OPENID
    teams_apps: Annotated[tuple[TeamsApp, ...], NoDecode] = Field(
        (),
        description="More Teams apps, one for each organisation that has its own. Each has a `name`, and the settings"
        " above by their names without `teams_`; its address is `/api/NAME/messages`.",
        json_schema_extra={"allowed": "tables, each under a line `[[teams_apps]]`; only in the file"},
    )

    @property
    def organising(self) -> frozenset[Address]:
        """Who organises in their own workspace."""
        return frozenset(person_at(text) for text in self.organisers)

    @property
    def analysing(self) -> frozenset[Address]:
        """Who reads words to make findings."""
        return frozenset(person_at(text) for text in self.analysts)

    @property
    def slack(self) -> tuple[SlackApp, ...]:
        """Every Slack app: the unnamed one, if there is one, then the others."""
        own = {name: getattr(self, f"slack_{name}") for name in SlackApp.model_fields if name != "name"}
        told = any(value is not None for name, value in own.items() if name != "api_url")
        return (SlackApp.model_construct(name="", **own), *self.slack_apps) if told else self.slack_apps

    @property
    def teams(self) -> tuple[TeamsApp, ...]:
        """Every Teams app: the unnamed one, if there is one, then the others."""
        own = {name: getattr(self, f"teams_{name}") for name in TeamsApp.model_fields if name != "name"}
        told = any(f"teams_{name}" in self.model_fields_set for name in own if name not in {"login_url", "openid_url"})
        return (TeamsApp.model_construct(name="", **own), *self.teams_apps) if told else self.teams_apps

    @property
    def database(self) -> SecretStr:
        """Where the chats are kept, in SQLAlchemy's words."""
        return self.database_url or SecretStr(f"sqlite:///{self.data_dir / 'team-leeds.sqlite'}")

    def unset(self, names: Iterable[str]) -> list[str]:
        """The variables among `names` that nobody set."""
        return [_variable(name) for name in names if name not in self.model_fields_set]

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,  # noqa: ARG003 -- pydantic names them
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,  # noqa: ARG003
        file_secret_settings: PydanticBaseSettingsSource,  # noqa: ARG003
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        return env_settings, TomlConfigSettingsSource(settings_cls, _file())


_CLOSED: Mapping[str, Callable[[], Iterable[str]]] = {
    "zone": available_timezones,
    "log_level": lambda: ("DEBUG", "INFO", "WARNING", "ERROR"),
    "log_format": lambda: ("auto", "json", "text"),
    "destinations": lambda: for_surveys.DESTINATIONS,
    "smtp_security": lambda: ("starttls", "tls", "off"),
    "teams_auth": lambda: ("on", "off"),
}
"""Settings that are one of a few words, so that a slip of the finger can be named."""


_APPS: Mapping[str, tuple[type[SlackApp | TeamsApp], str]] = {
    "slack_apps": (SlackApp, "Slack"),
    "teams_apps": (TeamsApp, "Teams"),
}
"""Tables of apps in the file, and of which platform they are."""


def allowed(name: str) -> str:
    """What the setting `name` may be, in words."""
    return _allowed(Settings, name)


def _allowed(of: type[BaseModel], name: str) -> str:
    return str(cast("Mapping[str, object]", of.model_fields[name].json_schema_extra)["allowed"])


def read_settings() -> Settings:
    """The settings of this process. Raises BadSetting."""
    _refuse_unknown_variables()
    try:
        settings = Settings()
    except ValidationError as error:
        raise BadSetting(_sentence(error.errors(include_url=False)[0])) from None
    except tomllib.TOMLDecodeError as error:
        raise BadSetting(f"{_file()} is not TOML ({error}); correct it.") from None
    except (OSError, UnicodeDecodeError) as error:
        why = error.strerror if isinstance(error, OSError) else "it is not UTF-8"
        raise BadSetting(f"{_file()} can't be read ({why}); check what it is and who may read it.") from None
    for mistake in (*_wrong_in_slack(settings), *_wrong_in_teams(settings), *_wrong_in_surveys(settings)):
        raise BadSetting(mistake)
    return settings


def _wrong_in_slack(settings: Settings) -> Iterator[str]:
    """What does not go together, a sentence each."""
    for app in settings.slack:
        called = _called("slack_apps", app.name)
        yield from for_slack.mistakes(app, called, keys=_variable("secret_keys"), sealed=bool(settings.secret_keys))
    yield from _same_name("slack_apps", settings.slack_apps)


def _wrong_in_teams(settings: Settings) -> Iterator[str]:
    """What does not go together, a sentence each."""
    for app in settings.teams:
        yield from for_teams.mistakes(app, _called("teams_apps", app.name))
    yield from _same_name("teams_apps", settings.teams_apps)
    if twice([app.app_id for app in settings.teams if app.app_id is not None]) is not None:
        yield "Two Teams apps have the same app_id; each is an app of its own."


def _wrong_in_surveys(settings: Settings) -> Iterator[str]:
    """What does not go together, a sentence each."""
    values = {name: getattr(settings, name) for name in for_surveys.OF}
    yield from for_surveys.mistakes(values, frozenset(settings.model_fields_set), settings.destinations, _variable)


def _same_name(table: str, apps: Sequence[SlackApp | TeamsApp]) -> Iterator[str]:
    name = twice([app.name for app in apps])
    if name is not None:
        yield f"{_file()}: two {table} are called ‘{name}’; give each a name of its own."


def _called(table: str, app: str) -> Callable[[str], str]:
    """How the fields of an app are called: of the unnamed one, by their variables."""
    kind = _APPS[table][1]
    prefix = table.removesuffix("apps")
    return lambda field: f"{field} of the {kind} app ‘{app}’" if app else _variable(f"{prefix}{field}")


def _variable(name: str) -> str:
    return f"{PREFIX}{name.upper()}"


def _file() -> Path | None:
    named = os.environ.get(CONFIG)
    if not named:
        return USUAL_FILE if USUAL_FILE.exists() else None
    if not Path(named).expanduser().is_file():
        raise BadSetting(f"{CONFIG} must be the path of a TOML file that is there.")
    return Path(named).expanduser()


def _refuse_unknown_variables() -> None:
    known = [CONFIG.removeprefix(PREFIX), *(name.upper() for name in Settings.model_fields)]
    for name in sorted(os.environ):
        said = name.upper().removeprefix(PREFIX)
        if name.upper().startswith(PREFIX) and said not in known:
            raise BadSetting(f"{name} is not a setting; {_perhaps(said, known, PREFIX)}{PAGE} lists them.")


def _sentence(problem: ErrorDetails) -> str:
    name = str(problem["loc"][0])
    if name in _APPS and len(problem["loc"]) > 1:
        return _sentence_about_an_app(name, problem)
    if problem["type"] == "extra_forbidden":
        hint = _perhaps(name, Settings.model_fields)
        return f"{_file()}: ‘{name}’ is not a setting; {hint}{PAGE} lists them."
    variable = _variable(name)
    in_environment = any(said.upper() == variable and value for said, value in os.environ.items())
    where = variable if in_environment else f"{_file()}: {name}"
    hint = _perhaps(str(problem["input"]), _CLOSED.get(name, set)()).strip()
    return f"{where} must be {allowed(name)}{'; ' + hint if hint else '.'}"


def _sentence_about_an_app(table: str, problem: ErrorDetails) -> str:
    place, name = int(problem["loc"][1]), "".join(str(key) for key in problem["loc"][2:3])
    of, kind = _APPS[table]
    where = f"{_file()}: {table} number {place + 1}"
    if not name:
        return f"{where} must be a table under a line [[{table}]]."
    if problem["type"] == "extra_forbidden":
        hint = _perhaps(name, of.model_fields)
        return f"{where}: ‘{name}’ is not a setting of a {kind} app; {hint}{PAGE} lists them."
    return f"{where}: {name} must be {_allowed(of, name)}."


def _perhaps(said: str, known: Iterable[str], prefix: str = "") -> str:
    close = get_close_matches(said, known, n=1)
    return f"did you mean {prefix}{close[0]}? " if close else ""
