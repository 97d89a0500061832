"""Which answers may go to the programme, and what each survey store is to be told about them."""

from collections.abc import Iterable

from conversations.events import ResponseDue, Sending
from conversations.model import Chat, Part, Participant, Permission, Stage, Turn, Visibility


def forwardable(chat: Chat, parts: Iterable[Part]) -> tuple[Part, ...]:
    """The parts that may leave the team: standing, not kept in the team, never of a practice.

    Of a cancelled chat only private answers may, and only because their author sent them.
    """
    if chat.practice:
        return ()
    return tuple(
        part
        for part in parts
        if not part.withdrawn
        and part.permission is not Permission.STAY
        and (chat.stage is not Stage.CANCELLED or part.visibility is Visibility.PROGRAMME)
    )


def first_responses(chat: Chat, parts: Iterable[Part], turn: Turn) -> tuple[ResponseDue, ...]:
    """A response for every author of `parts` who has something to forward, in the order of their first words."""
    authors = dict.fromkeys(part.participant for part in forwardable(chat, parts))
    return tuple(_due(turn.participants[author], Sending.SUBMITTED, turn) for author in authors)


def changed_response(chat: Chat, author: Participant, parts: Iterable[Part], turn: Turn) -> tuple[ResponseDue, ...]:
    """What a change to `author`'s `parts` (as they are after it) asks for, once the chat was sent; else nothing."""
    if not _was_sent(chat, author):
        return ()
    if forwardable(chat, parts):
        return (_due(author, Sending.REVISED if author.revision else Sending.SUBMITTED, turn),)
    return (_due(author, Sending.WITHDRAWN, turn),) if author.standing else ()


def _was_sent(chat: Chat, author: Participant) -> bool:
    return chat.stage is Stage.CLOSED or (chat.stage is Stage.CANCELLED and author.revision > 0)


def _due(author: Participant, sending: Sending, turn: Turn) -> ResponseDue:
    return ResponseDue(
        at=turn.now,
        participant=author.id,
        response=author.response,
        revision=author.revision + 1,
        sending=sending,
    )
