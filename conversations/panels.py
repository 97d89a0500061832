"""What a person is shown alone and at once: help, status, privacy, support, more, their own answers; and the forms."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from conversations.actions import button, encode, sending
from conversations.commands import Place
from conversations.messages import (
    Button,
    Buttons,
    ChoiceField,
    DateField,
    Form,
    Message,
    Note,
    Part,
    Quote,
    Text,
    WordsField,
)
from conversations.model import OVER, Chat, Guide, Pace, Question, Stage, Terms
from conversations.model import Part as AnswerPart
from conversations.posts import Given, where
from conversations.reminding import can_remind
from conversations.support import Directory
from conversations.wording import Wording, period


@dataclass(frozen=True, slots=True)
class OwnPart:
    """One of a person's own messages, with their words, for them alone."""

    part: AnswerPart
    words: str = field(repr=False)


def help_(
    chat: Chat | None,
    wording: Wording,
    *,
    hears: bool = True,
    place: Place = Place.ROOM,
    offer: str | None = None,
    stories: bool = True,
) -> Message:
    """What can be done now, by stage. `hears`: whether what people reply in the room reaches us.

    `offer` is the sentence that says what this person can plan there, if anything: it is said between chats, when a
    story can be told too, if somebody takes `stories`.
    """
    stage = "none" if chat is None else str(chat.stage)
    key = stage if hears or stage != Stage.ASKING else "asking_by_form"
    text = wording.say(f"help.{key}" if chat is not None or place is Place.ROOM else f"help.none_{place}")
    if offer is not None and (chat is None or chat.stage in OVER):
        text = f"{text} {wording.say(f'help.{offer}')}"
    names = {
        None: ("start", "privacy", "support", "my_settings"),
        Stage.GATHERING: ("begin", "cancel", "privacy"),
        Stage.ASKING: ("answer_privately", "next", "finish", "my_answers"),
        Stage.REVIEWING: ("read_back", "reflect", sending(chat) if chat else "send", "my_answers"),
        Stage.CLOSED: ("start", "my_answers", "privacy", "my_settings"),
        Stage.CANCELLED: ("start", "my_answers", "privacy", "my_settings"),
    }[None if chat is None else chat.stage]
    here = tuple(name for name in names if name != "start" or place is Place.ROOM)
    here += ("story",) if stories and (chat is None or chat.stage in OVER) else ()
    return _told(text, wording, here, chat)


def status(chat: Chat | None, guide: Guide | None, wording: Wording, place: Place = Place.ROOM) -> Message:
    """Where the chat stands, without a number or a name."""
    if chat is None or guide is None:
        text = wording.say("refused.no_room_yet" if place is Place.ALONE else "refused.no_chat")
        return _told(text, wording, ("start",) if place is Place.ROOM else ("help",), None)
    return _told(where(chat, guide, wording), wording, ("help",), chat)


def privacy(terms: Terms, wording: Wording) -> Message:
    """Who can see what, and what can be taken back."""
    paragraphs = [wording.say(f"privacy.{name}") for name in ("room", "private", "permission", "checked")]
    paragraphs.append(wording.say("privacy.kept", link=period(terms.link_days), words=period(terms.words_days)))
    paragraphs.append(wording.say("privacy.changed"))
    if terms.controller and terms.contact:
        paragraphs.append(wording.say("privacy.controller", controller=terms.controller, contact=terms.contact))
    if terms.notice:
        paragraphs.append(wording.say("privacy.notice", notice=terms.notice))
    return Message(wording.say("privacy.summary"), tuple(Text(text) for text in paragraphs))


def support(directory: Directory, today: date, wording: Wording) -> Message:
    """Who to talk to. Nobody else learns that it was asked for."""
    entries = (
        wording.say("support.entry", name=entry.name, for_whom=entry.for_whom, contact=entry.contact, hours=entry.hours)
        for entry in directory.shown(today)
    )
    parts = (Text(wording.say("support.intro")), *(Text(entry) for entry in entries))
    return Message(wording.say("support.summary"), parts)


def more(chat: Chat, question: str | None, wording: Wording) -> Message:
    """What else a person can do with the question that stands."""
    about = question or chat.asking or ""
    reminds = can_remind(chat) and about == chat.asking
    now = tuple(button(wording, name, chat.id, about) for name in ("pass", *(("remind_me",) if reminds else ())))
    short = (button(wording, "short_of_time", chat.id, about),)
    own = tuple(button(wording, name, chat.id) for name in ("privacy", "my_answers", "not_an_answer"))
    always = tuple(button(wording, name, chat.id) for name in ("my_settings", "stop_asking"))
    text = wording.say("more.intro")
    return Message(text, (Text(text), Buttons((*now, *short, *own)), Buttons(always)))


def private_form(chat: Chat, question: str, guide: Guide, wording: Wording) -> Form:
    """Answer a question privately: the form says who reads it before it asks."""
    return Form(
        title=wording.label("answer_privately"),
        code=encode("form_private", chat.id, question),
        intro=(Text(_wording_of(question, guide)), Text(_who_reads("form.private", chat, wording))),
        fields=(WordsField("words", wording.say("form.words")),),
        submit=wording.say("form.send"),
    )


def late_form(chat: Chat, question: str, guide: Guide, wording: Wording) -> Form:
    """Answer an earlier question, for the team."""
    return Form(
        title=wording.label("answer_late"),
        code=encode("form_answer", chat.id, question),
        intro=(Text(_wording_of(question, guide)), Text(_who_reads("form.late", chat, wording))),
        fields=(WordsField("words", wording.say("form.words")),),
        submit=wording.say("form.send"),
    )


def answer_form(chat: Chat, question: str, guide: Guide, wording: Wording) -> Form:
    """Answer a question for the team, where what is sent is added to the question's post by first name."""
    return Form(
        title=wording.label("answer"),
        code=encode("form_answer", chat.id, question),
        intro=(Text(_wording_of(question, guide)), Text(_who_reads("form.team", chat, wording))),
        fields=(WordsField("words", wording.say("form.words")),),
        submit=wording.say("form.send"),
    )


def all_answers(question: str, given: Sequence[Given], guide: Guide, wording: Wording) -> Message:
    """Everything that was answered for the team by form, in full: for whoever can see the question's post."""
    parts: list[Part] = [Text(_wording_of(question, guide))]
    for answer in given:
        if answer.question == question:
            parts += [Note(answer.name or wording.say("question.somebody")), Quote(answer.words)]
    if len(parts) == 1:
        parts.append(Text(wording.say("all_answers.none")))
    return Message(wording.say("all_answers.summary"), tuple(parts))


def change_form(chat: Chat, own: OwnPart, guide: Guide, wording: Wording) -> Form:
    """Put other words in place of one's own. It carries the version it shows, so that nothing newer is overwritten."""
    return Form(
        title=wording.say("form.change"),
        code=encode("form_change", chat.id, f"{own.part.id.hex}@{own.part.version}"),
        intro=(Text(_wording_of(own.part.question, guide)),),
        fields=(WordsField("words", wording.say("form.words"), own.words),),
        submit=wording.say("form.save"),
    )


def move_form(chat: Chat, own: OwnPart, guide: Guide, wording: Wording) -> Form:
    """File one of one's own messages under another question that was asked."""
    questions = asked(chat, guide)
    numbered = {question.key: guide.number(question.key) for question in questions}
    options = tuple((key, wording.say("form.question", number=number)) for key, number in numbered.items())
    return Form(
        title=wording.say("form.move"),
        code=encode("form_move", chat.id, own.part.id),
        intro=(Quote(own.words), *(Text(f"{numbered[question.key]}. {question.wording}") for question in questions)),
        fields=(ChoiceField("question", wording.say("form.belongs"), options, own.part.question),),
        submit=wording.say("form.save"),
    )


def asked(chat: Chat, guide: Guide) -> list[Question]:
    """The questions that were put to the room so far, in the guide's order."""
    return [question for question in guide.questions if chat.asked(question.key) is not None]


def reflect_form(chat: Chat, before: str | None, wording: Wording) -> Form:
    """The host's words for the team as a whole."""
    return Form(
        title=wording.label("reflect"),
        code=encode("form_reflect", chat.id),
        intro=(Text(wording.say("form.reflect")),),
        fields=(WordsField("words", wording.say("form.words"), before or ""),),
        submit=wording.say("form.save"),
    )


def check_back_form(chat: Chat, wording: Wording) -> Form:
    """Choose a day to be asked about one's step."""
    return Form(
        title=wording.say("form.when"),
        code=encode("form_check_back", chat.id),
        intro=(Text(wording.say("form.check_back")),),
        fields=(DateField("on", wording.say("form.day")),),
        submit=wording.say("form.save"),
    )


def step_form(chat: Chat, step: Sequence[OwnPart], wording: Wording) -> Form:
    """A person's own step, shown to them alone. There is nothing to fill in."""
    return Form(
        title=wording.say("form.step"),
        code=encode("my_step", chat.id),
        intro=tuple(Quote(own.words) for own in step) or (Text(wording.say("my_answers.none")),),
        fields=(),
        submit="",
    )


def start_form(guides: Mapping[str, Guide], wording: Wording) -> Form:
    """Choose a guide and a pace."""
    options = tuple((guide.key, guide.title) for guide in guides.values())
    paces = tuple((str(pace), wording.say(f"pace.{pace}")) for pace in Pace)
    return Form(
        title=wording.label("start"),
        code=encode("form_start"),
        intro=(Text(wording.say("form.start")),),
        fields=(
            ChoiceField("guide", wording.say("form.guide"), options, options[0][0]),
            ChoiceField("pace", wording.say("form.pace"), paces, str(Pace.LIVE)),
            WordsField("organisation", wording.say("form.organisation"), optional=True, short=True),
        ),
        submit=wording.label("start"),
    )


def _who_reads(key: str, chat: Chat, wording: Wording) -> str:
    return wording.say("opening.practice" if chat.practice else key)


def _wording_of(question: str, guide: Guide) -> str:
    asked = guide.find(question)
    return asked.wording if asked else ""


def _told(text: str, wording: Wording, names: Sequence[str], chat: Chat | None) -> Message:
    offered: tuple[Button, ...] = tuple(button(wording, name, chat.id if chat else None) for name in names)
    return Message(text, (Text(text), Buttons(offered)))
