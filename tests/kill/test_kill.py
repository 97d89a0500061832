"""A process that holds chats may be killed at any point: nothing acknowledged is lost, nothing is done twice.

On SQLite one process at a time; on PostgreSQL two at once. The rooms are files, so they outlive the processes; where a
room can't be asked, what may stand twice or not at all is counted and printed.
"""

import asyncio
import json
import os
import shutil
import sqlite3
import sys
from collections import Counter
from collections.abc import Awaitable, Callable, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from random import Random, SystemRandom
from uuid import uuid4

import asyncpg
import pytest

from bot.outbox import Status
from bot.outside import Address, InDoubt
from bot.ports import Transaction
from conversations.effects import Letter, question_slot
from conversations.engine import Needs
from conversations.events import Sending
from conversations.messages import plain
from conversations.model import Chat, Participant
from conversations.posts import RoomView, post
from storage.opening import OpenStore, open_store
from storage.survey import EmbeddedSurvey
from storage.survey_rows import SurveyRow
from tests.conversations.chats import GUIDE
from tests.kill.nursing import Nursery
from tests.kill.platform import Life, Platform
from tests.kill.rooms import KINDS, WORKSPACE, letters, posted
from tests.kill.scripts import PEOPLE, Script
from tests.kill.worker import WORDING, Death

Texts = Callable[[], Awaitable[list[str]]]
"""Reads the words of every answer that is kept, past our own code."""

SEAMS_OF_A_DELIVERY = 8
"""About as many things are done for each delivery that a process may be killed between."""


HOURS_AT_MOST = 4
"""No message waits longer for its next attempt."""


# --- what must hold while processes die --------------------------------------------------------------------------


class Kept:
    """Looks at what is kept after each death: what was acknowledged is there once, the rest once at most."""

    def __init__(self, texts: Texts) -> None:
        self._texts = texts
        self.platform: Platform | None = None
        self.looks = 0

    async def __call__(self) -> None:
        assert self.platform is not None
        acknowledged = set(self.platform.acknowledged)
        texts = await self._texts()
        kept = Counter(text.partition(">")[0] + ">" for text in texts if text)
        sent = list(self.platform.sent.values())
        withdrawn = {delivery.about for delivery in sent if delivery.does == "withdraw"}
        for delivery in sent:
            if delivery.does in {"answer", "answer privately"}:
                tag = delivery.words.partition(">")[0] + ">"
                least = int(delivery.id in acknowledged and tag not in withdrawn)
                assert least <= kept[tag] <= 1, f"{tag} is kept {kept[tag]} times"
        self.looks += 1


def texts_in_file(path: Path, aside: Path) -> Texts:
    """The answers in a database file: of a copy, so that the recovery is left to the next process."""

    async def read() -> list[str]:
        for ending in ("", "-wal"):
            shutil.copy(f"{path}{ending}", f"{aside}{ending}")
        with closing(sqlite3.connect(aside)) as connection:
            assert connection.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
            return [text for (text,) in connection.execute("SELECT text FROM answers")]

    return read


def texts_on_server(url: str) -> Texts:
    """The answers in a database on a server."""

    async def read() -> list[str]:
        connection = await asyncpg.connect(url.replace("+asyncpg", ""))
        try:
            return [record["text"] for record in await connection.fetch("SELECT text FROM answers")]
        finally:
            await connection.close()

    return read


# --- what must stand in the end ----------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Found:
    """What is there in the end of one chat: in its room, and in the outbox by key."""

    script: Script
    chat: Chat
    participants: Mapping[str, Participant]
    refs: Mapping[str, Sequence[str]]
    """The posts of each place, by slot; more than one where it was doubled."""
    shown: Mapping[str, str]
    """What the latest post of each place says."""
    outbox: Mapping[str, Status]

    @property
    def unknown(self) -> set[str]:
        """Places whose post nobody knows to have arrived."""
        return {slot for slot in self.refs if self.outbox[f"say:{self.chat.id}:{slot}"] is Status.UNKNOWN}


def find(tx: Transaction, script: Script, folder: Path) -> Found:
    """Look what is there of a chat."""
    chat_id = tx.chats.latest_in(Address(script.channel, WORKSPACE, script.room))
    assert chat_id is not None
    participants = {}
    for who in PEOPLE:
        scene = tx.chats.lock(chat_id, None, Address(script.channel, WORKSPACE, who), Needs.NOTHING, None)
        assert scene is not None
        assert scene.participant is not None
        participants[who] = scene.participant
    refs: dict[str, list[str]] = {}
    shown = {}
    for line in posted(folder, script.channel, script.room):
        slot = line.key.removeprefix(f"say:{chat_id}:")
        if line.ref not in refs.setdefault(slot, []):
            refs[slot].append(line.ref)
        if line.ref == refs[slot][-1]:
            shown[slot] = line.text
    outbox = {row.key: row.status for row in tx.outbox.listed(Status, 100_000)}
    chat = tx.reading.chat(chat_id)
    assert chat is not None
    return Found(script, chat, participants, refs, shown, outbox)


def check_words(tx: Transaction, found: Found) -> None:
    """Everybody's words are kept once, as they were last said."""
    for who in PEOPLE:
        address = Address(found.script.channel, WORKSPACE, who)
        owned = tx.reading.own(address, found.chat.id)
        kept = [one.words for own in owned for one in own.spoken if not one.part.withdrawn]
        assert kept == [said.words for said in found.script.standing(who)]


def check_survey(found: Found, rows: Sequence[SurveyRow]) -> None:
    """The survey store holds each response once, with exactly the words that stand and may go, and nothing else."""
    for who, participant in found.participants.items():
        held = [row for row in rows if row.subject == participant.response]
        forwarded = found.script.forwarded(who)
        assert {row.link_id: row.verbatim for row in held if row.verbatim is not None} == forwarded
        assert {row.status for row in held} <= {Sending.SUBMITTED, Sending.REVISED} or not forwarded
    reflections = [row.verbatim for row in rows if row.subject == found.chat.id and row.link_id is not None]
    assert reflections == ([] if found.script.cancelled else [found.script.reflection])


def check_room(found: Found, offered: Sequence[str]) -> None:
    """Every post was made, none twice where it can be looked for, and says what stands or was offered to its host."""
    script, chat, in_doubt = found.script, found.chat, KINDS[found.script.channel]
    assert len(chat.asks) == len(GUIDE.questions)
    assert set(found.refs) == {"opening", "closing", *(question_slot(ask.number) for ask in chat.asks)}
    for slot, refs in found.refs.items():
        assert len(refs) == 1 or in_doubt is not InDoubt.LOOK, f"{slot} stands twice in {script.room}"
        if slot in found.unknown:
            assert in_doubt is InDoubt.ASK
            assert f"post_again:{chat.id.hex}:{slot}" in offered
        else:
            view = RoomView(script.answered(), script.took_part(), script.reflection if slot == "closing" else None)
            assert found.shown[slot] == plain(post(slot, chat, GUIDE, view, WORDING))


def check_letters(found: Found, folder: Path) -> None:
    """When a chat was cancelled, the authors of private answers were asked once; nobody else was."""
    in_doubt = KINDS[found.script.channel]
    prefix = f"direct:{found.chat.id}:"
    sent = Counter(letter.key for letter in letters(folder, found.script.channel) if letter.key.startswith(prefix))
    to_ask = found.script.asked_privately if found.script.cancelled else set()
    keys = {f"{prefix}{found.participants[who].id}:{Letter.CANCELLED}" for who in to_ask}
    assert {key for key in found.outbox if key.startswith(prefix)} == keys
    for key in keys:
        if found.outbox[key] is Status.UNKNOWN:
            assert sent[key] <= 1
        else:
            assert sent[key] >= 1
            assert sent[key] == 1 or in_doubt is InDoubt.AGAIN


def check_acknowledgements(platform: Platform) -> None:
    """Every delivery was acknowledged, none was refused, and none was done twice."""
    assert platform.downs == []
    assert set(platform.acknowledged) == set(platform.sent)
    for delivery, outcomes in platform.acknowledged.items():
        assert set(outcomes) <= {"accepted", "seen"}, f"{delivery}: {outcomes}"
        assert outcomes.count("accepted") <= 1, f"{delivery}: {outcomes}"


async def check_ending(platform: Platform, scripts: Sequence[Script], store: OpenStore) -> str:
    """Hold everything that is there in the end against the scripts; says in numbers what happened."""
    check_acknowledgements(platform)
    rows = [row async for row in EmbeddedSurvey(store).rows()]
    all_found = []
    for script in scripts:
        found = await store.transact(partial(find, script=script, folder=platform.folder))
        await store.read(partial(check_words, found=found))
        check_survey(found, rows)
        check_room(found, platform.offered)
        check_letters(found, platform.folder)
        all_found.append(found)
    keys = {found.chat.id for found in all_found} | {
        p.response for found in all_found for p in found.participants.values()
    }
    assert {row.subject for row in rows} <= keys
    statuses = Counter(all_found[0].outbox.values())
    assert statuses.keys() & {Status.READY, Status.ATTEMPTED, Status.DEAD} == set()
    return numbers(platform, all_found)


def numbers(platform: Platform, all_found: Sequence[Found]) -> str:
    """What happened, for whoever reads the run."""
    doubled = Counter[str]()
    for found in all_found:
        doubled[found.script.channel] += sum(len(refs) - 1 for refs in found.refs.values())
    letters_unknown = sum(
        key.startswith("direct:") and status is Status.UNKNOWN for key, status in all_found[0].outbox.items()
    )
    return (
        f"{platform.deaths} kills; {len(platform.sent)} deliveries, {platform.again} times brought again; "
        f"posted twice: {doubled['askable']} where a room can be asked, {doubled['deaf']} where it can't, "
        f"{doubled['patient']} where it does no harm; offered to be posted again: {len(platform.offered)}, "
        f"pressed: {platform.pressed}, left unknown: {sum(len(found.unknown) for found in all_found)} posts, "
        f"{letters_unknown} letters"
    )


# --- the run -----------------------------------------------------------------------------------------------------


async def talk(platform: Platform, script: Script) -> None:
    """Hold one chat; between the rounds the hosts read their letters."""
    for deliveries in script.rounds:
        await asyncio.gather(*(platform.bring(delivery) for delivery in deliveries))
        await asyncio.gather(*(platform.bring(offer) for offer in platform.unread_offers()))


def lives(chance: Random, kills: int, deliveries: int) -> list[Life]:
    """How long processes live: some are killed at any moment, some at any seam, some right after a new post."""
    made = []
    for number in range(kills):
        acknowledgements = 1 + chance.randrange(max(1, int(1.4 * deliveries / kills)))
        death = [
            Death(),
            Death(seams=chance.randrange(SEAMS_OF_A_DELIVERY * acknowledgements)),
            Death(posts=chance.randrange(3)),
        ][number % 3]
        made.append(Life(death, acknowledgements, moment_later=chance.uniform(0, 0.02)))
    return made


def said_in_errors(folder: Path) -> list[str]:
    """What the processes said on standard error that is no warning: a bug of ours."""
    lines = [line for path in sorted(folder.glob("errors-*.txt")) for line in path.read_text().splitlines()]
    return [line for line in lines if not line.startswith("{") or json.loads(line)["level"] != "warning"]


async def run(place: str, folder: Path, texts: Texts, *, kills: int, processes: int = 1) -> str:
    """Hold a chat in each room of each platform while processes are killed; says in numbers what happened."""
    seed = int(os.environ.get("KILL_SEED", SystemRandom().randrange(1_000_000)))
    sys.stdout.write(f"KILL_SEED={seed}\n")
    chance = Random(seed)
    rooms = max(3, kills // 4)
    scripts = [
        Script(channel, f"room{number}", Random(chance.random()), cancelled=number == 0)
        for number in range(rooms)
        for channel in KINDS
    ]
    for script in scripts:
        script.write()
    kept = Kept(texts)
    deliveries = sum(len(deliveries) for script in scripts for deliveries in script.rounds)
    async with Nursery.open() as nursery, asyncio.timeout(60 + 5 * kills):
        platform = Platform(nursery, place, folder, chance, kept, processes)
        kept.platform = platform
        await platform.hold((talk(platform, script) for script in scripts), lives(chance, kills, deliveries))
        while (offers := platform.unread_offers()) or platform.something_waits:
            platform.hours_ahead += HOURS_AT_MOST
            await platform.hold(platform.bring(offer) for offer in offers)

    assert (platform.deaths, kept.looks) == (kills, kills)
    assert said_in_errors(folder) == []
    store = await open_store(place, fresh=uuid4)
    try:
        return f"seed {seed}: {await check_ending(platform, scripts, store)}"
    finally:
        await store.close()


A_FEW = pytest.param(6, id="6 kills")
MANY = pytest.param(25, id="25 kills", marks=[pytest.mark.long, pytest.mark.timeout(600)])


@pytest.mark.parametrize("kills", [A_FEW, MANY])
async def test_killed_on_sqlite(tmp_path: Path, capsys: pytest.CaptureFixture[str], kills: int) -> None:
    """One process after another on one file."""
    path = tmp_path / "data" / "chats.sqlite"

    told = await run(f"sqlite:///{path}", tmp_path, texts_in_file(path, tmp_path / "copy.sqlite"), kills=kills)

    with capsys.disabled():
        sys.stdout.write(f"\nSQLite, {told}\n")


@pytest.mark.parametrize("kills", [A_FEW, MANY])
async def test_killed_on_postgres(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], durable_postgres_url: str, kills: int
) -> None:
    """Two processes at once on one server, which keeps what it said it keeps."""
    texts = texts_on_server(durable_postgres_url)

    told = await run(durable_postgres_url, tmp_path, texts, kills=kills, processes=2)

    with capsys.disabled():
        sys.stdout.write(f"\nPostgreSQL, {told}\n")
