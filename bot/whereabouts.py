"""Where somebody is, as people write it in settings and commands: slack:T1:U1. Pure."""

import re

from bot.outside import Address

FORMS = "slack:TEAM:USER, teams:TENANT:OBJECT or console:terminal:NAME"
"""What can be read, for whoever wrote something else. An app with a name comes after its platform: slack-NAME."""

_APP = r"(?:-[a-z0-9](?:[a-z0-9-]{0,38}[a-z0-9])?)?"
_ID = r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}"
_TEAM = r"[TE][A-Z0-9]{1,20}"
_PEOPLE = (
    re.compile(rf"(slack{_APP}):({_TEAM}):([UW][A-Z0-9]{{1,20}})"),
    re.compile(rf"(teams{_APP}):({_ID}):({_ID})"),
    re.compile(r"(console):(terminal):([^\s:][^:]{0,39})"),
)
_WORKSPACES = re.compile(rf"slack{_APP}:{_TEAM}|teams{_APP}:{_ID}|console:terminal")


def person_at(text: str) -> Address:
    """The person whom `text` names. Raises ValueError."""
    said = text.strip()
    if said.lower().startswith(("teams", "console")):  # Microsoft's ids, and names typed in a terminal
        said = said.casefold()
    for form in _PEOPLE:
        if found := form.fullmatch(said):
            return Address(*found.groups())
    raise ValueError(FORMS)


def is_workspace(channel: str, workspace: str) -> bool:
    """Whether a workspace on that platform (or of an app there: slack-NAME) may be called so."""
    return _WORKSPACES.fullmatch(f"{channel}:{workspace}") is not None


def written(who: Address) -> str:
    """An address as people write it."""
    return f"{who.channel}:{who.workspace}:{who.address}"
