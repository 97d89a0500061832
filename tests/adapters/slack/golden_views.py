"""Modals and homes as the product opens them, and the buttons that open them later."""

import asyncio
from collections.abc import Mapping
from itertools import chain
from typing import Any

from adapters.slack.forms import Context, panel_view, waiting_view
from adapters.slack.panels import Panels
from adapters.slack.telling import Seat, Telling
from bot.conversation import Conversation, Incoming, Outcome, Reply
from bot.ports import Address
from conversations import panels
from conversations.commands import Panel, Show
from conversations.messages import Form, Message, Text
from conversations.model import Stage, Terms
from conversations.panels import OwnChat
from conversations.receipts import read_back
from tests.adapters.slack.golden_chats import (
    DIRECTORY,
    EASIER,
    FEELINGS,
    FRIDAYS,
    GUIDE,
    GUIDES,
    HARD,
    LONELY,
    LONG,
    MORNING,
    RING,
    SAID,
    TIRED,
    TOGETHER,
    asking,
    chat,
    own,
)
from tests.adapters.slack.golden_messages import Golden, Named, alone
from tests.bot.composing import WORDING

ANA = Address("slack", "T1", "U0ANA")
TEAM, NOWHERE = Address("slack", "T1", "C0TEAM"), Address("slack", "T1", "")
TERMS = Terms(controller="Leeds Care Trust", contact="hello@leeds.example", notice="https://leeds.example/notice")


def views() -> Named:
    """All of them."""
    return chain(_offers(), _panels(), _forms(), _homes())


class _Says(Conversation):
    """Shows what it was given, by panel."""

    def __init__(self, shown: Mapping[Panel, Message | Form]) -> None:
        self._shown = shown

    async def handle(self, incoming: Incoming) -> Reply:
        assert isinstance(incoming.ask, Show)
        return Reply(Outcome.ACCEPTED, self._shown[incoming.ask.panel])


class _Keeps(Telling):
    """Keeps the view that it is given."""

    def __init__(self) -> None:
        self.view: Mapping[str, Any] = {}

    async def open(self, workspace: str, trigger: str, view: Mapping[str, Any], *, on_top: bool) -> tuple[str, str]:
        self.view = view
        return "V1", "hash"

    async def change(self, workspace: str, view_id: str, known_hash: str | None, view: Mapping[str, Any]) -> bool:
        self.view = view
        return True

    async def home(self, person: Address, view: Mapping[str, Any]) -> None:
        self.view = view


def _panels_of(shown: Mapping[Panel, Message | Form], telling: Telling | None = None) -> Panels:
    return Panels(_Says(shown), telling or _Keeps(), WORDING, lambda: MORNING)


def _opened(show: Show, shown: Message | Form, room: Address = TEAM) -> Golden:
    keeps = _Keeps()
    seat = Seat(person=ANA, room=room, under="1765101600.000100" if room is TEAM else None)
    opening = _panels_of({show.panel: shown}, keeps).open(seat, show, asking().id, "trigger", None)
    asyncio.run(opening)
    return "modal", keeps.view


def _offers() -> Named:
    offering = _panels_of({})
    for panel in (Panel.ANSWER_PRIVATELY, Panel.MY_ANSWERS, Panel.READ_BACK, Panel.START):
        yield f"offer_{panel}", alone(offering.offer(Show(panel), asking().id))


def _panels() -> Named:
    stages = {"none": None, "gathering": chat(), "asking": asking(2), "reviewing": chat(Stage.REVIEWING, 4)}
    stages |= {"closed": chat(Stage.CLOSED, 4), "cancelled": chat(Stage.CANCELLED, 2)}
    for name, at in stages.items():
        yield f"help_{name}", _opened(Show(Panel.HELP), panels.help_(at, WORDING))
        yield f"status_{name}", _opened(Show(Panel.STATUS), panels.status(at, GUIDE if at else None, WORDING))
    yield "help_typed", alone(panels.help_(asking(2), WORDING))
    yield "privacy", _opened(Show(Panel.PRIVACY), panels.privacy(TERMS, WORDING))
    yield "privacy_typed", alone(panels.privacy(TERMS, WORDING))
    yield "support", _opened(Show(Panel.SUPPORT), panels.support(DIRECTORY, MORNING.date(), WORDING))
    yield "support_typed", alone(panels.support(DIRECTORY, MORNING.date(), WORDING))
    yield "more", _opened(Show(Panel.MORE, FEELINGS), panels.more(asking(), FEELINGS, WORDING))
    back = read_back(chat(Stage.REVIEWING, 4), GUIDE, SAID, WORDING)
    yield "read_back_opened", _opened(Show(Panel.READ_BACK), back)
    yield "my_answers", _opened(Show(Panel.MY_ANSWERS), _answers(own(HARD, LONELY, FRIDAYS, RING)))
    yield "my_answers_none", _opened(Show(Panel.MY_ANSWERS), _answers())
    context = Context(workspace="T1", room=TEAM.address, code=f"my_answers:{asking().id.hex}:")
    many = _answers(own(*(f"{number}. {FRIDAYS}" for number in range(1, 61))))
    for page in range(3):
        view = panel_view(
            many, WORDING.label("my_answers"), Context(workspace="T1", code=context.code, page=page), WORDING
        )
        yield f"my_answers_page_{page + 1}", ("modal", view)
    yield "waiting", ("modal", waiting_view(context, WORDING))
    stopped = WORDING.say("reply.stopped")
    yield (
        "reply_opened",
        ("modal", panel_view(Message(stopped, (Text(stopped),)), WORDING.say("slack.name"), context, WORDING)),
    )
    refused = WORDING.say("refused.over")
    yield "refusal_opened", _opened(Show(Panel.ANSWER_PRIVATELY), Message(refused, (Text(refused),)))


def _answers(*chats: OwnChat) -> Message:
    return panels.my_answers(chats, WORDING)


def _forms() -> Named:
    now, practice, mine = asking(2), asking(2, practice=True), own(HARD, FRIDAYS, "", RING).parts
    private, late = Show(Panel.ANSWER_PRIVATELY, TOGETHER), Show(Panel.ANSWER_LATE, FEELINGS)
    yield "form_private", _opened(private, panels.private_form(now, TOGETHER, GUIDE, WORDING))
    yield "form_private_practice", _opened(private, panels.private_form(practice, TOGETHER, GUIDE, WORDING))
    yield "form_private_easier", _opened(private, panels.private_form(asking(3), EASIER, GUIDE, WORDING))
    yield "form_late", _opened(late, panels.late_form(now, FEELINGS, GUIDE, WORDING))
    change = Show(Panel.CHANGE, part=mine[0].part.id)
    yield "form_change", _opened(change, panels.change_form(now, mine[0], GUIDE, WORDING))
    long = own(LONG[:7_000].strip()).parts[0]
    yield "form_change_long", _opened(change, panels.change_form(now, long, GUIDE, WORDING))
    move = Show(Panel.MOVE, part=mine[1].part.id)
    yield "form_move", _opened(move, panels.move_form(now, mine[1], GUIDE, WORDING))
    yield "form_reflect", _opened(Show(Panel.REFLECT), panels.reflect_form(now, None, WORDING))
    yield "form_reflect_again", _opened(Show(Panel.REFLECT), panels.reflect_form(now, TIRED, WORDING))
    yield "form_check_back", _opened(Show(Panel.CHECK_BACK), panels.check_back_form(now, WORDING))
    yield "form_my_step", _opened(Show(Panel.MY_STEP), panels.step_form(now, mine[3:], WORDING))
    yield "form_my_step_none", _opened(Show(Panel.MY_STEP), panels.step_form(now, (), WORDING))
    start = panels.start_form(GUIDES, WORDING)
    yield "form_start", _opened(Show(Panel.START), start)
    yield "form_start_anywhere", _opened(Show(Panel.START), start, NOWHERE)


def _homes() -> Named:
    privacy = panels.privacy(TERMS, WORDING)
    some = _answers(own(HARD, LONELY, FRIDAYS, RING))
    many = _answers(own(*(f"{number}. {FRIDAYS}" for number in range(1, 61))))
    for name, answers in {"home": some, "home_without_answers": _answers(), "home_with_many_answers": many}.items():
        keeps = _Keeps()
        asyncio.run(_panels_of({Panel.MY_ANSWERS: answers, Panel.PRIVACY: privacy}, keeps).home(ANA))
        yield name, ("home", keeps.view)
