"""Slack as a place to talk: the port `Channel` on the Web API.

1. A post carries its key as the `block_id` of its first block, so that it is known again: in its thread
   (`conversations.replies`), and when Slack tells us of our own message. The opening of a thread can't be looked for
   otherwise: nobody reads a team's channel.
2. A post's reference is the `ts` of its message; of a long one, the `ts` of each, joined by +.
3. A new message notifies. If somebody's words belong in it, it goes out without them, and they are put in their place.
4. What went wrong after a new message stood is `Unseen`: the next attempt finds what stands, and goes on from there.
"""

from collections.abc import AsyncIterator, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import replace
from datetime import timedelta
from itertools import takewhile
from typing import Any

from slack_sdk.web.async_client import AsyncWebClient

from adapters.slack.render import Dialog, is_quiet, quiet, render, split
from adapters.slack.web import SlackError, Twice, Web
from bot.outside import Address, AtFault, Busy, InDoubt, Unseen
from conversations.messages import Message
from conversations.wording import Wording

JOINT, NTH = "+", "#"
"""Between the references of a long post's messages; and between its key and their number."""
TICK = "white_check_mark"
SHOWS_IT = frozenset({"already_reacted", "no_reaction"})
CANNOT_SHOW_IT = frozenset(
    {"message_not_found", "too_many_reactions", "too_many_emoji", "bad_timestamp", "missing_scope", "no_permission"}
)
"""Then words do. A bot that may not react tells people in words alone: nothing waits for an administrator."""
A_PAGE = 200
"""Messages of a thread that are read at once."""


class SlackChannel:
    """Fills the port `Channel` for one app. An address's workspace is where the app is installed."""

    in_doubt = InDoubt.LOOK
    gap = timedelta(seconds=1)
    """Slack takes about one message a second in a channel."""

    def __init__(self, name: str, client: AsyncWebClient, web: Web, wording: Wording) -> None:
        """`client` is for its methods alone: `web` calls them."""
        self.name = name
        self._client = client
        self._web = web
        self._dialog = Dialog.of(wording)

    async def post(self, message: Message, to: Address, key: str, replacing: str | None, under: str | None) -> str:
        stands = replacing.split(JOINT) if replacing else []
        refs: list[str] = []
        for number, piece in enumerate(split(message)):
            named = _named(key, number)
            if number < len(stands):
                refs.append(await self._change(piece, to, stands[number], named))
                continue
            with _once(begun=len(refs) > len(stands)):
                refs.append(await self._send(piece, to, named, under or next(iter(refs), None)))
        for left in stands[len(refs) :]:
            await self._remove(to, left)
        return JOINT.join(refs)

    async def find(self, key: str, to: Address, under: str | None) -> str | None:
        if under is None:
            raise Unseen("a channel is not read")
        found: dict[str, str] = {}
        async for said in self._thread(to, under):
            named = next((str(block.get("block_id", "")) for block in said.get("blocks") or ()), "")
            if said.get("bot_id") and named.partition(NTH)[0] == key:
                found[named] = str(said["ts"])
        return JOINT.join(found[name] for name in _in_order(key, found)) or None

    async def whisper(self, message: Message, to: Address, room: Address, under: str | None) -> None:
        for piece in split(message):
            said = dict(render(piece, self._dialog))
            if under is not None:
                said["thread_ts"] = under
            await self._web.call(
                self._client.chat_postEphemeral, room.workspace, channel=room.address, user=to.address, **said
            )

    async def mark(self, ref: str, room: Address, *, counts: bool) -> bool:
        method = self._client.reactions_add if counts else self._client.reactions_remove
        try:
            await self._web.call(
                method,
                room.workspace,
                expects=SHOWS_IT | CANNOT_SHOW_IT,
                channel=room.address,
                name=TICK,
                timestamp=ref,
            )
        except SlackError as refused:
            return refused.error in SHOWS_IT
        return True

    async def direct(self, message: Message, to: Address, key: str) -> None:
        for number, piece in enumerate(split(message)):
            with _once(begun=number > 0):
                await self._send(piece, to, _named(key, number), None)

    async def _send(self, piece: Message, to: Address, key: str, under: str | None) -> str:
        said = dict(render(quiet(piece), self._dialog, key))
        if under is not None:
            said["thread_ts"] = under
        sent = await self._web.call(
            self._client.chat_postMessage,
            to.workspace,
            Twice.HARMFUL,
            channel=to.address,
            unfurl_links=False,
            unfurl_media=False,
            **said,
        )
        ref = str(sent["ts"])
        if not is_quiet(piece):
            with _once(begun=True):
                await self._change(piece, replace(to, address=str(sent["channel"])), ref, key)
        return ref

    async def _change(self, piece: Message, to: Address, ref: str, key: str) -> str:
        said = render(piece, self._dialog, key)
        await self._web.call(self._client.chat_update, to.workspace, channel=to.address, ts=ref, **said)
        return ref

    async def _remove(self, to: Address, ref: str) -> None:
        with suppress(SlackError):  # somebody else was first
            await self._web.call(
                self._client.chat_delete,
                to.workspace,
                expects=frozenset({"message_not_found"}),
                channel=to.address,
                ts=ref,
            )

    async def _thread(self, to: Address, under: str) -> AsyncIterator[Mapping[str, Any]]:
        """The messages of a thread that we began. People's own pass by unread and unkept."""
        cursor = ""
        while True:
            page = await self._web.call(
                self._client.conversations_replies,
                to.workspace,
                channel=to.address,
                ts=under,
                limit=A_PAGE,
                cursor=cursor,
            )
            for said in page.get("messages", ()):
                yield said
            cursor = str((page.get("response_metadata") or {}).get("next_cursor") or "")
            if not cursor:
                return


@contextmanager
def _once(*, begun: bool) -> Iterator[None]:
    """Where something of a post stands already (`begun`), whoever tries again looks before that."""
    try:
        yield
    except (Busy, AtFault) as refused:
        if not begun:
            raise
        raise _half_done(refused) from None


def _half_done(refused: Busy | AtFault) -> Busy | Unseen:
    if isinstance(refused, AtFault):
        return Unseen("half_posted")
    return Busy(refused.reason, refused.retry_after, throttled=refused.throttled, begun=True)


def _named(key: str, number: int) -> str:
    """What the `number`th message of a post is called."""
    return key if number == 0 else f"{key}{NTH}{number}"


def _in_order(key: str, found: Mapping[str, str]) -> Sequence[str]:
    """The names of a long post's messages as they follow one another; what comes after a gap is left out."""
    names = (_named(key, number) for number in range(len(found)))
    return list(takewhile(found.__contains__, names))
