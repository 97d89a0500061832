"""How rooms and people are reached again: one row of ids and facts for each, read by its address.

Most of what is heard says nothing new, and writes nothing.
"""

from dataclasses import asdict, replace
from typing import Any

from sqlalchemy import Text, bindparam, select
from sqlalchemy.dialects.postgresql import insert

from bot.outside import Address
from bot.registers import Reference
from storage.sql import Sql, Statement, Values
from storage.tables import references

_new = insert(references).values(
    {name: bindparam(name, type_=references.c[name].type) for name in ("channel", "workspace", "address", "body")}
)
KEEP = Statement(
    _new.on_conflict_do_update(index_elements=["channel", "workspace", "address"], set_={"body": _new.excluded.body})
)
OF = Statement(
    select(references.c.body).where(
        references.c.channel == bindparam("of_channel", type_=Text()),
        references.c.workspace == bindparam("of_workspace", type_=Text()),
        references.c.address == bindparam("of_address", type_=Text()),
    )
)


class SqlReferences:
    """References inside one transaction."""

    def __init__(self, sql: Sql) -> None:
        self._sql = sql

    def keep(self, reference: Reference) -> bool:
        known = self.of(reference.at)
        kept = reference if known is None else replace(known, **_facts(reference))
        if kept == known:
            return False
        at = kept.at
        row: Values = {
            "channel": at.channel,
            "workspace": at.workspace,
            "address": at.address,
            "body": _facts(kept),
        }
        self._sql.later(KEEP, [row])
        return True

    def of(self, at: Address) -> Reference | None:
        body = self._sql.value(OF, of_channel=at.channel, of_workspace=at.workspace, of_address=at.address)
        return None if body is None else Reference(at=at, **body)


def _facts(reference: Reference) -> dict[str, Any]:
    """What is known of a reference, by name, but for its address."""
    return {name: fact for name, fact in asdict(reference).items() if name != "at" and fact is not None}
