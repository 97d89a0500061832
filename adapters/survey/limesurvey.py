"""LimeSurvey as a survey store: each response is one row under an id of our choice, written once in effect.

1. The id is 1,000,000,000 and our number for the response, and the response key is its token. The database refuses a
   second row with that id, whoever looks when; looking before adding would not be enough.
2. A row that is there is ours if its token is. It is written over only by a revision above its own, or where it is not
   as that revision has it: cut, lost, or brought back by a write that came late.
3. What was written is read back: LimeSurvey drops what it has no column for, and cuts, without a word.
4. A withdrawal empties the row and leaves it there, since a late write would bring a row that was deleted back. Asked
   again, it looks again: so is every later revision, since a late write puts an older one in its place.
5. Where a write may have happened, whatever goes wrong is `begun`, so that a withdrawal follows it.

Source: the facts about RemoteControl 2 in docs/survey-store.md.
"""

import asyncio
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from uuid import UUID

from aiohttp.abc import AbstractResolver

from adapters.survey.limesurvey_responses import Responses
from adapters.survey.limesurvey_rows import GONE, Fields, Row, Stored, difference, missing, row_of
from adapters.survey.limesurvey_wire import NOT_SENT, Config
from adapters.survey.outward import may_be_called
from bot.outbox import Status
from bot.outside import AtFault, Busy, Held, Poison, SurveyEvent, Topic
from conversations.events import Sending

__all__ = ["Config", "LimeSurvey"]

TAKEN = frozenset({Topic.RESPONSE, Topic.REFLECTION})


class LimeSurvey:
    """The destination `limesurvey`."""

    name = "limesurvey"
    may_double = False
    quiet: timedelta | None = timedelta(minutes=10)

    def __init__(self, config: Config, clock: Callable[[], datetime], look_up: AbstractResolver | None = None) -> None:
        """`clock` gives UTC; `look_up` finds names, if the system is not to. Raises ValueError."""
        if not may_be_called(config.url):
            raise ValueError("LimeSurvey needs https://, or http:// within this machine.")
        self._config = config
        self._responses = Responses(config, clock, look_up)

    async def submit(self, event: SurveyEvent) -> Status:
        if event.topic not in TAKEN:
            raise Poison("no_such_type")
        attempt, trouble = _Attempt(self._responses, event), None
        try:
            async with asyncio.timeout(self._config.seconds):
                await attempt.settle()
        except TimeoutError:
            trouble = Busy("timeout", begun=attempt.begun)
        except Busy as busy:
            busy.begun = busy.begun or attempt.begun
            raise
        except AtFault as fault:
            if not attempt.begun:
                raise
            trouble = Busy(str(fault), begun=True)  # the next attempt meets the fault before it writes
        if trouble is not None:
            raise trouble
        return Status.SENT

    async def held(self) -> AsyncIterator[Held]:
        async for row in self._responses.every():
            subject = _key(row.token)
            if subject is not None:
                yield Held(subject, row.revision, row.is_withdrawn)

    async def close(self) -> None:
        """Log out."""
        await self._responses.close()


class _Attempt:
    """One attempt at one event. `begun`: something may have been written."""

    def __init__(self, responses: Responses, event: SurveyEvent) -> None:
        self._responses = responses
        self._event = event
        self.begun = False

    async def settle(self) -> None:
        """Make the survey hold the event. Raises Busy, AtFault, Poison."""
        fields = await self._responses.fields()
        if missing(self._event, fields):
            self._responses.forget_fields()
            raise AtFault("field_missing")
        row = row_of(self._event, fields)
        stored = await self._there(row, fields)
        if _is_newer(stored, row) or _is_same(stored, row):
            return
        with self._writing():
            await self._responses.change(row, fields)
        after = await self._responses.look(row.id, fields)
        if after is None:
            raise Busy("row_gone")
        if not _is_newer(after, row):
            self._check(row, after)

    async def _there(self, row: Row, fields: Fields) -> Stored:
        """What stands under the id, after adding it where nothing did; ours, or it raises AtFault."""
        first = self._event.sending is Sending.SUBMITTED
        stored = None if first else await self._responses.look(row.id, fields)
        if stored is None:
            with self._writing():
                self.begun = await self._responses.add(row, fields)
            stored = await self._responses.look(row.id, fields)
        if stored is None:
            raise Busy("not_added")
        if stored.token is None:
            raise AtFault("field_missing")  # an anonymous survey has no place for a token
        if stored.token != row.token:
            raise AtFault("id_taken")
        return stored

    def _check(self, row: Row, after: Stored) -> None:
        """Let pass what stands as it was written."""
        if after.revision is not None and after.revision < row.revision:
            raise Busy("overtaken")  # by a write that began before ours, and came after it
        found = difference(row, after)
        if found is GONE:
            self._responses.forget_fields()
            raise AtFault(found.kind)
        if found is not None:
            raise Poison(found.kind)

    @contextmanager
    def _writing(self) -> Iterator[None]:
        """A write may have happened from here on, unless LimeSurvey refuses it or never gets it."""
        before, self.begun = self.begun, True
        try:
            yield
        except (AtFault, Poison):
            self.begun = before
            raise
        except Busy as busy:
            self.begun = before or busy.reason not in NOT_SENT
            raise


def _is_newer(stored: Stored, row: Row) -> bool:
    return stored.revision is not None and stored.revision > row.revision


def _is_same(stored: Stored, row: Row) -> bool:
    return stored.revision == row.revision and difference(row, stored) is None


def _key(token: str | None) -> UUID | None:
    try:
        return None if token is None else UUID(token)
    except ValueError:
        return None
