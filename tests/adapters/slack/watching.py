"""A chat in the stand-in Slack, written down as a play: what people do, and what the channel and each of them then see.

  (only Ana sees this)   a message, a form or a home before one person alone
== ... ==                a new post of the bot's
~ ...                    what is new in a post that was changed in place
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from textwrap import wrap

from tests.adapters.slack.composing import Place
from tests.peers.slack_sending import Done

PEOPLE = ("Ana", "Ben", "Cat", "Dev")
WIDTH = 80
CHANNEL = "team"
MARKS = {"white_check_mark": "✅"}


@dataclass(slots=True)
class Play:
    """What happens at `place`, line by line. `opening` is the post that the chat's thread stands under."""

    place: Place
    opening: str = ""
    lines: list[str] = field(default_factory=list)
    to_one: list[tuple[str, str]] = field(default_factory=list)
    """What was shown to one person alone, with their name."""
    to_all: list[str] = field(default_factory=list)
    """What was shown to the room."""
    _posts: dict[str, str] = field(default_factory=dict)
    _alone: dict[str, int] = field(default_factory=lambda: dict.fromkeys(PEOPLE, 0))
    _marks: set[tuple[str, str]] = field(default_factory=set)

    # What people do.

    async def orders(self, who: str, words: str) -> None:
        """Have somebody type a command."""
        await self._did(f"{who} types /teamleeds {words}", await self.place.peer.command(who, CHANNEL, words))

    async def says(self, who: str, words: str) -> str:
        """Have somebody write in the thread; gives the `ts`."""
        done = await self.place.peer.say(who, CHANNEL, words, self.opening)
        await self._did(f"{who}: {words}", done)
        return done.ts

    async def edits(self, who: str, ts: str, words: str) -> None:
        """Have somebody change a message of theirs."""
        done = await self.place.peer.edit(who, CHANNEL, ts, words)
        await self._did(f"{who} edits that message: {words}", done)

    async def deletes(self, who: str, ts: str) -> None:
        """Have somebody delete a message of theirs."""
        await self._did(f"{who} deletes that message", await self.place.peer.delete(who, CHANNEL, ts))

    async def presses(self, who: str, label: str, where: str | None = None) -> None:
        """Have somebody press the latest button with this label; Slack's own question is answered with yes."""
        peer = self.place.peer
        asked = len(peer.asked)
        done = await peer.press(who, label, where)
        for sure in peer.asked[asked:]:
            self._write(f"{who} presses [{label}]", "", f"    (only {who} sees this)")
            self._paragraphs(f"{sure.title}\n{sure.text}\n[{sure.deny}] [{sure.confirm}]", "    ")
            label = sure.confirm
        await self._did(f"{who} presses [{label}]", done)

    async def sends(self, who: str, values: dict[str, str]) -> None:
        """Have somebody fill in the form before them and send it."""
        title = self.place.peer.text_of_view(who).partition("\n")[0]
        filled = ", ".join(f"{name}: {words}" for name, words in values.items())
        await self._did(f"{who} sends the form «{title}» {filled}".rstrip(), await self.place.peer.submit(who, values))

    async def closes(self, who: str) -> None:
        """Have somebody close the form before them."""
        await self._did(f"{who} closes it", await self.place.peer.close_view(who))

    async def comes_home(self, who: str) -> None:
        """Have somebody open the app's home."""
        await self._did(f"{who} opens the app's home", await self.place.peer.open_home(who))

    async def minutes_pass(self, minutes: int) -> None:
        """Let time pass."""
        self.place.clock.wait(minutes=minutes)
        await self.place.bot.schedules.tick()
        await self._did(f"{minutes} minutes pass", Done())

    def question(self, number: int) -> str:
        """The `ts` of a question's post."""
        return next(ts for ts, text in self._posts.items() if text.startswith(f"Question {number} of"))

    # What is seen.

    async def _did(self, line: str, done: Done) -> None:
        assert done.status in {0, 200}
        self._write(line, "")
        await self.place.settle()
        self._see_posts()
        self._see_marks()
        for who in PEOPLE:
            self._see_alone(who)

    def _see_posts(self) -> None:
        world = self.place.peer.world
        for post in self.place.peer.bot_posts(CHANNEL):
            text = self.place.peer.thread(CHANNEL, post.ts)[0].partition(": ")[2]
            before = self._posts.get(post.ts)
            if before is None:
                self.opening = self.opening or post.ts
                self._post(text)
            elif before != text:
                self._change(before.split("\n"), text.split("\n"))
            if before != text:
                self.to_all.append(text)
            self._posts[post.ts] = text
        assert world.failures == []

    def _post(self, text: str) -> None:
        first, *rest = text.split("\n")
        self._write(f"  == {first} ==")
        self._paragraphs("\n".join(rest), "  ")

    def _change(self, before: Sequence[str], now: Sequence[str]) -> None:
        new = [line for line in now if line not in before]
        self._paragraphs(f"{now[0]}: {' '.join(new) or '(shorter)'}", "  ~ ")

    def _see_marks(self) -> None:
        names = {user.id: user.name for user in self.place.peer.world.workspaces["T1"].users.values()}
        for post in self.place.peer.world.channel(CHANNEL).posts.values():
            for mark in self.place.peer.reactions(CHANNEL, post.ts):
                if (post.ts, mark) not in self._marks:
                    self._marks.add((post.ts, mark))
                    self._write(f"  {MARKS[mark]} stands at {names[post.user]}'s message", "")

    def _see_alone(self, who: str) -> None:
        shown = self.place.peer.alone(who)
        for text in sorted(shown[self._alone[who] :]):  # they come at once, in any order
            self.to_one.append((who, text))
            self._write(f"    (only {who} sees this)")
            self._paragraphs(text, "    ")
        self._alone[who] = len(shown)

    def _paragraphs(self, text: str, indent: str) -> None:
        for line in text.split("\n"):
            self._write(*wrap(line, WIDTH, initial_indent=indent, subsequent_indent=indent))
        self._write("")

    def _write(self, *lines: str) -> None:
        self.lines += lines

    def written(self) -> str:
        """The whole play."""
        return "\n".join(self.lines)
