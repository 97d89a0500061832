"""What the stand-in LimeSurvey promises: it does what LimeSurvey 6.13 does, also where that is a trap."""

import asyncio
import base64
import json
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any, TypeAlias

import aiohttp
import pytest

from tests.peers.limesurvey import LimeSurveyPeer, limesurvey_peer
from tests.peers.limesurvey_access import LOCKED, NO_SESSION, WRONG
from tests.peers.limesurvey_faults import (
    DropAfterAccepting,
    Empty,
    Fails,
    Huge,
    Lands,
    Passes,
    Redirects,
    Says,
    ServerError,
    Unreadable,
)
from tests.peers.limesurvey_things import Database
from tests.peers.slack_stage import Clock

Answer: TypeAlias = Any
"""What a method answers with: each another thing."""

KEY = "0f8fad5b-d9cb-469f-a165-70867728950e"
RIGHT = "a-password"
CHOSEN = 1_000_000_001
STRUCTURE = (
    "class\ttype/scale\tname\trelevance\ttext\tlanguage\thidden\n"
    "S\t\tlanguage\t\ten\t\t\n"
    "S\t\tanonymized\t\tN\t\t\n"
    "S\t\tdatestamp\t\tY\t\t\n"
    "S\t\talloweditaftercompletion\t\tY\t\t\n"
    "S\t\texpires\t\t2000-01-01 00:00:00\t\t\n"
    "SL\t\tsurveyls_title\t\tA survey\ten\t\n"
    "G\t\tThe group\t\t\ten\t\n"
    "Q\tT\tqone\t1\tHow was it?\ten\t\n"
    "Q\tT\ttlrevision\t1\tRevision\ten\t1\n"
)


@dataclass
class Caller:
    """A client that checks nothing."""

    peer: LimeSurveyPeer
    session: aiohttp.ClientSession
    key: str = ""
    sid: int = 0

    async def post(self, method: str, *params: object) -> tuple[int, str]:
        """Call; gives the status and the body."""
        body = json.dumps({"method": method, "params": params, "id": 1})
        headers = {"Content-Type": "application/json"}
        async with self.session.post(self.peer.url, data=body, headers=headers, allow_redirects=False) as answer:
            return answer.status, await answer.text()

    async def call(self, method: str, *params: object) -> Answer:
        """Call with the session's key; gives the result, or the error's text."""
        given = params if method == "get_session_key" else (self.key, *params)
        _, body = await self.post(method, *given)
        said = json.loads(body)
        return said["result"] if said["error"] is None else said["error"]

    async def log_in(self, password: str = RIGHT) -> Answer:
        """Begin a session."""
        self.key = await self.call("get_session_key", "bot", password)
        return self.key

    async def add(self, **given: object) -> Answer:
        """Add a response."""
        return await self.call("add_response", self.sid, given)

    async def update(self, **given: object) -> Answer:
        """Change one."""
        return await self.call("update_response", self.sid, given)

    async def export(self, *places: int | None, fields: list[str] | None = None) -> list[dict[str, Any]]:
        """Read some."""
        given = await self.call(
            "export_responses", self.sid, "json", None, "all", "code", "short", *(places or (None, None)), fields
        )
        found: list[dict[str, Any]] = json.loads(base64.b64decode(given))["responses"]
        return found

    def column(self, code: str) -> str:
        """What a question's column is called."""
        found = self.peer.survey.field_map().items()
        return next(name for name, entry in found if entry["title"] == code)


@asynccontextmanager
async def calling(clock: Clock, database: Database = Database.MARIADB, **how: bool) -> AsyncIterator[Caller]:
    """An installation with an active survey, and somebody who is logged in."""
    async with limesurvey_peer(clock, database, **how) as peer, aiohttp.ClientSession() as session:
        peer.account("bot", RIGHT)
        caller = Caller(peer, session)
        await caller.log_in()
        caller.sid = await caller.call("import_survey", base64.b64encode(STRUCTURE.encode()).decode(), "txt")
        assert await caller.call("activate_survey", caller.sid) == {
            "status": "OK",
            "pluginFeedback": None,
            "isAllowRegister": False,
        }
        yield caller


@pytest.fixture
async def clock() -> Clock:
    """A clock that stands still."""
    return Clock()


@pytest.fixture
async def caller(clock: Clock) -> AsyncIterator[Caller]:
    """The usual installation."""
    async with calling(clock) as made:
        yield made


async def test_a_wrong_password_is_a_sentence(caller: Caller) -> None:
    """HTTP 200, and a status."""
    assert await caller.post("get_session_key", "bot", "wrong") == (
        200,
        json.dumps({"id": 1, "result": {"status": WRONG}, "error": None}),
    )


async def test_three_bad_passwords_lock_the_address_for_ten_minutes(caller: Caller, clock: Clock) -> None:
    """The right one is refused then too, and each try begins the ten minutes anew."""
    said = [(await caller.log_in("wrong"))["status"] for _ in range(3)]
    clock.forward(599)
    still = (await caller.log_in())["status"]
    clock.forward(599)
    anew = (await caller.log_in())["status"]
    clock.forward(600)

    assert (said, still, anew) == ([WRONG] * 3, LOCKED, LOCKED)
    assert isinstance(await caller.log_in(), str)


async def test_two_bad_passwords_lock_nothing(caller: Caller) -> None:
    """And a log-in that works forgets them."""
    for _ in range(2):
        await caller.log_in("wrong")
        await caller.log_in("wrong")
        assert isinstance(await caller.log_in(), str)


async def test_a_session_ends_two_hours_after_its_log_in(caller: Caller, clock: Clock) -> None:
    """However much it is used."""
    clock.forward(7200)
    used = await caller.call("list_surveys")
    clock.forward(1)

    assert used[0]["sid"] == caller.sid
    assert await caller.call("list_surveys") == {"status": NO_SESSION}


async def test_a_released_session_is_none_any_more(caller: Caller) -> None:
    """At once."""
    assert await caller.call("release_session_key") == "OK"
    assert await caller.call("get_fieldmap", caller.sid) == {"status": NO_SESSION}


async def test_an_unknown_method_is_a_fatal_error(caller: Caller) -> None:
    """So are too few arguments; there is no `add_question`."""
    status, body = await caller.post("add_question", caller.key, caller.sid)
    few, _ = await caller.post("add_response", caller.key, caller.sid)

    assert (status, few, body[:6]) == (500, 500, "<html>")


async def test_what_is_no_json_rpc_is_answered_with_nothing(caller: Caller) -> None:
    """And so is everything while JSON-RPC is switched off."""
    async with caller.session.post(caller.peer.url, data={"method": "list_surveys"}) as form:
        first = (form.status, await form.text())
    caller.peer.is_on = False

    assert (first, await caller.post("list_surveys", caller.key)) == ((200, ""), (200, ""))


async def test_the_id_that_is_chosen_is_taken_once(caller: Caller) -> None:
    """The second write fails in the database, whatever is in it."""
    first = await caller.add(id=CHOSEN, token=KEY)
    second = await caller.add(id=CHOSEN, token="another")

    assert first == CHOSEN
    assert "SQLSTATE[23000]" in second
    assert f"Duplicate entry '{CHOSEN}'" in second
    assert caller.peer.survey.by_code(CHOSEN)["token"] == KEY


async def test_eight_at_once_with_one_id_make_one_row(caller: Caller) -> None:
    """Where no id is chosen they make eight."""
    await asyncio.gather(*(caller.add(id=CHOSEN, token=KEY) for _ in range(8)))
    once = len(caller.peer.survey.rows)
    await asyncio.gather(*(caller.add(token=KEY) for _ in range(8)))

    assert (once, len(caller.peer.survey.rows)) == (1, 9)


async def test_unknown_columns_are_dropped_without_a_word(caller: Caller) -> None:
    """Adding says nothing; changing names them."""
    added = await caller.add(id=CHOSEN, qone="lost")

    assert added == CHOSEN
    assert caller.peer.survey.by_code(CHOSEN)["qone"] is None
    assert await caller.update(id=CHOSEN, qone="lost") == {"status": "Invalid Column names supplied: qone"}


async def test_an_update_leaves_the_token_alone(caller: Caller) -> None:
    """And changes what else it names."""
    await caller.add(id=CHOSEN, token=KEY)

    assert await caller.update(id=CHOSEN, token="another", **{caller.column("qone"): "Well."}) is True
    row = caller.peer.survey.by_code(CHOSEN)
    assert (row["token"], row["qone"]) == (KEY, "Well.")


async def test_an_update_needs_an_active_survey_that_can_be_edited(caller: Caller) -> None:
    """Adding needs only the table."""
    await caller.add(id=CHOSEN)
    survey = caller.peer.survey
    survey.properties["alloweditaftercompletion"] = "I"
    locked = await caller.update(id=CHOSEN)
    survey.deactivate()

    assert locked == {"status": "Survey does not allow edit after completion"}
    assert await caller.update(id=CHOSEN) == {"status": "Survey is not active"}
    assert await caller.add(id=CHOSEN) == {"status": "No survey response table"}
    assert await caller.call("export_responses", caller.sid, "json") == {
        "status": "No Data, survey table does not exist."
    }


async def test_an_expired_survey_takes_responses_all_the_same(caller: Caller) -> None:
    """Only people are refused."""
    caller.peer.survey.properties["expires"] = "2000-01-01 00:00:00"

    assert await caller.add(id=CHOSEN) == CHOSEN


async def test_what_is_not_there_can_not_be_changed(caller: Caller) -> None:
    """Nor deleted."""
    assert await caller.update(id=CHOSEN) == {"status": "No matching Response"}
    assert await caller.call("delete_response", caller.sid, CHOSEN) == {"status": "Response Id not found"}


async def test_an_export_gives_codes_and_strings(caller: Caller) -> None:
    """A column that the list of fields does not have, like the token, is given under its own name."""
    await caller.add(id=CHOSEN, token=KEY, **{caller.column("qone"): "It's “fine”.\nReally."})

    assert await caller.export(CHOSEN, CHOSEN, fields=["id", "token", caller.column("qone")]) == [
        {"id": str(CHOSEN), "token": KEY, "qone": "It's “fine”.\nReally."}
    ]


async def test_an_export_of_nothing_is_a_row_of_nothing(caller: Caller) -> None:
    """And a sentence while there is no response at all."""
    empty = await caller.call("export_responses", caller.sid, "json")
    await caller.add(id=CHOSEN, token=KEY)

    assert empty == {"status": "No Data, could not get max id."}
    assert await caller.export(5, 6, fields=["id", "token"]) == [{"id": "", "token": ""}]


async def test_ids_are_found_by_token(caller: Caller) -> None:
    """None, one or several."""
    await caller.add(id=CHOSEN, token=KEY)

    assert await caller.call("get_response_ids", caller.sid, KEY) == [CHOSEN]
    assert await caller.call("get_response_ids", caller.sid, "another") == []
    assert await caller.call("export_responses_by_token", caller.sid, "json", "another") == {
        "status": "No Response found for Token"
    }


async def test_ids_may_be_strings(clock: Clock) -> None:
    """As on installations whose database gives strings."""
    async with calling(clock, strings=True) as caller:
        added = await caller.add(id=CHOSEN)
        listed = await caller.call("list_surveys")

    assert (added, listed[0]["sid"]) == (str(CHOSEN), str(caller.sid))


@pytest.mark.parametrize(
    ("database", "kept"),
    [(Database.MARIADB, {"nul": 7, "long": 65_535}), (Database.POSTGRESQL, {"nul": 3, "long": 70_000})],
)
async def test_texts_are_cut_without_a_word(clock: Clock, database: Database, kept: Mapping[str, int]) -> None:
    """PostgreSQL at a NUL, MariaDB at 65,535 bytes."""
    async with calling(clock, database) as caller:
        await caller.add(id=1, **{caller.column("qone"): "one\0two"})
        await caller.add(id=2, **{caller.column("qone"): "a" * 70_000})
        rows = [caller.peer.survey.by_code(key)["qone"] or "" for key in (1, 2)]

    assert {"nul": len(rows[0]), "long": len(rows[1])} == kept


async def test_a_token_has_36_characters(clock: Clock) -> None:
    """MariaDB cuts one that is longer; PostgreSQL fails, and quotes it."""
    async with calling(clock) as caller:
        await caller.add(id=1, token=f"{KEY}and-more")
        assert caller.peer.survey.by_code(1)["token"] == KEY
    async with calling(clock, Database.POSTGRESQL) as caller:
        said = await caller.add(id=1, token=f"{KEY}and-more")
        assert "SQLSTATE[22001]" in said
        assert "and-more" in said


async def test_dates_are_stamped_when_they_are_left_out(caller: Caller) -> None:
    """With the time of day; what is given is kept."""
    await caller.add(id=1)
    await caller.add(id=2, submitdate="2026-12-01 00:00:00", startdate="2026-12-01 00:00:00")
    rows = [caller.peer.survey.by_code(key) for key in (1, 2)]

    assert [row["submitdate"] for row in rows] == ["2026-12-08 10:00:00", "2026-12-01 00:00:00"]
    assert [row["startdate"] for row in rows] == ["2026-12-08 10:00:00", "2026-12-01 00:00:00"]


async def test_a_late_write_brings_a_deleted_row_back(caller: Caller) -> None:
    """But not over a row that stands."""
    deleted, blanked = Lands(), Lands()
    caller.peer.faults.add("add_response", deleted, Passes(), blanked)
    for key in (1, 2):
        with pytest.raises(aiohttp.ClientError):
            await caller.add(id=key, token=KEY, **{caller.column("qone"): "Words."})
        await caller.add(id=key, token=KEY)
    await caller.call("delete_response", caller.sid, 1)
    for late in (deleted, blanked):
        late.gate.set()
        await late.landed.wait()

    assert caller.peer.survey.by_code(1)["qone"] == "Words."
    assert caller.peer.survey.by_code(2)["qone"] is None


async def test_a_late_update_brings_words_back(caller: Caller) -> None:
    """It writes the whole row, as it was when it began."""
    column = caller.column("qone")
    await caller.add(id=1, token=KEY, **{column: "Words.", caller.column("tlrevision"): "1"})
    late = Lands()
    caller.peer.faults.add("update_response", late)
    with pytest.raises(aiohttp.ClientError):
        await caller.update(id=1, **{caller.column("tlrevision"): "2"})
    await caller.update(id=1, **{column: "", caller.column("tlrevision"): "3"})
    late.gate.set()
    await late.landed.wait()

    row = caller.peer.survey.by_code(1)
    assert (row["qone"], row["tlrevision"]) == ("Words.", "2")


async def test_the_list_of_fields_has_no_token(caller: Caller) -> None:
    """There is a column for it all the same, unless the survey is anonymous."""
    given = await caller.call("get_fieldmap", caller.sid)

    assert [entry["title"] for entry in given.values() if entry["title"]] == ["qone", "tlrevision"]
    assert "token" not in given
    assert caller.peer.survey.columns is not None
    assert "token" in caller.peer.survey.columns


async def test_an_anonymous_survey_drops_the_token(caller: Caller) -> None:
    """Without a word."""
    survey = caller.peer.survey
    survey.deactivate()
    await caller.call("set_survey_properties", caller.sid, {"anonymized": "Y"})
    await caller.call("activate_survey", caller.sid)

    assert await caller.add(id=1, token=KEY) == 1
    assert "token" not in survey.by_code(1)


async def test_a_renamed_question_keeps_its_column(caller: Caller) -> None:
    """Only exports call it by the new name."""
    column = caller.column("qone")
    await caller.add(id=1, **{column: "Words."})
    caller.peer.survey.rename("qone", "other")

    assert await caller.export(1, 1, fields=[column]) == [{"other": "Words."}]


async def test_what_a_file_says_is_made(caller: Caller) -> None:
    """Settings and questions with their attributes; dates are left out."""
    survey = caller.peer.survey
    hidden = {question.code: question.attributes for question in survey.questions.values()}

    assert hidden == {"qone": {}, "tlrevision": {"hidden": "1"}}
    assert (survey.title, survey.properties["datestamp"], survey.properties["expires"]) == ("A survey", "Y", None)


async def test_a_bad_code_is_renamed_without_a_word(caller: Caller) -> None:
    """So is one that is there already, in any case of letters."""
    text = STRUCTURE.replace("tlrevision", "QONE").replace("\tqone", "\tone-two").encode()
    sid = await caller.call("import_survey", base64.b64encode(text).decode(), "txt")
    codes = [one["title"] for one in await caller.call("list_questions", sid)]

    assert codes == [codes[0], "QONE"]
    assert codes[0].startswith("r")


async def test_an_active_survey_keeps_what_shapes_its_table(caller: Caller) -> None:
    """Whoever tries is told by what is missing from the answer."""
    given = {"anonymized": "Y", "datestamp": "N", "expires": "2000-01-01 00:00:00", "active": "N"}

    assert await caller.call("set_survey_properties", caller.sid, given) == {"expires": True}
    assert await caller.call("set_survey_properties", caller.sid, {"active": "N"}) == {"status": "No valid Data"}
    assert await caller.call("activate_survey", caller.sid) == {"status": "Error: Survey already active"}


async def test_activating_settles_what_was_inherited(caller: Caller) -> None:
    """Unless it is told otherwise."""
    sid = await caller.call("add_survey", 7, "Empty", "en")
    refused = await caller.call("activate_survey", sid)
    text = base64.b64encode(STRUCTURE.replace("datestamp\t\tY", "datestamp\t\tI").encode()).decode()
    told = await caller.call("import_survey", text, "txt")
    await caller.call("activate_survey", told, {"datestamp": "Y"})
    untold = await caller.call("import_survey", text, "txt")
    await caller.call("activate_survey", untold)

    assert (sid, refused) == (7, {"status": "Error: Survey does not pass consistency check"})
    surveys = caller.peer.world.surveys
    assert [surveys[one].properties["datestamp"] for one in (told, untold)] == ["Y", "N"]


async def test_other_peoples_surveys_are_refused(caller: Caller) -> None:
    """Unless they were shared."""
    caller.peer.account("ana", "hers", may_create=False)
    own, caller.key = caller.key, await caller.call("get_session_key", "ana", "hers")

    assert own != caller.key
    assert await caller.call("list_surveys") == {"status": "No surveys found"}
    assert await caller.add(id=1) == {"status": "No permission"}
    assert await caller.call("add_survey", 0, "Mine", "en") == {"status": "No permission"}
    caller.peer.world.granted["ana"] = {caller.sid}
    assert await caller.add(id=1) == 1


async def test_responses_are_counted(caller: Caller) -> None:
    """All of them, or by kind."""
    await caller.add(id=1)

    assert await caller.call("get_summary", caller.sid, "full_responses") == 1
    assert (await caller.call("get_summary", caller.sid))["incomplete_responses"] == 0
    assert await caller.call("get_summary", caller.sid, "none") == {"status": "Invalid summary key"}


async def test_faults_come_as_they_were_ordered(caller: Caller) -> None:
    """Each once, and then everything is as before."""
    caller.peer.faults.add(
        "get_fieldmap",
        Says("Some sentence"),
        Fails("Some error"),
        Empty(),
        Unreadable(),
        ServerError(502),
        Redirects("https://elsewhere.example.org/"),
    )
    said = [await caller.call("get_fieldmap", caller.sid) for _ in range(2)]
    rest = [await caller.post("get_fieldmap", caller.key, caller.sid) for _ in range(4)]

    assert said == [{"status": "Some sentence"}, "Some error"]
    assert [status for status, _ in rest] == [200, 200, 502, 302]
    assert rest[0][1] == ""
    assert "id" in await caller.call("get_fieldmap", caller.sid)


async def test_what_is_done_before_the_line_drops_is_done(caller: Caller) -> None:
    """So it is where the answer is empty."""
    caller.peer.faults.add("add_response", DropAfterAccepting(), Empty(done=True))
    with pytest.raises(aiohttp.ClientError):
        await caller.add(id=1)
    _, body = await caller.post("add_response", caller.key, caller.sid, {"id": 2})

    assert (body, sorted(caller.peer.survey.rows)) == ("", [1, 2])


async def test_a_huge_answer_counts_what_is_taken(caller: Caller) -> None:
    """A caller that stops early is seen to."""
    fault = Huge(size=1_000_000)
    caller.peer.faults.add("get_fieldmap", fault)
    _, body = await caller.post("get_fieldmap", caller.key, caller.sid)

    assert len(body) == fault.taken >= fault.size
