"""Telling survey stores: what stands now is rendered, sent, and noted in the ledger when it is known to be there."""

from collections.abc import Callable, Mapping
from datetime import datetime
from uuid import UUID, uuid5

from bot.house import House
from bot.outbox import FORWARDING, Claim, Outgoing, Settlement, Status, Told
from bot.outside import SurveyEvent, SurveyStore, Topic
from bot.ports import Store, Transaction
from bot.removing import fit_to_forward
from bot.responses import Due, reflection_event, response_event, withdrawal
from bot.story_events import told_event
from conversations.events import Sending

OUTCOME_NAMESPACE = UUID("6f1d0f5e-6d3f-5a52-9f4d-0d6f6f0f9a11")
"""For the ids of survey events: the same subject, revision and type has the same id for ever."""

LOOK = "look"
"""In an effect: it was told already, and is looked at again."""


class Forwarding:
    """Tells the survey stores it was given."""

    def __init__(
        self, store: Store, house: House, survey_stores: Mapping[str, SurveyStore], clock: Callable[[], datetime]
    ) -> None:
        """`clock` gives UTC."""
        self._store = store
        self._house = house
        self._survey_stores = survey_stores
        self._clock = clock

    async def forward(self, claim: Claim) -> Settlement:
        """Tell one survey store of one subject. Raises Busy, Unseen, AtFault, Poison, StoreDown."""
        destination = self._survey_stores.get(str(claim.effect["destination"]))
        if destination is None:
            return Settlement(status=Status.DEAD, reason="no_such_destination")
        event = await self._store.read(lambda tx: self._event(tx, claim.effect))
        if event is None:
            return Settlement(status=Status.CANCELLED, reason="link_gone")
        status = await destination.submit(fit_to_forward(event))
        told = Told(
            destination=destination.name,
            subject=event.subject,
            revision=event.revision,
            sending=event.sending,
            look_again_at=self._look_again_at(event, destination) if LOOK not in claim.effect else None,
        )
        return Settlement(status=status, worked=True, told=told)

    def _look_again_at(self, event: SurveyEvent, destination: SurveyStore) -> datetime | None:
        """When to look whether it stands: what was on its way before could come after it. A first one has none."""
        if destination.quiet is None or (event.revision == 1 and event.sending is not Sending.WITHDRAWN):
            return None
        return self._clock() + destination.quiet

    def _event(self, tx: Transaction, effect: Mapping[str, object]) -> SurveyEvent | None:
        """What is to be told now; None when the words were deleted since, with the chat."""
        subject, revision = UUID(str(effect["subject"])), int(str(effect["revision"]))
        due = Due(
            event=uuid5(OUTCOME_NAMESPACE, f"{subject}:{revision}:{effect['sending']}"),
            subject=subject,
            number=tx.ledger.number(str(effect["destination"]), subject),
            revision=revision,
            sending=Sending(str(effect["sending"])),
            now=self._clock(),
        )
        topic = Topic(str(effect["topic"]))
        if LOOK in effect and due.sending is Sending.WITHDRAWN:
            return withdrawal(due, topic)
        if topic in {Topic.STORY, Topic.CONTACT}:
            return told_event(due, topic, str(effect["destination"]), tx, self._house)
        chat = tx.reading.chat(UUID(str(effect["chat"])))
        if chat is None:
            return None
        if topic is Topic.REFLECTION:
            return reflection_event(due, chat, tx.reading)
        return response_event(due, chat, self._house.guide_of(chat), UUID(str(effect["participant"])), tx.reading)


def note_told(tx: Transaction, claim: Claim, told: Told, now: datetime) -> None:
    """Write in the ledger what a survey store was told, and when to look again."""
    tx.ledger.told(told, now)
    if told.look_again_at is None:
        return
    tx.outbox.add(
        [
            Outgoing(
                key=f"{claim.key}:look",
                lane=claim.lane,
                gate=claim.gate,
                effect={**claim.effect, "sending": str(told.sending), LOOK: True},
                due_at=told.look_again_at,
                priority=FORWARDING,
            )
        ]
    )
