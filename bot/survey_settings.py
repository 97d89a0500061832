"""The survey stores' part of the settings: where each is, and what goes together. bot.settings reads it.

No sentence shows a value: most of these are secrets.
"""

import re
from collections.abc import Callable, Iterator, Mapping
from email.utils import parseaddr
from pathlib import Path
from typing import Annotated, Literal, get_args
from urllib.parse import urlsplit

from pydantic import AfterValidator, BeforeValidator, Field, FilePath, SecretStr, StringConstraints
from pydantic_settings import NoDecode

from bot.setting_kinds import ADDRESS, Secret, address, is_loopback, looks_like, once, page, several, told

Destination = Literal["embedded", "webhook", "limesurvey", "handoff", "email"]
DESTINATIONS: tuple[str, ...] = get_args(Destination)
HANDOFF_KEY = "{key}"


def _lower(value: object) -> object:
    return value.lower() if isinstance(value, str) else value


def _home(value: object) -> object:
    return Path(value).expanduser() if isinstance(value, str) else value


def _hook(address: str) -> str:
    parts = urlsplit(address)
    return f"{page(parts._replace(query='').geturl())}{f'?{parts.query}' if parts.query else ''}"


def _handoff(address: str) -> str:
    if address.count(HANDOFF_KEY) != 1:
        raise ValueError
    parts = urlsplit(address.replace(HANDOFF_KEY, "key"))
    page(parts._replace(query="", fragment="").geturl())
    return address


def _mailbox(text: str) -> str:
    if any(character in text for character in "\r\n"):
        raise ValueError
    _, found = parseaddr(text)
    if not re.fullmatch(r"[^@\s]+@[^@\s]+", found):
        raise ValueError
    return text


Destinations = Annotated[
    tuple[Annotated[Destination, BeforeValidator(_lower)], ...],
    NoDecode,
    BeforeValidator(several),
    AfterValidator(once),
    Field(
        min_length=1,
        description="The survey stores that responses go to. `embedded` is the one in our own database;"
        " docs/survey-store.md says what the others need.",
        json_schema_extra={"allowed": "one or more of embedded, webhook, limesurvey, handoff, email"},
    ),
]
SurveyRate = Annotated[
    float,
    Field(
        ge=0,
        le=1000,
        description="How many things a second go to each survey store outside, in bursts of at most 5; 0 for no limit.",
        json_schema_extra={"allowed": "a number from 0 to 1000"},
    ),
]
Source = Annotated[
    Annotated[str, StringConstraints(pattern=r"^[A-Za-z][A-Za-z0-9+.-]*:[!-~]{1,200}$")],
    told(
        "How this deployment calls itself in what it forwards (the `source` of its CloudEvents).",
        "a URI, such as https://chats.example.org or urn:team-leeds-chats",
    ),
]
PublicUrl = Annotated[
    Annotated[str, AfterValidator(address)] | None,
    told(
        "This server as people's browsers reach it. With it *My answers* offers a download in Slack and Teams.", ADDRESS
    ),
]
WebhookUrl = Annotated[
    Annotated[str, AfterValidator(_hook)] | None,
    told("Where `webhook` sends to. Addresses inside private networks are refused.", ADDRESS),
]
WebhookSecrets = Annotated[
    Annotated[tuple[Annotated[SecretStr, AfterValidator(looks_like("whsec_[A-Za-z0-9+/=]{32,120}"))], ...], NoDecode],
    BeforeValidator(several),
    Field(
        max_length=2,
        description="What `webhook` signs with, as Standard Webhooks says. Two while you change from one to the other.",
        json_schema_extra={"allowed": "one or two secrets that start with whsec_, with a comma between"},
    ),
]
WebhookCa = Annotated[
    Annotated[FilePath, BeforeValidator(_home)] | None,
    told("Who vouches for the receiver's certificate, if no public authority does.", "the path of a PEM file"),
]
LimeSurveyUrl = Annotated[
    Annotated[str, AfterValidator(page)] | None,
    told("LimeSurvey's RemoteControl 2 with JSON-RPC; its path ends with `/admin/remotecontrol`.", ADDRESS),
]
LimeSurveyUser = Annotated[
    Annotated[str, StringConstraints(pattern=r"^\S{1,64}$")] | None,
    told("Whose account in LimeSurvey the bot uses: one that owns this survey alone.", "a name without spaces"),
]
LimeSurveyPassword = Annotated[Secret | None, told("The password of that account.", "a secret without spaces")]
LimeSurveyId = Annotated[
    Annotated[int, Field(ge=1)] | None,
    told("The survey's number, which `survey limesurvey setup` prints.", "a whole number from 1"),
]
HandoffUrl = Annotated[
    Annotated[str, AfterValidator(_handoff)] | None,
    told(
        "The survey's own address, with `{key}` where its unique variable takes the response key.",
        f"{ADDRESS}, with {{key}} in it once",
    ),
]
Host = Annotated[
    Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9.:-]{1,255}$")] | None,
    told("The mail server for `email`.", "the name of a host"),
]
Port = Annotated[
    Annotated[int, Field(ge=1, le=65535)],
    told("Its port: 587 for `starttls`, 465 for `tls`, as a rule.", "a whole number from 1 to 65535"),
]
Security = Annotated[
    Annotated[Literal["starttls", "tls", "off"], BeforeValidator(_lower)],
    told("How the way to the mail server is encrypted. `off` only within this machine.", "starttls, tls or off"),
]
SmtpCa = Annotated[
    Annotated[FilePath, BeforeValidator(_home)] | None,
    told("Who vouches for the mail server's certificate, if no public authority does.", "the path of a PEM file"),
]
SmtpUser = Annotated[
    Annotated[str, StringConstraints(min_length=1, max_length=200)] | None,
    told("Who logs in to the mail server, if anybody has to.", "a name"),
]
SmtpPassword = Annotated[Secret | None, told("The password for that.", "a secret without spaces")]
Mailbox = Annotated[str, AfterValidator(_mailbox)]
EmailFrom = Annotated[Mailbox | None, told("Whom `email` writes as.", "an e-mail address")]
EmailTo = Annotated[
    Mailbox | None, told("The programme team, which stories and contact requests go to.", "an e-mail address")
]

NEEDED: Mapping[str, tuple[str, ...]] = {
    "webhook": ("webhook_url", "webhook_secrets"),
    "limesurvey": ("limesurvey_url", "limesurvey_user", "limesurvey_password"),
    "handoff": ("handoff_url",),
    "email": ("smtp_host", "email_from", "email_to"),
}
"""What each destination can't do without. LimeSurvey's number comes from `setup`, which needs the others."""

KEEPING = frozenset({"embedded", "webhook", "limesurvey"})
"""Destinations that answers go to; of the others one must be there too, since people are told that they go."""

OF: Mapping[str, str] = {
    **{name: destination for destination, names in NEEDED.items() for name in names},
    "webhook_ca": "webhook",
    "limesurvey_survey": "limesurvey",
    "smtp_port": "email",
    "smtp_security": "email",
    "smtp_ca": "email",
    "smtp_user": "email",
    "smtp_password": "email",
}
"""Which destination a setting is for."""


def mistakes(
    values: Mapping[str, object], said: frozenset[str], destinations: tuple[str, ...], called: Callable[[str], str]
) -> Iterator[str]:
    """What does not go together, a sentence each. `said` are the settings that somebody set."""
    for destination in destinations:
        for name in NEEDED.get(destination, ()):
            if not values[name]:
                yield f"{called(name)} must be set: the destination ‘{destination}’ needs it."
    if not KEEPING & set(destinations):
        yield f"{called('destinations')} needs one of {', '.join(sorted(KEEPING))} too: the rest takes no answers."
    for name in sorted(said & OF.keys()):
        if OF[name] not in destinations and OF[name] != "limesurvey":  # which is set up before it is a destination
            yield f"{called(name)} is for ‘{OF[name]}’: name that in {called('destinations')} too, or take this out."
    if (values["smtp_user"] is None) != (values["smtp_password"] is None):
        yield f"Set {called('smtp_user')} and {called('smtp_password')} together, or neither."
    if "email" in destinations and values["smtp_security"] == "off" and not is_loopback(str(values["smtp_host"])):
        yield f"{called('smtp_security')} may be off only within this machine: use starttls or tls."
    if "limesurvey" in destinations and values["limesurvey_survey"] is None:
        yield f"{called('limesurvey_survey')} must be set: `survey limesurvey setup` makes the survey and prints it."
