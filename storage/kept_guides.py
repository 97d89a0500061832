"""The guides that chats were held with: each goes on with the questions it began with, whatever becomes of the file."""

from collections.abc import Iterable, Mapping
from dataclasses import asdict
from typing import Any

from sqlalchemy import bindparam, select
from sqlalchemy.dialects.postgresql import insert

from conversations.model import Guide, Kind, Question
from storage.sql import Sql, Statement
from storage.tables import guides

KEEP = Statement(
    insert(guides).values({name: bindparam(name) for name in ("key", "version", "body")}).on_conflict_do_nothing()
)
EVERY = Statement(select(guides.c.key, guides.c.version, guides.c.body))


class GuideChanged(Exception):
    """A guide has other words than when it was kept under the same version. The text is one sentence."""


class KeptGuides:
    """Guides inside one transaction."""

    def __init__(self, sql: Sql) -> None:
        self._sql = sql

    def keep(self, loaded: Iterable[Guide]) -> Mapping[tuple[str, int], Guide]:
        """Keep `loaded`; returns every guide that was ever kept, by key and version. Raises GuideChanged."""
        new = list(loaded)
        self._sql.later(KEEP, [{"key": one.key, "version": one.version, "body": _body(one)} for one in new])
        kept = {(key, version): _guide(body) for key, version, body in self._sql.all(EVERY)}
        for guide in new:
            if kept[guide.key, guide.version] != guide:
                raise GuideChanged(
                    f"The guide ‘{guide.key}’ differs from the version {guide.version} that is in use: "
                    f"give the changed file version {guide.version + 1}."
                )
        return kept


def _body(guide: Guide) -> dict[str, Any]:
    return asdict(guide)


def _guide(body: dict[str, Any]) -> Guide:
    questions = tuple(Question(**{**question, "kind": Kind(question["kind"])}) for question in body["questions"])
    return Guide(**{**body, "questions": questions})
