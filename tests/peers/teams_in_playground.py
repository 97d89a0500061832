"""Microsoft's own client as a place where chats are held. It sends no tokens; only Ana's own chat is seen in it."""

import json
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any, Final

from bot.outside import Address
from tests.peers import teams_fields as fields
from tests.peers.playground import CHANNEL, GROUP, PERSONAL, NotDone, Playground, Seen, running_playground
from tests.peers.playground_process import PEOPLE, object_id
from tests.peers.teams_cards import every_action, inputs_of, text_of
from tests.peers.teams_rooms import SECONDS_FOR_A_POST, TENANT, Kind, Standing
from tests.peers.teams_things import Json

PLACES: Final[Mapping[Kind, str]] = {"channel": CHANNEL, "group chat": GROUP, "one to one": PERSONAL}
TOAST: Final = "application/vnd.microsoft.activity.message"
OWNER: Final = "Ana"
"""Whose Playground it is."""


@dataclass(slots=True)
class Before:
    """The dialog that somebody has before them, and the post that it was opened from."""

    post: Seen
    title: str
    card: Json
    values: dict[str, str]

    @property
    def text(self) -> str:
        """What they read."""
        return f"{self.title}\n{text_of(self.card, self.values)}"


@dataclass(slots=True)
class PlaygroundRoom:
    """A place in the Playground."""

    there: Playground
    kind: Kind
    shown: dict[str, list[str]] = field(default_factory=dict)
    dialogs: dict[str, Before] = field(default_factory=dict)

    @property
    def place(self) -> str:
        """What the Playground calls it."""
        return PLACES[self.kind]

    @property
    def at(self) -> Address:
        return Address("teams", TENANT, self.place)

    def posts(self) -> Sequence[Standing]:
        return [_standing(post) for post in self.there.of(self.place)]

    def alone(self, who: str) -> Sequence[str]:
        own = [text_of(post.card or {}) for post in self.there.of(PERSONAL)] if who == OWNER else []
        return [*self.shown.get(who, ()), *own]

    def everything(self) -> str:
        return json.dumps(self.there.frames, ensure_ascii=False)

    async def speak(self, who: str, words: str) -> None:
        await self.there.say(who, self.place, words, mention=self.kind != "one to one")

    async def mention(self, who: str, words: str, thread: str) -> None:
        await self.there.say(who, self._where(thread), words)

    async def reply(self, who: str, words: str, thread: str) -> str:
        return await self.there.overhear(who, self._where(thread), words)

    async def unheard(self, who: str, words: str, thread: str) -> None:
        try:
            await self.there.overhear(who, self._where(thread), words)
        except NotDone:
            return
        raise AssertionError("somebody took this")

    async def come_again(self) -> None:
        await self.there.relay.bring_again(times=2)

    async def edit(self, who: str, message: str, words: str, thread: str) -> None:
        await self.there.change(who, self._where(thread), message, words)

    async def delete(self, who: str, message: str, thread: str) -> None:
        await self.there.change(who, self._where(thread), message, None)

    def sees(self, who: str, label: str) -> bool:
        return any(label in _labels(post) for post in self._visible(who))

    async def press(self, who: str, label: str, post: str | None = None) -> None:
        answer = await self.there.execute(who, self._post(who, label, post), label)
        assert answer["type"] == TOAST, answer["type"]
        self._show(who, str(answer["value"]))

    async def open(self, who: str, label: str, post: str | None = None) -> str:
        found = self._post(who, label, post)
        return self._come(who, found, await self.there.open(who, found, label))

    async def send(self, who: str, values: Mapping[str, str]) -> None:
        await self.fill_in(who, values)
        after = self.dialogs.get(who)
        assert after is None or not inputs_of(after.card), after.text

    async def fill_in(self, who: str, values: Mapping[str, str]) -> str:
        before = self.dialogs[who]
        before.values = fields.filled(before.card, before.values, values)
        assert not fields.lacking(before.card, before.values)
        (action,) = before.card["actions"]
        data = fields.sent(action, before.values)
        return self._come(who, before.post, await self.there.submit(who, before.post, data))

    def close(self, who: str) -> None:
        self.dialogs.pop(who, None)

    async def press_in_dialog(self, who: str, label: str) -> str:
        before = self.dialogs[who]
        action = next(one for one in every_action(before.card) if one["title"] == label)
        data = fields.sent(action, before.values)
        return self._come(who, before.post, await self.there.submit(who, before.post, data))

    async def view(self, who: str, post: str) -> str:
        return text_of(await self.there.refresh(who, self.there.posts[post]))

    async def until(self, is_so: Callable[[], object]) -> None:
        await self.there.until(is_so, SECONDS_FOR_A_POST)

    def _where(self, thread: str) -> str:
        return f"{CHANNEL};messageid={thread}" if self.kind == "channel" else self.place

    def _visible(self, who: str) -> Sequence[Seen]:
        """What somebody has before them, the latest last."""
        own = self.there.of(PERSONAL) if who == OWNER and self.place != PERSONAL else []
        return [*own, *self.there.of(self.place)]

    def _post(self, who: str, label: str, post: str | None) -> Seen:
        found = [one for one in self._visible(who) if label in _labels(one) and post in {None, one.id}]
        assert found, f"{who} sees no button «{label}»"
        return found[-1]

    def _come(self, who: str, post: Seen, answer: Mapping[str, Any]) -> str:
        """What the answer to a dialog shows."""
        task = answer["task"]
        self.dialogs.pop(who, None)
        if task["type"] == "message":
            return self._show(who, str(task["value"]))
        card = task["value"]["card"]["content"]
        self.dialogs[who] = Before(post, task["value"]["title"], card, fields.standing(card))
        return self._show(who, self.dialogs[who].text)

    def _show(self, who: str, text: str) -> str:
        self.shown.setdefault(who, []).append(text)
        return text


@dataclass(frozen=True, slots=True)
class InPlayground:
    """The Playground, and what the bot is told of it."""

    there: Playground

    @property
    def settings(self) -> Mapping[str, str]:
        return {"TEAM_LEEDS_TEAMS_AUTH": "off"}

    @property
    def secrets(self) -> Sequence[str]:
        return []

    def object_id(self, name: str) -> str:
        return object_id(PEOPLE.index(name) + 1)

    def room(self, kind: Kind) -> PlaygroundRoom:
        return PlaygroundRoom(self.there, kind)


@asynccontextmanager
async def in_playground(url: str) -> AsyncIterator[InPlayground]:
    """Run it."""
    async with running_playground(bot_url=f"{url}/api/messages") as there:
        yield InPlayground(there)


def _labels(post: Seen) -> tuple[str, ...]:
    return tuple(str(action.get("title", "")) for action in post.actions)


def _standing(post: Seen) -> Standing:
    thread = post.where.partition(";messageid=")[2]
    return Standing(post.id, thread, text_of(post.card or {}), _labels(post))
