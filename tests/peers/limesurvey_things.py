"""What the stand-in LimeSurvey is made of: surveys, their questions and their responses, and two databases' ways.

1. A response is a row of columns. A survey that is not active has none; columns don't follow when questions change.
2. PostgreSQL ends a text at its first NUL. MariaDB, as LimeSurvey is mostly installed, cuts a text at 65,535 bytes
   without a word; so it does with a token above 36 characters, at which PostgreSQL fails.
3. An error of the database quotes what was written.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum
from typing import Any, Final

Json = dict[str, Any]
Row = dict[str, str | None]

LONGEST_TOKEN: Final = 36
MOST_BYTES: Final = 65_535
RESPONSE_COLUMNS: Final = ("id", "submitdate", "lastpage", "startlanguage", "seed")
ACTIVATION: Final = ("anonymized", "datestamp", "ipaddr", "ipanonymize", "refurl", "savetimings")
INHERITED: Final[Mapping[str, str]] = {
    "anonymized": "N",
    "datestamp": "N",
    "savetimings": "N",
    "ipaddr": "N",
    "ipanonymize": "N",
    "refurl": "N",
    "alloweditaftercompletion": "N",
    "listpublic": "N",
}
"""What a survey takes over from the survey group where it says `I`."""


class Refused(Exception):
    """LimeSurvey's answer is a sentence."""


class DatabaseFailed(Exception):
    """The database threw, and LimeSurvey hands its text on."""


class Broken(Exception):
    """PHP ended with a fatal error: the web server answers 500 and a page."""


class Database(Enum):
    """What LimeSurvey is installed on."""

    MARIADB = "mariadb"
    POSTGRESQL = "postgresql"

    def kept(self, column: str, value: str) -> str:
        """What a column keeps of a value. Raises DatabaseFailed."""
        if self is Database.POSTGRESQL:
            value = value.partition("\0")[0]
            if column == "token" and len(value) > LONGEST_TOKEN:
                raise DatabaseFailed(_failed("22001", "String data, right truncated: 7 ERROR:  value too long", value))
            return value
        if column == "token":
            return value[:LONGEST_TOKEN]
        return value.encode()[:MOST_BYTES].decode(errors="ignore")

    def duplicate(self, survey: int, key: int) -> DatabaseFailed:
        """What it throws when an id is there already."""
        if self is Database.POSTGRESQL:
            text = f'Unique violation: 7 ERROR:  duplicate key value violates "lime_survey_{survey}_pkey"'
            return DatabaseFailed(_failed("23505", text, f"DETAIL:  Key (id)=({key}) already exists."))
        return DatabaseFailed(_failed("23000", "Integrity constraint violation: 1062", f"Duplicate entry '{key}'"))


def _failed(state: str, text: str, quoted: str) -> str:
    return f"CDbCommand failed to execute the SQL statement: SQLSTATE[{state}]: {text} {quoted}"


@dataclass(slots=True)
class Question:
    """A question; `code` is what LimeSurvey calls its title."""

    qid: int
    gid: int
    type: str
    code: str
    text: str
    order: int
    attributes: dict[str, str] = field(default_factory=dict)

    def column(self, sid: int) -> str:
        """What its column is called before LimeSurvey 7."""
        return f"{sid}X{self.gid}X{self.qid}"


@dataclass(slots=True)
class Survey:
    """A survey, with its responses by id once it is active."""

    sid: int
    owner: str
    title: str
    language: str
    properties: dict[str, str | None]
    groups: dict[int, str] = field(default_factory=dict)
    questions: dict[int, Question] = field(default_factory=dict)
    columns: tuple[str, ...] | None = None
    rows: dict[int, Row] = field(default_factory=dict, repr=False)

    def says(self, name: str) -> str | None:
        """A property, with what is inherited in it."""
        value = self.properties.get(name)
        return INHERITED.get(name) if value == "I" else value

    @property
    def is_active(self) -> bool:
        """Whether it takes responses."""
        return self.says("active") == "Y"

    def field_map(self) -> dict[str, Json]:
        """LimeSurvey's list of its fields, by column: what is there whatever is asked, and the questions."""
        stamped = ("startdate", "datestamp") if self.says("datestamp") == "Y" else ()
        found: dict[str, Json] = {
            name: {"fieldname": name, "type": name, "sid": str(self.sid), "gid": "", "qid": "", "aid": "", "title": ""}
            for name in (*RESPONSE_COLUMNS, *stamped)
        }
        for question in sorted(self.questions.values(), key=lambda one: (one.gid, one.order)):
            name = question.column(self.sid)
            found[name] = {
                "fieldname": name,
                "type": question.type,
                "sid": str(self.sid),
                "gid": str(question.gid),
                "qid": str(question.qid),
                "aid": "",
                "title": question.code,
                "question": question.text,
                "group_name": self.groups[question.gid],
            }
        return found

    def activate(self) -> None:
        """Make the table of responses, with the columns that are wanted now."""
        token = () if self.says("anonymized") == "Y" else ("token",)
        self.columns = (*self.field_map(), *token)
        self.properties["active"] = "Y"

    def deactivate(self) -> None:
        """What an administrator does with *Stop this survey*: the responses are put aside."""
        self.properties["active"] = "N"
        self.columns = None
        self.rows = {}

    def rename(self, code: str, new: str) -> None:
        """What an administrator does with a question's code."""
        next(one for one in self.questions.values() if one.code == code).code = new

    def by_code(self, key: int) -> Row:
        """A response as it stands in the database, by codes."""
        titles = {name: entry["title"] or name for name, entry in self.field_map().items()}
        return {titles.get(name, name): value for name, value in self.rows[key].items()}
