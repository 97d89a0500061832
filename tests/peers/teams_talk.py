"""A chat that a team holds in Teams with the real program: what people do, and what they then wait for."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta

from tests.peers.ageing import aged
from tests.peers.serving import Program
from tests.peers.teams_rooms import Room, Standing

WORDS = "Your words"


@dataclass(slots=True)
class TeamsTalk:
    """One chat. `thread` is its opening post, where there are threads."""

    room: Room
    bot: Program
    thread: str = ""

    async def start(self, by: str) -> None:
        """Have somebody start a chat by a mention and the form that it offers."""
        await self.room.speak(by, "start")
        await self.says("[Start a chat]")
        offer = next(post for post in self.room.posts() if "Start a chat" in post.buttons)
        await self.room.open(by, "Start a chat", offer.id)
        await self.room.send(by, {})
        self.room.close(by)
        await self.says("There are four questions.")
        self.thread = self.opening.thread

    @property
    def opening(self) -> Standing:
        """The post that says that there is a chat."""
        return next(post for post in self.room.posts() if post.text.startswith("Team Leeds Hearts and Minds\n"))

    def question(self, number: int) -> Standing:
        """The post of a question, which stands once, under the opening post."""
        heading = f"Question {number} of 4\n"
        (post,) = (post for post in self.room.posts() if heading in post.text)
        assert post.thread == self.thread
        return post

    async def presses(self, who: str, label: str, question: int | None = None) -> None:
        """Have somebody press a button once they see it: on a question's post, or the latest there is."""
        await self.room.press(who, label, await self._shown(who, label, question))

    async def opens(self, who: str, label: str, question: int | None = None) -> str:
        """Have somebody open the dialog behind a button once they see it; gives what they read."""
        return await self.room.open(who, label, await self._shown(who, label, question))

    async def sends(self, who: str, label: str, words: str, question: int | None = None) -> None:
        """Have somebody open the form behind a button, write in it, send it, and close what it thanks with."""
        await self.opens(who, label, question)
        await self.room.send(who, {WORDS: words})
        self.room.close(who)

    async def replies(self, who: str, words: str) -> str:
        """Have somebody write in the thread without a mention, where the bot may read it; gives the message's name."""
        return await self.room.reply(who, words, self.thread)

    async def mentions(self, who: str, words: str) -> None:
        """Have somebody write to the bot in the thread."""
        await self.room.mention(who, words, self.thread)

    async def asked(self, number: int, *also: str) -> None:
        """Wait until a question stands, with `also` in what it says."""
        await self.says(f"Question {number} of 4\n", *also)

    async def says(self, *words: str) -> None:
        """Wait until a post of the bot's has all these words in it."""
        await self._until(lambda: any(all(one in said for one in words) for said in self.said()), *words)

    def said(self) -> list[str]:
        """What stands in the room."""
        return [post.text for post in self.room.posts()]

    async def hears(self, who: str, words: str) -> None:
        """Wait until somebody was shown something alone."""
        await self._until(lambda: any(words in shown for shown in self.room.alone(who)), words)

    async def passes(self, gone: timedelta) -> None:
        """Let time pass for the chat, while the program is down."""
        await aged(self.bot.database, self.room.at, gone)

    async def _until(self, is_so: Callable[[], object], *words: str) -> None:
        """Wait until something is so, or fail with what stands there instead of `words`."""
        try:
            await self.room.until(is_so)
        except TimeoutError:
            stands = "\n\n".join(f"{post.text}\n{post.buttons}" for post in self.room.posts())
            raise AssertionError(f"{words} did not come; this stands:\n\n{stands}") from None

    async def _shown(self, who: str, label: str, question: int | None) -> str | None:
        """Wait until somebody sees a button; gives the post of the question, where one is meant."""
        if question is not None:
            await self.asked(question)
        await self._until(lambda: self.room.sees(who, label), label)
        return None if question is None else self.question(question).id
