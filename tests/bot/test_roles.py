"""Who may organise, and who may read words: by the settings, or by a role that they were given."""

from pathlib import Path
from uuid import uuid4

import pytest

from bot.house import House
from bot.outside import Address
from bot.ports import Transaction
from bot.registers import EVERYWHERE, Holder, Role
from bot.roles import organises, reads_in
from conversations.model import Calendar
from storage.opening import open_store
from tests.bot.composing import WORDING

ANA, BEN, CAT, DEV = (Address("slack", "T1", name) for name in ("U0ANA", "U0BEN", "U0CAT", "U0DEV"))
HOUSE = House(
    guides={},
    default_guide=None,
    wording=WORDING,
    calendar=Calendar,
    destinations=(),
    organisers=frozenset({ANA}),
    analysts=frozenset({BEN}),
)


@pytest.mark.parametrize(
    ("who", "may"),
    [
        (ANA, True),
        (BEN, False),
        (CAT, True),
        (DEV, True),
        (Address("slack", "T2", "U0ANA"), False),
        (Address("slack", "T2", "U0CAT"), False),
        (Address("slack", "T2", "U0DEV"), True),
        (Address("teams", "T1", "U0ANA"), False),
    ],
    ids=str,
)
async def test_where_somebody_organises(tmp_path: Path, who: Address, may: bool) -> None:  # noqa: FBT001 -- a table
    """In their own workspace, unless it was given for others or everywhere; an analyst organises nothing."""

    def work(tx: Transaction) -> bool:
        tx.roles.give(Holder(CAT, Role.ORGANISER, "T1"))
        tx.roles.give(Holder(CAT, Role.ANALYST, EVERYWHERE))
        tx.roles.give(Holder(DEV, Role.ORGANISER, EVERYWHERE))
        return organises(tx, HOUSE, who)

    store = await open_store(tmp_path / "chats.sqlite", fresh=uuid4)
    found = await store.transact(work)
    await store.close()

    assert found is may


@pytest.mark.parametrize(
    ("who", "scopes"),
    [
        (ANA, set()),
        (BEN, {"T1"}),
        (CAT, {EVERYWHERE}),
        (DEV, {"T3", "T4"}),
        (Address("slack", "T9", "U0DEV"), {"T3", "T4"}),
        (Address("teams", "T1", "U0DEV"), set()),
    ],
    ids=["nowhere", "in one", "everywhere", "in two", "in two, seen from a third", "a namesake elsewhere"],
)
async def test_where_somebody_reads(tmp_path: Path, who: Address, scopes: set[str]) -> None:
    """Wherever they are an analyst, by whichever workspace they were named; nowhere else."""

    def work(tx: Transaction) -> frozenset[str]:
        tx.roles.give(Holder(CAT, Role.ANALYST, EVERYWHERE))
        tx.roles.give(Holder(DEV, Role.ANALYST, "T3"))
        tx.roles.give(Holder(Address("slack", "T2", "U0DEV"), Role.ANALYST, "T4"))
        tx.roles.give(Holder(DEV, Role.ORGANISER, "T5"))
        return reads_in(tx, HOUSE, who)

    store = await open_store(tmp_path / "chats.sqlite", fresh=uuid4)
    found = await store.transact(work)
    await store.close()

    assert found == scopes
