"""What the run finds where a survey store is told without care: so that a clean run says something.

These send from the test's own process, over lines that are worse, and nobody is killed. tests/adapters/survey has
quicker ones of one call each; here it is the whole of delivery.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, Final
from uuid import UUID, uuid4

import pytest

from adapters.survey.limesurvey import Config as LimeSurveyConfig
from adapters.survey.limesurvey import LimeSurvey
from adapters.survey.limesurvey_answers import NotThere
from adapters.survey.limesurvey_rows import row_of
from bot.delivery import LEASE
from bot.outbox import Claim, Status
from bot.outside import SurveyEvent, SurveyStore
from conversations.events import Sending
from storage import lanes
from storage.opening import OpenStore
from storage.sql import Row, Sql
from tests.adapters.survey.limesurvey_stage import PASSWORD, SURVEY, USER
from tests.chaos.checking import Found
from tests.chaos.fast import SECONDS, SECONDS_TO_CONNECT, Fast
from tests.chaos.running import Make, Size, chaos
from tests.chaos.sender import survey_stores
from tests.chaos.test_chaos import on_file
from tests.peers.bad_line import Odds

A_FEW: Final = Size(chats=3, hang_seconds=0, pause_seconds=0.2, gated=False)
LIVELY: Final = replace(A_FEW, chats=12, changes=10, pause_seconds=0.1)
"""People change their minds while what they said is under way."""
LOSSES: Final = Odds(lost=0.3, late=0, refused=0, given_up=0)
DELAYS: Final = Odds(lost=0, late=0.3, refused=0, given_up=0)
SLOWNESS: Final = Odds(lost=0, late=0.6, refused=0, given_up=0, seconds=(0.3, 1.0))
long = pytest.mark.long
PATIENT_SECONDS: Final = 30
"""Nothing that is slow is past such a time-out."""


class Careless(LimeSurvey):
    """Adds a row under whatever id LimeSurvey chooses; `looks`: only where none has the token, as most clients do."""

    looks = False

    async def submit(self, event: SurveyEvent) -> Status:
        responses = self._responses
        fields = await responses.fields()
        row = row_of(event, fields)
        call, survey = responses._session.call, responses._survey  # noqa: SLF001 -- a mutant is part of what it changes
        there = []
        if self.looks or event.sending is not Sending.SUBMITTED:
            there = await self._ids(row.token)
        if there:
            await call("update_response", survey, {**row.changed(fields), "id": there[0]})
        else:
            new = {name: value for name, value in row.new(fields).items() if name != "id"}
            await call("add_response", survey, new)
        return Status.SENT

    async def _ids(self, token: str) -> list[Any]:
        responses = self._responses
        try:
            given = await responses._session.call("get_response_ids", responses._survey, token)  # noqa: SLF001 -- as above
        except NotThere:
            return []
        return given if isinstance(given, list) else []


class LooksFirst(Careless):
    """Looks, then adds."""

    looks = True


class Overwrites(LimeSurvey):
    """Writes under the chosen id, whatever stands there."""

    async def submit(self, event: SurveyEvent) -> Status:
        responses = self._responses
        fields = await responses.fields()
        row = row_of(event, fields)
        if not await responses.add(row, fields):
            await responses.change(row, fields)
        return Status.SENT


class NewIds:
    """A survey store that is told of each attempt under an id of its own."""

    def __init__(self, through: SurveyStore) -> None:
        self._through = through
        self.name, self.may_double, self.quiet = through.name, through.may_double, through.quiet
        self.held, self.close = through.held, through.close

    async def submit(self, event: SurveyEvent) -> Status:
        return await self._through.submit(replace(event, id=uuid4()))


def in_limesurvey(kind: type[LimeSurvey], seconds: float = SECONDS, *, looks_again: bool = True) -> Make:
    """LimeSurvey, told by this client."""

    def make(to: Mapping[str, str], _: OpenStore, clock: Fast) -> Mapping[str, SurveyStore]:
        config = LimeSurveyConfig(
            url=to["limesurvey"],
            user=USER,
            password=PASSWORD,
            survey=SURVEY,
            seconds=seconds,
            seconds_to_connect=min(seconds, SECONDS_TO_CONNECT),
        )
        store = kind(config, clock)
        store.quiet = store.quiet if looks_again else None
        return {store.name: store}

    return make


def with_new_ids(to: Mapping[str, str], store: OpenStore, clock: Fast) -> Mapping[str, SurveyStore]:
    """A webhook that knows no event again."""
    return {name: NewIds(made) for name, made in survey_stores(to, store, clock).items()}


async def found(folder: Path, destination: str, make: Make, odds: Odds, size: Size = A_FEW) -> Found:
    """What the run finds."""
    what, _ = await chaos(on_file(folder), (destination,), size, odds, make)
    return what


async def test_without_a_chosen_id_lost_answers_make_doubles(tmp_path: Path) -> None:
    """Each attempt adds a row."""
    what = await found(tmp_path, "limesurvey", in_limesurvey(Careless), LOSSES)

    assert what.doubled


@long
async def test_a_look_before_adding_makes_doubles(tmp_path: Path) -> None:
    """What was late comes after the look."""
    what = await found(tmp_path, "limesurvey", in_limesurvey(LooksFirst), DELAYS)

    assert what.doubled


async def test_without_ids_of_events_lost_answers_make_doubles(tmp_path: Path) -> None:
    """The receiver can't know that it has it already."""
    what = await found(tmp_path, "webhook", with_new_ids, LOSSES)

    assert what.doubled


@long
async def test_with_leases_what_is_slow_stays_in_order(tmp_path: Path) -> None:
    """Without second looks too: nothing overtakes."""
    make = in_limesurvey(Overwrites, PATIENT_SECONDS, looks_again=False)

    what = await found(tmp_path, "limesurvey", make, SLOWNESS, LIVELY)

    assert what.is_clean, what


@long
async def test_without_leases_older_words_overtake_newer_ones(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Somebody takes the lane over while an attempt is under way, and settles it."""
    take = lanes._take  # noqa: SLF001 -- a mutant is part of what it changes

    def hardly(sql: Sql, heads: Sequence[Row], until: datetime, token: UUID) -> list[Claim]:
        return take(sql, heads, until - LEASE + timedelta(seconds=1), token)

    monkeypatch.setattr(lanes, "_take", hardly)
    make = in_limesurvey(Overwrites, PATIENT_SECONDS, looks_again=False)

    what = await found(tmp_path, "limesurvey", make, SLOWNESS, LIVELY)

    assert not what.is_clean
