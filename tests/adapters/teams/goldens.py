"""Everything that the product shows in Teams, by name: activities with cards, and dialogs."""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import timedelta
from functools import cache
from itertools import chain
from typing import Any

from adapters.teams.forms import Context, dialog, form_card, panel_card, shown_card
from adapters.teams.render import activities, activity
from adapters.teams.views import view_of
from adapters.teams.wordless import wordless
from conversations.actions import opens
from conversations.commands import Show
from conversations.effects import CLOSING, question_slot, say_key
from conversations.messages import Form, Message
from conversations.model import Pace, Stage
from conversations.panels import all_answers, answer_form, check_back_form
from conversations.posts import Given, RoomView
from tests.adapters import golden_messages
from tests.adapters.golden_messages import NOBODY, THREE, sentence, standing
from tests.adapters.golden_panels import many_answers, opened
from tests.adapters.slack.golden_chats import FEELINGS, GUIDE, LONG, MORNING, TIRED, asking, chat
from tests.bot.composing import WORDING

Golden = tuple[str, Mapping[str, Any]]
"""What kind of thing it is (activity, dialog), and what Teams gets."""
Named = Iterator[tuple[str, Golden]]

HERE = Context(panel="more::")
MANY_PAGES = 5
GIVEN = (
    Given(FEELINGS, "Ana", TIRED),
    Given(FEELINGS, None, "Better since the new rota."),
    Given(FEELINGS, "Ben", "Hard at first.\nThen people began to ring each other."),
)


@cache
def goldens() -> Mapping[str, Golden]:
    """All of it."""
    found: dict[str, Golden] = {}
    for name, golden in chain(_messages(), _by_form(), _dialogs()):
        assert name not in found
        found[name] = golden
    return found


def _messages() -> Named:
    for name, said in golden_messages.messages():
        if said.chat is None:
            yield name, ("activity", activity(wordless(said.message, WORDING)))
        else:
            yield name, ("activity", activity(said.message, view_of(say_key(said.chat.id, said.slot))))
    long = standing(CLOSING, chat(Stage.CLOSED, 4), RoomView(THREE.answered, 3, LONG)).message
    for number, laid in enumerate(activities(long), start=1):
        yield f"closing_long_reflection_{number}", ("activity", laid)


def _by_form() -> Named:
    """Questions where replies don't reach us, and the answers that stand under them."""
    first, second = question_slot(1), question_slot(2)
    in_two_days = MORNING + timedelta(days=2)
    three = replace(THREE, hears=False, given=GIVEN)
    many = replace(THREE, hears=False, given=[replace(GIVEN[0], words=LONG), *(GIVEN * 30)])
    shown = {
        "question_by_form": (first, asking(), replace(NOBODY, hears=False, given=())),
        "question_by_form_answered": (first, asking(), three),
        "question_by_form_folded": (first, asking(), many),
        "question_by_form_open": (first, asking(pace=Pace.OPEN, due_at=in_two_days), three),
        "question_by_form_paused": (first, asking(paused_at=MORNING), three),
        "question_by_form_practice": (first, asking(practice=True), three),
        "question_by_form_earlier": (first, asking(2), three),
        "question_by_form_second": (second, asking(2), three),
        "question_by_form_closed": (first, chat(Stage.CLOSED, 4), three),
    }
    for name, (slot, of, view) in shown.items():
        said = standing(slot, of, view)
        yield name, ("activity", activity(said.message, view_of(say_key(of.id, slot))))
    form = answer_form(asking(), FEELINGS, GUIDE, WORDING)
    yield "form_answer_for_the_team", ("dialog", dialog(form.title, form_card(form, HERE, WORDING)))
    everything = all_answers(FEELINGS, GIVEN, GUIDE, WORDING)
    yield "all_answers", ("dialog", dialog(WORDING.label("all_answers"), panel_card(everything, HERE, WORDING)))


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
