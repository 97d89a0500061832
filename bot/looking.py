"""Looks for what points at one person in what people write, before anything of it is kept.

1. What is written in a form is nobody else's yet: its author is asked first, and until they choose nothing is kept.
2. A message that stands in the room is kept at once. Its author is told with the receipt for it.
3. Looking takes some milliseconds: it is done before the transaction, never in it.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from bot.identifiers import kinds_in
from bot.ports import Transaction
from bot.removing import removed
from conversations import commands as do
from conversations import events as on
from conversations.actions import Ask
from conversations.commands import Panel, Show
from conversations.events import Event
from conversations.identifying import Care, Identifier, asks_first
from conversations.messages import Form
from conversations.model import Visibility
from conversations.refusals import NotNow
from conversations.stories import ChangeStory, TellStory, written
from conversations.wording import Wording
from conversations.words import MOST, fit, readable


@dataclass(frozen=True, slots=True)
class Looked:
    """What is to be done, and what was seen in its words. `form` shows the form in which its author is asked first."""

    ask: Ask
    seen: Sequence[Identifier] = ()
    form: Show | None = None
    written: Mapping[str, str] = field(default_factory=dict, repr=False)


def looked_at(ask: Ask) -> Looked:
    """Look at the words of `ask`. What is too long to be kept is refused later, and not looked at."""
    said = _said_in_the_room(ask)
    if said is not None:
        return Looked(ask, _seen(said))
    match ask:
        case do.Answer(words=words) | do.Edit(words=words) | do.Reflect(words=words):
            return _in_a_form(ask, readable(words))
        case TellStory() | ChangeStory():
            return _in_a_story(ask)
        case _:
            return Looked(ask)


def _said_in_the_room(ask: Ask) -> str | None:
    match ask:
        case do.Answer(words=words, visibility=Visibility.TEAM, question=None) | do.Yes(said=do.Answer(words=words)):
            return words
        case do.Edit(words=words) if ask.which.ref is not None:
            return words
        case _:
            return None


def _in_a_form(ask: do.Answer | do.Edit | do.Reflect, words: str) -> Looked:
    if ask.care is Care.KEEP or len(words) > MOST:
        return Looked(ask)
    if ask.care is Care.REMOVE:
        return Looked(replace(ask, words=removed(words)))
    seen = _seen(words)
    return Looked(ask, seen, _form_of(ask) if seen else None, {"words": words})


def _in_a_story(ask: TellStory | ChangeStory) -> Looked:
    """What its author wants to be called, and how they want to be reached, is theirs to say."""
    parts = {part: readable(words) for part, words in ask.story.parts.items()}
    if ask.care is Care.KEEP or any(len(words) > MOST for words in parts.values()):
        return Looked(ask)
    if ask.care is Care.REMOVE:
        left = {part: removed(words) for part, words in parts.items()}
        return Looked(replace(ask, story=replace(ask.story, parts=left)))
    seen = kinds_in("\n".join(parts.values()))
    form = Show(Panel.CHANGE_STORY, part=ask.which) if isinstance(ask, ChangeStory) else Show(Panel.STORY)
    return Looked(ask, seen, form if seen else None, written(ask.story))


def _seen(words: str) -> Sequence[Identifier]:
    return kinds_in(readable(words)) if len(words) <= MOST else ()


def _form_of(ask: do.Answer | do.Edit | do.Reflect) -> Show:
    match ask:
        case do.Answer(visibility=Visibility.PROGRAMME, question=question):
            return Show(Panel.ANSWER_PRIVATELY, question)
        case do.Answer(question=question):
            return Show(Panel.ANSWER_LATE, question)
        case do.Edit(which=which):
            return Show(Panel.CHANGE, which.question, which.part)
        case do.Reflect():
            return Show(Panel.REFLECT)


def asked_first(form: Form, looked: Looked, wording: Wording) -> Form:
    """`form` with what was written in it, as it is asked back. One to change words stays about what its author saw."""
    asked = asks_first(form, looked.written, looked.seen, wording)
    match looked.ask:
        case do.Edit(version=int() as version):
            return replace(asked, code=f"{asked.code.rpartition('@')[0]}@{version}")
        case ChangeStory(revision=revision):
            story, _, consent = asked.code.split("@")
            return replace(asked, code=f"{story}@{revision}@{consent}")
        case _:
            return asked


def masked(tx: Transaction, events: Sequence[Event]) -> str:
    """What is left of the words that stand, under the chat's lock. Raises NotNow when that is all of them."""
    for event in events:
        if isinstance(event, on.AnswerEdited):
            own = tx.reading.own_of(event.participant)
            words = next((one.words for one in own.spoken if one.part.id == event.part), "") if own else ""
            left = removed(words)
            if left != words:
                return fit(left)
    raise NotNow("nothing_to_mask")
