"""A chat that a team holds in either peer with the real program: what people do, and what they then wait for."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from bot.outside import Address
from tests.peers.ageing import aged
from tests.peers.either import Peer
from tests.peers.serving import Program
from tests.peers.slack import text_of
from tests.peers.slack_sending import Delivery, Done
from tests.peers.slack_things import Post

TEAM: Final = "team"
"""The channel where a chat is held, unless it is another."""
SECONDS_FOR_A_POST: Final = 60.0
"""What was under way at a kill is looked for once its lease, half a minute, is over."""


@dataclass(slots=True)
class Talk:
    """One chat. `opening` is the post that its thread stands under."""

    peer: Peer
    bot: Program
    opening: str = ""
    channel: str = TEAM

    async def start(self, by: str, words: str = "start", *, name: str = "/teamleeds") -> None:
        """Have somebody start a chat with the command and its form."""
        took(await self.peer.command(by, self.channel, words, name=name))
        took(await self.peer.submit(by))
        await self.until(lambda: self.peer.bot_posts(self.channel))
        self.opening = self.peer.bot_posts(self.channel)[0].ts

    async def says(self, who: str, words: str) -> Done:
        """Have somebody write in the thread; gives what came of it."""
        return await self.peer.say(who, self.channel, words, thread_ts=self.opening)

    async def presses(self, who: str, label: str, question: int | None = None) -> None:
        """Have somebody press a button once they see it: on a question's post, or the latest there is."""
        await self.until(lambda: label in self.peer.buttons(who))
        took(await self.peer.press(who, label, None if question is None else self.question(question).ts))

    async def sends(self, who: str, label: str, words: str, question: int | None = None) -> None:
        """Have somebody open the form behind a button, write in it and send it."""
        await self.presses(who, label, question)
        await self.until(lambda: self.peer.view(who))
        took(await self.peer.submit(who, {"Your words": words}))
        assert self.peer.view(who) is None, self.peer.text_of_view(who)

    def question(self, number: int) -> Post:
        """The post of a question, which stands once."""
        heading = f"Question {number} of 4\n"
        (post,) = (post for post in self.peer.bot_posts(self.channel, self.opening) if heading in text_of(post.blocks))
        return post

    async def asked(self, number: int, *answered: str) -> None:
        """Wait until a question stands in the thread, with `answered` in it."""
        wanted = (f"Question {number} of 4\n", *answered)
        await self.until(lambda: any(all(words in said for words in wanted) for said in self.said()))

    async def hears(self, who: str, words: str) -> None:
        """Wait until somebody was shown something alone."""
        await self.until(lambda: any(words in shown for shown in self.peer.alone(who)))

    def said(self) -> list[str]:
        """What stands in the thread."""
        return self.peer.thread(self.channel, self.opening)

    async def until(self, is_so: Callable[[], object]) -> None:
        """Wait until something is so."""
        await self.peer.until(lambda: bool(is_so()), SECONDS_FOR_A_POST)

    async def comes_again(self, delivery: Delivery) -> None:
        """Have Slack deliver again what nobody acknowledged."""
        (answer,) = await self.peer.sender.again(delivery, 1, at_once=False, reason="connection_failed")
        assert answer.is_good, answer

    async def minutes_pass(self, minutes: int) -> None:
        """Let time pass for the chat, while the program is down: all was asked, and the host there, before."""
        here = self.peer.world.channel(self.channel)
        await aged(self.bot.database, Address("slack", here.team, here.id), timedelta(minutes=minutes))


def took(done: Done) -> None:
    """See that the bot took what somebody did."""
    assert done.status == 200, done
