"""What the console reads of the room's chat: the questions by number, and the posts that stand."""

from collections.abc import Iterator
from dataclasses import dataclass

from adapters.console.channel import ROOM
from bot.house import House
from bot.outside import Topic
from bot.ports import Transaction
from conversations import posts
from conversations.effects import CLOSING, OPENING, question_slot
from conversations.messages import Message
from conversations.model import OVER, Chat, Guide
from conversations.refusals import NotNow


@dataclass(frozen=True, slots=True)
class Standing:
    """The room's latest chat; `posted` is what stands in the room, by reference."""

    chat: Chat
    guide: Guide
    posted: tuple[tuple[str, Message], ...] = ()

    @property
    def over(self) -> bool:
        """Whether the chat has ended."""
        return self.chat.stage in OVER

    def question(self, number: int) -> str:
        """The key of a question by its number, counted from 1. Raises NotNow."""
        questions = self.guide.questions
        if not 1 <= number <= len(questions):
            raise NotNow("no_such_question", questions=len(questions))
        return questions[number - 1].key


def chat_here(tx: Transaction, house: House) -> Standing | None:
    """The chat in the room: the open one, else the latest."""
    found = tx.chats.latest_in(ROOM)
    chat = None if found is None else tx.reading.chat(found, ROOM)
    return None if chat is None else Standing(chat, house.guide_of(chat))


def posts_here(tx: Transaction, house: House) -> Standing | None:
    """The chat in the room with its posts as they are to stand now."""
    here = chat_here(tx, house)
    return None if here is None else Standing(here.chat, here.guide, tuple(_posted(tx, here, house)))


def _posted(tx: Transaction, here: Standing, house: House) -> Iterator[tuple[str, Message]]:
    chat = here.chat
    gathered = tx.reading.gathered(chat.id, words=here.over)
    stories = bool(house.taking(Topic.STORY))
    view = posts.RoomView(gathered.answered, gathered.took_part, gathered.reflection, stories=stories)
    for slot in (OPENING, *(question_slot(ask.number) for ask in chat.asks), *((CLOSING,) if here.over else ())):
        standing = tx.reading.post(chat.id, slot)
        if standing is not None and standing.ref is not None:
            yield standing.ref, posts.post(slot, chat, here.guide, view, house.wording)
