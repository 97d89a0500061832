"""Blocks that Slack would refuse, or that we do not want, are refused by name; and what people read is found."""

from collections.abc import Sequence
from typing import Any

import pytest

from tests.peers.slack_blocks import broken_form, broken_message, calls_everyone, length_of, text_of
from tests.peers.slack_stage import actions, button, field_of, form, section
from tests.peers.slack_things import Json


def _plain(text: str) -> Json:
    return {"type": "plain_text", "text": text}


def _confirm(**more: Any) -> Json:  # noqa: ANN401 -- parts of a block, right or wrong
    texts = {"title": "Sure?", "text": "This ends the chat.", "confirm": "End it", "deny": "Not yet"}
    return {**{key: _plain(text) for key, text in texts.items()}, **more}


def _box(**more: Any) -> Json:  # noqa: ANN401 -- as above
    return {**field_of("Words"), "element": {"type": "plain_text_input", "action_id": "w", **more}}


def _options(count: int, **more: Any) -> list[Json]:  # noqa: ANN401 -- as above
    return [{"text": _plain(f"Option {number}"), "value": str(number), **more} for number in range(count)]


def _choice(kind: str, options: list[Json], **more: Any) -> Json:  # noqa: ANN401 -- as above
    return {**field_of("Which"), "element": {"type": kind, "action_id": "c", "options": options, **more}}


def _rich(*elements: Json) -> Json:
    return {"type": "rich_text", "elements": list(elements)}


def _said(*leaves: Json) -> Json:
    return {"type": "rich_text_quote", "elements": list(leaves)}


GOOD_MESSAGE: Sequence[Json] = (
    {"type": "header", "block_id": "h", "text": _plain("Question 1")},
    section("*Why:* to pause"),
    section(accessory=button("More", action_id="more")),
    {"type": "section", "fields": [_plain("one"), _plain("two")]},
    {"type": "divider"},
    {"type": "context", "elements": [{"type": "mrkdwn", "text": "3 have answered"}]},
    actions(button(action_id="a", value="begin", style="primary", confirm=_confirm())),
    _rich(_said({"type": "text", "text": "Their words"}, {"type": "text", "text": "\n"})),
    {"type": "image", "image_url": "https://example.org/a.png", "alt_text": "A picture"},
)

BAD_MESSAGES: dict[str, object] = {
    "51 blocks": [section(f"{number}") for number in range(51)],
    "no list": {"type": "section"},
    "no object": ["section"],
    "no type": [{"text": _plain("x")}],
    "an unknown block": [{"type": "marquee"}],
    "an unknown key": [section(color="red")],
    "a field in a message": [field_of("Words")],
    "a section with nothing": [{"type": "section"}],
    "a section of 3,001": [section("x" * 3_001)],
    "an empty section": [section(" ")],
    "a text that is a string": [{"type": "section", "text": "x"}],
    "a text with an unknown key": [{"type": "section", "text": {"type": "mrkdwn", "text": "x", "emoji": True}}],
    "11 fields": [{"type": "section", "fields": [_plain("x")] * 11}],
    "a header of 151": [{"type": "header", "text": _plain("x" * 151)}],
    "a header of mrkdwn": [{"type": "header", "text": {"type": "mrkdwn", "text": "x"}}],
    "a label of 76": [actions(button("x" * 76))],
    "a label of mrkdwn": [actions({"type": "button", "text": {"type": "mrkdwn", "text": "x"}})],
    "a button without a label": [actions({"type": "button", "action_id": "a"})],
    "a value of 2,001": [actions(button(value="x" * 2_001))],
    "a style that is none": [actions(button(style="red"))],
    "an action_id of 256": [actions(button(action_id="x" * 256))],
    "a block_id of 256": [section(block_id="x" * 256)],
    "26 buttons": [actions(*(button(str(number)) for number in range(26)))],
    "no button": [actions()],
    "an unknown element": [actions({"type": "slider"})],
    "an image among buttons": [actions({"type": "image", "image_url": "https://example.org/a.png", "alt_text": "A"})],
    "a button in a context": [{"type": "context", "elements": [button()]}],
    "11 in a context": [{"type": "context", "elements": [_plain(str(number)) for number in range(11)]}],
    "two blocks of one id": [section(block_id="b"), section(block_id="b")],
    "two buttons of one id": [actions(button(action_id="a"), button(action_id="a"))],
    "two buttons of one id in two blocks": [actions(button(action_id="a")), actions(button(action_id="a"))],
    "a confirm title of 101": [actions(button(confirm=_confirm(title=_plain("x" * 101))))],
    "a confirm text of 301": [actions(button(confirm=_confirm(text=_plain("x" * 301))))],
    "a confirm button of 31": [actions(button(confirm=_confirm(confirm=_plain("x" * 31))))],
    "a deny button of 31": [actions(button(confirm=_confirm(deny=_plain("x" * 31))))],
    "a confirm without a question": [actions(button(confirm={"title": _plain("Sure?")}))],
    "an image without words": [{"type": "image", "image_url": "https://example.org/a.png"}],
    "rich text without elements": [{"type": "rich_text"}],
    "an empty leaf": [_rich(_said({"type": "text", "text": ""}))],
    "an unknown leaf": [_rich(_said({"type": "broadcast", "range": "here"}))],
    "a list of no style": [_rich({"type": "rich_text_list", "style": "stars", "elements": []})],
    "a flag that is a word": [section(expand="yes")],
    "a question that is a word": [actions(button(confirm="Sure?"))],
    "fields that are a word": [{"type": "section", "fields": "one"}],
    "a value that is a number": [actions(button(value=1))],
}

LARGE_MESSAGES: dict[str, list[Json]] = {
    "50 blocks": [section(f"{number}") for number in range(50)],
    "a section of 3,000": [section("x" * 3_000)],
    "10 fields": [{"type": "section", "fields": [_plain("x")] * 10}],
    "a header of 150": [{"type": "header", "text": _plain("x" * 150)}],
    "25 large buttons": [
        actions(
            *(
                button("x" * 75, value="x" * 2_000, action_id=str(number) + "x" * (253 - number // 10))
                for number in range(25)
            )
        )
    ],
    "10 in a context": [{"type": "context", "elements": [_plain(str(number)) for number in range(10)]}],
    "a block_id of 255": [section(block_id="x" * 255)],
    "a large question": [
        actions(
            button(
                confirm=_confirm(
                    title=_plain("x" * 100),
                    text=_plain("x" * 300),
                    confirm=_plain("x" * 30),
                    deny=_plain("x" * 30),
                )
            )
        )
    ],
}

BAD_FORMS: dict[str, Json] = {
    "a home": {"type": "home", "blocks": [section()]},
    "no title": {"type": "modal", "blocks": [section()]},
    "a title of 25": form(title=_plain("x" * 25)),
    "a submit of 25": form(submit=_plain("x" * 25)),
    "a close of 25": form(close=_plain("x" * 25)),
    "no blocks": {**form(), "blocks": []},
    "101 blocks": form(*(section(str(number)) for number in range(101))),
    "fields and no submit": {key: value for key, value in form(field_of("Words")).items() if key != "submit"},
    "metadata of 3,001": form(private_metadata="x" * 3_001),
    "a callback_id of 256": form(callback_id="x" * 256),
    "an external_id of 256": form(external_id="x" * 256),
    "an unknown key": form(color="red"),
    "a field without a label": form({"type": "input", "element": {"type": "plain_text_input"}}),
    "a field without an element": form({"type": "input", "label": _plain("Words")}),
    "a field with a button": form({**field_of("Words"), "element": button()}),
    "an initial value of 3,001": form(_box(initial_value="x" * 3_001)),
    "a longest of 3,001": form(_box(max_length=3_001)),
    "a longest of nothing": form(_box(max_length=0)),
    "a longest that is a word": form(_box(max_length="many")),
    "a day that is none": form({**_box(), "element": {"type": "datepicker", "initial_date": "tomorrow"}}),
    "a placeholder of 151": form(_box(placeholder=_plain("x" * 151))),
    "11 radio buttons": form(_choice("radio_buttons", _options(11))),
    "101 options": form(_choice("static_select", _options(101))),
    "no options": form(_choice("static_select", [])),
    "an option of 76": form(_choice("static_select", [{"text": _plain("x" * 76), "value": "v"}])),
    "a value of 151": form(_choice("static_select", [{"text": _plain("x"), "value": "x" * 151}])),
    "two blocks of one id": form({**_box(action_id="a"), "block_id": "b"}, {**_box(action_id="c"), "block_id": "b"}),
    "an initial option that is none": form(_choice("static_select", _options(2), initial_option={"value": "1"})),
    "a dispatch that is a word": form(_box(dispatch_action_config="on_enter")),
}


LARGE_FORMS: dict[str, Json] = {
    "24 characters": form(title=_plain("x" * 24), submit=_plain("x" * 24), close=_plain("x" * 24)),
    "100 blocks": form(*(section(str(number)) for number in range(100))),
    "long ids": form(private_metadata="x" * 3_000, callback_id="x" * 255, external_id="x" * 255),
    "a large box": form(_box(initial_value="x" * 3_000, max_length=3_000, placeholder=_plain("x" * 150))),
    "10 radio buttons": form(_choice("radio_buttons", _options(10))),
    "100 options": form(_choice("static_select", _options(100))),
    "fields of one id, each in a block of its own": form(_box(), _box()),
    "a large option": form(_choice("static_select", [{"text": _plain("x" * 75), "value": "x" * 150}])),
}


def test_blocks_of_every_kind_are_taken() -> None:
    """What Slack takes is taken."""
    assert broken_message(list(GOOD_MESSAGE)) == []


@pytest.mark.parametrize("blocks", BAD_MESSAGES.values(), ids=BAD_MESSAGES)
def test_a_message_that_breaks_a_rule_is_refused(blocks: object) -> None:
    """Each rule for messages is checked, and nothing but it is broken."""
    assert len(broken_message(blocks)) == 1


@pytest.mark.parametrize("blocks", LARGE_MESSAGES.values(), ids=LARGE_MESSAGES)
def test_a_message_at_its_limits_is_taken(blocks: list[Json]) -> None:
    """The stand-in is no stricter there than Slack."""
    assert broken_message(blocks) == []


@pytest.mark.parametrize("view", LARGE_FORMS.values(), ids=LARGE_FORMS)
def test_a_form_at_its_limits_is_taken(view: Json) -> None:
    """As above."""
    assert broken_form(view, "modal") == []


def test_a_form_of_every_kind_of_field_is_taken() -> None:
    """What Slack takes in forms is taken."""
    kinds = ("static_select", "radio_buttons", "checkboxes")
    choices = [_choice(kind, _options(2)) for kind in kinds]
    for number, choice in enumerate(choices):
        choice["element"]["action_id"] = f"c{number}"
    others = ("datepicker", "timepicker", "conversations_select", "channels_select", "users_select")
    fields = [{**field_of(kind), "element": {"type": kind, "action_id": kind}} for kind in others]

    assert broken_form(form(*choices, *fields, _box(initial_value="", max_length=3_000)), "modal") == []


@pytest.mark.parametrize("view", BAD_FORMS.values(), ids=BAD_FORMS)
def test_a_form_that_breaks_a_rule_is_refused(view: Json) -> None:
    """Each rule for forms is checked, and nothing but it is broken."""
    assert len(broken_form(view, "modal")) == 1


def test_a_home_has_no_title() -> None:
    """A home is not a form."""
    assert broken_form({"type": "home", "blocks": [section()]}, "home") == []
    assert broken_form({"type": "home", "blocks": [section()], "title": _plain("Home")}, "home")


RINGS: dict[str, object] = {
    "a channel": section("<!channel> please"),
    "who is here": section("<!here|here>"),
    "everyone": {"text": "<!everyone>"},
    "a group": {"text": "<!subteam^S1>"},
    "rich text": _rich(_said({"type": "broadcast", "range": "channel"})),
    "a group in rich text": _rich(_said({"type": "usergroup", "usergroup_id": "S1"})),
}


@pytest.mark.parametrize("thing", RINGS.values(), ids=RINGS)
def test_what_rings_for_everyone_is_found(thing: object) -> None:
    """However it is written."""
    assert calls_everyone(thing)


def test_what_rings_for_nobody_is_left() -> None:
    """Words about a channel, escaped marks and dates do not ring."""
    assert not calls_everyone(section("@channel &lt;!channel&gt; <!date^1^{date}|today> <#C1> <@U1>"))


def test_everything_that_a_person_reads_is_read() -> None:
    """Each part on its own line, buttons in a row, entities and marks as Slack shows them."""
    blocks = [
        {"type": "header", "text": _plain("Question 1")},
        section("Listen &amp; speak, <@U0ANA> in <#C1|team>, <https://example.org|here> at <!date^1^{time}|10am>"),
        section("<!channel> is read too"),
        {"type": "context", "elements": [{"type": "mrkdwn", "text": "why"}, {"type": "plain_text", "text": "because"}]},
        actions(button("Begin", action_id="a"), button("More", action_id="b")),
        _rich(_said({"type": "text", "text": "a < b "}, {"type": "user", "user_id": "U0BEN"})),
        _rich(_said({"type": "channel", "channel_id": "C1"}, {"type": "emoji", "name": "eyes"})),
        _rich(_said({"type": "link", "url": "https://example.org"}, {"type": "date", "fallback": " 10am"})),
        _box(initial_value="typed before"),
        _choice("radio_buttons", _options(2)),
    ]

    assert text_of(blocks, {"U0ANA": "Ana"}).split("\n") == [
        "Question 1",
        "Listen & speak, @Ana in #team, here at 10am",
        "@channel is read too",
        "why",
        "because",
        "[Begin] [More]",
        "a < b @U0BEN",
        "#C1:eyes:",
        "https://example.org 10am",
        "Words",
        "typed before",
        "Which",
        "Option 0",
        "Option 1",
    ]


def test_blocks_count_as_what_they_are_written_in() -> None:
    """Nobody knows what Slack counts; it is never more than this."""
    assert length_of([section("x" * 100)]) > 100
