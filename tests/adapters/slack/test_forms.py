"""Forms and panels as modals: what was typed comes back as it was, and nothing is parted that belongs together."""

import json
from collections.abc import Mapping
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from adapters.slack.forms import (
    PAGE,
    ROOM_FIELD,
    Context,
    filled_in,
    first_page,
    form_view,
    home_view,
    panel_view,
    place_of_error,
)
from conversations.actions import button
from conversations.messages import (
    Buttons,
    ChoiceField,
    DateField,
    Field,
    Form,
    Message,
    Note,
    Part,
    Quote,
    Text,
    TicksField,
    WordsField,
)
from conversations.panels import start_form
from tests.adapters.slack.block_rules import problems_of_view
from tests.adapters.slack.golden_chats import GUIDES
from tests.adapters.slack.texts import TEXTS
from tests.bot.composing import WORDING

HERE = Context(workspace="T1", room="C0TEAM", under="1765101600.000100")
Json = dict[str, Any]


def form(*fields: Field, title: str = "Change your answer", code: str = "form_change::") -> Form:
    """A form with these fields."""
    return Form(title, code, (Text("How is it?"),), fields, "Save")


def laid(form: Form, context: Context = HERE) -> Json:
    """A form as Slack gets it."""
    view: Json = json.loads(json.dumps(form_view(form, context, WORDING)))
    return view


def state(view: Json) -> Mapping[str, Mapping[str, Json]]:
    """What Slack says stands in a view that nobody has touched."""
    inputs = {block["block_id"]: block["element"] for block in view["blocks"] if block["type"] == "input"}
    return {box: {element["action_id"]: _standing(element)} for box, element in inputs.items()}


def _standing(element: Json) -> Json:
    names = {"initial_value": "value", "initial_option": "selected_option", "initial_options": "selected_options"}
    return {names[name]: element[name] for name in names if name in element} | {"type": element["type"]}


# --- words ---


@settings(max_examples=40)
@given(TEXTS)
def test_words_come_back_as_they_were(words: str) -> None:
    """In as many boxes as they take, letter by letter, when nobody changes them."""
    view = laid(form(WordsField("words", "Your words", words)))

    assert filled_in(state(view)) == {"words": words}
    assert problems_of_view(view) == []


@pytest.mark.parametrize(
    ("length", "boxes"), [(0, 1), (10, 1), (2_000, 1), (2_001, 2), (3_000, 2), (3_001, 2), (16_000, 6)]
)
def test_there_is_always_room_for_more(length: int, boxes: int) -> None:
    """Whoever filled a box can go on in the next; but nobody is shown a box that they hardly need."""
    view = laid(form(WordsField("words", "Your words", "x" * length)))

    inputs = [block for block in view["blocks"] if block["type"] == "input"]
    assert len(inputs) == boxes
    assert [block["optional"] for block in inputs] == [False, *[True] * (boxes - 1)]


def test_each_box_says_which_part_it_is() -> None:
    """Several boxes are one answer."""
    view = laid(form(WordsField("words", "Your words", "x" * 6_500)))

    labels = [block["label"]["text"] for block in view["blocks"] if block["type"] == "input"]
    assert labels == ["Your words", "Your words, part 2", "Your words, part 3"]


def test_what_is_changed_in_one_box_is_changed_in_the_answer() -> None:
    """Boxes are put together in their order, also when one was emptied."""
    said: Json = {"words": {"value": {"value": "One. "}}, "words +2": {"value": {"value": None}}}

    assert filled_in({**said, "words +3": {"value": {"value": "Three."}}}) == {"words": "One. Three."}


def test_a_name_is_one_line() -> None:
    """As long as an organisation's name may be."""
    element = laid(form(WordsField("organisation", "Your organisation", short=True)))["blocks"][-1]["element"]

    assert (element["multiline"], element["max_length"]) == (False, 200)


# --- choices, days and places ---


def test_what_was_chosen_comes_back() -> None:
    """A choice, a day, a channel and words, by field."""
    values: Json = {
        "guide": {"value": {"selected_option": {"value": "team-leeds"}}},
        "on": {"value": {"selected_date": "2026-12-08"}},
        "room": {"value": {"selected_conversation": "C0TEAM"}},
        "words": {"value": {"value": "Hello"}},
        "empty": {"value": {"value": None, "selected_option": None}},
    }

    assert filled_in(values) == {
        "guide": "team-leeds",
        "on": "2026-12-08",
        "room": "C0TEAM",
        "words": "Hello",
        "empty": "",
    }


@pytest.mark.parametrize(("count", "kind"), [(2, "radio_buttons"), (10, "radio_buttons"), (11, "static_select")])
def test_few_choices_are_all_shown(count: int, kind: str) -> None:
    """And many can be opened; the one that stands is chosen."""
    options = tuple((f"key-{number}", f"Number {number}") for number in range(count))
    view = laid(form(ChoiceField("guide", "Questions", options, "key-1")))

    element = view["blocks"][-1]["element"]
    assert (element["type"], element["initial_option"]["value"]) == (kind, "key-1")
    assert problems_of_view(view) == []


def test_a_long_choice_is_not_cut() -> None:
    """What does not fit its line stands in the next."""
    label = "Team Leeds Hearts and Minds, for teams that work across hospitals, homes and the third sector"
    view = laid(form(ChoiceField("guide", "Questions", (("one", label), ("two", "Two")), "two")))

    option = view["blocks"][-1]["element"]["options"][0]
    assert option["text"]["text"] + option["description"]["text"] == label
    assert problems_of_view(view) == []


def test_a_day_is_picked() -> None:
    """Nobody has to know how a date is written."""
    view = laid(form(DateField("on", "Day")))

    assert view["blocks"][-1]["element"]["type"] == "datepicker"
    assert problems_of_view(view) == []


@pytest.mark.parametrize("ticked", [set(), {"website"}, {"website", "internal"}])
def test_what_is_ticked_comes_back(ticked: set[str]) -> None:
    """Any of them, or none: nobody has to tick anything."""
    options = (("internal", "Share it inside"), ("website", "Put it on the website"), ("social_media", "Share it"))
    view = laid(form(TicksField("uses", "What may we do?", options, frozenset(ticked))))

    assert view["blocks"][-1]["optional"]
    assert set(filter(None, filled_in(state(view))["uses"].split(","))) == ticked
    assert problems_of_view(view) == []


def test_starting_from_nowhere_asks_where() -> None:
    """From the home or a shortcut there is no channel yet, and in a channel there is."""
    start = start_form(GUIDES, WORDING)
    nowhere, here = laid(start, Context(workspace="T1")), laid(start)

    assert ROOM_FIELD in state(nowhere)
    assert ROOM_FIELD not in state(here)
    assert problems_of_view(nowhere) == []
    assert filled_in(state(here)) == {"guide": "team-leeds", "pace": "live", "organisation": ""}


def test_a_form_with_nothing_to_fill_in_cannot_be_sent() -> None:
    """It is shown, and closed."""
    view = laid(Form("Your step", "my_step::", (Quote("I will ring."),), (), ""))

    assert "submit" not in view
    assert problems_of_view(view) == []


def test_a_title_that_is_too_long_for_slack_is_the_products_name() -> None:
    """It is not cut."""
    view = laid(form(WordsField("words", "Your words"), title="Would you like to change it?"))

    assert view["title"]["text"] == "Team Leeds Chats"


# --- errors ---


@pytest.mark.parametrize(
    ("field", "boxes", "place"),
    [
        ("words", ["words"], "words"),
        ("words", ["words", "words +2", "words +3"], "words +3"),
        ("guide", ["guide", "pace", "organisation"], "guide"),
        ("room", ["guide", "pace"], "pace"),
        ("", ["words"], "words"),
        ("word", ["words", "on"], "on"),
        ("words", [], None),
    ],
)
def test_an_error_stands_at_its_field(field: str, boxes: list[str], place: str | None) -> None:
    """At the last box of the field; where there is none, at the last box there is, since Slack takes no other."""
    assert place_of_error(field, boxes) == place


# --- where a modal came from ---

IDS = st.text(max_size=40)


@given(
    st.builds(
        Context,
        workspace=IDS,
        room=IDS,
        under=IDS.filter(bool) | st.none(),
        code=IDS,
        page=st.integers(0, 99),
        back=IDS,
    )
)
def test_a_modal_knows_where_it_came_from(context: Context) -> None:
    """What is written is read, however it looks."""
    assert Context.read(context.written()) == context


@pytest.mark.parametrize(
    "text",
    [
        *("", "{", "[]", "null", "1", '"T1"', '{"other": 1}', '{"page": "1"}', '{"page": -1}', '{"page": true}'),
        *('{"room": null}', '{"room": {"id": 1}}', '{"under": 1}', "[" * 3_000),
    ],
)
def test_what_we_never_wrote_is_refused(text: str) -> None:
    """As a ValueError: no junk gets any further."""
    with pytest.raises(ValueError):  # noqa: PT011 -- json's own, or ours
        Context.read(text)


@given(st.text(max_size=200))
def test_no_text_does_worse(text: str) -> None:
    """Whatever stands there, it is refused as a ValueError."""
    with pytest.raises(ValueError):  # noqa: PT011 -- json's own, or ours
        Context.read(text)


# --- pages ---


def listed(count: int, words: str = "We met every Friday.") -> list[Part]:
    """So many answers, each with what is said about it and its buttons."""
    row = Buttons((button(WORDING, "edit"), button(WORDING, "withdraw")))
    return [part for number in range(count) for part in (Note(f"Number {number}"), Quote(f"{number}: {words}"), row)]


def pages(parts: list[Part]) -> list[Json]:
    """All pages of a panel, as whoever presses *Later* comes to see them."""
    found: list[Json] = []
    to: int | None = 0
    while to is not None:
        view = panel_view(Message("All", tuple(parts)), "My answers", Context(workspace="T1", page=to), WORDING)
        found.append(json.loads(json.dumps(view)))
        later = [one["value"] for one in _turns(found[-1]) if one["text"]["text"] == "Later"]
        to = int(later[0]) if later else None
    return found


def _turns(view: Json) -> list[Json]:
    last = view["blocks"][-1]
    return [one for one in last.get("elements", ()) if str(one.get("action_id", "")).startswith(PAGE)]


def quotes(view: Json) -> list[str]:
    """The words that stand in a view."""
    said = [block["elements"][0]["elements"][0]["text"] for block in view["blocks"] if block["type"] == "rich_text"]
    return [str(text) for text in said]


@pytest.mark.parametrize("count", [1, 10, 13, 60, 200])
def test_all_answers_are_on_some_page(count: int) -> None:
    """Each once and in order, and Slack takes every page."""
    shown = pages(listed(count))

    assert [words.partition(":")[0] for view in shown for words in quotes(view)] == [str(n) for n in range(count)]
    assert [problems_of_view(view) for view in shown] == [[]] * len(shown)


def test_an_answer_stays_with_its_buttons() -> None:
    """Nobody has to turn the page to change what they see."""
    for view in pages(listed(60)):
        kinds = [block["type"] for block in view["blocks"] if block["type"] not in {"divider", "context"}]
        followed = [after for kind, after in pairwise(kinds) if kind == "rich_text"]
        assert set(followed) == {"actions"}


def test_pages_are_turned_both_ways() -> None:
    """There is no earlier page before the first, nor a later one after the last."""
    labels = [[one["text"]["text"] for one in _turns(view)] for view in pages(listed(30))]

    assert labels == [["Later"], ["Earlier", "Later"], ["Earlier"]]


def test_the_longest_answers_fit_a_page() -> None:
    """16,000 letters, of which each takes four bytes, in a modal, with what belongs to them."""
    shown = pages(listed(3, "💪" * 15_990))

    assert "".join(words for view in shown for words in quotes(view)).count("💪") == 3 * 15_990
    assert [problems_of_view(view) for view in shown] == [[]] * len(shown)


def test_a_page_that_is_gone_shows_the_last_one() -> None:
    """After a withdrawal there may be fewer."""
    view = panel_view(Message("All", tuple(listed(20))), "My answers", Context(page=99), WORDING)

    assert json.loads(view["private_metadata"])["page"] == 1
    assert quotes(json.loads(json.dumps(view)))[-1].startswith("19:")


def test_a_home_holds_its_first_page_and_more() -> None:
    """However many answers there are."""
    parts = [Text("Start"), *first_page(listed(300, "x" * 400)), Text("There is more."), *[Text("Privacy")] * 7]
    view = json.loads(json.dumps(home_view(parts, "T1", WORDING)))

    assert problems_of_view(view) == []
    assert json.loads(view["private_metadata"]) == {"workspace": "T1"}
