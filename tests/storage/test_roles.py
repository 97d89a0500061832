"""Who organises: in one workspace or in all, as it was given, until it is taken away."""

from bot.outside import Address
from bot.registers import EVERYWHERE, Holder, Role
from storage.opening import OpenStore

ANA, BEN = Address("slack", "T1", "U1"), Address("slack", "T1", "U2")


async def test_a_role_counts_where_it_was_given(store: OpenStore) -> None:
    """And nowhere else, for nobody else, and as no other role."""
    assert await store.transact(lambda tx: tx.roles.give(Holder(ANA, Role.ORGANISER, "T1")))

    async def may(who: Address, role: Role, workspace: str) -> bool:
        return await store.read(lambda tx: tx.roles.has(who, role, workspace))

    assert await may(ANA, Role.ORGANISER, "T1")
    assert not await may(ANA, Role.ORGANISER, "T2")
    assert not await may(ANA, Role.ANALYST, "T1")
    assert not await may(BEN, Role.ORGANISER, "T1")


async def test_one_who_organises_everywhere(store: OpenStore) -> None:
    """The programme's own people."""
    await store.transact(lambda tx: tx.roles.give(Holder(ANA, Role.ORGANISER, EVERYWHERE)))

    assert await store.read(lambda tx: tx.roles.has(ANA, Role.ORGANISER, "T9"))


async def test_one_who_organises_in_other_workspaces(store: OpenStore) -> None:
    """Somebody of an organisation with several workspaces has one id in all, and organises where it was said."""
    await store.transact(lambda tx: tx.roles.give(Holder(ANA, Role.ORGANISER, "T2")))
    held = [
        await store.read(lambda tx, there=there: tx.roles.has(Address("slack", there, "U1"), Role.ORGANISER, there))  # type: ignore[misc]
        for there in ("T1", "T2", "T3")
    ]

    assert held == [False, True, False]
    assert not await store.read(lambda tx: tx.roles.has(Address("slack-other", "T2", "U1"), Role.ORGANISER, "T2"))


async def test_a_role_is_given_and_taken_once(store: OpenStore) -> None:
    """The second time says that nothing changed."""
    held = Holder(ANA, Role.ORGANISER, "T1")
    gave = [await store.transact(lambda tx: tx.roles.give(held)) for _ in range(2)]
    listed = await store.read(lambda tx: tx.roles.listed())
    took = [await store.transact(lambda tx: tx.roles.take(held)) for _ in range(2)]

    assert (gave, took) == ([True, False], [True, False])
    assert listed == [held]
    assert await store.read(lambda tx: tx.roles.listed()) == []
