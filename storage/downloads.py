"""The links by which people are handed what is kept about them: fingerprints of secrets, and until when they work."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import Text, bindparam, delete, insert, select

from bot.downloads import File
from bot.outside import Address
from storage.sql import Sql, Statement
from storage.tables import downloads, people
from storage.types import ID, UtcTime

_IT = downloads.c.fingerprint == bindparam("which", type_=Text())
_FILE = downloads.c.file == bindparam("of_file", type_=Text())
_WORKS = downloads.c.until > bindparam("now", type_=UtcTime())

ADD = Statement(
    insert(downloads).values(
        {name: bindparam(name, type_=downloads.c[name].type) for name in ("fingerprint", "file", "person", "until")}
    )
)
LEFT = Statement(select(downloads.c.file).where(_IT, _WORKS))
WHOSE = Statement(
    select(people.c.channel, people.c.workspace, people.c.address)
    .join(downloads, downloads.c.person == people.c.id)
    .where(_IT, _FILE)
)
TAKE = Statement(delete(downloads).where(_IT, _FILE, _WORKS))
FORGET = Statement(delete(downloads).where(downloads.c.person == bindparam("whose", type_=ID)))
FORGET_OLD = Statement(delete(downloads).where(downloads.c.until <= bindparam("before", type_=UtcTime())))


class SqlDownloads:
    """Downloads inside one transaction."""

    def __init__(self, sql: Sql) -> None:
        self._sql = sql

    def offer(self, fingerprint: str, person: UUID, until: datetime) -> None:
        self._sql.run(FORGET, whose=person)
        row = {"fingerprint": fingerprint, "person": person, "until": until}
        self._sql.later(ADD, [{**row, "file": file.value} for file in File])

    def left(self, fingerprint: str, now: datetime) -> Sequence[File]:
        found = {row[0] for row in self._sql.all(LEFT, which=fingerprint, now=now)}
        return [file for file in File if file.value in found]

    def take(self, fingerprint: str, file: File, now: datetime) -> Address | None:
        row = self._sql.one(WHOSE, which=fingerprint, of_file=file.value)
        taken = self._sql.run(TAKE, which=fingerprint, of_file=file.value, now=now) == 1
        return Address(*row) if row is not None and taken else None

    def forget(self, *, person: UUID | None = None, before: datetime | None = None) -> int:
        gone = 0 if person is None else self._sql.run(FORGET, whose=person)
        return gone + (0 if before is None else self._sql.run(FORGET_OLD, before=before))
