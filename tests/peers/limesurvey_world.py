"""Everything that the stand-in LimeSurvey holds, and who may do what in it."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

from tests.peers.limesurvey_access import Access, Account
from tests.peers.limesurvey_things import Broken, Database, Json, Refused, Survey

NO_SURVEY: Final = "Error: Invalid survey ID"
NO_PERMISSION: Final = "No permission"


@dataclass(slots=True)
class World:
    """One installation."""

    clock: Callable[[], datetime]
    access: Access
    database: Database = Database.MARIADB
    strings: bool = False
    """Whether ids are given as strings."""
    strips_quotes: bool = False
    """Whether quotation marks are lost from what is added, as in LimeSurvey 5."""
    chooses_ids: bool = False
    """Whether an id that somebody chose is left aside, as databases may do that count by themselves."""
    surveys: dict[int, Survey] = field(default_factory=dict)
    granted: dict[str, set[int]] = field(default_factory=dict)
    """By account: other people's surveys that it may use."""
    made: int = 0
    """The last number that was given to a group or a question."""

    def number(self) -> int:
        """A number that nothing has yet."""
        self.made += 1
        return self.made

    def given(self, number: int) -> int | str:
        """A number as this installation gives it."""
        return str(number) if self.strings else number

    def survey(self, account: Account, given: object, sentence: str = NO_SURVEY) -> Survey:
        """A survey that this account may use, read and change. Raises Refused."""
        found = self.surveys.get(whole(given))
        if found is None:
            raise Refused(sentence)
        if not self._may(account, found):
            raise Refused(NO_PERMISSION)
        return found

    def visible(self, account: Account) -> list[Survey]:
        """The surveys that this account may use."""
        return [survey for survey in self.surveys.values() if self._may(account, survey)]

    def _may(self, account: Account, survey: Survey) -> bool:
        return account.superadmin or survey.owner == account.name or survey.sid in self.granted.get(account.name, set())


@dataclass(frozen=True, slots=True)
class Asked:
    """One call of somebody who is logged in: where, who, and what was given after the session's key, in order."""

    world: World
    by: Account
    given: tuple[object, ...] = field(repr=False)

    def at(self, place: int) -> object:
        """What was given in a place, counted from 0; nothing, if it was left out."""
        return self.given[place] if place < len(self.given) else None

    def data(self, place: int) -> Json:
        """The same, where names and values are wanted."""
        given = self.at(place)
        return given if isinstance(given, dict) else {}

    def names(self, place: int) -> list[str] | None:
        """The same, where names are wanted; none, if there are none."""
        given = self.at(place)
        return [str(name) for name in given] if isinstance(given, list) and given else None

    def survey(self, sentence: str = NO_SURVEY) -> Survey:
        """The survey that was named first. Raises Refused."""
        return self.world.survey(self.by, self.at(0), sentence)


def whole(given: object) -> int:
    """What PHP makes a whole number of. Raises Broken for what it makes none of."""
    if isinstance(given, list | dict):
        raise Broken
    digits = str(given).strip()
    return int(digits) if digits.lstrip("-").isdigit() else 0
