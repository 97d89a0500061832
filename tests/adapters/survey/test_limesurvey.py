"""LimeSurvey holds each response once, at its newest revision, or emptied: on either database, whatever it drops."""

from collections.abc import AsyncIterator
from dataclasses import replace
from uuid import UUID

import pytest

from adapters.survey.limesurvey import Config, LimeSurvey
from bot.outbox import Status
from bot.outside import AtFault, Busy, Held, Item, Poison, SurveyStore, Topic
from conversations.model import Permission
from tests.adapters.survey.events import CHAT, SUBJECT, contact, response, story
from tests.adapters.survey.limesurvey_stage import (
    ID,
    QUESTIONS,
    SURVEY,
    Stage,
    another,
    revised,
    stage,
    taken_back,
)
from tests.peers.limesurvey_faults import Lands
from tests.peers.limesurvey_things import Database
from tests.peers.slack_stage import Clock


@pytest.fixture(params=["mariadb", "postgresql", "strings"])
async def on(request: pytest.FixtureRequest) -> AsyncIterator[Stage]:
    """On either database; and where ids are strings."""
    database = Database.POSTGRESQL if request.param == "postgresql" else Database.MARIADB
    async with stage(database, strings=request.param == "strings") as made:
        yield made


@pytest.fixture
async def usual() -> AsyncIterator[Stage]:
    """On the usual database."""
    async with stage() as made:
        yield made


async def test_a_response_stands_under_the_id_of_our_choice(on: Stage) -> None:
    """With its key as the token, and every field."""
    event = replace(response(1, "One.", None, "It's “three” 😀\nand more."), organisation="NHS Leeds", complete=True)

    assert await on.store.submit(event) is Status.SENT

    assert on.row == {
        "id": str(ID),
        "token": str(SUBJECT),
        "submitdate": "2026-12-08 00:00:00",
        "startdate": "2026-12-08 00:00:00",
        "datestamp": "2026-12-08 00:00:00",
        "startlanguage": "en",
        "lastpage": None,
        "seed": None,
        "tlrevision": "1",
        "tlstate": "submitted",
        "tltopic": "response",
        "tlchat": str(CHAT),
        "tlguide": "two",
        "tlversion": "1",
        "tlorganisation": "NHS Leeds",
        "tlsector": "",
        "tlteam": "",
        "tlpace": "live",
        "tlstart": "2026-12-07",
        "tlend": "2026-12-08",
        "tldisposition": "complete",
        "qq1": "One.",
        "pq1": "themes",
        "nq1": "",
        "qq2": "",
        "pq2": "",
        "nq2": "skipped",
        "qq3": "It's “three” 😀\nand more.",
        "pq3": "themes",
        "nq3": "",
        "qreflection": "",
        "preflection": "",
        "nreflection": "",
    }


async def test_the_same_again_changes_nothing(on: Stage) -> None:
    """From this process or another."""
    await on.store.submit(response(1, "One."))
    async with on.other() as other:
        for store in (on.store, other):
            await store.submit(response(1, "One."))

    assert list(on.peer.survey.rows) == [ID]
    assert on.peer.count("update_response") == 0
    assert on.words == ["One.", "", ""]


async def test_a_revision_takes_the_place_of_the_one_before(on: Stage) -> None:
    """Nothing of the older one stays, also when it had more."""
    await on.store.submit(response(1, "One.", "Two.", "Three."))
    await on.store.submit(revised(2, "Better.", None))

    assert on.stands == ("2", "revised", ["Better.", "", ""])
    assert on.row["nq2"] == "skipped"
    assert on.row["pq3"] == ""


async def test_a_revision_may_be_the_first_that_arrives(on: Stage) -> None:
    """The one before it was never sent."""
    await on.store.submit(revised(2, "Better."))

    assert on.stands == ("2", "revised", ["Better.", "", ""])


async def test_an_older_revision_changes_nothing(on: Stage) -> None:
    """However late it comes, and whatever it is."""
    await on.store.submit(revised(3, "Newest."))
    await on.store.submit(response(1, "One.", "Two."))
    await on.store.submit(taken_back(2))

    assert on.stands == ("3", "revised", ["Newest.", "", ""])


async def test_a_withdrawal_empties_the_row_in_place(on: Stage) -> None:
    """Ids stay, so that nothing older comes back."""
    await on.store.submit(replace(response(1, "One.", "Two."), organisation="NHS Leeds", team="The ward"))
    await on.store.submit(taken_back(2))
    await on.store.submit(response(1, "One.", "Two."))

    assert on.stands == ("2", "withdrawn", ["", "", ""])
    kept = {name: value for name, value in on.row.items() if value and name not in {"startlanguage", "id"}}
    assert kept == {
        "token": str(SUBJECT),
        "submitdate": "2026-12-08 00:00:00",
        "startdate": "2026-12-08 00:00:00",
        "datestamp": "2026-12-08 00:00:00",
        "tlrevision": "2",
        "tlstate": "withdrawn",
        "tltopic": "response",
        "tlchat": str(CHAT),
        "tlguide": "two",
        "tlversion": "1",
    }


async def test_a_withdrawal_of_what_never_arrived_leaves_a_tombstone(on: Stage) -> None:
    """So that the response can't arrive afterwards."""
    await on.store.submit(taken_back(2))
    await on.store.submit(response(1, "One."))

    assert on.stands == ("2", "withdrawn", ["", "", ""])


async def test_what_was_withdrawn_can_be_given_again(on: Stage) -> None:
    """By a revision above the withdrawal."""
    await on.store.submit(response(1, "One."))
    await on.store.submit(taken_back(2))
    await on.store.submit(revised(3, "On second thoughts."))

    assert on.stands == ("3", "revised", ["On second thoughts.", "", ""])


async def test_a_second_look_empties_what_a_late_write_brought_back(on: Stage) -> None:
    """The write began before the withdrawal, and was written after it."""
    await on.store.submit(response(1, "One."))
    late = Lands()
    on.peer.faults.add("update_response", late)
    with pytest.raises(Busy):
        await on.store.submit(revised(2, "Secret words."))
    await on.store.submit(taken_back(3))
    assert on.stands == ("3", "withdrawn", ["", "", ""])
    late.gate.set()
    await late.landed.wait()
    assert on.words == ["Secret words.", "", ""]

    await on.store.submit(taken_back(3))

    assert on.stands == ("3", "withdrawn", ["", "", ""])


async def test_a_second_look_brings_back_what_an_older_write_overtook(on: Stage) -> None:
    """Somebody's last words stand in the end."""
    await on.store.submit(response(1, "One."))
    late = Lands()
    on.peer.faults.add("update_response", late)
    with pytest.raises(Busy):
        await on.store.submit(revised(2, "Two."))
    await on.store.submit(revised(3, "Three."))
    late.gate.set()
    await late.landed.wait()
    assert on.words == ["Two.", "", ""]

    await on.store.submit(revised(3, "Three."))

    assert on.stands == ("3", "revised", ["Three.", "", ""])


async def test_a_second_look_finds_words_under_the_right_revision_too(on: Stage) -> None:
    """Somebody brought them back by hand."""
    await on.store.submit(taken_back(3))
    column = next(name for name, one in on.peer.survey.field_map().items() if one["title"] == "qq1")
    on.peer.survey.rows[ID][column] = "Secret words."

    await on.store.submit(taken_back(3))

    assert on.words == ["", "", ""]


async def test_a_late_write_can_not_bring_back_what_was_withdrawn_at_once(on: Stage) -> None:
    """The tombstone has the id."""
    late = Lands()
    on.peer.faults.add("add_response", late)
    with pytest.raises(Busy) as refused:
        await on.store.submit(response(1, "Secret words."))
    await on.store.submit(taken_back(2))
    late.gate.set()
    await late.landed.wait()

    assert refused.value.begun
    assert on.stands == ("2", "withdrawn", ["", "", ""])


async def test_responses_do_not_touch_one_another(on: Stage) -> None:
    """Each has its own id."""
    for number in (1, 2, 3):
        await on.store.submit(another(response(1, f"Number {number}."), number))

    found = {key: on.peer.survey.by_code(key)["qq1"] for key in on.peer.survey.rows}
    assert found == {1_000_000_000 + number: f"Number {number}." for number in (1, 2, 3)}


async def test_a_reflection_is_a_row_like_any_other(on: Stage) -> None:
    """Under the chat's id."""
    item = Item("reflection", "As a team.", None, Permission.THEMES)
    event = replace(response(1), subject=CHAT, topic=Topic.REFLECTION, items=(item,))

    await on.store.submit(event)

    assert (on.row["token"], on.row["tltopic"], on.row["qreflection"]) == (str(CHAT), "reflection", "As a team.")


async def test_what_stays_in_the_team_is_left_out(usual: Stage) -> None:
    """Whatever the caller says."""
    item = Item("q1", "Secret words.", None, Permission.STAY)

    await usual.store.submit(replace(response(1), items=(item,)))

    assert (usual.words, usual.row["nq1"]) == (["", "", ""], "withheld")


async def test_control_characters_are_taken_out(on: Stage) -> None:
    """PostgreSQL would end the text at a NUL."""
    await on.store.submit(response(1, "one\0two\x1b\ud800three\r\nfour"))

    assert on.words[0] == "onetwothree\nfour"


async def test_the_longest_answer_that_may_be_written_arrives(on: Stage) -> None:
    """16,000 characters, four bytes each, in every question."""
    words = "😀" * 16_000
    await on.store.submit(response(1, words, words, words))

    assert on.words == [words] * 3


async def test_what_would_be_cut_is_not_sent(on: Stage) -> None:
    """Above 65,535 bytes."""
    with pytest.raises(Poison, match="^too_large$"):
        await on.store.submit(response(1, "a" * 65_536))

    assert on.peer.survey.rows == {}


async def test_stories_and_contact_requests_do_not_belong_here(usual: Stage) -> None:
    """They name people."""
    for event in (story(), contact()):
        with pytest.raises(Poison, match="^no_such_type$"):
            await usual.store.submit(event)
    assert usual.peer.calls == []


async def test_questions_of_any_guide_have_a_place() -> None:
    """Keys that are no codes of LimeSurvey's get one that is, each its own."""
    keys = ("what-helped", "what_helped", "a-very-long-key-that-no-code-of-limesurvey-has", "whathelped")
    async with stage(questions=dict.fromkeys(keys, "A question")) as on:
        event = replace(response(1), items=tuple(Item(key, key, None, Permission.THEMES) for key in keys))
        await on.store.submit(event)
        held = [value for name, value in on.row.items() if name.startswith("q")]

    assert held == list(keys)


async def test_fields_are_read_once_in_a_session(usual: Stage) -> None:
    """And nobody logs in twice."""
    for number in (1, 2, 3):
        await usual.store.submit(another(response(1), number))

    assert [call.method for call in usual.peer.calls] == ["get_session_key", "get_fieldmap"] + [
        "add_response",
        "export_responses",
    ] * 3


async def test_an_id_that_somebody_else_has_is_told(usual: Stage) -> None:
    """And theirs is left alone."""
    await usual.store.submit(another(response(1, "Theirs."), 1))

    with pytest.raises(AtFault, match="^id_taken$"):
        await usual.store.submit(response(1, "Ours."))
    with pytest.raises(AtFault, match="^id_taken$"):
        await usual.store.submit(revised(2, "Ours."))
    with pytest.raises(AtFault, match="^id_taken$"):
        await usual.store.submit(taken_back(3))

    assert usual.words == ["Theirs.", "", ""]


async def test_everything_that_is_held_can_be_listed(on: Stage) -> None:
    """Whatever its revision; rows that are not ours are passed over, and words do not travel."""
    for number in (1, 2, 700, 90_000):
        await on.store.submit(another(response(1, "Secret words."), number))
    await on.store.submit(another(revised(2, "Secret words."), 2))
    await on.store.submit(another(taken_back(3), 700))
    on.peer.survey.rows[5] = {**on.peer.survey.rows[1_000_000_001], "id": "5", "token": "somebody"}
    before = len(on.peer.calls)

    found = [one async for one in on.store.held()]

    assert found == [
        Held(UUID(int=1001), 1, withdrawn=False),
        Held(UUID(int=1002), 2, withdrawn=False),
        Held(UUID(int=1700), 3, withdrawn=True),
        Held(UUID(int=91_000), 1, withdrawn=False),
    ]
    asked = [call.params[8] for call in on.peer.calls[before:] if call.method == "export_responses"]
    assert all(len(columns) == 4 for columns in asked)
    assert len(asked) < 15


async def test_nothing_is_held_at_first(on: Stage) -> None:
    """Of a survey without a response."""
    assert [one async for one in on.store.held()] == []


async def test_more_than_a_page_is_held(usual: Stage) -> None:
    """All of it is listed, once each."""
    await usual.store.submit(response(1))
    row = usual.peer.survey.rows.pop(ID)
    for number in range(1, 1203):
        key = 1_000_000_000 + number
        usual.peer.survey.rows[key] = {**row, "id": str(key), "token": str(UUID(int=number))}

    assert [one.subject.int async for one in usual.store.held()] == list(range(1, 1203))


async def test_a_row_without_a_revision_can_not_tell(usual: Stage) -> None:
    """It is ours all the same, and the next revision takes its place."""
    await usual.store.submit(response(1, "One."))
    column = next(name for name, one in usual.peer.survey.field_map().items() if one["title"] == "tlrevision")
    usual.peer.survey.rows[ID][column] = None

    assert [one async for one in usual.store.held()] == [Held(SUBJECT, None, withdrawn=False)]
    await usual.store.submit(response(1, "One."))
    assert usual.stands == ("1", "submitted", ["One.", "", ""])


async def test_it_is_a_survey_store(usual: Stage) -> None:
    """By all that the bot knows of it."""
    store: SurveyStore = usual.store

    assert (store.name, store.may_double) == ("limesurvey", False)
    assert store.quiet is not None
    assert store.quiet.total_seconds() == 600


def test_the_password_travels_encrypted_or_not_at_all() -> None:
    """And is shown nowhere."""
    config = Config(url="http://survey.example.org/admin/remotecontrol", user="bot", password="hidden", survey=SURVEY)

    with pytest.raises(ValueError, match="https://"):
        LimeSurvey(config, Clock())
    assert "hidden" not in repr(config)


def test_the_stage_has_a_question_for_each_word() -> None:
    """So that no test passes because its words had no place."""
    assert set(QUESTIONS) == {"q1", "q2", "q3", "reflection"}
