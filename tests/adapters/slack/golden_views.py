"""Modals and homes as the product opens them, and the buttons that open them later."""

import asyncio
from collections.abc import Mapping
from itertools import chain
from typing import Any

from adapters.slack.forms import Context, panel_view, waiting_view
from adapters.slack.panels import Panels
from adapters.slack.telling import Seat, Telling
from bot.conversation import Conversation, Incoming, Outcome, Reply
from bot.outside import Address
from conversations import panels
from conversations.commands import Panel, Show
from conversations.messages import Form, Message, Text
from conversations.planning_panels import schedule_form
from tests.adapters.golden_panels import TERMS, answers, many_answers, opened
from tests.adapters.golden_stories import story_form
from tests.adapters.slack.golden_chats import (
    DIRECTORY,
    FRIDAYS,
    GUIDES,
    HARD,
    LONELY,
    MORNING,
    RING,
    asking,
    own,
)
from tests.adapters.slack.golden_messages import Golden, Named, alone
from tests.bot.composing import WORDING

ANA = Address("slack", "T1", "U0ANA")
TEAM, NOWHERE = Address("slack", "T1", "C0TEAM"), Address("slack", "T1", "")


def views() -> Named:
    """All of them."""
    return chain(_offers(), _panels(), _homes())


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
    for name, (show, shown) in opened():
        yield name, _opened(show, shown)
    yield "help_typed", alone(panels.help_(asking(2), WORDING))
    yield "privacy_typed", alone(panels.privacy(TERMS, WORDING))
    yield "support_typed", alone(panels.support(DIRECTORY, MORNING.date(), WORDING))
    context = Context(workspace="T1", room=TEAM.address, code=f"my_answers:{asking().id.hex}:")
    for page in range(3):
        at = Context(workspace="T1", code=context.code, page=page)
        yield (
            f"my_answers_page_{page + 1}",
            ("modal", panel_view(many_answers(), WORDING.label("my_answers"), at, WORDING)),
        )
    yield "waiting", ("modal", waiting_view(context, WORDING))
    stopped = WORDING.say("reply.stopped")
    yield (
        "reply_opened",
        ("modal", panel_view(Message(stopped, (Text(stopped),)), WORDING.say("slack.name"), context, WORDING)),
    )
    refused = WORDING.say("refused.over")
    yield "refusal_opened", _opened(Show(Panel.ANSWER_PRIVATELY), Message(refused, (Text(refused),)))
    yield "form_start_anywhere", _opened(Show(Panel.START), panels.start_form(GUIDES, WORDING), NOWHERE)
    anywhere = schedule_form(GUIDES, WORDING, asks_room=True)
    yield "form_schedule_anywhere", _opened(Show(Panel.SCHEDULE), anywhere, NOWHERE)


def _homes() -> Named:
    privacy = panels.privacy(TERMS, WORDING)
    some = answers(own(HARD, LONELY, FRIDAYS, RING))
    homes = {"home": some, "home_without_answers": answers(), "home_with_many_answers": many_answers()}
    for name, listed in homes.items():
        keeps = _Keeps()
        shown: dict[Panel, Message | Form] = {Panel.MY_ANSWERS: listed, Panel.PRIVACY: privacy}
        shown |= {Panel.STORY: story_form(), Panel.SCHEDULE: schedule_form(GUIDES, WORDING, asks_room=True)}
        asyncio.run(_panels_of(shown, keeps).home(ANA))
        yield name, ("home", keeps.view)
