"""Whether a chat can be held in a channel: asked of Slack when one is to start, and at no other time."""

from slack_sdk.web.async_client import AsyncWebClient

from adapters.slack.web import SlackError, Web
from bot.outside import Address, AtFault, Busy, Poison, RoomGone, Unseen
from conversations.actions import Ask
from conversations.commands import Panel, Place, Show, Start
from conversations.planning import Join, Propose
from conversations.refusals import NotNow

UNKNOWN = frozenset({"channel_not_found", "method_not_supported_for_channel_type", "not_in_channel"})


def place_of(room: Address) -> Place:
    """Whether people are in a room, or in their own chat with the bot: that, and the app's home, hold no chat."""
    return Place.ALONE if not room.address or room.address.startswith("D") else Place.ROOM


def place_to_show(show: Show, room: Address) -> Place:
    """The same for what somebody asks to see: the form for a schedule asks for a channel where people are in none."""
    place = place_of(room)
    return Place.ANYWHERE if place is Place.ALONE and show == Show(Panel.SCHEDULE) else place


class Rooms:
    """The channels of one app's workspaces, as Slack describes them to the methods of `client` through `web`."""

    def __init__(self, client: AsyncWebClient, web: Web) -> None:
        self._client = client
        self._web = web

    async def admit_for(self, ask: Ask, room: Address) -> None:
        """Make sure that the bot can post in `room`, if what is asked for asks for that. Raises NotNow."""
        plans = isinstance(ask, Join) or (isinstance(ask, Propose) and not ask.changes)
        if isinstance(ask, Start) or (plans and place_of(room) is Place.ROOM):
            await self.admit(room)

    async def admit(self, room: Address) -> None:
        """Make sure that the bot can post in `room`. Raises NotNow.

        When Slack can't say, the chat begins: its opening post shows whether it could.
        """
        if place_of(room) is Place.ALONE:
            raise NotNow("not_a_channel", field="room")
        try:
            said = await self._web.call(
                self._client.conversations_info, room.workspace, expects=UNKNOWN, channel=room.address
            )
        except SlackError:
            raise NotNow("not_invited", field="room") from None
        except (RoomGone, Busy, Unseen, Poison, AtFault):
            return
        channel = said.get("channel") or {}
        if channel.get("is_im") or channel.get("is_mpim"):
            raise NotNow("not_a_channel", field="room")
        if channel.get("is_archived"):
            raise NotNow("archived", field="room")
        if not channel.get("is_member"):
            raise NotNow("not_invited", field="room")
