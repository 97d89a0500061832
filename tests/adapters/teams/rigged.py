"""A channel in the stand-in Teams with Ana, Ben, Cat and Dev, whom the bot has met, and what each of them reads."""

from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from dataclasses import replace
from uuid import uuid4

from adapters.browser.listening import listening
from adapters.teams.app import Config, TeamsApp
from adapters.teams.channel import TeamsChannel
from adapters.teams.identities import BySecret
from adapters.teams.keys import Keys
from adapters.teams.pace import rate_of
from adapters.teams.wire import session
from bot.outside import Address
from storage.opening import OpenStore
from tests.adapters.teams.microsoft import reference
from tests.bot.composing import WORDING, Bot, Clock, composed
from tests.peers.slack_blocks import strings
from tests.peers.teams import TeamsPeer, teams_peer, text_of
from tests.peers.teams_founding import PEOPLE

LONG = 5_900
"""A row that is at least that long and does not end in white space was broken within a word."""


@asynccontextmanager
async def teams_rig(
    store: OpenStore, *, strict_pace: bool = False
) -> AsyncIterator[tuple[TeamsPeer, TeamsChannel, Bot]]:
    """The stand-in with a served bot, until the end of the block. Nobody was told anything yet."""
    clock = Clock()
    async with teams_peer(clock, strict_pace=strict_pace) as peer, session() as through:
        app = TeamsApp(config_of(peer), clock, uuid4, clock.pause)
        keys = Keys(through, peer.metadata_url, clock)
        channel = app.connect(through, keys, store, WORDING)
        bot = composed(store, clock=clock, others=(channel,), rate_of=rate_of)
        app.open(bot.conversation, bot.receipts, bot.house, bot.delivery.stir)
        await _meet(peer, store)
        async with listening(app.routes(), "127.0.0.1", 0) as port:
            peer.bot_url = f"http://127.0.0.1:{port}"
            yield peer, channel, bot
        await app.close()
        await keys.close()


def config_of(peer: TeamsPeer) -> Config:
    """What the stand-in's app is told."""
    return Config(
        name="",
        app_id=peer.app.id,
        tenant_id=peer.app.tenant,
        tenants=frozenset({peer.app.tenant}),
        identity=BySecret(peer.app.secret),
        login_url=f"{peer.address}/",
        openid_url=peer.metadata_url,
    )


def person_of(peer: TeamsPeer, name: str) -> Address:
    """Where a person is."""
    return Address("teams", peer.app.tenant, peer.world.person(name).aad)


async def behind_buttons(peer: TeamsPeer, name: str) -> str:
    """What a person reads who presses the buttons in their own chat with the bot that open something, page by page."""
    turns = {f"[{WORDING.say('teams.earlier')}]", f"[{WORDING.say('teams.later')}]"}
    rows: list[str] = []
    opening = {WORDING.label(button) for button in ("read_back", "my_answers")}
    for label in opening & {one.label for one in peer.controls(name) if one.place.kind == "personal"}:
        await peer.press(name, label)
        while dialog := peer.dialog(name):
            rows += [row for row in text_of(dialog.card).split("\n") if not set(row.split()) <= turns]
            if WORDING.say("teams.later") not in peer.buttons(name):
                break
            await peer.press(name, WORDING.say("teams.later"), "dialog")
    return read(rows)


def read(rows: Iterable[str]) -> str:
    """`rows` as a person reads them one after another, with one space wherever a row ends between words."""
    said = ""
    for row in rows:
        said += row if len(row) >= LONG and not row[-1].isspace() else f"{row} "
    return " ".join(said.split())


def sent(peer: TeamsPeer) -> str:
    """Everything that the bot sent, decoded."""
    return "\n".join(text for call in peer.calls for text in strings(call.body))


async def _meet(peer: TeamsPeer, store: OpenStore) -> None:
    """Remember where the channel and its people are, as if each of them had spoken there."""
    room = reference(peer)
    people = [
        replace(room, at=person_of(peer, name), kind="personal", channel_id=None, user_id=peer.world.person(name).id)
        for name in PEOPLE
    ]
    met = (replace(room, user_id=None), *people)
    await store.transact(lambda tx: [tx.references.keep(one) for one in met])
