"""How fast Teams may be told things: at the gates, which all processes share, and at each process's own door.

1. What waits in the outbox goes through the gates of its tenant. A lane leaves half a second between two posts of a
   room, so that its posts and their changes alone never pass what a conversation takes.
2. What leaves beside the outbox (a receipt told at once, a person's conversation made, each part of a long post) meets
   no gate. So every call waits its turn at the door. It lets through half of what a tenant takes: two processes
   together never pass the whole, and how fast more of them may be, Teams says. Receipts take half of the door at most.
3. Where Teams said when to come again, nothing goes before that; it is not even asked.

Source: learn.microsoft.com, "Optimize your bot with rate limiting in Teams": 50 a second of an app in a tenant; in a
conversation 7 in a second, 8 in two, 60 in half a minute, for what is sent and what is made alike.
"""

import asyncio
from collections import OrderedDict, deque
from collections.abc import Awaitable, Callable, Iterable
from datetime import datetime, timedelta

from adapters.teams.whereabouts import THREAD
from bot.outbox import Rate
from bot.outgoing import RECEIPTS
from bot.outside import Busy

TEAMS = "teams"
"""What channels in Teams are called, or how their names begin."""

POSTS, WHISPERS = Rate(per_second=20, burst=4), Rate(per_second=4, burst=4)

SECOND, ON_THE_WAY = timedelta(seconds=1), timedelta(seconds=0.3)
"""`ON_THE_WAY`: how much longer than another a call may be, so that Teams counts them closer together than we do."""
AT_THE_DOOR, FOR_PEOPLE = ((25, SECOND),), ((12, SECOND),)
IN_A_CONVERSATION = tuple((most, seconds * SECOND + ON_THE_WAY) for most, seconds in ((7, 1), (8, 2), (60, 30)))
"""So many calls in that time."""
MAKING = ""
"""In place of a conversation: people's own ones are made. All of that is paced as one is."""
MOST_KEPT = 10_000
"""Conversations that are remembered; the one that was written to longest ago is forgotten first."""
ROOMS = "19:"
"""How the ids of channels and group chats begin: every other conversation is one person's own with the bot."""
TOO_LONG = timedelta(seconds=10)
"""What would wait longer than that comes again, so that no lease ends while it waits."""

Limits = Iterable[tuple[int, timedelta]]
Pause = Callable[[float], Awaitable[None]]


def rate_of(gate: str) -> Rate | None:
    """How fast what waits at `gate` may go, if it goes to Teams."""
    if not gate.startswith((f"{TEAMS}:", f"{TEAMS}-")):
        return None
    return WHISPERS if gate.endswith(f":{RECEIPTS}") else POSTS


class Line:
    """When the latest calls went out, or will: no more in any stretch of time than `limits` say."""

    def __init__(self, limits: Limits) -> None:
        self._limits = tuple(limits)
        self._taken: deque[datetime] = deque(maxlen=max(most for most, _ in self._limits))

    def free_at(self, now: datetime) -> datetime:
        """When the next call may go. A clock that went back holds nothing up."""
        if self._taken and self._taken[-1] > now + TOO_LONG:
            self._taken.clear()
        frees = (self._taken[-most] + within for most, within in self._limits if len(self._taken) >= most)
        return max((now, *frees))

    def take(self, at: datetime) -> None:
        """Note that a call goes out then."""
        self._taken.append(at)


class Pace:
    """The door of one app in this process."""

    def __init__(self, clock: Callable[[], datetime], pause: Pause = asyncio.sleep) -> None:
        """`clock` gives UTC; `pause` waits for so many seconds."""
        self._clock = clock
        self._pause = pause
        self._door, self._people = Line(AT_THE_DOOR), Line(FOR_PEOPLE)
        self._conversations: OrderedDict[str, Line] = OrderedDict()
        self._closed: dict[str, datetime] = {}

    async def turn(self, conversation: str) -> None:
        """Wait until a call may go to a conversation, or a thread of one. Raises Busy when that is long from now."""
        conversation = _whole(conversation)
        self._raise_if_closed(conversation)
        for line in self._lines_of(conversation):
            await self._wait_in(line)
        self._raise_if_closed(conversation)

    def close(self, conversation: str, seconds: float | None) -> None:
        """Note how long Teams wants nothing there, if it said so."""
        if seconds is None:
            return
        now = self._clock()
        self._closed = {closed: until for closed, until in self._closed.items() if now < until}
        self._closed[_whole(conversation)] = now + timedelta(seconds=seconds)

    def _raise_if_closed(self, conversation: str) -> None:
        until, now = self._closed.get(conversation), self._clock()
        if until is not None and now < until:
            raise Busy("throttled", (until - now).total_seconds(), throttled=True)
        self._closed.pop(conversation, None)

    async def _wait_in(self, line: Line) -> None:
        now = self._clock()
        at = line.free_at(now)
        if at - now > TOO_LONG:
            raise Busy("paced", (at - now).total_seconds())
        line.take(at)
        if at > now:
            await self._pause((at - now).total_seconds())

    def _lines_of(self, conversation: str) -> Iterable[Line]:
        """What to wait for, one after the other. People come first: who waits there holds no room up."""
        if not conversation.startswith(ROOMS):
            yield self._people
        yield self._door
        line = self._conversations.setdefault(conversation, Line(IN_A_CONVERSATION))
        self._conversations.move_to_end(conversation)
        if len(self._conversations) > MOST_KEPT:
            self._conversations.popitem(last=False)
        yield line


def _whole(conversation: str) -> str:
    """A conversation without its thread: they share what Teams takes."""
    return conversation.partition(THREAD)[0]
