"""Codes are LimeSurvey's, and each question's own; a difference is the worst there is."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapters.survey.limesurvey_answers import NotThere, SessionLost, Taken, meaning
from adapters.survey.limesurvey_rows import (
    CHANGED,
    CUT,
    GONE,
    MOST_BYTES,
    REFLECTION,
    WORDS,
    Difference,
    Fields,
    Row,
    Stored,
    code,
    codes,
    difference,
    row_of,
)
from bot.outside import AtFault, Busy, Poison, SurveyEvent
from bot.responses import REFLECTION as ITS_KEY
from conversations.words import MOST
from tests.adapters.survey.events import EVENTS, response

KEYS = st.from_regex(r"[a-z][a-z0-9_-]{0,39}", fullmatch=True)
"""Of questions, as guides may have them."""
CODE = re.compile(r"[A-Za-z][A-Za-z0-9]{0,19}")


@given(keys=st.sets(KEYS, max_size=12))
def test_every_question_has_codes_of_its_own(keys: set[str]) -> None:
    """A letter and up to 19 letters and digits, in no case like another's."""
    found = codes(keys)

    assert all(CODE.fullmatch(name) for name in found)
    assert len({name.lower() for name in found}) == len(found)


def test_the_code_of_a_short_key_is_the_key() -> None:
    """So that whoever owns the survey can read it."""
    assert [code(WORDS, key) for key in ("feelings", "together", "easier", "steps")] == [
        "qfeelings",
        "qtogether",
        "qeasier",
        "qsteps",
    ]


def test_the_reflection_is_called_as_the_bot_calls_it() -> None:
    """It has a field of its own in every survey."""
    assert REFLECTION == ITS_KEY


def test_the_longest_message_fits() -> None:
    """In characters of four bytes."""
    assert MOST * 4 <= MOST_BYTES


@given(event=EVENTS)
def test_whatever_is_forwarded_reads_back_as_the_same(event: SurveyEvent) -> None:
    """Through a LimeSurvey that keeps what it is given."""
    fields = Fields({name: f"1X1X{name}" for name in codes(item.link_id for item in event.items)}, ("submitdate",))
    row = row_of(event, fields)
    written = {name.removeprefix("1X1X"): value for name, value in row.new(fields).items()}
    stored = Stored.read({name: None if value == "" else value for name, value in written.items()})

    assert stored is not None
    assert (stored.id, stored.token, stored.revision) == (row.id, str(event.subject), event.revision)
    assert difference(row, stored) is None
    assert set(row.changed(fields)) == {"id", *fields.columns.values()}


@pytest.mark.parametrize(
    ("stands", "found"),
    [
        ({"a": "Words here.", "b": "Two"}, None),
        ({"a": " Words here.\r\n", "b": "Two"}, None),
        ({"a": "Words", "b": "Two"}, CUT),
        ({"a": "Other", "b": "Two"}, CHANGED),
        ({"a": "", "b": "Two"}, GONE),
        ({"b": "Two"}, GONE),
        ({"a": "Words", "b": "Other"}, CUT),
        ({"a": "Words"}, GONE),
    ],
    ids=repr,
)
def test_the_worst_difference_is_told(stands: dict[str, str], found: Difference | None) -> None:
    """A field that is gone is worse than a cut, and that than a change."""
    meant = Row(1, "key", 1, "2026-12-08", {"a": "Words here.", "b": "Two"})

    assert difference(meant, Stored(1, "key", 1, stands)) == found


def test_words_where_there_should_be_none_are_a_change() -> None:
    """They were brought back."""
    assert difference(Row(1, "key", 1, "", {"a": ""}), Stored(1, "key", 1, {"a": "Words"})) is CHANGED


def test_fields_are_questions_only() -> None:
    """LimeSurvey's own columns are none; what can't be read gives none."""
    given = {
        "id": {"fieldname": "id", "title": "", "qid": ""},
        "submitdate": {"fieldname": "submitdate", "title": "", "qid": ""},
        "1X2X3": {"fieldname": "1X2X3", "title": "qone", "qid": "3"},
    }

    assert Fields.read(given) == Fields({"qone": "1X2X3"}, ("submitdate",))
    assert Fields.read(["nothing"]) == Fields.read(None) == Fields({}, ())


def test_the_day_is_the_last_of_the_chat() -> None:
    """At midnight; of a withdrawal, that of the event."""
    fields = Fields(dict(zip(codes(["q1"]), codes(["q1"]), strict=True)), ("submitdate",))

    assert row_of(response(1), fields).new(fields)["submitdate"] == "2026-12-08 00:00:00"


@pytest.mark.parametrize(
    ("sentence", "kind", "reason"),
    [
        ("Invalid session key", SessionLost, ""),
        ("Invalid Session Key", SessionLost, ""),
        ("Invalid user name or password", AtFault, "unauthorised"),
        ("No permission", AtFault, "no_permission"),
        ("Error: Invalid survey ID", AtFault, "no_such_survey"),
        ("Invalid surveyid", AtFault, "no_such_survey"),
        ("Error: Survey is not active.", AtFault, "survey_closed"),
        ("Survey is not active", AtFault, "survey_closed"),
        ("No survey response table", AtFault, "survey_closed"),
        ("Error: No survey response table", AtFault, "survey_closed"),
        ("No Data, survey table does not exist.", AtFault, "survey_closed"),
        ("Error: Survey does not allow edit after completion.", AtFault, "not_editable"),
        ("Error: Invalid Column names supplied: a, b", AtFault, "field_missing"),
        ("Error: No matching Response.", NotThere, ""),
        ("No Data, could not get max id.", NotThere, ""),
        ("Unable to add response", Taken, ""),
        ("Unable to edit response", Poison, "refused"),
        ("CDbCommand failed to execute the SQL statement: SQLSTATE[23000]: Integrity", Taken, ""),
        ("CDbCommand failed to execute the SQL statement: SQLSTATE[23505]: Unique", Taken, ""),
        ("SQLSTATE[22003]: Numeric value out of range", Poison, "data_error"),
        ("SQLSTATE[08006] [7] could not connect", Busy, "database"),
        ("SQLSTATE[HY000] [2002] No such file", Busy, "database"),
        ("Something new", Busy, "unknown_answer"),
        ("A person wrote: No permission", Busy, "unknown_answer"),
    ],
)
def test_sentences_are_known(sentence: str, kind: type[Exception], reason: str) -> None:
    """Of LimeSurvey 6 and of 5; as a whole, so that none is found inside another."""
    found = meaning(sentence)

    assert (type(found), str(found)) == (kind, reason)
