"""LimeSurvey goes wrong: every end is what the caller does next, nothing is doubled, and nobody's words get out."""

import asyncio
import ssl
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path
from typing import Final

import pytest
from aiohttp import web
from structlog.testing import capture_logs

from adapters.survey.limesurvey import Config, LimeSurvey
from bot.outbox import Status
from bot.outside import AtFault, Busy, Poison
from tests.adapters.survey.events import response
from tests.adapters.survey.limesurvey_stage import (
    ID,
    PASSWORD,
    SURVEY,
    USER,
    Stage,
    another,
    revised,
    stage,
    taken_back,
)
from tests.adapters.survey.test_outward import Book
from tests.peers.certificates import vouched
from tests.peers.limesurvey import PATH
from tests.peers.limesurvey_access import LOCKED
from tests.peers.limesurvey_faults import (
    Answers,
    DropAfterAccepting,
    DropBeforeAccepting,
    Empty,
    Fails,
    FailsAfterAccepting,
    Fault,
    Held,
    Huge,
    Lands,
    Passes,
    Redirects,
    Says,
    ServerError,
    Unreadable,
)
from tests.peers.limesurvey_things import Database
from tests.peers.serving import free_port
from tests.peers.slack_stage import Clock

WORDS: Final = "Secret words."


@pytest.fixture
async def on() -> AsyncIterator[Stage]:
    """On the usual database."""
    async with stage() as made_stage:
        yield made_stage


def elsewhere(url: str) -> LimeSurvey:
    """A destination at another address."""
    return LimeSurvey(Config(url=url, user=USER, password=PASSWORD, survey=SURVEY), Clock())


@pytest.mark.parametrize(
    "fault",
    [
        DropAfterAccepting(),
        FailsAfterAccepting(502),
        FailsAfterAccepting(504),
        Empty(done=True),
        DropBeforeAccepting(),
        ServerError(500),
        ServerError(502),
        ServerError(408),
        Empty(),
        Unreadable(),
    ],
    ids=repr,
)
@pytest.mark.parametrize("revision", [1, 2])
async def test_a_write_that_nobody_saw_end_is_tried_again_and_is_there_once(
    on: Stage, fault: Fault, revision: int
) -> None:
    """It may have happened, so a withdrawal has to follow it."""
    event = response(1, WORDS) if revision == 1 else revised(2, WORDS)
    if revision > 1:
        await on.store.submit(response(1, "Before."))
    on.peer.faults.add("add_response" if revision == 1 else "update_response", fault)

    with pytest.raises(Busy) as refused:
        await on.store.submit(event)
    assert refused.value.begun
    assert await on.store.submit(event) is Status.SENT

    assert list(on.peer.survey.rows) == [ID]
    assert on.words == [WORDS, "", ""]


@pytest.mark.parametrize("fault", [DropAfterAccepting(), ServerError(502), Empty(), Unreadable(), Huge()], ids=repr)
@pytest.mark.parametrize("method", ["get_session_key", "get_fieldmap"])
async def test_what_fails_before_a_write_leaves_nothing_in_doubt(on: Stage, method: str, fault: Fault) -> None:
    """A withdrawal can still stop it."""
    on.peer.faults.add(method, fault)

    with pytest.raises(Busy) as refused:
        await on.store.submit(response(1, WORDS))

    assert not refused.value.begun
    assert await on.store.submit(response(1, WORDS)) is Status.SENT


@pytest.mark.parametrize("fault", [DropAfterAccepting(), ServerError(502), Empty(), Unreadable(), Huge()], ids=repr)
async def test_what_was_written_and_not_read_back_is_in_doubt(on: Stage, fault: Fault) -> None:
    """The next attempt finds it there."""
    on.peer.faults.add("export_responses", fault)

    with pytest.raises(Busy) as refused:
        await on.store.submit(response(1, WORDS))

    assert refused.value.begun
    assert await on.store.submit(response(1, WORDS)) is Status.SENT
    assert len(on.peer.survey.rows) == 1


async def test_an_answer_of_50_megabytes_is_not_read(on: Stage) -> None:
    """4 MiB are, and what the sockets hold by then."""
    fault = Huge(size=50_000_000)
    on.peer.faults.add("get_fieldmap", fault)

    with pytest.raises(Busy, match="^answer_too_large$"):
        await on.store.submit(response(1))

    assert fault.taken < 25_000_000


async def test_a_page_of_all_that_is_held_may_be_too_large(on: Stage) -> None:
    """Then less is asked for at a time."""
    for number in (1, 2, 3):
        await on.store.submit(another(response(1), number))
    on.peer.faults.add("export_responses", Passes(), Huge(), Huge())

    assert len([one async for one in on.store.held()]) == 3


async def test_a_slow_answer_ends_the_attempt(on: Stage) -> None:
    """Everything that one event needs has 20 seconds; here, a fifth of one."""
    held = Held(asyncio.Event())
    on.peer.faults.add("add_response", held)
    async with on.other(seconds=0.2) as store:
        with pytest.raises(Busy, match="^timeout$") as refused:
            await store.submit(response(1, WORDS))
    held.gate.set()

    assert refused.value.begun
    assert await on.store.submit(response(1, WORDS)) is Status.SENT
    assert len(on.peer.survey.rows) == 1


async def test_a_slow_log_in_leaves_nothing_in_doubt(on: Stage) -> None:
    """Nothing was written yet."""
    held = Held(asyncio.Event())
    on.peer.faults.add("get_session_key", held)
    async with on.other(seconds=0.2) as store:
        with pytest.raises(Busy, match="^timeout$") as refused:
            await store.submit(response(1, WORDS))
    held.gate.set()

    assert not refused.value.begun


async def test_redirects_are_not_followed(on: Stage) -> None:
    """The password would go with them."""
    on.peer.faults.add("get_session_key", Redirects(on.peer.url))

    with pytest.raises(AtFault, match="^redirected$"):
        await on.store.submit(response(1))

    assert on.peer.count("get_session_key") == 1


@pytest.mark.parametrize(("status", "reason"), [(401, "unauthorised"), (403, "forbidden"), (404, "not_found")])
async def test_a_server_that_refuses_everything_is_at_fault(on: Stage, status: int, reason: str) -> None:
    """Whoever runs it has to put it right."""
    on.peer.faults.add("get_session_key", ServerError(status))

    with pytest.raises(AtFault, match=f"^{reason}$"):
        await on.store.submit(response(1))


async def test_a_write_that_is_refused_for_its_words_is_buried(on: Stage) -> None:
    """A firewall in front takes them for an attack; everything else goes on."""
    on.peer.faults.add("add_response", ServerError(403))

    with pytest.raises(Poison, match="^forbidden$"):
        await on.store.submit(response(1, "Select all from the menu; drop the table."))

    assert await on.store.submit(another(response(1), 2)) is Status.SENT


async def test_a_server_that_refuses_writes_and_questions_is_at_fault(on: Stage) -> None:
    """Then it is not the words."""
    await on.store.submit(response(1))
    on.peer.faults.add("update_response", ServerError(403))
    on.peer.faults.add("get_summary", ServerError(403))

    with pytest.raises(AtFault, match="^forbidden$"):
        await on.store.submit(revised(2, "Words."))


async def test_a_server_that_is_too_busy_is_left_alone(on: Stage) -> None:
    """By all of us."""
    on.peer.faults.add("add_response", ServerError(429))

    with pytest.raises(Busy) as refused:
        await on.store.submit(response(1))

    assert refused.value.throttled


async def test_a_name_that_leads_nowhere_is_tried_again() -> None:
    """Names come back."""
    config = Config(url=f"https://survey.invalid{PATH}", user=USER, password=PASSWORD, survey=SURVEY)
    store = LimeSurvey(config, Clock(), Book())
    with pytest.raises(Busy, match="^dns$") as refused:
        await store.submit(response(1))
    await store.close()

    assert not refused.value.begun


async def test_nobody_at_home_is_tried_again() -> None:
    """Nothing was sent."""
    store = elsewhere(f"http://127.0.0.1:{free_port()}{PATH}")
    with pytest.raises(Busy, match="^unreachable$") as refused:
        await store.submit(response(1))
    await store.close()

    assert not refused.value.begun


async def test_a_certificate_that_is_over_is_at_fault(tmp_path: Path) -> None:
    """The password is not sent."""
    asked = 0

    async def answer(_: web.BaseRequest) -> web.StreamResponse:
        nonlocal asked
        asked += 1
        return web.Response()

    shown: ssl.SSLContext = vouched(tmp_path, expired=True).server
    runner = web.ServerRunner(web.Server(answer))
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0, ssl_context=shown).start()
    store = elsewhere(f"https://localhost:{runner.addresses[0][1]}{PATH}")
    with pytest.raises(AtFault, match="^certificate$"):
        await store.submit(response(1))
    await store.close()
    await runner.cleanup()

    assert asked == 0


# --- sessions ---


async def test_a_wrong_password_is_tried_once_in_ten_minutes(on: Stage) -> None:
    """However much waits to be sent."""
    async with on.other(password="wrong") as store:
        for number in range(1, 6):
            with pytest.raises(AtFault, match="^unauthorised$"):
                await store.submit(another(response(1), number))
        on.clock.forward(599)
        with pytest.raises(AtFault, match="^unauthorised$"):
            await store.submit(response(1))
        assert on.peer.access.tries == [False]
        on.clock.forward(1)
        with pytest.raises(AtFault, match="^unauthorised$"):
            await store.submit(response(1))

    assert on.peer.access.tries == [False, False]


async def test_a_password_that_was_put_right_is_tried_after_ten_minutes(on: Stage) -> None:
    """In LimeSurvey, where our process keeps running."""
    async with on.other(password="new") as store:
        with pytest.raises(AtFault):
            await store.submit(response(1))
        on.peer.account(USER, "new")
        on.clock.forward(600)

        assert await store.submit(response(1)) is Status.SENT


async def test_those_that_come_together_wait_for_one_log_in(on: Stage) -> None:
    """And share what became of it."""
    await asyncio.gather(*(on.store.submit(another(response(1), number)) for number in range(1, 9)))
    async with on.other(password="wrong") as store:
        ends = await asyncio.gather(
            *(store.submit(another(response(1), number)) for number in range(1, 9)), return_exceptions=True
        )

    assert on.peer.access.tries == [True, False]
    assert [str(end) for end in ends] == ["unauthorised"] * 8


async def test_an_address_that_is_locked_is_left_alone(on: Stage) -> None:
    """A try would begin the ten minutes anew."""
    on.peer.faults.add("get_session_key", Says(LOCKED))
    for _ in range(3):
        with pytest.raises(AtFault, match="^locked_out$"):
            await on.store.submit(response(1))
    on.clock.forward(600)

    assert await on.store.submit(response(1)) is Status.SENT
    assert on.peer.count("get_session_key") == 2


async def test_a_session_that_was_lost_is_begun_anew(on: Stage) -> None:
    """Without a failure that anybody sees."""
    await on.store.submit(response(1, "One."))
    on.peer.access.sessions.clear()

    assert await on.store.submit(revised(2, "Two.")) is Status.SENT
    assert on.peer.count("get_session_key") == 2


async def test_a_session_is_begun_anew_before_it_ends(on: Stage) -> None:
    """So that no call is made in vain."""
    await on.store.submit(response(1, "One."))
    on.clock.forward(7_199)
    await on.store.submit(revised(2, "Two."))

    assert on.peer.count("get_session_key") == 2
    assert on.peer.count("export_responses") == 3


async def test_a_session_that_is_lost_again_at_once_is_tried_later(on: Stage) -> None:
    """Not for ever."""
    on.peer.faults.add("get_fieldmap", *[Says("Invalid session key")] * 2)

    with pytest.raises(Busy, match="^session_lost$"):
        await on.store.submit(response(1))

    assert on.peer.count("get_session_key") == 2


async def test_the_session_ends_with_us(on: Stage) -> None:
    """Nothing of ours stays open in LimeSurvey; if it can't be ended, it ends by itself."""
    async with on.other() as first, on.other() as second:
        await first.submit(response(1))
        await second.submit(response(1))
        on.peer.faults.add("release_session_key", ServerError(500))

    assert len(on.peer.access.sessions) == 1


async def test_nobody_waits_long_for_a_session_to_end(on: Stage) -> None:
    """A LimeSurvey that hangs keeps no process from stopping."""
    held = Held(asyncio.Event())
    store = LimeSurvey(replace(on.config, seconds_to_connect=0.1), on.clock)
    await store.submit(response(1))
    on.peer.faults.add("release_session_key", held)
    await store.close()
    held.gate.set()

    assert held.arrived.is_set()


# --- the survey ---


async def test_a_survey_that_was_closed_in_the_middle_is_at_fault(on: Stage) -> None:
    """Nothing was written, so nothing is in doubt."""
    await on.store.submit(response(1, "One."))
    on.peer.survey.deactivate()

    for event in (another(response(1), 2), revised(2, "Two."), taken_back(3)):
        with pytest.raises(AtFault, match="^survey_closed$"):
            await on.store.submit(event)
    with pytest.raises(AtFault, match="^survey_closed$"):
        assert [one async for one in on.store.held()]


async def test_a_survey_that_can_not_be_changed_is_at_fault(on: Stage) -> None:
    """Somebody switched that off."""
    await on.store.submit(response(1, "One."))
    on.peer.survey.properties["alloweditaftercompletion"] = "N"

    with pytest.raises(AtFault, match="^not_editable$"):
        await on.store.submit(revised(2, "Two."))


async def test_a_survey_that_is_not_there_is_at_fault(on: Stage) -> None:
    """Or that belongs to somebody else."""
    survey = on.peer.survey
    survey.owner = "ana"
    with pytest.raises(AtFault, match="^no_permission$"):
        await on.store.submit(response(1))
    del on.peer.world.surveys[survey.sid]
    with pytest.raises(AtFault, match="^no_such_survey$"):
        await on.store.submit(response(1))


async def test_a_field_that_was_renamed_is_at_fault_before_anything_is_written(on: Stage) -> None:
    """And again until it is called as before; then everything arrives."""
    on.peer.survey.rename("qq1", "other")
    for _ in range(2):
        with pytest.raises(AtFault, match="^field_missing$"):
            await on.store.submit(response(1, WORDS))
    assert on.peer.survey.rows == {}
    on.peer.survey.rename("other", "qq1")

    assert await on.store.submit(response(1, WORDS)) is Status.SENT
    assert on.words == [WORDS, "", ""]


async def test_a_field_that_is_renamed_in_the_middle_of_a_session_is_noticed(on: Stage) -> None:
    """What was written is in doubt, and the next attempt is stopped before it writes."""
    await on.store.submit(another(response(1), 2))
    on.peer.survey.rename("qq1", "other")

    with pytest.raises(Busy, match="^field_missing$") as refused:
        await on.store.submit(response(1, WORDS))
    with pytest.raises(AtFault, match="^field_missing$"):
        await on.store.submit(response(1, WORDS))

    assert refused.value.begun


async def test_a_guide_that_the_survey_has_no_questions_for_is_at_fault(on: Stage) -> None:
    """Nobody's words are dropped."""
    event = response(1, "One.", "Two.", "Three.", WORDS)

    with pytest.raises(AtFault, match="^field_missing$"):
        await on.store.submit(event)


async def test_a_field_that_takes_nothing_is_noticed(on: Stage) -> None:
    """LimeSurvey lists it and drops what is sent for it."""
    survey = on.peer.survey
    assert survey.columns is not None
    gone = next(name for name, one in survey.field_map().items() if one["title"] == "qq1")
    survey.columns = tuple(name for name in survey.columns if name != gone)

    with pytest.raises(Busy, match="^field_missing$") as refused:
        await on.store.submit(response(1, WORDS))

    assert refused.value.begun


async def test_an_anonymous_survey_is_at_fault(on: Stage) -> None:
    """It has no place for the response key."""
    survey = on.peer.survey
    survey.deactivate()
    survey.properties["anonymized"] = "Y"
    survey.activate()

    with pytest.raises(Busy, match="^field_missing$"):
        await on.store.submit(response(1, WORDS))
    with pytest.raises(AtFault, match="^field_missing$"):
        await on.store.submit(response(1, WORDS))

    assert len(survey.rows) == 1


async def test_a_survey_without_dates_takes_responses_all_the_same(on: Stage) -> None:
    """What it has no column for is not sent."""
    survey = on.peer.survey
    survey.deactivate()
    survey.properties["datestamp"] = "N"
    survey.activate()

    await on.store.submit(response(1, WORDS))
    await on.store.submit(revised(2, "Better."))

    assert on.words == ["Better.", "", ""]


async def test_a_text_that_comes_back_cut_is_buried(on: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    """An administrator made the column shorter."""
    monkeypatch.setattr("tests.peers.limesurvey_things.MOST_BYTES", 100)

    with pytest.raises(Poison, match="^cut$"):
        await on.store.submit(response(1, "a" * 101))
    assert on.peer.count("update_response") == 1


async def test_a_text_that_comes_back_changed_is_written_once_more(on: Stage) -> None:
    """LimeSurvey 5 takes quotation marks out of what is added, and leaves them in what is changed."""
    on.peer.world.strips_quotes = True

    assert await on.store.submit(response(1, "It's fine, isn't it?")) is Status.SENT
    assert on.words[0] == "It's fine, isn't it?"


async def test_a_text_that_is_changed_each_time_is_buried(on: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    """A plugin does it."""
    monkeypatch.setattr(Database, "kept", lambda _self, _column, value: value.replace("fine", "fine!"))

    with pytest.raises(Poison, match="^changed$"):
        await on.store.submit(response(1, "All is fine here."))


async def test_an_id_that_is_not_kept_is_at_fault_and_leaves_no_row(on: Stage) -> None:
    """Each attempt would add one more."""
    on.peer.world.chooses_ids = True

    for _ in range(2):
        with pytest.raises(AtFault, match="^id_not_kept$"):
            await on.store.submit(response(1, WORDS))

    assert on.peer.survey.rows == {}


async def test_a_row_that_is_taken_away_meanwhile_is_added_again(on: Stage) -> None:
    """By the next attempt."""
    await on.store.submit(response(1, "One."))
    on.peer.faults.add("update_response", Says("No matching Response"))
    with pytest.raises(Busy, match="^row_gone$"):
        await on.store.submit(revised(2, "Two."))
    on.peer.survey.rows.clear()

    assert await on.store.submit(revised(2, "Two.")) is Status.SENT
    assert on.words[0] == "Two."


async def test_a_late_write_that_overtakes_is_overtaken_in_turn(on: Stage) -> None:
    """It began before ours, and was written between our write and our look."""
    await on.store.submit(response(1, "One."))
    late, ours = Lands(), Held(asyncio.Event())
    on.peer.faults.add("update_response", late, ours)
    with pytest.raises(Busy):
        await on.store.submit(revised(2, "Two."))
    sending = asyncio.create_task(on.store.submit(revised(3, "Three.")))
    await ours.arrived.wait()
    late.gate.set()
    await late.landed.wait()
    ours.gate.set()

    with pytest.raises(Busy, match="^overtaken$") as refused:
        await sending
    assert refused.value.begun
    assert await on.store.submit(revised(3, "Three.")) is Status.SENT
    assert on.stands == ("3", "revised", ["Three.", "", ""])


async def test_a_newer_revision_that_comes_meanwhile_is_left_there(on: Stage) -> None:
    """Somebody else has the lane by now."""
    await on.store.submit(response(1, "One."))
    ours = Held(asyncio.Event())
    on.peer.faults.add("update_response", ours)
    sending = asyncio.create_task(on.store.submit(revised(2, "Two.")))
    await ours.arrived.wait()
    async with on.other() as other:
        await other.submit(revised(3, "Three."))
    ours.gate.set()

    assert await sending is Status.SENT
    assert on.stands == ("3", "revised", ["Three.", "", ""])


async def test_a_response_that_is_not_added_for_no_reason_is_tried_again(on: Stage) -> None:
    """LimeSurvey 5 says no more, also of an id that is taken."""
    on.peer.faults.add("add_response", Says("Unable to add response"))

    with pytest.raises(Busy, match="^not_added$"):
        await on.store.submit(response(1))

    assert await on.store.submit(response(1)) is Status.SENT


# --- words ---

QUOTING: Final = "CDbCommand failed to execute the SQL statement: SQLSTATE[{}]: it says Invalid session key. {}"


@pytest.mark.parametrize(
    ("state", "kind", "reason"),
    [
        ("22001", Poison, "data_error"),
        ("HY000", Busy, "database"),
        ("40001", Busy, "database"),
        ("42S02", AtFault, "survey_closed"),
        ("42S22", AtFault, "field_missing"),
    ],
)
async def test_texts_of_the_database_are_read_by_their_code_alone(
    on: Stage, state: str, kind: type[Exception], reason: str
) -> None:
    """They quote what was sent, and that may be any sentence."""
    on.peer.faults.add("add_response", Fails(QUOTING.format(state, WORDS)))

    with capture_logs() as logs, pytest.raises(kind) as refused:
        await on.store.submit(response(1, WORDS))

    assert str(refused.value) == reason
    assert not _says(refused.value, logs)


@pytest.mark.parametrize(
    "fault",
    [
        Says(WORDS),
        Fails(WORDS),
        Unreadable(WORDS),
        ServerError(500, WORDS),
        ServerError(400, WORDS),
        Fails(QUOTING.format("XX000", WORDS)),
        Says(f"Invalid Column names supplied: {WORDS}"),
    ],
    ids=repr,
)
@pytest.mark.parametrize("method", ["get_session_key", "get_fieldmap", "add_response", "export_responses"])
async def test_what_limesurvey_says_gets_no_further(on: Stage, method: str, fault: Fault) -> None:
    """Neither into a log nor into an exception, nor into what that one came of."""
    on.peer.faults.add(method, fault)

    with capture_logs() as logs, pytest.raises((Busy, AtFault, Poison)) as refused:
        await on.store.submit(response(1, WORDS))

    assert not _says(refused.value, logs)


async def test_an_export_that_can_not_be_read_gets_no_further(on: Stage) -> None:
    """Its words stand in the error of whatever reads it."""
    await on.store.submit(another(response(1), 2))
    on.peer.faults.add("export_responses", *[Answers(given) for given in ("c2VjcmV0", 7, {"x": WORDS}, [WORDS])])
    for _ in range(4):
        with capture_logs() as logs, pytest.raises(Busy) as refused:
            await on.store.submit(response(1, WORDS))
        assert not _says(refused.value, logs)


def _says(error: BaseException, logs: object) -> bool:
    """Whether people's words, or the password, stand in an error, in what it came of, or in the log."""
    texts = [str(logs)]
    found: BaseException | None = error
    while found is not None:
        texts.append(repr(found))
        found = found.__cause__ or found.__context__
    return any(secret in text for text in texts for secret in ("Secret", PASSWORD))
