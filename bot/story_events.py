"""Stories and contact requests on their way to the survey stores: ids in the outbox, words only when they are sent.

1. Who asks to be contacted is reached by what they typed, and that goes into contact requests; that of a story's
   author goes to the programme team's mailbox, and to no survey store.
2. A story has the organisation and team of the chat it was told in. One with a credit says no more of that chat, so
   that nobody learns by it who took part.
"""

from dataclasses import replace
from datetime import datetime

from bot.house import House
from bot.kept_stories import KeptRequest, KeptStory
from bot.outgoing import Forwarded, forwards, put_out
from bot.outside import Consent, Item, SurveyEvent, Topic
from bot.ports import Transaction
from bot.responses import Due, withdrawal
from conversations import cadence
from conversations.events import Sending
from conversations.model import Chat
from conversations.stories import PARTS, Use
from conversations.wording import Wording

MAILBOX = "email"
"""The destination that a person of the programme team reads."""


def reaches_authors(house: House) -> bool:
    """Whether somebody can get in touch with the author of a story."""
    return MAILBOX in house.taking(Topic.STORY)


def forward(tx: Transaction, house: House, kept: KeptStory | KeptRequest, sending: Sending, now: datetime) -> bool:
    """Write what the destinations are to be told; whether there is any."""
    topic = Topic.STORY if isinstance(kept, KeptStory) else Topic.CONTACT
    told = Forwarded(subject=kept.id, topic=topic, revision=kept.revision, sending=sending, due_at=now)
    rows = forwards(told, house, tx)
    put_out(rows, tx)
    return bool(rows)


def told_event(due: Due, topic: Topic, destination: str, tx: Transaction, house: House) -> SurveyEvent | None:
    """A story or a contact request as it stands; None when it was deleted since."""
    if topic is Topic.CONTACT:
        request = tx.stories.request(due.subject)
        return None if request is None else contact_event(due, request, house.wording)
    kept = tx.stories.of(due.subject)
    if kept is None:
        return None
    chat = None if kept.chat is None else tx.reading.chat(kept.chat)
    return story_event(due, kept, chat, house.zone, reached=destination == MAILBOX)


def story_event(due: Due, kept: KeptStory, chat: Chat | None, zone: str, *, reached: bool) -> SurveyEvent:
    """A story; a withdrawal once it is taken back. `reached`: with how its author is reached, if they said so."""
    if kept.withdrawn or due.sending is Sending.WITHDRAWN:
        return withdrawal(due, Topic.STORY)
    story = kept.story
    told_on = cadence.local_day(kept.at, zone).isoformat()
    items = tuple(_item(part, story.parts.get(part)) for part in PARTS)
    consent = Consent(
        internal=Use.INTERNAL in story.uses,
        website=Use.WEBSITE in story.uses,
        social_media=Use.SOCIAL_MEDIA in story.uses,
        credit=story.credit or None,
        wording=story.consent,
        on=kept.on,
    )
    of_chat = chat is not None and not story.credit
    return SurveyEvent(
        id=due.event,
        subject=due.subject,
        number=due.number,
        revision=due.revision,
        sending=due.sending,
        topic=Topic.STORY,
        time=due.now,
        guide=chat.guide if chat and of_chat else None,
        guide_version=chat.guide_version if chat and of_chat else None,
        chat_key=chat.id if chat and of_chat else None,
        pace=chat.pace if chat and of_chat else None,
        complete=all(item.verbatim is not None for item in items),
        organisation=chat.organisation if chat else None,
        sector=chat.sector if chat else None,
        team=chat.team if chat else None,
        fieldwork_start=told_on,
        fieldwork_end=told_on,
        items=items,
        consent=consent,
        contact=(story.contact or None) if reached else None,
    )


def contact_event(due: Due, kept: KeptRequest, wording: Wording) -> SurveyEvent:
    """A contact request; a withdrawal once it is taken back."""
    if kept.withdrawn or due.sending is Sending.WITHDRAWN:
        return withdrawal(due, Topic.CONTACT)
    request = kept.request
    said = {"reach": request.reach, "about": request.about, "when": request.when}
    lines = [wording.say(f"contact.told_{name}", words=words) for name, words in said.items() if words]
    return replace(withdrawal(due, Topic.CONTACT), sending=due.sending, contact="\n".join(lines))


def _item(part: str, words: str | None) -> Item:
    return Item(part, words, None if words else "skipped", None)
