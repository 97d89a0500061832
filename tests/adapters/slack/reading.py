"""What people read in the stand-in Slack, as one row of text."""

from collections.abc import Iterable

from tests.peers.slack import SlackPeer, text_of
from tests.peers.slack_blocks import strings
from tests.peers.slack_things import Post

LONG = 2_850
"""A row that is at least that long and does not end in white space was broken within a word."""


def read(rows: Iterable[str]) -> str:
    """`rows` as a person reads them one after another, with one space wherever a row ends between words."""
    said = ""
    for row in rows:
        said += row if len(row) >= LONG and not row[-1].isspace() else f"{row} "
    return " ".join(said.split())


def rows_of(posts: Iterable[Post]) -> list[str]:
    """The rows of posts."""
    return [row for post in posts for row in text_of(post.blocks).split("\n")]


def letters(peer: SlackPeer, name: str) -> list[str]:
    """The rows of what stands in a person's own chat with the bot."""
    who = peer.world.user(name).id
    places = [channel for workspace in peer.world.workspaces.values() for channel in workspace.channels.values()]
    return rows_of(post for place in places if place.im_with == who for post in peer.bot_posts(place.id))


def sent(peer: SlackPeer) -> str:
    """Everything that the bot sent, decoded."""
    return "\n".join(text for call in peer.calls for text in strings(call.arguments))
