"""One chat at every stage, with the product's own questions, and what people said in it."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import UUID

from conversations.mine import OwnChat
from conversations.model import Ask, Chat, Pace, Part, Permission, Stage, Visibility
from conversations.panels import OwnPart
from conversations.receipts import Said
from storage.guides import load_guides
from storage.support import load_support

ROOT = Path(__file__).parents[3] / "conversations"
GUIDES = load_guides(ROOT / "guides")
GUIDE = GUIDES["team-leeds"]
DIRECTORY = load_support(ROOT / "support.yaml")

MORNING = datetime(2026, 12, 7, 10, tzinfo=UTC)
"""A Monday."""
HOST = UUID(int=0xA)
FEELINGS, TOGETHER, EASIER, STEPS = (question.key for question in GUIDE.questions)

HARD = "It was hard. We lost people we knew, and there was no time to stop."
FRIDAYS = "We met the care home's nurses every Friday.\nIt saved us ten phone calls a week."
LONELY = "I did not feel safe at work, and nobody asked."
RING = "I will ring the hospice team & ask <their> nurses to our Friday call."
TIRED = "We are tired, and we are proud. We want half an hour a week to meet."
LONG = " ".join(
    f"{number} people came to the Friday call, and each of them brought a question." for number in range(230)
)
"""About 16,000 characters."""

SAID = [
    Said(FEELINGS, HARD, kept_in_team=False),
    Said(FEELINGS, "We were proud too.", kept_in_team=True),
    Said(TOGETHER, FRIDAYS, kept_in_team=False),
    Said(STEPS, RING, kept_in_team=False),
]


def chat(stage: Stage = Stage.GATHERING, asked: int = 0, **changes: object) -> Chat:
    """The chat at a stage, after the first `asked` questions."""
    at = [MORNING + timedelta(minutes=10 * number) for number in range(len(GUIDE.questions))]
    asks = tuple(Ask(question.key, number, at[number - 1]) for number, question in enumerate(GUIDE.questions, start=1))
    made = Chat(
        id=UUID(int=0xC0FFEE),
        room=UUID(int=0xB),
        guide=GUIDE.key,
        guide_version=GUIDE.version,
        pace=Pace.LIVE,
        zone="Europe/London",
        practice=False,
        stage=stage,
        version=1,
        host=HOST,
        started_at=MORNING,
        touched_at=MORNING,
        hosted_at=MORNING,
        asks=asks[:asked],
    )
    return replace(made, **changes)  # type: ignore[arg-type]


def asking(asked: int = 1, **changes: object) -> Chat:
    """The chat on its latest question."""
    return chat(Stage.ASKING, asked, **changes)


def part(
    number: int,
    question: str,
    visibility: Visibility = Visibility.TEAM,
    permission: Permission = Permission.THEMES,
) -> Part:
    """A part of somebody's answer: a message in the room, or what was sent by a form."""
    message = f"176510160{number % 10}.000100" if visibility is Visibility.TEAM else None
    return Part(UUID(int=0xAA00 + number), UUID(int=0xD), question, visibility, permission, message)


def own(*words: str) -> OwnChat:
    """A person's own answers in the chat, by turns to the room, privately, and kept in the team."""
    kinds = [
        (Visibility.TEAM, Permission.THEMES),
        (Visibility.PROGRAMME, Permission.QUOTE),
        (Visibility.TEAM, Permission.STAY),
    ]
    parts = tuple(
        OwnPart(part(number, GUIDE.questions[number % len(GUIDE.questions)].key, *kinds[number % len(kinds)]), said)
        for number, said in enumerate(words)
    )
    return OwnChat(chat=chat(Stage.CLOSED, 4), guide=GUIDE, parts=parts)
