"""The responses of one survey in LimeSurvey: add, change, look, and go through all of them.

1. The fields of the survey are read once in a session, and anew when something that was written is not there.
2. An export of no row is one row of nothing, or a sentence where there is no response at all.
3. A web server may refuse one write for its words alone. It is at fault only where it refuses a question too.
4. Going through all asks for ids and revisions alone: nobody's words travel. Ids may have wide gaps, since the numbers
   are shared with other survey stores; so a step that finds nothing is followed by a wider one.
"""

import base64
import json
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import suppress
from datetime import datetime
from typing import Final

from aiohttp.abc import AbstractResolver

from adapters.survey.limesurvey_answers import NotThere, Taken
from adapters.survey.limesurvey_rows import FIRST, REVISION, STATE, Fields, Row, Stored
from adapters.survey.limesurvey_session import Session
from adapters.survey.limesurvey_wire import Config
from bot.outside import AtFault, Busy, Poison

STEP: Final = 500
"""Ids that are asked for at a time."""
FORBIDDEN: Final = "forbidden"
LAST: Final = 2**31 - 1
"""The highest id that LimeSurvey can hold."""


class Responses:
    """What stands in one survey."""

    def __init__(self, config: Config, clock: Callable[[], datetime], look_up: AbstractResolver | None = None) -> None:
        """`clock` gives UTC; `look_up` finds names, if the system is not to."""
        self._survey = config.survey
        self._session = Session(config, clock, look_up)
        self._fields: tuple[int, Fields] | None = None

    async def close(self) -> None:
        """Log out."""
        await self._session.close()

    async def fields(self) -> Fields:
        """The survey's fields, as of this session. Raises Busy, AtFault, Poison."""
        session = await self._session.begin()
        if self._fields is None or self._fields[0] != session:
            given = await self._session.call("get_fieldmap", self._survey)
            self._fields = (session, Fields.read(given))
        return self._fields[1]

    def forget_fields(self) -> None:
        """Read the fields anew before they are used again."""
        self._fields = None

    async def add(self, row: Row, fields: Fields) -> bool:
        """Add a response under the id that it brings; False if that is taken. Raises Busy, AtFault, Poison."""
        try:
            given = await self._write("add_response", row.new(fields))
        except Taken:
            return False
        if str(given) != str(row.id):
            await self._take_back(given)
            raise AtFault("id_not_kept")
        return True

    async def change(self, row: Row, fields: Fields) -> None:
        """Write over what stands under an id. Raises Busy, AtFault, Poison."""
        try:
            done = await self._write("update_response", row.changed(fields))
        except NotThere:
            done = None
        if done is None:
            raise Busy("row_gone")
        if done is not True and str(done) != "1":
            raise Busy("unreadable")

    async def look(self, number: int, fields: Fields) -> Stored | None:
        """What stands under an id, if anything does. Raises Busy, AtFault, Poison."""
        rows = await self._export(number, number, ["id", "token", *fields.columns.values()])
        return next((row for row in rows if row.id == number), None)

    async def count(self) -> int:
        """How many responses there are, ours or not. Raises Busy, AtFault, Poison."""
        given = str(await self._session.call("get_summary", self._survey, "full_responses"))
        if not given.isdecimal():
            raise Busy("unreadable")
        return int(given)

    async def every(self) -> AsyncIterator[Stored]:
        """Every response, ours or not, in the order of ids, without words. Raises Busy, AtFault, Poison."""
        fields = await self.fields()
        wanted = ["id", "token", *(fields.columns[name] for name in (REVISION, STATE) if name in fields.columns)]
        left, first, step = await self.count(), FIRST, STEP
        for row in await self._export(1, FIRST - 1, wanted) if left else ():
            left -= 1
            yield row
        while left > 0 and first <= LAST:
            try:
                rows = await self._export(first, min(first + step - 1, LAST), wanted)
            except Busy as busy:
                if busy.reason != "answer_too_large" or step == 1:
                    raise
                step = max(1, step // 8)
                continue
            first, step = first + step, STEP if rows else step * 2
            left -= len(rows)
            for row in rows:
                yield row

    async def _write(self, method: str, columns: Mapping[str, object]) -> object:
        try:
            return await self._session.call(method, self._survey, columns)
        except AtFault as fault:
            if str(fault) != FORBIDDEN:
                raise
        await self.count()  # which raises what keeps us out altogether
        raise Poison(FORBIDDEN)  # a firewall that takes somebody's words for an attack

    async def _export(self, first: int, last: int, columns: Sequence[str]) -> Sequence[Stored]:
        order = (self._survey, "json", None, "all", "code", "short", first, last, columns)
        try:
            given = await self._session.call("export_responses", *order)
        except NotThere:
            return ()
        try:
            rows = json.loads(base64.b64decode(str(given), validate=True))["responses"]
            return [stored for row in rows if (stored := Stored.read(row)) is not None]
        except (ValueError, TypeError, KeyError, AttributeError):
            rows = None
        raise Busy("unreadable")  # outside of what was caught, whose text may quote words

    async def _take_back(self, given: object) -> None:
        """Delete the response that stands under an id which we did not choose."""
        if str(given).isdecimal():
            with suppress(NotThere):
                await self._session.call("delete_response", self._survey, int(str(given)))
