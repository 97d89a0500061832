"""Activities as Teams sends them, each one JSON object."""

import html
import re
import unicodedata
from collections.abc import Mapping
from datetime import datetime
from typing import Final, Literal
from zoneinfo import ZoneInfo

from tests.peers.teams_things import App, Json, Person, Place, Post, Team

Style = Literal["plain", "escaped", "html"]
"""How a message's text comes: as it was typed, with entities in it, or as HTML. All three have been seen."""

_AT: Final = re.compile(r"<at>(.*?)</at>")
_EMOJI: Final = re.compile("[\U0001f300-\U0001faff\u2600-\u27bf](?:\ufe0f|[\U0001f3fb-\U0001f3ff])?")


def moment(at: datetime) -> str:
    """Give a time as activities have it. UTC."""
    return f"{at:%Y-%m-%dT%H:%M:%S}.{at.microsecond // 1000:03d}Z"


def base(app: App, place: Place, person: Person, service_url: str, at: datetime) -> Json:
    """Give what every activity has: where it happened, who did it, who is told, and from which client."""
    return {
        "timestamp": moment(at),
        "localTimestamp": at.astimezone(ZoneInfo(person.zone)).isoformat(timespec="milliseconds"),
        "channelId": "msteams",
        "serviceUrl": service_url,
        "from": {"id": person.id, "name": person.name, "aadObjectId": person.aad},
        "conversation": conversation(place),
        "recipient": app.account,
        "entities": [client(person)],
        "channelData": channel_data(place),
        "locale": person.locale,
        "localTimezone": person.zone,
    }


def client(person: Person) -> Json:
    """Give the entity that tells of a person's client."""
    return {
        "locale": person.locale,
        "country": person.country,
        "platform": person.platform,
        "timezone": person.zone,
        "type": "clientInfo",
    }


def conversation(place: Place, root: str = "") -> Json:
    """Give a conversation: with its thread, where there is one."""
    thread = f";messageid={root}" if root and place.kind == "channel" else ""
    made: Json = {} if place.kind == "personal" else {"isGroup": True}
    return {**made, "conversationType": place.kind, "tenantId": place.tenant, "id": f"{place.id}{thread}"}


def channel_data(place: Place) -> Json:
    """Give what Teams adds of its own."""
    tenant = {"tenant": {"id": place.tenant}}
    if place.team is None:
        return tenant
    return {
        "teamsChannelId": place.id,
        "teamsTeamId": place.team.id,
        "channel": {"id": place.id},
        "team": {"id": place.team.id},
        **tenant,
    }


def message(post: Post, common: Json, style: Style) -> Json:
    """Give a message as a person wrote it."""
    texts = {"plain": post.text, "escaped": _escaped(post.text), "html": post.html}
    return {
        "text": texts[style],
        "textFormat": "xml" if style == "html" else "plain",
        "attachments": [{"contentType": "text/html", "content": post.html}],
        "type": "message",
        **common,
        "id": post.id,
        "conversation": conversation(post.place, post.root),
        "entities": [*post.mentions, *common["entities"]],
    }


def changed(told: Json, event: str) -> Json:
    """Give the same message as one that was edited or came back."""
    return {**told, "type": "messageUpdate", "channelData": {**told["channelData"], "eventType": event}}


def deleted(post: Post, common: Json) -> Json:
    """Give the news that a message is gone: its id, and nothing that it said."""
    return {
        "type": "messageDelete",
        **common,
        "id": post.id,
        "conversation": conversation(post.place, post.root),
        "channelData": {**common["channelData"], "eventType": "softDeleteMessage"},
    }


def invoke(name: str, value: Json, post: Post, common: Json, number: str) -> Json:
    """Give what a person did with a card or a dialog."""
    source = {"source": {"name": "message"}, "legacy": {"replyToId": f"1:{post.id}"}}
    return {
        "name": name,
        "type": "invoke",
        **common,
        "id": f"f:{number}",
        "replyToId": post.id,
        "value": value,
        "conversation": conversation(post.place, post.root),
        "channelData": {**common["channelData"], **source},
    }


def submitted(value: Json, post: Post, common: Json, number: str) -> Json:
    """Give a press of a plain Action.Submit: a message that has no text."""
    return {
        "type": "message",
        **common,
        "id": number,
        "replyToId": post.id,
        "value": value,
        "conversation": conversation(post.place, post.root),
    }


def members(change: str, accounts: list[Json], place: Place, common: Json, number: str) -> Json:
    """Give the news of who came or went; `change` is membersAdded or membersRemoved."""
    event = {"membersAdded": "teamMemberAdded", "membersRemoved": "teamMemberRemoved"}[change]
    data: Json = {"tenant": {"id": place.tenant}}
    if place.team is not None:
        data |= {"team": described(place.team), "eventType": event}
    return {
        change: accounts,
        "type": "conversationUpdate",
        **_bare(common),
        "id": f"f:{number}",
        "conversation": _whole(place),
        "channelData": data,
    }


def installation(action: str, place: Place, common: Json, number: str) -> Json:
    """Give the news that the app was installed or removed; `action` is add or remove."""
    data: Json = {"source": {"name": "message"}, "tenant": {"id": place.tenant}}
    if place.team is not None:
        data |= {
            "settings": {"selectedChannel": {"id": place.id}},
            "channel": {"id": place.id},
            "team": described(place.team),
        }
    return {
        "action": action,
        "type": "installationUpdate",
        **_bare(common),
        "id": f"f:{number}",
        "conversation": _whole(place),
        "channelData": data,
    }


def channel_deleted(place: Place, common: Json, number: str) -> Json:
    """Give the news that a channel is gone."""
    data = {
        "channel": {"id": place.id, "name": place.name},
        "team": described(place.team),
        "eventType": "channelDeleted",
        "tenant": {"id": place.tenant},
    }
    bare = {"type": "conversationUpdate", **_bare(common), "id": f"f:{number}"}
    return {**bare, "conversation": _whole(place), "channelData": data}


def reaction(kind: str, post: Post, common: Json, number: str) -> Json:
    """Give the news that a person reacted to a post of the bot's."""
    return {
        "reactionsAdded": [{"type": kind}],
        "type": "messageReaction",
        **_bare(common),
        "id": f"f:{number}",
        "replyToId": post.id,
        "conversation": conversation(post.place, post.root),
    }


def described(team: Team | None) -> Json:
    """Give a team."""
    assert team is not None
    return {"aadGroupId": team.group, "name": team.name, "id": team.id}


def _whole(place: Place) -> Json:
    return conversation(place) | ({"id": place.team.id} if place.team is not None else {})


def _bare(common: Json) -> Json:
    """Leave out what only comes with what a person typed or pressed: their name and their client's times."""
    kept = {key: value for key, value in common.items() if key not in {"localTimestamp", "localTimezone", "locale"}}
    person = common["from"]
    return {**kept, "from": {"id": person["id"], "aadObjectId": person["aadObjectId"]}, "entities": []}


def mention(account: Mapping[str, str], name: str) -> Json:
    """Give the entity of a mention; its text is what stands in the message."""
    return {
        "type": "mention",
        "mentioned": {"id": account["id"], "name": account["name"]},
        "text": f"<at>{name}</at>",
    }


def mentioned(text: str) -> list[str]:
    """List the names that a text mentions."""
    return _AT.findall(text)


def as_html(text: str, quote: str = "") -> str:
    """Give what was typed as the HTML that comes beside it; `quote` stands before it."""
    numbers = iter(range(1_000))
    parts = _AT.split(text)
    spans = (
        f'<span itemscope="" itemtype="http://schema.skype.com/Mention" itemid="{next(numbers)}">{_typed(part)}</span>'
        if place % 2
        else _typed(part)
        for place, part in enumerate(parts)
    )
    inside = "".join(spans)
    return f"<div>{quote}<p>{inside}</p></div>" if quote else f"<div><div>{inside}</div></div>"


def quoted(post: Post, by: Person) -> str:
    """Give the HTML that stands before an answer to a message."""
    preview = _AT.sub(r"\1", post.text)
    return (
        f'<blockquote itemscope="" itemtype="http://schema.skype.com/Reply" itemid="{post.id}">\n'
        f'<strong itemprop="mri" itemid="8:orgid:{by.aad}">{html.escape(by.name)}</strong>'
        f'<span itemprop="time" itemid="{post.id}"></span>\n'
        f'<p itemprop="preview">{_typed(preview)}</p>\n</blockquote>\n'
    )


def _typed(text: str) -> str:
    escaped = html.escape(text, quote=False).replace("\n", "<br>\n").replace("  ", "&nbsp; ")
    return _EMOJI.sub(lambda found: _emoji(found[0]), escaped)


def _emoji(sign: str) -> str:
    name = unicodedata.name(sign[0], "sign").casefold()
    return f'<emoji id="{ord(sign[0]):x}_{name.replace(" ", "")}" alt="{sign}" title="{name.capitalize()}"></emoji>'


def _escaped(text: str) -> str:
    parts = _AT.split(text)
    made = (html.escape(part, quote=False) for part in parts)
    return "".join(f"<at>{part}</at>" if place % 2 else part for place, part in enumerate(made))
