"""Rooms as organisers see them, on both databases: which were joined, and whether anything reaches them."""

from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from uuid import uuid4

from cryptography.fernet import Fernet

from bot.outside import Address
from bot.ports import Transaction
from bot.registers import Installation, Reference
from storage.opening import OpenStore, open_store

NOW = datetime(2026, 12, 7, 10, tzinfo=UTC)


def at(name: str, workspace: str = "T1") -> Address:
    """Where a room is."""
    return Address("slack", workspace, name)


async def join(store: OpenStore, *rooms: Address) -> None:
    """Let somebody join rooms."""

    def work(tx: Transaction) -> None:
        for one in rooms:
            room = tx.chats.lock_room(one, "Europe/London")
            tx.chats.join_room(replace(room, organisation="Leeds Trust", joined_at=NOW))

    await store.transact(work)


async def test_rooms_that_were_joined_are_given_page_by_page(store: OpenStore) -> None:
    """Each once, however many there are; one that was only heard of is not."""
    names = [at(f"C{n}") for n in range(1201)]
    await join(store, *names)
    await store.transact(lambda tx: tx.chats.lock_room(at("heard of"), "Europe/London"))
    rooms = await store.read(lambda tx: list(tx.rooms.joined()))

    assert sorted(room.address for room in rooms) == sorted(one.address for one in names)


async def test_rooms_of_a_workspace_come_with_how_they_are_reached(store: OpenStore) -> None:
    """Where we were told."""
    await join(store, at("C1"), at("C2"), at("C1", "T2"))
    reference = Reference(at=at("C1"), service_url="https://x.example/", bot_id="28:b", kind="channel")
    await store.transact(lambda tx: tx.references.keep(reference))
    found = await store.read(lambda tx: tx.rooms.reached("slack", "T1"))

    assert {one.room.address: one.known_how for one in found} == {"C1": True, "C2": False}


async def test_an_installation_of_the_workspace_or_of_its_organisation_counts(place: Path | str) -> None:
    """That of another workspace does not."""
    store = await open_store(place, fresh=uuid4, keys=(Fernet.generate_key().decode(),))

    def install(tx: Transaction) -> None:
        for workspace, org_wide in (("T1", False), ("E1", True), ("T4", False)):
            tx.installations.keep(
                Installation(
                    channel="slack", workspace=workspace, org_wide=org_wide, bot_user="U", bot="B", token="xoxb-1"
                ),
                NOW,
            )
        tx.installations.seen_in("slack", "T2", "E1")
        tx.installations.seen_in("slack", "T3", "T4")

    await store.transact(install)
    there = [
        await store.read(lambda tx, one=one: tx.rooms.installed(*one))  # type: ignore[misc]
        for one in (("slack", "T1"), ("slack", "T2"), ("slack", "T3"), ("slack", "T9"), ("slack-other", "T1"))
    ]
    await store.close()

    assert there == [True, True, False, False, False]


async def test_who_leads_somewhere(store: OpenStore) -> None:
    """Who leads what is scheduled in a room of their workspace; nobody else, and nobody in another one."""
    ana, ben = at("U0ANA"), at("U0BEN")

    def work(tx: Transaction) -> None:
        tx.chats.person(ben)
        room = tx.chats.lock_room(at("C1"), "Europe/London")
        tx.chats.join_room(replace(room, organisation="Leeds Trust", host=tx.chats.person(ana), joined_at=NOW))

    await store.transact(work)
    await store.transact(lambda tx: tx.chats.person(at("U0ANA", "T2")))
    asked = (ana, ben, at("U0CAT"), at("U0ANA", "T2"))
    leads = await store.read(lambda tx: [tx.reading.leads_within(one) for one in asked])

    assert leads == [True, False, False, False]
