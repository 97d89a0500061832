"""Who organises, and who reads words to make findings: ids of platforms, and where each may."""

from collections.abc import Sequence

from sqlalchemy import bindparam, delete, or_, select
from sqlalchemy.dialects.postgresql import insert

from bot.outside import Address
from bot.registers import EVERYWHERE, Holder, Role
from storage.sql import Row, Sql, Statement, Values, literal
from storage.tables import roles

_KEY = ("channel", "workspace", "address", "role", "scope")
_HELD = [roles.c[name] == bindparam(f"of_{name}", type_=roles.c[name].type) for name in _KEY]
GIVE = Statement(
    insert(roles)
    .values({name: bindparam(name, type_=roles.c[name].type) for name in _KEY})
    .on_conflict_do_nothing(index_elements=list(_KEY))
)
TAKE = Statement(delete(roles).where(*_HELD))
_them = [_HELD[_KEY.index(name)] for name in ("channel", "address", "role")]
HELD = Statement(select(roles.c.scope).where(*_them, or_(_HELD[4], roles.c.scope == literal(EVERYWHERE))))
"""Whichever workspace they are named by: in an organisation that has several, a person has one id in all of them."""
LISTED = Statement(select(*(roles.c[name] for name in _KEY)).order_by(*(roles.c[name] for name in _KEY)))


class SqlRoles:
    """Roles inside one transaction."""

    def __init__(self, sql: Sql) -> None:
        self._sql = sql

    def has(self, who: Address, role: Role, workspace: str) -> bool:
        return self._sql.one(HELD, **_called(Holder(who, role, workspace), "of_")) is not None

    def give(self, holder: Holder) -> bool:
        return self._sql.run(GIVE, **_called(holder, "")) == 1

    def take(self, holder: Holder) -> bool:
        return self._sql.run(TAKE, **_called(holder, "of_")) == 1

    def listed(self) -> Sequence[Holder]:
        return [_holder(row) for row in self._sql.all(LISTED)]


def _called(holder: Holder, before: str) -> Values:
    who = holder.who
    values = (who.channel, who.workspace, who.address, holder.role.value, holder.scope)
    return {f"{before}{name}": value for name, value in zip(_KEY, values, strict=True)}


def _holder(row: Row) -> Holder:
    return Holder(Address(row[0], row[1], row[2]), Role(row[3]), row[4])
