"""What is forwarded: whatever it is, it meets its schema and CloudEvents', and it names nobody."""

import json
import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest
from hypothesis import given
from jsonschema import Draft202012Validator

from adapters.survey.payload import render, text_of
from bot.outside import Item, Poison, SurveyEvent, Topic
from conversations.events import Sending
from conversations.model import Permission
from tests.adapters.survey.events import (
    CHAT,
    CONSENT,
    EVENTS,
    NOW,
    OUTSIDE_CHATS,
    contact,
    item,
    response,
    story,
    withdrawn,
)
from tests.adapters.survey.schemas import FILES, reading, reading_cloudevents

SOURCE = "urn:team-leeds-chats"
TIME_OF_DAY = re.compile(r"\d\d:\d\d")
CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff]")


def sent(event: SurveyEvent) -> dict[str, Any]:
    """What a receiver reads."""
    read = json.loads(text_of(event, SOURCE).encode())
    assert isinstance(read, dict)
    return read


def words_in(value: object) -> str:
    """Every text in an event, one a line."""
    if isinstance(value, dict):
        return "\n".join(words_in(part) for part in value.values())
    if isinstance(value, list):
        return "\n".join(words_in(part) for part in value)
    return str(value)


@pytest.mark.parametrize("name", FILES)
def test_every_schema_is_one(name: str) -> None:
    """By the meta-schema of draft 2020-12, with an id that tells which file it is."""
    Draft202012Validator.check_schema(FILES[name])

    assert FILES[name]["$id"] == f"tag:teamchats.leeds.uk,2026:schema/{name}/1"


@given(EVENTS | OUTSIDE_CHATS)
def test_whatever_is_forwarded_meets_its_schema(event: SurveyEvent) -> None:
    """Ours, read strictly, and that of CloudEvents; and what is sent can be written in UTF-8."""
    read = sent(event)

    reading("event", strictly=True).validate(read)
    reading(f"{event.topic}.{event.sending}", strictly=True).validate(read["data"])
    reading_cloudevents().validate(read)


@given(EVENTS)
def test_nothing_forwarded_has_control_characters(event: SurveyEvent) -> None:
    """Receivers cut at some of them, without a word."""
    assert CONTROL.search(words_in(sent(event)).replace("\n", "")) is None


def test_types_are_all_named() -> None:
    """By topic, and by what happened to it."""
    types = {path for path in FILES if path not in {"event", "parts"}}

    assert types == {f"{topic}.{sending}" for topic in Topic for sending in Sending} - {"contact.revised"}
    assert set(FILES["event"]["properties"]["type"]["enum"]) == {f"uk.leeds.teamchats.{name}" for name in types}


def test_a_response_as_it_is_sent() -> None:
    """Every field of it."""
    items = (
        item("Well."),
        item(None, "q2"),
        Item("q3", None, "withheld", None),
        Item("q4", "Ä 😀", None, Permission.QUOTE),
    )
    event = replace(response(7), items=items, organisation="A hospice", sector="third sector")

    assert sent(event) == {
        "specversion": "1.0",
        "id": "00000000-0000-0000-0000-00000000006b",
        "source": SOURCE,
        "type": "uk.leeds.teamchats.response.submitted",
        "subject": "00000000-0000-0000-0000-000000000001",
        "time": "2026-12-08T00:00:00Z",
        "datacontenttype": "application/json",
        "dataschema": "tag:teamchats.leeds.uk,2026:schema/response.submitted/1",
        "sequence": "0000000007",
        "data": {
            "instrument": {"guide": "two", "version": 1},
            "collection_event": {
                "chat_key": str(CHAT),
                "mode": "online_chat",
                "pace": "live",
                "fieldwork_start": "2026-12-07",
                "fieldwork_end": "2026-12-08",
            },
            "sampling_unit": {"organisation": "A hospice", "sector": "third sector"},
            "disposition": "partial",
            "items": [
                {"link_id": "q1", "responses": [{"verbatim": "Well."}], "permission": "themes"},
                {"link_id": "q2", "responses": [], "nonresponse": "skipped"},
                {"link_id": "q3", "responses": [], "nonresponse": "withheld"},
                {"link_id": "q4", "responses": [{"verbatim": "Ä 😀"}], "permission": "quote"},
            ],
        },
    }


@pytest.mark.parametrize("hours", [-11, 0, 9])
def test_no_time_of_day_is_told(hours: int) -> None:
    """However late it is where the clock stands: a revision stamped to the minute would tell whose it is."""
    late = datetime(2026, 12, 8, 23, 59, 58, tzinfo=timezone(timedelta(hours=hours)))
    read = sent(replace(response(2, sending=Sending.REVISED), time=late))

    assert read["time"] == f"{late.astimezone(UTC).date()}T00:00:00Z"
    assert TIME_OF_DAY.findall(json.dumps(read)) == ["00:00"]


def test_the_same_event_is_the_same_text_all_day() -> None:
    """So a receiver that compares what it was sent twice finds no difference."""
    later = replace(response(1), time=NOW + timedelta(hours=3))

    assert text_of(response(1), SOURCE) == text_of(later, SOURCE)


@pytest.mark.parametrize("event", [response(1), story(), contact()])
def test_a_withdrawal_carries_ids_only(event: SurveyEvent) -> None:
    """Whatever else the caller left in it."""
    careless = replace(event, sending=Sending.WITHDRAWN, organisation="A hospice", team="The late shift")
    read = sent(careless)

    of_chat = {"collection_event": {"chat_key": str(CHAT)}}
    assert read["data"] == (of_chat if event.topic is Topic.RESPONSE else {})
    assert sent(withdrawn(event))["data"] == read["data"]


@given(EVENTS)
def test_what_is_to_stay_never_leaves(event: SurveyEvent) -> None:
    """Not even if somebody hands it in."""
    stays = Item("q9", "kept in the team", None, Permission.STAY)

    assert "kept in the team" not in text_of(replace(event, items=(*event.items, stays)), SOURCE)


def test_how_to_reach_somebody_is_in_contact_requests_alone() -> None:
    """A story's author may want to be contacted: the programme team learns that by e-mail."""
    asks = replace(story(), contact="07700 900123")

    assert "900123" not in text_of(asks, SOURCE)
    assert sent(contact())["data"] == {"contact": "07700 900123, after 5pm"}


def test_a_story_with_a_credit_does_not_tell_of_its_chat() -> None:
    """Its author is named there, and so would be one of those who took part."""
    told_in_a_chat = replace(story(), chat_key=CHAT)
    named = replace(told_in_a_chat, consent=replace(CONSENT, credit="Ana, who works nights"))

    assert str(CHAT) in text_of(told_in_a_chat, SOURCE)
    assert str(CHAT) not in text_of(named, SOURCE)
    assert str(CHAT) not in text_of(replace(withdrawn(told_in_a_chat), chat_key=CHAT), SOURCE)
    assert sent(named)["data"]["consent"]["credit"] == "Ana, who works nights"
    assert "credit" not in sent(told_in_a_chat)["data"]["consent"]


@pytest.mark.parametrize(
    ("event", "reason"),
    [
        (replace(story(), consent=None), "no_consent"),
        (replace(contact(), contact=None), "no_contact"),
        (replace(contact(), sending=Sending.REVISED), "no_such_type"),
    ],
)
def test_what_there_is_no_event_for_is_refused(event: SurveyEvent, reason: str) -> None:
    """A story that nobody allowed, and a contact request that says nothing, go nowhere."""
    with pytest.raises(Poison, match=f"^{reason}$"):
        render(event, SOURCE)


def test_what_is_added_later_breaks_no_reader() -> None:
    """The schemas that we ship pass over fields that they do not know."""
    read = sent(response(1))
    read["data"]["items"][0]["language"] = "en"
    read["data"]["weather"] = "rain"

    reading("event").validate(read)
    assert not reading("event", strictly=True).is_valid(read)
