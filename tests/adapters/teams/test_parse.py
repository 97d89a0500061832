"""What Teams delivers, as it was recorded, is read as what it means; anything else is read as nothing."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapters.teams.forms import Context
from adapters.teams.parse import (
    Changed,
    Deleted,
    Heard,
    Installed,
    Looked,
    Opened,
    Pressed,
    Removed,
    Restored,
    Said,
    Sent,
    parse,
)
from adapters.teams.whereabouts import Whereabouts
from bot.outside import Address
from bot.registers import Reference
from tests.adapters.teams.recorded import (
    BOT,
    CHANNEL,
    CHAT,
    DELIVERIES,
    GROUP,
    JUNK,
    OPENING,
    OWN,
    SERVICE,
    TEAM,
    TENANT,
    broken,
)

TEN = datetime(2026, 12, 7, 10, tzinfo=UTC)
FORM = "0f0e0d0c0b0a09080706050403020100"
NUMBERS = {"Ana": 1, "Ben": 2, "Cat": 3, "Dev": 4}
MARKED_UP = """Thanks @colleague 👍

- see the rota
- 3 < 4
1. first
2. second
a  =  1
  b = 2
The end & x < y"""


def at(minutes: int, seconds: float) -> datetime:
    """So long after ten o'clock."""
    return TEN + timedelta(minutes=minutes, seconds=seconds)


def person(who: str, *, named: bool = True, own: str | None = None) -> Reference:
    """How somebody is reached."""
    return Reference(
        at=Address("teams", TENANT, f"00000000-0000-4000-8000-00000000000{NUMBERS[who]}"),
        kind="personal",
        user_id=f"29:1{who}-4f5e6d7c8b9a",
        given_name=who if named else None,
        conversation_id=own,
        service_url=SERVICE,
        bot_id=BOT,
    )


def in_channel(who: str, under: str | None = OPENING) -> Whereabouts:
    """Where somebody is who is in a thread of the channel."""
    room = Reference(
        at=Address("teams", TENANT, CHANNEL),
        kind="channel",
        team_id=TEAM,
        channel_id=CHANNEL,
        service_url=SERVICE,
        bot_id=BOT,
    )
    return Whereabouts(room=room, person=person(who), under=under)


def in_team(who: str) -> Whereabouts:
    """Where something happens to all of a team."""
    here = in_channel(who, None)
    room = replace(here.room, at=Address("teams", TENANT, TEAM), channel_id=TEAM)
    return Whereabouts(room=room, person=person(who, named=False), under=None)


def in_group(who: str, *, named: bool = True) -> Whereabouts:
    """Where somebody is who is in the group chat."""
    room = Reference(at=Address("teams", TENANT, GROUP), kind="groupChat", service_url=SERVICE, bot_id=BOT)
    return Whereabouts(room=room, person=person(who, named=named), under=None)


def alone(who: str, *, named: bool = True) -> Whereabouts:
    """Where somebody is who is in their own chat with the bot."""
    room = Reference(at=Address("teams", TENANT, OWN), kind="personal", service_url=SERVICE, bot_id=BOT)
    return Whereabouts(room=room, person=person(who, named=named, own=OWN), under=None)


def said(where: Whereabouts, moment: datetime, ref: str, words: str, **other: Any) -> Said:  # noqa: ANN401 -- any field
    """A message."""
    usual: dict[str, Any] = {"addressed": True, "pictured": False}
    return Said(where=where, at=moment, ref=ref, words=words, **usual | other)


PRIVATELY = f"answer_privately:{CHAT}:feelings"
CONTEXT = Context(panel=PRIVATELY, form=FORM)
MEANT: dict[str, Heard | None] = {
    "message_in_thread": said(
        in_channel("Ben"),
        at(1, 15.683829),
        "1796637675683",
        "We were short of people & still kind",
        addressed=False,
    ),
    "message_with_our_mention": said(in_channel("Ana"), at(1, 30.2001), "1796637690200", "status"),
    "message_in_channel": said(in_channel("Ana", "1796637800001"), at(3, 20.001), "1796637800001", "start live"),
    "message_in_channel_unasked": said(
        in_channel("Dev", "1796637801001"), at(3, 21.001), "1796637801001", "Lunch?", addressed=False
    ),
    "message_mention_in_the_middle": said(in_group("Ben"), at(1, 40.003), "1796637700003", "I think that it was hard."),
    "message_in_group": said(in_group("Cat"), at(1, 41.004), "1796637701004", "next"),
    "message_one_to_one": said(alone("Ben"), at(1, 42.005), "1796637702005", "my answers"),
    "message_marked_up": said(in_channel("Ben"), at(1, 40.3), "1796637700300", MARKED_UP),
    "message_quoting": said(in_channel("Cat"), at(1, 45.1), "1796637705100", "I agree", addressed=False),
    "message_picture_alone": said(in_channel("Ben"), at(1, 46.2), "1796637706200", "", addressed=False, pictured=True),
    "message_file_with_words": said(
        alone("Ben"), at(1, 47.3), "1796637707300", "This rota wears us out", pictured=True
    ),
    "message_of_another_bot": None,
    "message_without_html": said(alone("Cat"), at(1, 49.5), "1796637709500", "Tired 😀 but proud"),
    "message_as_xml": said(in_group("Cat"), at(1, 50.6), "1796637710600", "hard & good\nboth"),
    "message_of_a_card_without_text": None,
    "changed_words": Changed(
        where=in_channel("Ben"),
        ref="1796637675683",
        at=at(2, 30.005),
        said_at=at(1, 15.683),
        words="We were short & kind",
        addressed=False,
    ),
    "changed_in_group": Changed(
        where=in_group("Cat"),
        ref="1796637701004",
        at=at(2, 31.006),
        said_at=at(1, 41.004),
        words="it was hard",
        addressed=True,
    ),
    "restored_words": Restored(
        where=in_channel("Ben"), ref="1796637675683", at=at(2, 50.007), words="We were short & kind", addressed=False
    ),
    "deleted_message": Deleted(where=in_channel("Ben"), ref="1796637675683", at=at(2, 40.006)),
    "installed_in_a_team": Installed(where=in_team("Ana"), whole_team=True, chosen=in_channel("Ana", None).room),
    "installed_in_a_group": Installed(
        where=in_group("Ana", named=False), whole_team=False, chosen=in_group("Ana", named=False).room
    ),
    "installed_for_a_person": Installed(
        where=alone("Ben", named=False), whole_team=False, chosen=alone("Ben", named=False).room
    ),
    "removed_from_a_team": Removed(where=in_team("Ana")),
    "upgraded_in_a_team": None,
    "joined_we": Installed(where=in_team("Ana"), whole_team=True, chosen=None),
    "joined_we_in_a_group": Installed(
        where=in_group("Ana", named=False), whole_team=False, chosen=in_group("Ana", named=False).room
    ),
    "joined_somebody": None,
    "left_we": Removed(where=in_team("Ana")),
    "channel_created": None,
    "reacted": None,
    "typing": None,
    "action_pressed": Pressed(
        where=in_channel("Ana"),
        id="f:00000000-0000-4000-8000-000000000401",
        on="1796637610000",
        code=f"next:{CHAT}:feelings",
    ),
    "action_on_our_opening": Pressed(
        where=in_channel("Ana"), id="f:00000000-0000-4000-8000-000000000402", on=OPENING, code=f"begin:{CHAT}:"
    ),
    "action_in_group": Pressed(
        where=in_group("Ben"),
        id="f:00000000-0000-4000-8000-000000000403",
        on="1796637600500",
        code=f"not_now:{CHAT}:",
    ),
    "action_refreshes": Looked(where=in_channel("Dev"), code=f"view:{CHAT}:question:1"),
    "task_opens": Opened(where=in_channel("Ben"), code=PRIVATELY),
    "task_sends_a_form": Sent(
        where=in_channel("Ben"),
        id="f:00000000-0000-4000-8000-000000000411",
        code=f"form_private:{CHAT}:feelings",
        context=CONTEXT,
        fields={"words": "It wears me out"},
    ),
    "task_sends_an_empty_form": Sent(
        where=in_channel("Ben"),
        id="f:00000000-0000-4000-8000-000000000412",
        code=f"form_private:{CHAT}:feelings",
        context=CONTEXT,
        fields={"words": ""},
    ),
    "task_presses": Sent(
        where=alone("Ben"),
        id="f:00000000-0000-4000-8000-000000000413",
        code=f"withdraw:{CHAT}:0123456789abcdef0123456789abcdef",
        context=Context(panel="my_answers::", page=1),
        fields=None,
    ),
    "task_of_another_kind": None,
}
FROM_PLAYGROUND = {"playground_one_to_one": Said, "playground_pressed": Pressed}


@pytest.mark.parametrize("name", MEANT)
def test_a_delivery_means_what_it_says(name: str) -> None:
    """Each kind of activity that Teams sends is one thing to us, or nothing."""
    assert parse(DELIVERIES[name], "teams", TEN) == MEANT[name]


@pytest.mark.parametrize(("name", "kind"), FROM_PLAYGROUND.items())
def test_what_microsofts_own_client_for_bots_sends_is_read_too(name: str, kind: type) -> None:
    """Its ids are of another kind, and tell no time."""
    heard = parse(DELIVERIES[name], "teams", TEN)

    assert isinstance(heard, kind)
    assert getattr(heard, "words", "help") == "help"


def test_every_recorded_delivery_is_read() -> None:
    """No recording lies about that no test looks at."""
    assert {*MEANT, *FROM_PLAYGROUND} == set(DELIVERIES)


@pytest.mark.parametrize(
    "name", [name for name, meant in MEANT.items() if getattr(meant, "words", "") or getattr(meant, "fields", None)]
)
def test_nobodys_words_are_in_what_a_log_would_show(name: str) -> None:
    """What was read tells in its `repr` who and where, and not what they said, nor their names."""
    heard = parse(DELIVERIES[name], "teams", TEN)

    assert isinstance(heard, Said | Changed | Restored | Sent)
    words = heard.fields["words"] if isinstance(heard, Sent) and heard.fields else getattr(heard, "words", "")
    assert not words or words not in repr(heard)
    assert "Ben'" not in repr(heard)


def test_a_change_of_what_has_no_time_is_of_its_own_time() -> None:
    """Only Teams' own ids say when a message was sent, and none was sent after it was changed."""
    for ref in ("00000000-0000-4000-8000-0000000005aa", "9796637675683"):
        heard = parse(DELIVERIES["changed_words"] | {"id": ref}, "teams", TEN)
        assert isinstance(heard, Changed)
        assert heard.said_at == heard.at == at(2, 30.005)


@pytest.mark.parametrize("timestamp", [None, "soon", 7, "", "0001-01-01T00:00:00+23:00"])
def test_what_has_no_time_is_heard_all_the_same(timestamp: object) -> None:
    """A message is of the time in its id, or of now; a change and a deletion are of now, each its own."""
    timeless = {"timestamp": timestamp}
    heard = parse(DELIVERIES["message_in_thread"] | timeless, "teams", TEN)
    of_now = [DELIVERIES["message_in_thread"] | {"id": "00000000"}, DELIVERIES["changed_words"]]
    of_now += [DELIVERIES["deleted_message"], DELIVERIES["restored_words"]]

    assert isinstance(heard, Said)
    assert heard.at == at(1, 15.683)
    for body in of_now:
        later = parse(body | timeless, "teams", TEN + timedelta(hours=1))
        assert isinstance(later, Said | Changed | Deleted | Restored)
        assert later.at == TEN + timedelta(hours=1)


@pytest.mark.parametrize("junk", [{}, {"type": []}, {"type": "message"}, {"from": 7}, {"from": {"id": []}}])
def test_junk_is_nothing(junk: dict[str, Any]) -> None:
    """What Teams never writes is read as nothing, and nothing is raised."""
    assert parse(junk, "teams", TEN) is None


@given(body=broken([DELIVERIES[name] for name in sorted(DELIVERIES)]) | st.dictionaries(st.text(), JUNK))
def test_what_is_broken_raises_nothing(body: dict[str, Any]) -> None:
    """Whatever is missing or is something else: it means something to us, or nothing."""
    heard = parse(body, "teams", TEN)

    assert heard is None or isinstance(heard, Heard)


@given(text=st.text(), html=st.text())
def test_any_words_are_read(text: str, html: str) -> None:
    """Nothing that a person can type keeps their message from being heard."""
    attachments = [{"contentType": "text/html", "content": html}]
    heard = parse(DELIVERIES["message_one_to_one"] | {"text": text or "x", "attachments": attachments}, "teams", TEN)

    assert isinstance(heard, Said)
