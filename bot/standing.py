"""What stands in a room: read as it is now, and put in words. For one person with a line that is theirs alone."""

from dataclasses import replace
from uuid import UUID

from bot.house import House
from bot.outside import Address, Topic
from bot.ports import Transaction
from conversations import posts
from conversations.effects import CLOSING, OPENING, question_slot
from conversations.messages import Buttons, Message, Note
from conversations.model import Chat, Room, Visibility


def address_of(room: Room) -> Address:
    """Where a room is."""
    return Address(room.channel, room.workspace, room.address)


def hears(tx: Transaction, room: Address) -> bool:
    """Whether what people reply in a room reaches us. Only of rooms with a reference is it ever in doubt."""
    reference = tx.references.of(room)
    return reference is None or reference.hears is True


def given(tx: Transaction, chat: Chat) -> tuple[posts.Given, ...]:
    """What was answered for the team by form, the oldest first, with the names that their team calls people by."""
    names = tx.reading.given_names(chat.id)
    return tuple(
        posts.Given(spoken.part.question, names.get(spoken.part.participant), spoken.words)
        for spoken in tx.reading.gathered(chat.id, words=True).said
        if spoken.part.ref is None and spoken.part.visibility is Visibility.TEAM
    )


def standing(tx: Transaction, chat: Chat, room: Room, slot: str, house: House) -> Message:
    """What stands in `slot` of `chat`. Raises LookupError for a slot that the chat does not have."""
    if slot == OPENING:  # it says nothing of what was answered
        return posts.opening(chat, house.guide_of(chat), house.wording)
    reference = None if slot == CLOSING else tx.references.of(address_of(room))
    gathered = tx.reading.gathered(chat.id, words=slot == CLOSING)
    view = posts.RoomView(gathered.answered, gathered.took_part, gathered.reflection)
    if slot == CLOSING:
        stories = bool(house.taking(Topic.STORY))
        survey = None if house.own_survey is None else house.own_survey(chat.id)
        view = replace(view, steps_done=tx.reading.steps_done_before(chat), survey=survey, stories=stories)
    if reference is not None:
        view = replace(view, hears=reference.hears is True, given=given(tx, chat))
    return posts.post(slot, chat, house.guide_of(chat), view, house.wording)


def standing_for(
    tx: Transaction, house: House, *, chat: UUID, slot: str, room: Address, who: Address
) -> Message | None:
    """The post of a question in `room` as `who` sees it: a line says so where an answer of theirs is in.

    None when there is no such post there.
    """
    found = tx.reading.chat(chat, room)
    asked = None if found is None else {question_slot(ask.number): ask.question for ask in found.asks}.get(slot)
    if found is None or asked is None or address_of(tx.reading.room(found.room)) != room:
        return None
    message = standing(tx, found, tx.reading.room(found.room), slot, house)
    own = tx.reading.own(who, chat)
    spoken = own[0].spoken if own else ()
    if not any(one.part.question == asked and not one.part.withdrawn for one in spoken):
        return message
    line = Note(house.wording.say("question.yours_is_in"))
    before = [part for part in message.parts if not isinstance(part, Buttons)]
    return replace(message, parts=(*before, line, *(part for part in message.parts if isinstance(part, Buttons))))
