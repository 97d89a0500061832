"""What people do in one chat, and what must stand in the end. The same chance makes the same script.

What is in one round may come at the same time; a round begins when the one before is acknowledged. Nobody does two
things in one round, so that the order of each person's own words is certain.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from random import Random

from tests.conversations.chats import GUIDE
from tests.kill.deliveries import STAY, Delivery

HOST = "hana"
PEOPLE = (HOST, "ana", "ben", "cat", "dan")


@dataclass(slots=True)
class Said:
    """One message of a person as it must stand. `tag` is in its words, whatever they are changed to."""

    tag: str
    who: str
    question: str
    words: str
    private: bool
    ref: str | None
    kept_in_team: bool = False
    withdrawn: bool = False


@dataclass(slots=True)
class Script:
    """One chat in one room."""

    channel: str
    room: str
    chance: Random
    cancelled: bool
    changes: int = 2
    """Rounds of changes once the chat is over."""
    rounds: list[list[Delivery]] = field(default_factory=list)
    said: list[Said] = field(default_factory=list)
    reflection: str = ""
    asked_privately: set[str] = field(default_factory=set)
    """Who had said something privately when the chat ended."""
    _made: int = 0

    def write(self) -> None:
        """Make up the whole chat."""
        self._round(self._does(HOST, "start"))
        self._round(self._does(HOST, "begin"))
        for number, question in enumerate(GUIDE.questions, start=1):
            self._round(*self._answers(question.key, PEOPLE, likely=0.9))
            for _ in range(2):
                changes = self._changes(question.key)
                others = [who for who in PEOPLE if who not in {change.who for change in changes}]
                self._round(*changes, *self._answers(question.key, others, likely=0.3))
            if number < len(GUIDE.questions):
                self._round(self._does(HOST, "next", question=question.key))
        self._round(self._does(HOST, "finish"))
        self.reflection = f"{self._tag()} as a team"
        self._round(self._does(HOST, "reflect", words=self.reflection))
        self._round(self._does(HOST, "cancel" if self.cancelled else "send"))
        self.asked_privately = {said.who for said in self.said if said.private and not said.withdrawn}
        for _ in range(self.changes):
            self._round(*self._changes(None))

    def standing(self, who: str) -> list[Said]:
        """A person's messages that stand, in the order in which they were said."""
        return [said for said in self.said if said.who == who and not said.withdrawn]

    def forwarded(self, who: str) -> Mapping[str, str]:
        """What the survey store must hold of a person: their words by question; nothing of a cancelled chat."""
        verbatim: dict[str, list[str]] = {}
        for said in self.standing(who):
            if not said.kept_in_team and not self.cancelled:
                verbatim.setdefault(said.question, []).append(said.words)
        return {question: "\n".join(words) for question, words in verbatim.items()}

    def answered(self) -> Mapping[str, int]:
        """How many people's answers the room is shown, by question."""
        people = {(said.question, said.who) for said in self.said if not (said.withdrawn or said.private)}
        return {question.key: sum(1 for key, _ in people if key == question.key) for question in GUIDE.questions}

    def took_part(self) -> int:
        """How many people answered in the room."""
        return len({said.who for said in self.said if not (said.withdrawn or said.private)})

    def _round(self, *deliveries: Delivery) -> None:
        if deliveries:
            self.rounds.append(list(deliveries))

    def _answers(self, question: str, people: Iterable[str], *, likely: float) -> list[Delivery]:
        answers = []
        for who in people:
            if who != HOST and self.chance.random() >= likely:
                continue
            private = who != HOST and self.chance.random() < 0.3  # the host's stands in the room, to look back on
            by_form = private or self.chance.random() < 0.3
            tag = self._tag()
            words = f"{tag} said {'privately ' if private else ''}by {who} to {question}"
            said = Said(tag, who, question, words, private=private, ref=None if by_form else f"message {tag}")
            self.said.append(said)
            does = "answer privately" if private else "answer"
            answers.append(self._does(who, does, words=words, ref=said.ref, question=question if by_form else None))
        return answers

    def _changes(self, question: str | None) -> list[Delivery]:
        """What some people change of their latest words; `question` None: to whichever question."""
        latest = {said.who: said for said in self.said if not said.withdrawn and question in {None, said.question}}
        return [self._change(said) for said in latest.values() if self.chance.random() < 0.5]

    def _change(self, said: Said) -> Delivery:
        kinds = ["edit"] if said.who == HOST else ["edit", "withdraw"] if said.private else ["edit", "withdraw", STAY]
        does = self.chance.choice(kinds)
        if does == "edit":
            said.words = f"{said.tag} changed in {self._tag()} by {said.who}"
        elif does == "withdraw":
            said.withdrawn = True
        else:
            said.kept_in_team = True
        question = said.question if said.ref is None else None
        return self._does(said.who, does, words=said.words, ref=said.ref, question=question, about=said.tag)

    def _does(
        self,
        who: str,
        does: str,
        *,
        words: str = "",
        ref: str | None = None,
        question: str | None = None,
        about: str = "",
    ) -> Delivery:
        self._made += 1
        return Delivery(
            id=f"{self.channel}-{self.room}-{self._made}",
            channel=self.channel,
            room=self.room,
            who=who,
            does=does,
            words=words,
            ref=ref,
            question=question,
            about=about,
        )

    def _tag(self) -> str:
        self._made += 1
        return f"<{self.channel}-{self.room}-{self._made}>"
