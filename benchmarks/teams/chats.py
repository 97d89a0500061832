"""Open chats in the channels of many organisations, in which replies reach the bot without a mention (RSC)."""

from collections.abc import Sequence
from uuid import NAMESPACE_URL, uuid4, uuid5

from benchmarks.bots import chats
from benchmarks.bots.chats import Town
from benchmarks.places import Place
from benchmarks.teams.activities import Thread, app_of, named
from benchmarks.whole_chats import SIZE
from bot.outside import Address
from bot.ports import Transaction
from bot.registers import Reference
from storage.opening import OpenStore
from tests.peers import teams_things as things


def apps(town: Town) -> list[things.App]:
    """The registration of each organisation."""
    return [app_of(number) for number in range(1, town.workspaces + 1)]


async def begin(place: Place, town: Town, service_url: str) -> None:
    """Have a chat started and begun in every channel, each of a team that the bot has met."""
    rooms = [(_room(app, service_url), _host(app, service_url)) for app in apps(town) * town.channels]

    def keep(tx: Transaction) -> None:
        for reference in (reference for pair in rooms for reference in pair):
            tx.references.keep(reference)

    async def meet(store: OpenStore) -> None:
        await store.transact(keep)

    await chats.begin(place, [(room.at, host.at) for room, host in rooms], meet)


async def threads(place: Place, town: Town) -> list[Thread]:
    """The thread of every chat whose opening stands, the organisations mixed. Raises Lost."""
    by_tenant = {app.tenant: app for app in apps(town)}
    return [
        Thread(
            app=by_tenant[one.workspace],
            place=_place(one.workspace, one.channel),
            root=one.ref,
            people=_people_of(one.workspace),
            chat=one.chat,
        )
        for one in await chats.openings(place)
    ]


def _room(app: things.App, service_url: str) -> Reference:
    channel = f"19:{uuid4().hex}@thread.tacv2"
    return Reference(
        at=Address(_channel(app), app.tenant, channel),
        kind="channel",
        team_id=channel,
        channel_id=channel,
        service_url=service_url,
        bot_id=app.account["id"],
        hears=True,
    )


def _host(app: things.App, service_url: str) -> Reference:
    somebody = uuid4()
    return Reference(
        at=Address(_channel(app), app.tenant, str(somebody)),
        kind="personal",
        user_id=f"29:{somebody.hex}",
        given_name="Ana",
        service_url=service_url,
        bot_id=app.account["id"],
    )


def _channel(app: things.App) -> str:
    return f"teams-{named(app.number)}"


def _place(tenant: str, channel: str) -> things.Place:
    nobody = things.Roster()
    team = things.Team(id=channel, group=str(uuid5(NAMESPACE_URL, channel)), name="", tenant=tenant, roster=nobody)
    return things.Place(id=channel, name="", kind="channel", tenant=tenant, roster=nobody, team=team)


def _people_of(tenant: str) -> Sequence[things.Person]:
    """Who sits in every channel of an organisation."""
    ids = [uuid5(NAMESPACE_URL, f"{tenant} {number}") for number in range(SIZE)]
    names = ("Ana", "Ben", "Cat", "Dev")
    return [
        things.Person(id=f"29:{one.hex}", aad=str(one), name=name, tenant=tenant)
        for one, name in zip(ids, names, strict=True)
    ]
