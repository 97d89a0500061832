"""Our own stand-in for Teams as a place where chats are held: with tokens, and at Teams' pace."""

import json
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from http import HTTPStatus
from typing import Final

from bot.outside import Address
from tests.peers.teams import TeamsPeer, teams_peer, text_of
from tests.peers.teams_cards import every_action, inputs_of
from tests.peers.teams_rooms import SECONDS_FOR_A_POST, TENANT, Kind, Standing
from tests.peers.teams_sending import Done
from tests.peers.teams_things import Post

PLACES: Final[Mapping[Kind, str]] = {"channel": "heard", "group chat": "group", "one to one": "Ana"}


@dataclass(frozen=True, slots=True)
class StandInRoom:
    """A place in the stand-in, by what the stand-in calls it."""

    peer: TeamsPeer
    place: str

    @property
    def at(self) -> Address:
        return Address("teams", TENANT, self.peer.world.place(self.place).id)

    def posts(self) -> Sequence[Standing]:
        return [_standing(post) for post in self.peer.bot_posts(self.place)]

    def alone(self, who: str) -> Sequence[str]:
        return self.peer.alone(who)

    def everything(self) -> str:
        written = (call.body for call in self.peer.calls if call.name in {"create", "post", "update"})
        return json.dumps(list(written), ensure_ascii=False)

    async def speak(self, who: str, words: str) -> None:
        is_shared = self.peer.world.place(self.place).kind != "personal"
        took(await self.peer.say(who, self.place, words, mention=is_shared))

    async def mention(self, who: str, words: str, thread: str) -> None:
        took(await self.peer.say(who, self.place, words, mention=True, thread=thread or None))

    async def reply(self, who: str, words: str, thread: str) -> str:
        done = await self.peer.say(who, self.place, words, thread=thread or None)
        took(done)
        return done.id

    async def unheard(self, who: str, words: str, thread: str) -> None:
        done = await self.peer.say(who, self.place, words, thread=thread or None)
        assert done.status == 0, done

    async def come_again(self) -> None:
        (missed,) = (one for one in self.peer.deliveries if not any(answer.is_good for answer in one.answers))
        answers = await self.peer.deliver_again(missed, 2)
        assert all(answer.is_good for answer in answers), answers

    async def edit(self, who: str, message: str, words: str, thread: str) -> None:
        took(await self.peer.edit(who, self.place, message, words))

    async def delete(self, who: str, message: str, thread: str) -> None:
        took(await self.peer.delete(who, self.place, message))

    def sees(self, who: str, label: str) -> bool:
        return label in self.peer.buttons(who)

    async def press(self, who: str, label: str, post: str | None = None) -> None:
        took(await self.peer.press(who, label, post))

    async def open(self, who: str, label: str, post: str | None = None) -> str:
        await self.press(who, label, post)
        assert self.peer.dialog(who) is not None, f"nothing opens behind {label}"
        return self.peer.text_of_dialog(who)

    async def send(self, who: str, values: Mapping[str, str]) -> None:
        await self.fill_in(who, values)
        dialog = self.peer.dialog(who)
        assert dialog is None or not inputs_of(dialog.card), self.peer.text_of_dialog(who)

    async def fill_in(self, who: str, values: Mapping[str, str]) -> str:
        took(await self.peer.submit(who, values))
        return self.peer.text_of_dialog(who) or self.peer.alone(who)[-1]

    def close(self, who: str) -> None:
        if self.peer.dialog(who) is not None:
            self.peer.close_dialog(who)

    async def press_in_dialog(self, who: str, label: str) -> str:
        took(await self.peer.press(who, label, "dialog"))
        return self.peer.alone(who)[-1]

    async def view(self, who: str, post: str) -> str:
        took(await self.peer.look(who, post))
        return text_of(self.peer.card(who, self.peer.world.place(self.place).posts[post]))

    async def until(self, is_so: Callable[[], object]) -> None:
        await self.peer.until(lambda: bool(is_so()), SECONDS_FOR_A_POST)


@dataclass(frozen=True, slots=True)
class StandIn:
    """The stand-in, and what the bot is told of it."""

    peer: TeamsPeer

    @property
    def settings(self) -> Mapping[str, str]:
        return {
            "TEAM_LEEDS_TEAMS_APP_ID": self.peer.app.id,
            "TEAM_LEEDS_TEAMS_TENANT_ID": self.peer.app.tenant,
            "TEAM_LEEDS_TEAMS_APP_PASSWORD": self.peer.app.secret,
            "TEAM_LEEDS_TEAMS_LOGIN_URL": self.peer.address,
            "TEAM_LEEDS_TEAMS_OPENID_URL": self.peer.metadata_url,
        }

    @property
    def secrets(self) -> Sequence[str]:
        return [self.peer.app.secret, "Bearer ", *self.peer.world.tokens]

    def object_id(self, name: str) -> str:
        return self.peer.world.person(name).aad

    def room(self, kind: Kind) -> StandInRoom:
        return StandInRoom(self.peer, PLACES[kind])


@asynccontextmanager
async def stand_in(url: str) -> AsyncIterator[StandIn]:
    """Run it; the real clock goes, and it holds the bot to Teams' pace."""
    async with teams_peer(lambda: datetime.now(UTC), strict_pace=True) as peer:
        peer.bot_url = url
        yield StandIn(peer)


def took(done: Done) -> None:
    """See that the bot took what somebody did."""
    assert done.answers, "nobody was told of this"
    assert HTTPStatus.OK <= done.status < HTTPStatus.MULTIPLE_CHOICES, done


def _standing(post: Post) -> Standing:
    labels = tuple(str(action.get("title", "")) for action in every_action(post.card))
    return Standing(post.id, post.root, text_of(post.card), labels)
