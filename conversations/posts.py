"""What stands in the room: the opening post, each question's post, the closing post. Only what the room may know."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from conversations import effects
from conversations.actions import button, sending
from conversations.messages import Button, Buttons, Heading, Link, Message, Note, Part, Quote, Text
from conversations.model import OVER, Ask, Chat, Guide, Pace, Stage
from conversations.reminding import can_remind
from conversations.wording import Wording, local_day, number_word

MOST_OF_ONE, MOST_SHOWN, AROUND = 1_000, 4_000, 250
"""Characters of one answer and of all answers in a question's post, and what an answer takes besides its words: a dozen
short ones are enough for one screen."""


STEP_BANDS = (21, 11, 5)
"""From how many steps on each band is said."""


@dataclass(frozen=True, slots=True)
class Given:
    """What somebody answered for their team by form. `name` is what their team calls them, if that is known."""

    question: str
    name: str | None = field(repr=False)
    words: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class RoomView:
    """What the room may be shown of a chat: never a private answer, in words or in numbers.

    `hears`: whether what people reply there reaches us. `given`: what was answered by form, the oldest first, where
    that is added to the question's post; None where it is not.
    """

    answered: Mapping[str, int]
    took_part: int
    reflection: str | None = field(repr=False, default=None)
    hears: bool = True
    steps_done: int = 0
    """Steps of the team's last chat, named for all to see, that are done. The room is told in bands."""
    stories: bool = True
    """Whether somebody takes a story."""
    given: Sequence[Given] | None = field(repr=False, default=None)
    survey: str | None = field(repr=False, default=None)
    """Where the team can fill in the survey together; None where it can't."""


def post(slot: str, chat: Chat, guide: Guide, view: RoomView, wording: Wording) -> Message:
    """The message that stands in `slot` now. Raises LookupError for a slot that the chat does not have."""
    if slot == effects.OPENING:
        return opening(chat, guide, wording)
    if slot == effects.CLOSING:
        return closing(chat, guide, view, wording)
    for ask in chat.asks:
        if slot == effects.question_slot(ask.number):
            return question(ask, chat, guide, view, wording)
    raise LookupError(slot)


def opening(chat: Chat, guide: Guide, wording: Wording) -> Message:
    """The parent post: what this is, the ground rules, who sees what; then where the chat stands."""
    parts: list[Part] = [Heading(guide.title)]
    if chat.stage is Stage.GATHERING:
        parts += [Text(guide.opening), Text(length(chat.pace, guide, wording))]
        parts.append(Text(wording.say("opening.ground_rules")))
        parts += _practice(chat, wording) or [Text(wording.say("opening.who_sees"))]
    else:
        parts += [Text(where(chat, guide, wording))]
        parts += _practice(chat, wording) or _who_sees(chat, wording)
    parts.append(Buttons(_opening_buttons(chat, wording)))
    return Message(wording.say("opening.summary", title=guide.title), tuple(parts))


def length(pace: Pace, guide: Guide, wording: Wording) -> str:
    """How many questions there are, and how long they take."""
    count, days = len(guide.questions), guide.open_days
    questions = wording.say("opening.questions", count=count, questions=number_word(count))
    if pace is Pace.LIVE:
        return f"{questions} {wording.say('opening.minutes', count=guide.minutes)}"
    return f"{questions} {wording.say('opening.days', count=days, days=number_word(days))}"


def where(chat: Chat, guide: Guide, wording: Wording) -> str:
    """One line: where the chat stands."""
    if chat.stage is Stage.CLOSED and chat.unhosted:
        return wording.say("where.unhosted")
    if chat.stage is not Stage.ASKING or chat.asking is None:
        return wording.say(f"where.{chat.stage}")
    number = guide.number(chat.asking)
    return wording.say("where.paused" if chat.paused else "where.asking", number=number, questions=len(guide.questions))


def question(ask: Ask, chat: Chat, guide: Guide, view: RoomView, wording: Wording) -> Message:
    """One question's post: the question, why it is asked, how many answered in the room, what can be done."""
    asked = guide.find(ask.question)
    if asked is None:
        raise LookupError(ask.question)
    stands = chat.asks[-1] == ask and chat.stage is Stage.ASKING
    number = wording.say("question.number", number=guide.number(ask.question), questions=len(guide.questions))
    parts: list[Part] = [
        Heading(number),
        Text(asked.wording),
        Note(wording.say("question.why", purpose=asked.purpose)),
    ]
    if stands:
        parts.append(Text(_how(chat, wording) if view.hears else _how_by_form(chat, wording)))
    count = view.answered.get(ask.question, 0)
    if count or (not stands and chat.stage not in OVER):
        parts.append(Note(wording.say("question.answered", count=count)))
    parts += _practice(chat, wording)
    given = [answer for answer in view.given or () if answer.question == ask.question]
    shown = folded(given) if chat.asked(ask.question) == ask else []
    for answer in shown:
        parts += [Note(answer.name or wording.say("question.somebody")), Quote(answer.words)]
    buttons = _question_buttons(ask, chat, guide, view, wording, stands=stands)
    if shown and shown != given:
        parts.append(Note(wording.say("question.folded")))
        buttons = (*buttons, button(wording, "all_answers", chat.id, ask.question))
    if buttons:
        parts.append(Buttons(buttons))
    return Message(wording.say("question.summary", number=number), tuple(parts))


def closing(chat: Chat, guide: Guide, view: RoomView, wording: Wording) -> Message:
    """The last post. It says the same whether or not there are private answers."""
    if chat.practice or chat.stage is Stage.CANCELLED:
        said = Text(wording.say("closing.practice_over" if chat.practice else "closing.cancelled"))
        return Message(wording.say("closing.summary"), (Heading(guide.title), said))
    parts: list[Part] = [Heading(guide.title), *_last_steps(view, wording)]
    parts.append(Text(wording.say("closing.thanks", count=view.took_part)))
    if view.took_part:
        parts.append(Text(guide.closing))
    if chat.asks:
        parts.append(Text(wording.say("closing.sent", count=view.took_part)))
    if view.reflection is not None:
        parts += [Text(wording.say("closing.reflection")), Quote(view.reflection)]
    if view.survey is not None and chat.asks:
        parts.append(Link(wording.say("closing.survey"), view.survey))
    names = (*(("story",) if view.stories else ()), "my_answers", "privacy")
    parts.append(Buttons(tuple(button(wording, name, chat.id) for name in names)))
    return Message(wording.say("closing.summary"), tuple(parts))


def _last_steps(view: RoomView, wording: Wording) -> list[Part]:
    """How many of last time's steps are done, never a number that tells of one person: of a few nothing is said."""
    band = next((least for least in STEP_BANDS if view.steps_done >= least), None)
    return [] if band is None else [Text(wording.say(f"closing.steps_{band}"))]


def _how(chat: Chat, wording: Wording) -> str:
    if chat.paused:
        return wording.say("question.paused")
    if chat.practice:
        return wording.say("question.how_practice")
    if chat.pace is Pace.OPEN and chat.due_at is not None:
        return wording.say("question.how_open", day=local_day(chat.due_at, chat.zone))
    return wording.say("question.how")


def _how_by_form(chat: Chat, wording: Wording) -> str:
    """How to answer where replies don't reach us. It says so, and that the answer stands here with a name."""
    if chat.paused:
        return wording.say("question.by_form_paused")
    if chat.practice:
        return wording.say("question.by_form_practice")
    if chat.pace is Pace.OPEN and chat.due_at is not None:
        return wording.say("question.by_form_open", day=local_day(chat.due_at, chat.zone))
    return wording.say("question.by_form")


def folded(given: Sequence[Given]) -> list[Given]:
    """As much of `given` as one post takes: the newest answers, and of a long one its beginning."""
    shown: list[Given] = []
    taken = 0
    for answer in reversed(given):
        words = answer.words if len(answer.words) <= MOST_OF_ONE else f"{_beginning(answer.words)} …"
        taken += len(words) + AROUND
        if taken > MOST_SHOWN:
            break
        shown.insert(0, replace(answer, words=words))
    return shown


def _beginning(words: str) -> str:
    """The first words, whole ones where there are any."""
    whole, space, _ = words[:MOST_OF_ONE].rpartition(" ")
    return whole if space else words[:MOST_OF_ONE]


def _opening_buttons(chat: Chat, wording: Wording) -> tuple[Button, ...]:
    names = {
        Stage.GATHERING: [*(["host_it"] if chat.host is None else []), "begin", "not_now", "privacy"],
        Stage.ASKING: ["resume" if chat.paused else "pause", "privacy"],
        Stage.REVIEWING: ["read_back", "reflect", sending(chat)],
        Stage.CLOSED: ["privacy"],
        Stage.CANCELLED: ["privacy"],
    }[chat.stage]
    if chat.stage not in OVER and chat.host_away:
        names.append("take_over")
    return tuple(button(wording, name, chat.id) for name in names)


def _question_buttons(
    ask: Ask, chat: Chat, guide: Guide, view: RoomView, wording: Wording, *, stands: bool
) -> tuple[Button, ...]:
    if chat.stage not in {Stage.ASKING, Stage.REVIEWING}:
        return ()
    names = [*_answering(view, stands=stands), "answer_privately"]
    names += ["remind_me"] if stands and can_remind(chat) else []
    if stands:
        names += ["support", "more", "finish" if guide.following(ask.question) is None else "next"]
    return tuple(button(wording, name, chat.id, ask.question) for name in names)


def _answering(view: RoomView, *, stands: bool) -> tuple[str, ...]:
    """The button to answer for the team, where a reply does not do."""
    if stands and view.hears:
        return ()
    return ("answer_late",) if view.given is None else ("answer",)


def _who_sees(chat: Chat, wording: Wording) -> list[Part]:
    """Of a cancelled chat the programme gets nothing, so nothing is said of it."""
    return [] if chat.stage is Stage.CANCELLED else [Note(wording.say("opening.who_sees"))]


def _practice(chat: Chat, wording: Wording) -> list[Part]:
    return [Note(wording.say("opening.practice"))] if chat.practice else []
