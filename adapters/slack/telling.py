"""What is shown to one person in Slack, alone: receipts that fade, modals and the app's home.

1. Nothing here is a record. What could not be shown is not tried again, and never keeps a delivery waiting.
2. A modal opens within 3 seconds of the press, once, or not at all: then a button is shown that opens it.
"""

from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

import structlog
from slack_sdk.web.async_client import AsyncWebClient
from slack_sdk.webhook.async_client import AsyncWebhookClient

from adapters.slack.asking import AWAY
from adapters.slack.channel import SlackChannel
from adapters.slack.render import Dialog, render, split
from adapters.slack.web import SlackError, Web
from bot.aside import Aside
from bot.outside import Address, AtFault, Busy, Poison, RoomGone, Unseen
from conversations.messages import Message
from conversations.wording import Wording

log = structlog.get_logger()

OK = 200

TOO_LATE = frozenset({"expired_trigger_id", "exchanged_trigger_id", "trigger_expired", "invalid_trigger_id"})
TOO_HIGH = frozenset({"push_limit_reached"})
REFUSED = (RoomGone, Busy, Unseen, Poison, AtFault)
OUTDATED = frozenset({"hash_conflict", "not_found", "view_not_found"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Seat:
    """Where a person is: the room they look at, and its thread. A seat in the app's home has no room (`""`)."""

    person: Address
    room: Address
    under: str | None = None


class NotOpened(Exception):
    """Slack opened no modal: the press is over 3 seconds old, or was used before, or Slack is busy."""


class Telling(Aside):
    """Shows people things, with the methods of `client` and through `web`; what fades, by `channel`."""

    def __init__(self, client: AsyncWebClient, web: Web, channel: SlackChannel, wording: Wording) -> None:
        super().__init__("slack_not_shown")
        self._dialog = Dialog.of(wording)
        self._client = client
        self._web = web
        self._channel = channel

    async def alone(self, seat: Seat, message: Message) -> None:
        """Show a message in the room that fades; to somebody who is in none that we can speak in, one that stays."""
        if seat.room.address:
            with suppress(RoomGone):
                await self._channel.whisper(message, seat.person, seat.room, seat.under)
                return
        await self._channel.direct(message, seat.person, "told")

    async def instead(self, address: str, message: Message) -> bool:
        """Put a message in place of the private one that was pressed; False when that can't be done any more."""
        pieces = split(message)
        if len(pieces) > 1:
            return False
        said = render(pieces[0], self._dialog)
        answering = AsyncWebhookClient(address, session=self._client.session, retry_handlers=[])
        try:
            answer = await answering.send(text=said["text"], blocks=said["blocks"], replace_original=True)
        except AWAY:
            return False
        return answer.status_code == OK

    async def open(self, workspace: str, trigger: str, view: Mapping[str, Any], *, on_top: bool) -> tuple[str, str]:
        """Open a modal, on top of the one that is open or by itself; returns its id and hash. Raises NotOpened."""
        method = self._client.views_push if on_top else self._client.views_open
        try:
            opened = await self._web.call(method, workspace, expects=TOO_LATE | TOO_HIGH, trigger_id=trigger, view=view)
        except (SlackError, *REFUSED):
            raise NotOpened from None
        return str(opened["view"]["id"]), str(opened["view"]["hash"])

    async def change(self, workspace: str, view_id: str, known_hash: str | None, view: Mapping[str, Any]) -> bool:
        """Put `view` in place of a modal, unless it was closed; False if it changed since `known_hash`."""
        try:
            await self._web.call(
                self._client.views_update, workspace, expects=OUTDATED, view_id=view_id, view=view, hash=known_hash
            )
        except SlackError as outdated:
            log.info("slack_view_outdated", error=outdated.error)
            return outdated.error != "hash_conflict"
        return True

    async def home(self, person: Address, view: Mapping[str, Any]) -> None:
        """Show somebody's home."""
        await self._web.call(self._client.views_publish, person.workspace, user_id=person.address, view=view)
