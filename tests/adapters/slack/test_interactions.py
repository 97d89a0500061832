"""What people press, fill in and command in Slack, as it was recorded, is read as what it means."""

from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given

from adapters.slack.forms import Context
from adapters.slack.interactions import (
    Order,
    Press,
    Shortcut,
    Submission,
    View,
    order_of,
    press_of,
    shortcut_of,
    submission_of,
)
from tests.adapters.slack.recorded import CHAT, CHAT_HEX, DELIVERIES, JUNK, OPENING, broken, events

ROOM = "C1TEAM"
REPLY, LUNCH = "1796637675.683829", "1796637725.000007"
PART = "a3d5b7f91c2e4a6b8d0f123456789abc"
HERE: dict[str, Any] = {"workspace": "T1LEEDS", "room": ROOM}
IN_THREAD = HERE | {"under": OPENING}
ON_OPENING = (f"say:{CHAT}:opening", OPENING)
READ: dict[str | None, Callable[[Any], "Meant"]] = {
    "block_actions": press_of,
    "view_submission": submission_of,
    "shortcut": shortcut_of,
    "message_action": shortcut_of,
    None: order_of,
}
NOT_SLACKS = (KeyError, ValueError, TypeError, AttributeError, IndexError)
"""What the endpoint takes for a delivery that Slack never writes."""

Meant = Press | Submission | Order | Shortcut


def _trigger(name: str) -> str:
    return str(DELIVERIES[name]["trigger_id"])


ANSWER_AT = "https://hooks.example.org/actions/T1LEEDS/1/x"


def _press(name: str, person: str, code: str, **other: Any) -> Press:  # noqa: ANN401 -- any field
    usual: dict[str, Any] = {"team": "T1LEEDS", "room": ROOM, "under": OPENING}
    return Press(person=person, trigger=_trigger(name), code=code, **usual | other)


def _view(number: str, context: Context, **other: Any) -> View:  # noqa: ANN401 -- any field
    usual: dict[str, Any] = {"hash": f"1796637900.aB3xYz{number[-2:]}", "is_home": False}
    return View(id=f"V1{number}", context=context, **usual | other)


def _sent(person: str, view: View, boxes: str, **fields: str) -> Submission:
    return Submission(person=person, view=view, fields=fields, boxes=boxes.split(", "))


PANEL = Context(**IN_THREAD, code=f"my_answers:{CHAT_HEX}:")
START = Context(**HERE, code="form_start::")
CHECK_BACK = Context(**IN_THREAD, code=f"form_check_back:{CHAT_HEX}:")
CHANGE = Context(**IN_THREAD, code=f"form_change:{CHAT_HEX}:{PART}@3", back=f"my_answers:{CHAT_HEX}:")

MEANT: dict[str, Meant] = {
    "action_in_thread": _press("action_in_thread", "U0ANA", f"next:{CHAT_HEX}:week"),
    "action_on_our_opening": _press("action_on_our_opening", "U0ANA", f"begin:{CHAT_HEX}:", under=None, on=ON_OPENING),
    "action_on_our_opening_with_replies": _press(
        "action_on_our_opening_with_replies", "U0CAT", f"privacy:{CHAT_HEX}:", under=None, on=ON_OPENING
    ),
    "action_on_an_ephemeral": _press(
        "action_on_an_ephemeral", "U0BEN", f"yes:{CHAT_HEX}:", under=None, answer_at=ANSWER_AT
    ),
    "action_on_an_ephemeral_in_thread": _press(
        "action_on_an_ephemeral_in_thread", "U0BEN", f"withdraw:{CHAT_HEX}:{PART}", answer_at=ANSWER_AT
    ),
    "action_in_a_modal": _press(
        "action_in_a_modal", "U0BEN", f"withdraw:{CHAT_HEX}:{PART}", view=_view("PANEL02", PANEL)
    ),
    "action_turns_a_page": _press(
        "action_turns_a_page",
        "U0BEN",
        "2",
        turns_to=2,
        view=_view("PANEL03", Context(**IN_THREAD, code=f"my_answers:{CHAT_HEX}:", page=1), hash="1796637900.aB3xYz02"),
    ),
    "action_at_home": _press(
        "action_at_home",
        "U0ANA",
        f"start:{CHAT_HEX}:",
        room="",
        under=None,
        view=_view("HOME01", Context(workspace="T1LEEDS"), is_home=True),
    ),
    "action_of_a_stranger": _press(
        "action_of_a_stranger", "U9STRANGER", f"answer_privately:{CHAT_HEX}:week", team="T9NEXTDOOR"
    ),
    "action_org_wide": _press("action_org_wide", "U0CAT", f"support:{CHAT_HEX}:"),
    "view_words": _sent(
        "U0BEN",
        _view("FORM10", Context(**IN_THREAD, code=f"form_private:{CHAT_HEX}:week")),
        "words",
        words="I cried\nin the car",
    ),
    "view_boxes": _sent(
        "U0BEN",
        _view("FORM11", CHANGE, previous="V1PANEL02"),
        "words, words +2, words +3",
        words="It began well, then it rained",
    ),
    "view_choice": _sent(
        "U0ANA",
        _view("FORM12", START),
        "guide, pace, organisation",
        guide="night-shift",
        pace="open",
        organisation="",
    ),
    "view_select": _sent("U0ANA", _view("FORM13", START), "guide, pace", guide="guide-7", pace="live"),
    "view_date": _sent("U0BEN", _view("FORM14", CHECK_BACK), "on", on="2026-12-25"),
    "view_date_empty": _sent("U0BEN", _view("FORM15", CHECK_BACK), "on", on=""),
    "view_room": _sent(
        "U0ANA",
        _view("FORM16", Context(workspace="T1LEEDS", code="form_start::", back="home")),
        "room, pace, organisation",
        room=ROOM,
        pace="live",
        organisation="Leeds Hospice",
    ),
    "view_org_wide": _sent(
        "U0ANA",
        _view("FORM17", Context(**IN_THREAD, code=f"form_reflect:{CHAT_HEX}:")),
        "words",
        words="Proud of all of you",
    ),
    "command": Order(person="U0ANA", room=ROOM, trigger=_trigger("command"), text="start team-leeds live"),
    "command_org_wide": Order(person="U0ANA", room="C2NIGHTS", trigger=_trigger("command_org_wide"), text=""),
    "shortcut": Shortcut(person="U0ANA", trigger=_trigger("shortcut")),
    "message_action": Shortcut(
        person="U0BEN", trigger=_trigger("message_action"), room=ROOM, ts=REPLY, under=OPENING, author="U0BEN"
    ),
    "message_action_in_channel": Shortcut(
        person="U0CAT", trigger=_trigger("message_action_in_channel"), room=ROOM, ts=LUNCH, author="U0BEN"
    ),
}


def read(body: Any) -> Meant:  # noqa: ANN401 -- what JSON holds
    """What somebody did, by the reader of its kind."""
    return READ[body.get("type")](body)


@pytest.mark.parametrize("name", MEANT)
def test_what_was_done_means_what_it_says(name: str) -> None:
    """Each kind of press, form, command and shortcut is read to the last field."""
    assert read(DELIVERIES[name]) == MEANT[name]


def test_everything_recorded_that_is_no_event_is_read() -> None:
    """No recording lies about that no test looks at."""
    assert set(MEANT) == set(DELIVERIES) - events()


@pytest.mark.parametrize("name", [name for name in MEANT if name.startswith("view_") or name == "command"])
def test_nobodys_words_are_in_what_a_log_would_show(name: str) -> None:
    """What was read tells in its `repr` who and where, and not what they wrote or chose."""
    done = read(DELIVERIES[name])
    words = done.fields.values() if isinstance(done, Submission) else [getattr(done, "text", "")]

    assert [said for said in words if said and said != ROOM and repr(said) in repr(done)] == []
    assert [said for said in words if len(said) > len(ROOM) and said in repr(done)] == []


def test_an_ephemeral_that_looks_like_our_opening_is_none() -> None:
    """What one person alone was shown begins no thread."""
    body = DELIVERIES["action_on_our_opening"]
    ephemeral = body | {"container": body["container"] | {"is_ephemeral": True}}

    assert press_of(ephemeral).on is None


@pytest.mark.parametrize("kind", ["block_actions", "view_submission", "shortcut", "message_action", None])
@pytest.mark.parametrize("junk", [{}, {"actions": []}, {"view": []}, {"user": 7, "view": {"blocks": {}}}])
def test_junk_is_refused(kind: str | None, junk: dict[str, object]) -> None:
    """What Slack never writes is told from what it does, so that it is not done by halves."""
    with pytest.raises(NOT_SLACKS):
        READ[kind](junk)


def test_a_form_of_somebody_elses_is_refused() -> None:
    """A view whose `private_metadata` we did not write is none of ours."""
    body = DELIVERIES["view_words"]
    for metadata in ('{"theirs": 1}', "[1]", "no JSON", '"text"'):
        with pytest.raises(ValueError, match=r"private_metadata|Expecting value"):
            submission_of(body | {"view": body["view"] | {"private_metadata": metadata}})


@given(body=broken([DELIVERIES[name] for name in sorted(set(DELIVERIES) - events())]))
def test_what_is_broken_is_read_or_refused(body: dict[str, object]) -> None:
    """Whatever is missing or is something else: it means something, or it is refused as what Slack never writes."""
    kind = body.get("type")
    reading: Callable[[Any], Meant] = READ.get(kind if isinstance(kind, str) else None, order_of)
    try:
        done = reading(body)
    except NOT_SLACKS:
        return
    assert isinstance(done, Press | Submission | Order | Shortcut)
    assert all(isinstance(text, str) for text in (done.person, getattr(done, "trigger", "")))


@given(body=JUNK)
def test_what_is_junk_through_and_through_is_refused(body: object) -> None:
    """None of the readers takes it for something."""
    for reading in READ.values():
        with pytest.raises(NOT_SLACKS):
            reading(body)
