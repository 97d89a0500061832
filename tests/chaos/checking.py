"""What must hold in the end: nothing missing, nothing doubled, nothing there that was taken back; both sides agree."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from uuid import UUID

from bot.ledger import Compared, Entry
from bot.outbox import Status
from bot.outside import TAKES, Topic
from bot.ports import Transaction
from bot.reconciling import compare
from storage.opening import OpenStore
from storage.survey import EmbeddedSurvey
from tests.chaos.fast import Fast
from tests.chaos.outside import Holds, Outside, at_receiver, embedded, in_limesurvey
from tests.chaos.people import People
from tests.chaos.sender import survey_stores
from tests.peers.mail import MailServer


@dataclass(slots=True)
class Found:
    """What was found in the end. Each list is to be empty."""

    missing: list[str] = field(default_factory=list)
    """What was said and is not there as it was last said."""
    doubled: list[str] = field(default_factory=list)
    present: list[str] = field(default_factory=list)
    """What was taken back, or never said, and is there."""
    unsettled: list[str] = field(default_factory=list)
    """What the outbox or the ledger still waits for."""
    differing: list[Compared] = field(default_factory=list)
    """Survey stores that can be asked, and differ from the ledger."""
    idle_kills: int = 0
    """Senders that were killed while nothing waited."""
    subjects: dict[str, int] = field(default_factory=dict)
    """How many responses, reflections and stories each destination was told of."""

    @property
    def is_clean(self) -> bool:
        """Whether everything is as it must be."""
        return not (self.missing or self.doubled or self.present or self.unsettled or self.differing)


async def find(store: OpenStore, people: People, there: Outside, clock: Fast) -> Found:
    """Hold everything that is there against what people said."""
    found = Found()
    stands = await store.transact(people.stands)
    for name in there.to:
        entries = await store.read(lambda tx, name=name: list(tx.ledger.every(name)))  # type: ignore[misc]
        found.subjects[name] = len(entries)
        found.unsettled += [
            f"{name} {entry.subject} at {entry.told_revision}" for entry in entries if not entry.is_told
        ]
        if name == "email" and there.mail is not None:
            _look_in_mailbox(there.mail, people, entries, found)
        else:
            ours = {entry.subject for entry in entries} | _subjects(name, people, stands)
            _look(name, await _holds(name, there, store), {one: stands.get(one, {}) for one in ours}, found)
    found.doubled += there.told_twice()
    found.unsettled += await store.read(_unsettled)
    stores = survey_stores(there.straight, store, clock)
    for survey_store in stores.values():
        compared = await compare(store, survey_store)
        if compared is not None and not (compared.is_clean and compared.waiting == 0):
            found.differing.append(compared)
        await survey_store.close()
    return found


def _subjects(name: str, people: People, stands: Mapping[UUID, Mapping[str, str]]) -> set[UUID]:
    """Everything that a destination is to hold, whatever the ledger says."""
    stories = {told.id for told in people.stories}
    takes_stories = Topic.STORY in TAKES[name]
    return {subject for subject, words in stands.items() if words and (takes_stories or subject not in stories)}


async def _holds(name: str, there: Outside, store: OpenStore) -> Holds:
    if name == "webhook" and there.receiver is not None:
        return at_receiver(there.receiver)
    if name == "limesurvey" and there.limesurvey is not None:
        return in_limesurvey(there.limesurvey)
    return await embedded(EmbeddedSurvey(store))


def _look(name: str, holds: Holds, stands: Mapping[UUID, Mapping[str, str]], found: Found) -> None:
    for subject in stands.keys() | holds.keys():
        said, there = stands.get(subject, {}), holds.get(subject, {})
        for question in said.keys() | there.keys():
            if said.get(question) != there.get(question):
                what = f"{name} {subject} {question}: {there.get(question)!r} for {said.get(question)!r}"
                (found.missing if question in said else found.present).append(what)


def _look_in_mailbox(server: MailServer, people: People, entries: Sequence[Entry], found: Found) -> None:
    """An e-mail can't be called back: what was taken back after it left has another one that asks for its deletion."""
    texts = {str(mail.message["Message-ID"]): (str(mail.message["Subject"]), mail.text) for mail in server.mailbox}
    asked = {one.subject: one for one in entries}
    for told in people.stories:
        assert told.id is not None
        mine = [text for subject, text in texts.values() if told.id.hex[:8] in subject]
        if told.words is not None and not any(told.words in text for text in mine):
            found.missing.append(f"email {told.id}: {told.words}")
        asks = any("delete every e-mail" in text for text in mine)
        if told.words is None and mine and not asks:
            found.present.append(f"email {told.id}: nobody was asked to delete it")
        if told.id in asked and len(mine) > asked[told.id].revision:
            found.doubled.append(f"email {told.id}: {len(mine)} e-mails for {asked[told.id].revision} revisions")


def _unsettled(tx: Transaction) -> list[str]:
    left = tx.outbox.listed([Status.READY, Status.ATTEMPTED, Status.DEAD, Status.UNKNOWN], 1000)
    return [f"{line.key} is {line.status}, {line.reason}" for line in left]
