"""Slack's part of the settings: what one app may be told, and what goes together. bot.settings reads it.

No sentence shows a value: most of these are secrets.
"""

import binascii
import re
from base64 import urlsafe_b64decode
from collections.abc import Callable, Iterator
from typing import Annotated

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, SecretStr, StringConstraints
from pydantic_settings import NoDecode

from bot.setting_kinds import ADDRESS, Name, Secret, address, looks_like, once, several, told

SLACK = "https://slack.com/api/"
ANY = "any"
KEY_BYTES = 32


def _fernet(secret: SecretStr) -> SecretStr:
    try:
        length = len(urlsafe_b64decode(secret.get_secret_value()))
    except (binascii.Error, ValueError):
        length = 0
    if length != KEY_BYTES:
        raise ValueError
    return secret


def _teams(names: tuple[str, ...]) -> tuple[str, ...]:
    if names != (ANY,) and not (names and all(re.fullmatch(r"[TE][A-Z0-9]{1,20}", name) for name in names)):
        raise ValueError
    return once(names)


SigningSecret = Annotated[
    Secret | None,
    told(
        "Proves that what arrives comes from Slack: *Signing Secret* on the app's page *Basic Information*.",
        "a secret without spaces",
    ),
]
BotToken = Annotated[
    Annotated[SecretStr, AfterValidator(looks_like("xoxb-[!-~]+"))] | None,
    told(
        "The bot's token in its one workspace: *Bot User OAuth Token* on the app's page *Install App*.",
        "a token that starts with xoxb-",
    ),
]
ClientId = Annotated[
    Annotated[str, StringConstraints(pattern=r"^[\w.-]{1,100}$")] | None,
    told(
        "For an app that several workspaces install by OAuth, in place of the bot's token: *Client ID* on the page"
        " *Basic Information*.",
        "letters, digits and full stops",
    ),
]
ClientSecret = Annotated[Secret | None, told("*Client Secret*, beside the client id.", "a secret without spaces")]
AppToken = Annotated[
    Annotated[SecretStr, AfterValidator(looks_like("xapp-[!-~]+"))] | None,
    told(
        "For Socket Mode, where Slack can't reach this server: an *App-Level Token* with the scope"
        " `connections:write`.",
        "a token that starts with xapp-",
    ),
]
ApiUrl = Annotated[
    Annotated[str, AfterValidator(address)],
    told(
        "Where Slack's Web API is. Only tests need another.",
        ADDRESS,
    ),
]
Teams = Annotated[
    Annotated[tuple[str, ...], AfterValidator(_teams)] | None,
    NoDecode,
    BeforeValidator(several),
    told(
        "The workspaces and organisations that may install the app by OAuth. Goes with a client id.",
        f"ids that start with T or E, with commas between; or `{ANY}`",
    ),
]
SecretKeys = Annotated[
    tuple[Annotated[SecretStr, AfterValidator(_fernet)], ...],
    NoDecode,
    BeforeValidator(several),
    told(
        "Keys that seal the tokens of workspaces in the database, the newest first: put a new one in front, and take"
        " an old one out after the next start. Goes with a client id. `python -c 'from cryptography.fernet import"
        " Fernet; print(Fernet.generate_key().decode())'` makes one.",
        "Fernet keys (32 random bytes in URL-safe base64), with commas between",
    ),
]


class SlackApp(BaseModel):
    """One Slack app. The unnamed one, whose name is empty, is what the variables say."""

    model_config = ConfigDict(extra="forbid", frozen=True, hide_input_in_errors=True)

    name: Name
    signing_secret: SigningSecret = None
    bot_token: BotToken = None
    client_id: ClientId = None
    client_secret: ClientSecret = None
    app_token: AppToken = None
    api_url: ApiUrl = SLACK
    teams: Teams = None

    @property
    def may_install(self) -> frozenset[str] | None:
        """The workspaces and organisations that may install it by OAuth; None lets any."""
        return None if self.teams == (ANY,) else frozenset(self.teams or ())


def mistakes(app: SlackApp, called: Callable[[str], str], *, keys: str, sealed: bool) -> Iterator[str]:
    """What does not go together in `app`, a sentence each. `called` names its fields, `keys` the setting of the keys.

    `sealed`: there are keys.
    """
    if app.signing_secret is None:
        yield f"{called('signing_secret')} must be set: it proves that what arrives comes from Slack."
    if app.bot_token is not None and app.client_id is not None:
        yield f"Set {called('bot_token')} (one workspace) or {called('client_id')} (OAuth), not both."
    if app.client_id is None and app.client_secret is not None:
        yield f"{called('client_secret')} needs {called('client_id')} beside it."
    if app.client_id is None and app.teams is not None:
        yield f"{called('teams')} is for OAuth: set {called('client_id')} too, or take it out."
    if app.client_id is None and app.bot_token is None:
        yield f"Set {called('bot_token')} for one workspace, or {called('client_id')} for OAuth."
    if app.client_id is not None:
        yield from _missing_for_oauth(app, called, keys=keys, sealed=sealed)


def _missing_for_oauth(app: SlackApp, called: Callable[[str], str], *, keys: str, sealed: bool) -> Iterator[str]:
    if app.client_secret is None:
        yield f"{called('client_id')} needs {called('client_secret')} beside it."
    if app.teams is None:
        yield f"{called('teams')} must be set with {called('client_id')}: ids of who may install the app, or {ANY}."
    if not sealed:
        yield f"{keys} must be set with {called('client_id')}: it seals the tokens of workspaces in the database."
