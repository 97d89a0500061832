"""Everything that the product shows in Teams, by name: activities with cards, and dialogs."""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from functools import cache
from itertools import chain
from typing import Any

from adapters.teams.forms import Context, dialog, form_card, panel_card, shown_card
from adapters.teams.render import activities, activity
from conversations.actions import opens
from conversations.commands import Show
from conversations.effects import CLOSING
from conversations.messages import Form, Message
from conversations.model import Stage
from conversations.panels import check_back_form
from conversations.posts import RoomView
from tests.adapters import golden_messages
from tests.adapters.golden_messages import THREE, sentence, standing
from tests.adapters.golden_panels import many_answers, opened
from tests.adapters.slack.golden_chats import LONG, asking, chat
from tests.bot.composing import WORDING

Golden = tuple[str, Mapping[str, Any]]
"""What kind of thing it is (activity, dialog), and what Teams gets."""
Named = Iterator[tuple[str, Golden]]

HERE = Context(room="19:team@thread.tacv2", under="1765101600000")
MANY_PAGES = 5


@cache
def goldens() -> Mapping[str, Golden]:
    """All of it."""
    found: dict[str, Golden] = {}
    for name, golden in chain(_messages(), _dialogs()):
        assert name not in found
        found[name] = golden
    return found


def _messages() -> Named:
    for name, said in golden_messages.messages():
        yield name, ("activity", activity(said.message))
    long = standing(CLOSING, chat(Stage.CLOSED, 4), RoomView(THREE.answered, 3, LONG)).message
    for number, laid in enumerate(activities(long), start=1):
        yield f"closing_long_reflection_{number}", ("activity", laid)


def _dialogs() -> Named:
    for name, (show, shown) in opened():
        yield name, _opened(show, shown)
    for page in range(MANY_PAGES):
        context = replace(HERE, panel=f"my_answers:{asking().id.hex}:", page=page)
        title = WORDING.label("my_answers")
        yield f"my_answers_page_{page + 1}", ("dialog", dialog(title, panel_card(many_answers(), context, WORDING)))
    refused = sentence("refused.date_past").message.summary
    form = check_back_form(asking(), WORDING)
    again = form_card(form, HERE, WORDING, typed={"on": "2026-11-30"}, errors={"on": refused})
    yield "form_refused", ("dialog", dialog(form.title, again))


def _opened(show: Show, shown: Message | Form) -> Golden:
    button = opens(show, asking().id, WORDING)
    title = shown.title if isinstance(shown, Form) else button.label
    return "dialog", dialog(title, shown_card(shown, replace(HERE, panel=button.code), WORDING))
