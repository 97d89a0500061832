"""A stand-in LimeSurvey with a survey of ours in it, and the destination that writes there."""

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from typing import Final
from uuid import UUID

from adapters.survey.limesurvey import Config, LimeSurvey
from adapters.survey.limesurvey_file import PAST, structure
from bot.outside import SurveyEvent
from conversations.events import Sending
from tests.adapters.survey.events import response, withdrawn
from tests.peers.limesurvey import LimeSurveyPeer, limesurvey_peer
from tests.peers.limesurvey_structure import read_survey
from tests.peers.limesurvey_things import Database, Row, Survey
from tests.peers.slack_stage import Clock

USER, PASSWORD, SURVEY = "bot", "a-password", 482_916
QUESTIONS: Final[Mapping[str, str]] = {
    "q1": "How was it?",
    "q2": "What helped?",
    "q3": "What next?",
    "reflection": "For the team",
}
ID: Final = 1_000_000_001
"""Where a response with the number 1 stands."""


def made(peer: LimeSurveyPeer, questions: Mapping[str, str] = QUESTIONS, number: int = SURVEY) -> Survey:
    """An active survey as `setup` makes it."""
    survey = read_survey(peer.world, USER, structure("Chats", questions).decode(), "", number)
    survey.properties["expires"] = PAST
    survey.activate()
    return survey


def revised(revision: int, *words: str | None) -> SurveyEvent:
    """A later revision."""
    return response(revision, *words, sending=Sending.REVISED)


def taken_back(revision: int) -> SurveyEvent:
    """A withdrawal."""
    return withdrawn(response(1), revision)


def another(event: SurveyEvent, number: int) -> SurveyEvent:
    """The same of another response."""
    return replace(event, number=number, subject=UUID(int=1000 + number))


@dataclass
class Stage:
    """The stand-in, its clock, and what writes there."""

    peer: LimeSurveyPeer
    clock: Clock
    store: LimeSurvey

    @property
    def row(self) -> Row:
        """What stands where the first response does, by codes."""
        return self.peer.survey.by_code(ID)

    @property
    def words(self) -> list[str]:
        """The words that stand there, in the order of the questions."""
        return [self.row[f"qq{number}"] or "" for number in (1, 2, 3)]

    @property
    def stands(self) -> tuple[str | None, str | None, list[str]]:
        """Its revision, its state and its words."""
        return self.row["tlrevision"], self.row["tlstate"], self.words

    @property
    def config(self) -> Config:
        """What reaches the stand-in."""
        return Config(url=self.peer.url, user=USER, password=PASSWORD, survey=SURVEY)

    @asynccontextmanager
    async def other(self, *, password: str = PASSWORD, seconds: float = 20.0) -> AsyncIterator[LimeSurvey]:
        """Another destination, as another process has."""
        store = LimeSurvey(replace(self.config, password=password, seconds=seconds), self.clock)
        try:
            yield store
        finally:
            await store.close()


@asynccontextmanager
async def stage(
    database: Database = Database.MARIADB, *, strings: bool = False, questions: Mapping[str, str] = QUESTIONS
) -> AsyncIterator[Stage]:
    """Everything, until the end of the block."""
    clock = Clock()
    async with limesurvey_peer(clock, database, strings=strings) as peer:
        peer.account(USER, PASSWORD)
        made(peer, questions)
        store = LimeSurvey(Config(url=peer.url, user=USER, password=PASSWORD, survey=SURVEY), clock)
        try:
            yield Stage(peer, clock, store)
        finally:
            await store.close()
