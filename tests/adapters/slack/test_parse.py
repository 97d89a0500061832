"""What Slack tells of, as it was recorded, is read as what it means; anything else is read as nothing."""

from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapters.slack.parse import (
    Changed,
    Deleted,
    Heard,
    HomeOpened,
    Invited,
    Mentioned,
    Said,
    Stands,
    is_opening,
    parse,
)
from tests.adapters.slack.recorded import BOT, BOT_USER, CHAT, DELIVERIES, JUNK, OPENING, broken, events

ROOM, PRIVATE = "C1TEAM", "C2NIGHTS"
TEN = datetime(2026, 12, 7, 10, tzinfo=UTC)


def at(seconds: int, micros: int) -> datetime:
    """So long after ten o'clock."""
    return TEN + timedelta(seconds=seconds, microseconds=micros)


def ts(seconds: int, micros: int) -> str:
    """What Slack calls a message of that time."""
    return f"{int(TEN.timestamp()) + seconds}.{micros:06d}"


def _said(seconds: int, micros: int, person: str, words: str, **other: Any) -> Said:  # noqa: ANN401 -- any field
    usual: dict[str, Any] = {"room": ROOM, "under": OPENING, "addressed": False, "broadcast": False, "ours": True}
    return Said(person=person, ts=ts(seconds, micros), at=at(seconds, micros), words=words, **usual | other)


def _changed(said: tuple[int, int], changed: tuple[int, int], person: str, words: str, **other: Any) -> Changed:  # noqa: ANN401 -- any field
    usual: dict[str, Any] = {"room": ROOM, "under": OPENING, "addressed": False, "broadcast": False}
    return Changed(person=person, ts=ts(*said), at=at(*changed), said_at=at(*said), words=words, **usual | other)


_deleted = partial(Deleted, under=OPENING)

MARKED_UP = (
    "*Thanks* @colleague and @colleague, see the rota, https://example.org/a?b=1&c=2, ward@example.org in #ward and "
    "#channel @here @nurses @subteam 7 Dec :heart: 3 < 4 &amp; >"
)
MEANT: dict[str, Heard | None] = {
    "message_in_thread": _said(75, 683829, "U0BEN", "We were short of people & still kind"),
    "message_in_private_thread": _said(80, 4, "U0CAT", "The night was calm", room=PRIVATE),
    "message_with_our_mention": _said(90, 200100, "U0ANA", "status", addressed=True),
    "message_marked_up": _said(100, 300000, "U0BEN", MARKED_UP),
    "message_file_with_words": _said(106, 1, "U0BEN", "This rota wears us out"),
    "message_file_alone": _said(107, 2, "U0BEN", ""),
    "message_me": _said(110, 5, "U0DEV", "is tired"),
    "message_broadcast": _said(120, 6, "U0BEN", "Everybody read this", broadcast=True, ours=None),
    "message_in_foreign_thread": _said(
        127, 7, "U0BEN", "In somebody else's thread", under="1796637100.000003", ours=False
    ),
    "message_of_a_stranger": _said(130, 8, "U9STRANGER", "Hello from next door"),
    "message_in_channel": None,
    "message_channel_join": None,
    "message_of_another_bot": None,
    "message_of_another_app": None,
    "message_our_opening": Stands(key=f"say:{CHAT}:opening", ref=OPENING),
    "message_our_question": None,
    "message_replied": None,
    "changed_words": _changed((75, 683829), (95, 0), "U0BEN", "We were short of people and very kind"),
    "changed_in_the_same_second": _changed((75, 683829), (75, 683829), "U0BEN", "We were short of people"),
    "changed_words_in_private": _changed((80, 4), (99, 0), "U0CAT", "The night was long", room=PRIVATE, addressed=True),
    "changed_words_of_a_broadcast": _changed(
        (120, 6), (135, 0), "U0BEN", "Everybody, please read this", broadcast=True
    ),
    "changed_words_of_a_file": _changed((107, 2), (117, 0), "U0BEN", "This is our rota"),
    "changed_by_an_unfurl": None,
    "changed_by_a_broadcast": None,
    "changed_our_post": None,
    "changed_in_channel": None,
    "changed_to_a_tombstone_root": None,
    "changed_to_a_tombstone_reply": _deleted(room=ROOM, person="U0BEN", ts=ts(75, 683829), at=at(171, 300)),
    "deleted_reply": _deleted(room=ROOM, person="U0BEN", ts=ts(75, 683829), at=at(180, 100)),
    "deleted_reply_in_private": _deleted(room=PRIVATE, person="U0CAT", ts=ts(80, 4), at=at(181, 100)),
    "deleted_our_post": None,
    "deleted_in_channel": None,
    "mention_in_channel": Mentioned(
        room=ROOM, person="U0ANA", ts=ts(200, 1), under=None, at=at(200, 1), words="start live"
    ),
    "mention_in_thread": Mentioned(
        room=ROOM, person="U0ANA", ts=ts(210, 2), under=ts(205, 3), at=at(210, 2), words="Hi"
    ),
    "mention_by_a_bot": None,
    "joined_we": Invited(room=ROOM),
    "joined_somebody": None,
    "home_opened": HomeOpened(person="U0ANA"),
    "home_messages_tab": None,
    "uninstalled": None,  # the endpoint's, as is the next
    "tokens_revoked": None,
}


def parsed(event: Any) -> Heard | None:  # noqa: ANN401 -- also what is no event
    """What an event means to our bot."""
    return parse(event, BOT_USER, BOT)


@pytest.mark.parametrize("name", MEANT)
def test_an_event_means_what_it_says(name: str) -> None:
    """Each kind of event that Slack sends is one thing to us, or nothing."""
    assert parsed(DELIVERIES[name]["event"]) == MEANT[name]


def test_every_recorded_event_is_read() -> None:
    """No recording lies about that no test looks at."""
    assert set(MEANT) == events()


@pytest.mark.parametrize("name", [name for name, meant in MEANT.items() if getattr(meant, "words", "")])
def test_nobodys_words_are_in_what_a_log_would_show(name: str) -> None:
    """What was read tells in its `repr` who and where, and not what they said."""
    heard = parsed(DELIVERIES[name]["event"])

    assert isinstance(heard, Said | Changed | Mentioned)
    assert heard.words
    assert heard.words not in repr(heard)


def test_another_bots_post_that_looks_like_our_opening_is_none() -> None:
    """Whoever copies our post does not take over the thread of a chat."""
    event = DELIVERIES["message_our_opening"]["event"] | {"bot_id": "B9BUILDER"}

    assert parsed(event) is None


def test_a_change_without_what_stood_before_is_a_change() -> None:
    """Slack leaves out what it no longer has."""
    event = DELIVERIES["changed_words"]["event"]
    bare = {name: value for name, value in event.items() if name != "previous_message"}

    assert parsed(bare) == MEANT["changed_words"]


def test_a_change_that_slack_does_not_date_is_of_the_time_of_its_event() -> None:
    """A change by an application may come without `edited`."""
    event = DELIVERIES["changed_words"]["event"]
    message = {name: value for name, value in event["message"].items() if name != "edited"}
    heard = parsed(event | {"message": message})

    assert isinstance(heard, Changed)
    assert heard.at == at(95, 400)


@pytest.mark.parametrize("ended", ["opening", "question:1", "closing"])
def test_only_an_opening_begins_a_thread(ended: str) -> None:
    """The other posts of a chat stand in its thread."""
    assert is_opening(f"say:{CHAT}:{ended}") == (ended == "opening")


@pytest.mark.parametrize(
    "junk", [None, [], "", 7, {}, {"type": []}, {"type": "message"}, {"type": "message", "subtype": {}}]
)
def test_junk_is_nothing(junk: object) -> None:
    """What Slack never writes is read as nothing, and nothing is raised."""
    assert parsed(junk) is None


def test_what_is_huge_is_read_or_left() -> None:
    """A number without end is no time, and words without end are words."""
    event = DELIVERIES["message_in_thread"]["event"]
    heard = parsed(event | {"text": "<@" * 200_000 + "&amp;" * 200_000})

    assert isinstance(heard, Said)
    assert heard.words.endswith("&&")
    assert parsed(event | {"ts": "9" * 5_000}) is None
    assert parsed(event | {"ts": "9" * 30}) is None


@given(event=broken([DELIVERIES[name]["event"] for name in sorted(events())]) | JUNK)
def test_what_is_broken_raises_nothing(event: object) -> None:
    """Whatever is missing or is something else: it means something to us, or nothing."""
    assert isinstance(parsed(event), Heard | None)


@given(text=st.text())
def test_any_words_are_read(text: str) -> None:
    """Nothing that a person can type keeps their message from being heard."""
    heard = parsed(DELIVERIES["message_in_thread"]["event"] | {"text": text})

    assert isinstance(heard, Said)
