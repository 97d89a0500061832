"""What the database could not do, said without a single value: drivers quote rows, and rows hold people's words."""

import sqlite3

from sqlalchemy.exc import DBAPIError, SQLAlchemyError

FAILURES = (
    sqlite3.Error,
    SQLAlchemyError,
    OSError,
    TimeoutError,
    UnicodeError,
)
"""What any driver may let through. A UnicodeError holds the text. storage.postgres adds what asyncpg raises."""

_SQLITE = {
    sqlite3.SQLITE_FULL: "the disk is full",
    sqlite3.SQLITE_READONLY: "the database is read-only",
    sqlite3.SQLITE_NOTADB: "the file is not a database",
    sqlite3.SQLITE_CORRUPT: "the database file is damaged",
    sqlite3.SQLITE_BUSY: "another process holds the database",
    sqlite3.SQLITE_LOCKED: "the database is locked",
    sqlite3.SQLITE_IOERR: "the disk can't be read or written",
    sqlite3.SQLITE_CANTOPEN: "the database file can't be opened",
    sqlite3.SQLITE_CONSTRAINT: "a rule of the tables was broken",
}
_POSTGRES = {
    "08": "the connection to the database was lost",
    "22": "the database refused a value",
    "23": "a rule of the tables was broken",
    "28": "the database refused the user name or password",
    "40": "the database gave the transaction up, because of others at the same time",
    "42": "the database refused a statement",
    "53": "the database is out of disk, memory or connections",
    "57": "the database is shutting down or starting",
    "58": "the database server can't use its disk",
    "3D": "there is no database of that name",
    "XX": "the database is damaged",
}
MAY_PASS = ("40001", "40P01", "23503", "23505")
"""SQLSTATE of a transaction that left nothing and may do better when it is run again: somebody else was faster."""


def why(error: BaseException) -> str:
    """One sentence about `error`, without its text."""
    error = _drivers_own(error)
    if isinstance(error, sqlite3.Error):
        number = getattr(error, "sqlite_errorcode", 0)
        return f"{_SQLITE.get(number & 0xFF, 'the database failed')} ({getattr(error, 'sqlite_errorname', 'no code')})"
    if hasattr(error, "sqlstate"):  # asyncpg's; whoever keeps chats in SQLite does not wait for it to load
        code = sqlstate_of(error)
        return f"{_POSTGRES.get(code[:2], 'the database failed')} ({code or 'no code'})"
    if isinstance(error, UnicodeError):
        return "the database refused a value"
    return f"the database can't be reached ({type(error).__name__})"


def sqlstate_of(error: BaseException) -> str:
    """PostgreSQL's class of `error`; nothing for what the server did not say."""
    return str(getattr(_drivers_own(error), "sqlstate", None) or "")


def _drivers_own(error: BaseException) -> BaseException:
    """What the driver raised, from under SQLAlchemy's wrapping."""
    if isinstance(error, DBAPIError):
        error = error.orig or error
        error = error.__cause__ or error
    return error
