"""What a typed line asks of the engine, given the chat in the room and what is on show to the person. Pure."""

from dataclasses import replace
from typing import assert_never

from adapters.console.buttons import OnShow, Several
from adapters.console.drafts import Draft
from adapters.console.forms import CHANGE, CHANGES, CHECKS_BACK, RESTS, schedule_of
from adapters.console.lines import Asks, ChecksBack, Edits, Moves, Presses, Reflects, Says, Withdraws
from adapters.console.standing import Standing
from conversations import commands as do
from conversations.actions import Pressed, decode, submitted, typed
from conversations.commands import Which
from conversations.model import Visibility
from conversations.planning import Propose, Rest
from conversations.refusals import NotNow
from conversations.wording import Wording


def asked(
    line: Asks,
    here: Standing | None,
    person: str,
    on_show: OnShow,
    *,
    opened: str | None,
    draft: Draft | None = None,
    wording: Wording,
) -> Pressed:
    """What `line` asks for. Raises NotNow.

    `opened` is the code of the form that `person` opened to make a change, `draft` the one they fill in line by line.
    """
    match line:
        case Says():
            return _said(line, here, wording)
        case Presses(words=words) if draft is not None and draft.is_sent_by(words):
            return submitted(draft.form.code, draft.fields())
        case Presses(words=words):
            return about_opened(_pressed(words, person, on_show, wording), opened)
        case Edits(words=words, question=None) if opened is not None and opened.startswith(CHANGE):
            return submitted(opened, {"words": words})
        case Edits(words=words, question=number):
            return Pressed(do.Edit(_latest_to(number, here), words))
        case Withdraws(question=number):
            return Pressed(do.Withdraw(_latest_to(number, here)))
        case Moves(question=number, to=to):
            return Pressed(do.Move(_latest_to(number, here), _key(to, here)))
        case Reflects(words=words):
            return Pressed(do.Reflect(words))
        case ChecksBack(on=on) if opened is not None and opened.startswith(CHECKS_BACK):
            return submitted(opened, {"on": on.isoformat()})
        case ChecksBack(on=on):
            return Pressed(do.SetCheckBack(on=on))
        case _:
            assert_never(line)


def about_opened(pressed: Pressed, opened: str | None) -> Pressed:
    """What was typed to change a schedule is about the one whose form stands open, if one does."""
    match pressed.ask:
        case Propose(changes=True, replaces=None) if opened is not None:
            return replace(pressed, ask=replace(pressed.ask, replaces=schedule_of(opened, CHANGES)))
        case Rest(schedule=None, typed=typed) if typed and opened is not None:
            return replace(pressed, ask=replace(pressed.ask, schedule=schedule_of(opened, RESTS)))
        case _:
            return pressed


def _said(line: Says, here: Standing | None, wording: Wording) -> Pressed:
    visibility = Visibility.PROGRAMME if line.private else Visibility.TEAM
    answer = do.Answer(line.words, visibility, None if line.question is None else _key(line.question, here))
    plain = visibility is Visibility.TEAM and line.question is None
    command = typed(line.words, wording, addressed=False, said=answer) if plain else None
    return command or Pressed(answer)


def _pressed(words: str, person: str, on_show: OnShow, wording: Wording) -> Pressed:
    found = on_show.find(person, words) or (on_show.awaits_yes(person) if means_yes(words, wording) else None)
    if isinstance(found, Several):
        raise NotNow("which_button", buttons=", ".join(found.labels))
    pressed = decode(found.code) if found else typed(words, wording, addressed=True)
    if pressed is None:
        labels = on_show.labels(person)
        raise NotNow("no_button", buttons=", ".join(labels)) if labels else NotNow("not_understood")
    return pressed


def means_yes(words: str, wording: Wording) -> bool:
    """Whether somebody says yes to what they were asked, and nothing else."""
    return wording.typed.get(wording.bare(words)) == "yes"


def _latest_to(number: int | None, here: Standing | None) -> Which:
    return do.LATEST if number is None else Which(question=_key(number, here))


def _key(number: int, here: Standing | None) -> str:
    if here is None:
        raise NotNow("no_chat")
    return here.question(number)
