"""What an answer of ours costs by the way that it comes: unasked in the thread, with a mention, in a dialog."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from aiohttp import ClientSession

from benchmarks.bots.costs import calls_of, cpu
from benchmarks.bots.offering import Delivery, Post, hold, send, session
from benchmarks.bots.stage import Stage
from benchmarks.bots.subjects import OURS, Subject
from benchmarks.bots.turns import Contestant, Turn
from benchmarks.crowd import WAITING, Heard
from benchmarks.report import Report
from benchmarks.teams.activities import Mentions, Replies
from benchmarks.teams.stage import Ground
from benchmarks.works import guide
from conversations.actions import encode
from conversations.commands import Panel

REPLY, MENTION, DIALOG = "a reply without a mention", "a mention", "a private answer in a dialog"


@dataclass(slots=True)
class Prepared:
    """Deliveries that were written before."""

    waiting: list[Delivery] = field(default_factory=list)

    def next(self) -> Delivery:
        """The next one."""
        return self.waiting.pop()


async def ways(stage: Stage, ground: Ground, report: Report, *, slices: int, answers: int) -> None:
    """Print what an answer costs each way, in slices of so many answers each. Raises Lost."""
    turns: dict[str, list[Turn]] = {REPLY: [], MENTION: [], DIALOG: []}
    ours, known = stage.bots[OURS], await ground.threads()
    mentions, replies = Mentions(known, ground.proofs, 2), Replies(known, ground.proofs, 3)
    async with session() as through:

        async def work(subject: Subject, post: Post) -> Heard:
            return await hold(through, subject.url, post, lambda heard: heard.answers < answers)

        for _ in range(slices + 1):  # the first of each warms up, and is not counted
            dialogs = Prepared([await _filled_in(through, ours, replies) for _ in range(answers + WAITING)])
            for name, post in ((REPLY, ours.post), (MENTION, mentions), (DIALOG, dialogs)):
                turns[name].append(await replace(ours, post=post).turn(work, stage.platform, stage.kind))
    report.heading(f"{stage.kind.name}: our program, by the way that {answers} answers come; medians of {slices} turns")
    for name, taken in turns.items():
        _print_one(report, name, taken[1:])


def _print_one(report: Report, name: str, taken: Sequence[Turn]) -> None:
    calls = ", ".join(f"{call} {count:.2f}" for call, count in calls_of(taken).items())
    report.line(f"{name}, CPU ms", f"{cpu(taken):.2f}; calls an answer: {calls}")


async def _filled_in(through: ClientSession, ours: Contestant, replies: Replies) -> Delivery:
    """Open the dialog for a private answer, and write what comes once it is filled in. Raises Lost."""
    thread, person, text = replies.somebody()
    code = encode(Panel.ANSWER_PRIVATELY, thread.chat, guide().questions[0].key)
    fetch = replies.delivery(thread, replies.invoke(thread, person, "task/fetch", {"code": code}))
    card: Mapping[str, Any] = (await send(through, ours.subject.url, fetch))["task"]["value"]["card"]["content"]
    words = next(element["id"] for element in card["body"] if element["type"] == "Input.Text")
    data = {**card["actions"][0]["data"], words: text}
    return replies.delivery(thread, replies.invoke(thread, person, "task/submit", data))
