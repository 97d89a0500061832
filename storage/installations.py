"""Where the bot is installed, with its tokens, which are sealed.

1. A workspace's own row comes before the one of its organisation. In which organisation a workspace is, deliveries
   say; it is remembered for whoever has none at hand.
2. Whoever asks for new tokens first takes a lease on the row, so that one process of several does: a refresh token
   works once. The lease ends with the new tokens, with a new installation, or when its time is over.
3. New tokens are kept only while a lease stands: those of an installation that came after them stay.
"""

from datetime import datetime
from typing import Any

from sqlalchemy import Text, and_, bindparam, delete, func, null, or_, select, true, update
from sqlalchemy.dialects.postgresql import insert

from bot.registers import Installation, Resealed
from storage import outbox_statements as ob
from storage.sealing import CannotUnseal, Seals
from storage.sql import Row, Sql, Statement
from storage.tables import installations, workspaces
from storage.types import UtcTime

_ROW = installations.c
_NOW = bindparam("now", type_=UtcTime())
_HERE = and_(_ROW.channel == bindparam("of_channel", type_=Text()), _ROW.workspace == bindparam("here", type_=Text()))
_seen_in = (
    select(workspaces.c.enterprise)
    .where(
        workspaces.c.channel == bindparam("of_channel", type_=Text()),
        workspaces.c.workspace == bindparam("here", type_=Text()),
    )
    .scalar_subquery()
)
_ORGANISATION = and_(
    _ROW.channel == bindparam("of_channel", type_=Text()),
    _ROW.workspace == func.coalesce(bindparam("enterprise", type_=Text()), _seen_in),
    _ROW.org_wide.is_(true()),
)
_KEPT = ("channel", "workspace", "org_wide", "bot_user", "bot", "scopes", "sealed", "expires_at", "at")
_COLUMNS = tuple(_ROW[name] for name in _KEPT[:-1])

OWN = Statement(select(*_COLUMNS).where(_HERE))
OF_ORGANISATION = Statement(select(*_COLUMNS).where(_ORGANISATION))
_new = insert(installations).values({name: bindparam(name, type_=_ROW[name].type) for name in _KEPT})
KEEP = Statement(
    _new.on_conflict_do_update(
        index_elements=["channel", "workspace"],
        set_={name: _new.excluded[name] for name in _KEPT[2:]} | {"refreshing_until": null()},
    )
)
FORGET = Statement(
    delete(installations).where(_HERE, _ROW.at <= func.coalesce(bindparam("kept_by", type_=UtcTime()), _ROW.at))
)
_seen = insert(workspaces).values(
    {name: bindparam(name, type_=Text()) for name in ("channel", "workspace", "enterprise")}
)
SEEN_IN = Statement(
    _seen.on_conflict_do_update(index_elements=["channel", "workspace"], set_={"enterprise": _seen.excluded.enterprise})
)
LEASE = Statement(
    update(installations)
    .values(refreshing_until=bindparam("until", type_=UtcTime()))
    .where(
        _HERE,
        _ROW.expires_at <= bindparam("due_by", type_=UtcTime()),
        or_(_ROW.refreshing_until.is_(None), _ROW.refreshing_until <= _NOW),
    )
)
REFRESHED = Statement(
    update(installations)
    .values(
        sealed=bindparam("sealed"),
        expires_at=bindparam("expires_at", type_=UtcTime()),
        refreshing_until=null(),
        at=_NOW,
    )
    .where(_HERE, _ROW.refreshing_until.is_not(None))
)
EVERY = Statement(select(_ROW.channel, _ROW.workspace, _ROW.sealed).order_by(_ROW.channel, _ROW.workspace))
RESEAL = Statement(
    update(installations).values(sealed=bindparam("anew")).where(_HERE, _ROW.sealed == bindparam("as_read"))
)


class SqlInstallations:
    """Installations inside one transaction."""

    def __init__(self, sql: Sql, seals: Seals) -> None:
        self._sql = sql
        self._seals = seals

    def of(self, channel: str, workspace: str, enterprise: str | None = None) -> Installation | None:
        row = self._sql.one(OWN, of_channel=channel, here=workspace)
        if row is None:
            row = self._sql.one(OF_ORGANISATION, of_channel=channel, here=workspace, enterprise=enterprise)
        return None if row is None else self._opened(row)

    def keep(self, installation: Installation, now: datetime) -> None:
        self._sql.run(
            KEEP,
            channel=installation.channel,
            workspace=installation.workspace,
            org_wide=installation.org_wide,
            bot_user=installation.bot_user,
            bot=installation.bot,
            scopes=",".join(installation.scopes),
            sealed=self._sealed(installation),
            expires_at=installation.expires_at,
            at=now,
        )
        self._note("installed", installation.channel, installation.workspace, now)

    def seen_in(self, channel: str, workspace: str, enterprise: str) -> None:
        self._sql.run(SEEN_IN, channel=channel, workspace=workspace, enterprise=enterprise)

    def forget(self, channel: str, workspace: str, now: datetime, kept_by: datetime | None = None) -> bool:
        if not self._sql.run(FORGET, of_channel=channel, here=workspace, kept_by=kept_by):
            return False
        self._note("uninstalled", channel, workspace, now)
        return True

    def lease_refresh(self, channel: str, workspace: str, now: datetime, *, until: datetime, due_by: datetime) -> bool:
        return self._sql.run(LEASE, of_channel=channel, here=workspace, now=now, until=until, due_by=due_by) == 1

    def refreshed(self, installation: Installation, now: datetime) -> bool:
        wrote = self._sql.run(
            REFRESHED,
            of_channel=installation.channel,
            here=installation.workspace,
            sealed=self._sealed(installation),
            expires_at=installation.expires_at,
            now=now,
        )
        return wrote == 1

    def reseal(self) -> Resealed:
        anew = shut = 0
        for channel, workspace, sealed in self._sql.all(EVERY):
            try:
                renewed = self._seals.renewed(sealed)
            except CannotUnseal:
                shut += 1
                continue
            if renewed is not None:
                anew += self._sql.run(RESEAL, of_channel=channel, here=workspace, as_read=sealed, anew=renewed)
        return Resealed(anew=anew, shut=shut)

    def _sealed(self, installation: Installation) -> str:
        return self._seals.seal({"token": installation.token, "refresh_token": installation.refresh_token})

    def _opened(self, row: Row) -> Installation:
        channel, workspace, org_wide, bot_user, bot, scopes, sealed, expires_at = row
        secrets: Any = self._seals.open(sealed)
        return Installation(
            channel=channel,
            workspace=workspace,
            org_wide=bool(org_wide),
            bot_user=bot_user,
            bot=bot,
            scopes=tuple(scopes.split(",")) if scopes else (),
            expires_at=expires_at,
            **secrets,
        )

    def _note(self, action: str, channel: str, workspace: str, now: datetime) -> None:
        self._sql.run(ob.AUDIT, at=now, who=channel, action=action, about=workspace, why=None)
