"""Nobody's words get into logs, events, outbox, audit, error texts or notifications, whatever goes wrong."""

import asyncio
import logging
import os
import subprocess
import sys
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from pathlib import Path
from uuid import uuid4

import pytest
import structlog

from bot.conversation import Outcome
from bot.erasing import Erasing
from bot.outbox import Outgoing
from bot.outside import Address, AtFault, Busy, Poison, RoomGone, Unseen
from bot.ports import StoreDown
from conversations import commands as do
from conversations.commands import Panel, Which
from conversations.messages import Message, plain
from conversations.model import Permission, Visibility
from conversations.stories import PARTS, AskContact, Request, Story, TellStory, WithdrawContact, WithdrawStory
from tests.canary import MARK, ROOM, WORDS, Canary, canary, failing_in_the_middle, libraries_left_as_found

ROOT = Path(__file__).parent.parent
GONE = f"{MARK}-withdrawn"
ASKED = f"{MARK}-asked"
PRIVATELY = Visibility.PROGRAMME


@pytest.fixture(params=["sqlite", "postgresql"])
def address(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """Give a database of each kind."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'canary.sqlite'}"
    found: str = request.getfixturevalue("migrated_postgres_url")
    return found


@pytest.fixture(autouse=True)
def settled(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Start in an empty folder without our variables, and leave logging as it was found."""
    for name in os.environ:
        if name.upper().startswith("TEAM_LEEDS_"):
            monkeypatch.delenv(name)
    monkeypatch.chdir(tmp_path)
    with libraries_left_as_found():
        yield


@pytest.fixture
async def here(address: str, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Canary]:
    """Give the composed program on a database."""
    monkeypatch.setenv("TEAM_LEEDS_DATABASE_URL", address)
    async with canary() as composed:
        yield composed


async def begin(here: Canary) -> None:
    """Start a chat that Ana leads, and answer in every way."""
    await here.say("ana", do.Start("team-leeds"))
    await here.say("ana", do.Begin())
    await here.say("ben", do.Answer(WORDS, ref="1"), delivery="ben's")
    await here.say("chidi", do.Answer(WORDS, PRIVATELY))
    await here.say("dee", do.Answer(f"{WORDS} {GONE}"))
    await here.deliver()


async def every_way_to_write(here: Canary) -> None:
    """Say, say privately, edit, reflect, tell a story and ask to be contacted, each with marked words."""
    await here.say("ben", do.Edit(Which(ref="1"), f"Rather: {WORDS}"))
    await here.say("chidi", do.Answer(f"And {WORDS}", PRIVATELY))
    await here.say("eve", do.Answer(WORDS))
    await here.say("ana", do.Reflect(WORDS))
    await here.say("eve", TellStory(story()))
    await here.say("eve", AskContact(Request(reach=f"07700 {MARK}", about=WORDS, when=WORDS)))


def story(words: str = WORDS) -> Story:
    """A story whose every word is marked, with a credit, and with how its author is reached."""
    parts = {part: words[:150] if part == "title" else words for part in PARTS}
    return Story(parts=parts, credit=f"Eve {MARK}", contact=f"eve@{MARK}.example")


async def finish(here: Canary) -> None:
    """Bring the chat to its end and send it."""
    await here.say("ana", do.Finish())
    await every_way_to_write(here)
    await here.say("ana", do.Send(sure=True))


async def shown(here: Canary) -> str:
    """Give all that the channel was handed, as text."""
    return "\n".join(plain(message) for message in here.bird.shown)


async def test_a_chat_in_which_all_goes_well(here: Canary) -> None:
    """Words are where they live, in what people are shown and in the survey, and nowhere else."""
    await begin(here)
    await here.say("dee", do.Withdraw(Which()))
    await finish(here)
    await here.deliver(hours=3)
    await here.say("ben", do.Edit(Which(ref="1"), f"Now: {WORDS}"))
    await here.say("chidi", do.SetPermission(Permission.QUOTE))
    await here.deliver(hours=3)

    assert await here.leaks() == []
    homes = [name for name, row in await here.rows(homes=True) if MARK in row]
    assert set(homes) == {"answers", "reflections", "stories", "contacts", "survey_responses"}
    assert MARK in await shown(here)


async def test_what_is_withdrawn_before_sending_is_nowhere(here: Canary) -> None:
    """What was taken back in time leaves nothing behind, neither here nor in the survey."""
    await begin(here)
    await here.say("dee", do.Withdraw(Which()))
    await finish(here)
    await here.deliver(hours=3)

    assert [row for _, row in await here.rows(homes=True) if GONE in row] == []
    assert GONE not in repr([event.items for event in here.app.survey.told])
    assert await here.leaks() == []


async def test_what_is_withdrawn_is_not_in_the_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever copies the database when the program has ended does not find it in some unused corner."""
    path = tmp_path / "canary.sqlite"
    monkeypatch.setenv("TEAM_LEEDS_DATABASE_URL", f"sqlite:///{path}")
    async with canary() as here:
        await begin(here)
        await here.say("eve", do.Answer(f"{GONE} " * 600))  # fills pages of its own
        await here.say("fay", TellStory(story(f"{GONE} " * 600)))
        await here.say("fay", AskContact(Request(reach=GONE, about=f"{GONE} " * 600)))
    assert GONE.encode() in _bytes_of(path)

    async with canary() as here:
        await here.say("dee", do.Withdraw(Which()))
        await here.say("eve", do.Withdraw(Which()))
        await here.say("fay", WithdrawStory(sure=True))
        await here.say("fay", WithdrawContact())

    assert GONE.encode() not in _bytes_of(path)


async def test_who_is_erased_is_nowhere(here: Canary, address: str) -> None:
    """No word of theirs, nor what they are called by, stands in a table, in the file, or in what was logged of it."""
    await begin(here)
    await finish(here)
    await here.say("dee", do.StopAsking())
    story = Story(parts={"title": GONE, "what_happened": f"{WORDS} {GONE}"}, credit=GONE)
    await here.say("dee", TellStory(story))
    await here.deliver(hours=3)
    assert GONE in repr(await here.rows(homes=True))
    erasing = Erasing(here.store, here.works.conversation.handle, here.app.survey, clock=here.app.now, fresh=uuid4)

    erased = await erasing.erase(Address(ROOM.channel, ROOM.workspace, "dee"), "uid:7")

    assert erased is not None
    assert [row for homes in (True, False) for _, row in await here.rows(homes=homes) if GONE in row] == []
    assert [row for name, row in await here.rows(homes=False) if '"dee"' in row] == []
    assert GONE not in here.logged.getvalue()
    assert MARK in repr(await here.rows(homes=True))  # what others said
    assert await here.leaks() == []
    if address.startswith("sqlite"):
        await here.store.close()
        assert GONE.encode() not in _bytes_of(Path(address.removeprefix("sqlite:///")))


def _bytes_of(path: Path) -> bytes:
    return b"".join(part.read_bytes() for part in path.parent.glob(f"{path.name}*"))


async def test_words_that_are_refused(here: Canary) -> None:
    """A refusal says how long an answer was, and not what it said."""
    await begin(here)
    for words in (f"{MARK} " + "x" * 16_000, "\N{ZERO WIDTH SPACE}", f"{MARK} \x00\ud800 said"):
        for ask in (do.Answer(words), do.Answer(words, PRIVATELY), do.Edit(Which(ref="1"), words)):
            await here.say("ben", ask)
    await here.say("ben", do.Reflect(WORDS))
    await here.say("ben", TellStory(story(f"{MARK} " + "x" * 16_000)))
    await here.say("ben", AskContact(Request(reach=MARK * 40)))
    await here.say("ben", do.Answer(WORDS, question="unheard-of"))
    await here.say("stranger", do.Edit(Which(), WORDS))
    await here.deliver()

    assert await here.leaks() == []


async def test_words_that_wait_for_a_choice(here: Canary) -> None:
    """Of a form that is asked about first nothing is kept anywhere, not where words live either."""
    wary = f"Ring Mrs Jones on 0113 496 0000. {ASKED}"
    await begin(here)
    for ask in (do.Answer(wary, PRIVATELY), do.Answer(wary, question="feelings"), do.Edit(Which(part=None), wary)):
        await here.say("ben", ask)
    await here.say("ana", do.Finish())
    await here.say("ana", do.Reflect(wary))
    await here.deliver()

    assert [row for _, row in await here.rows(homes=True) if ASKED in row] == []
    assert await here.leaks() == []


async def test_words_that_are_told_of_and_replaced(here: Canary) -> None:
    """What stood in a message is nowhere once its author has it replaced, and never was in a row that left."""
    await begin(here)
    await here.say("ben", do.Answer(f"{ASKED}@example.org, {WORDS}", ref="2"))
    before = [name for name, row in await here.rows(homes=False) if "identifies" in row]
    await here.say("ben", do.Mask(Which(ref="2")))
    await here.deliver()

    assert before == ["outbox"]
    assert [row for _, row in await here.rows(homes=True) if ASKED in row] == []
    assert await here.leaks() == []


async def test_deliveries_that_come_twice(here: Canary) -> None:
    """The second one is seen and dropped, at once and later, and leaves no trace of its words."""
    await begin(here)
    again = await here.say("ben", do.Answer(WORDS, ref="1"), delivery="ben's")
    both = await asyncio.gather(*(here.say("fay", do.Answer(WORDS), delivery="fay's") for _ in range(2)))

    assert again is not None
    assert again.outcome is Outcome.SEEN
    assert {reply.outcome for reply in both if reply} == {Outcome.ACCEPTED, Outcome.SEEN}
    assert await here.leaks() == []


async def test_a_database_that_fails_in_the_middle(here: Canary, address: str) -> None:
    """What the database says of a failure quotes the answer; what we say does not."""
    await begin(here)
    async with failing_in_the_middle(address):
        await every_way_to_write(here)
    await here.say("ana", do.Finish())
    async with failing_in_the_middle(address):
        await here.say("ana", do.Reflect(WORDS))

    assert {type(error) for error in here.raised} == {StoreDown}
    assert await here.leaks() == []


async def test_a_disk_that_is_full(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """SQLite's own words about it are not passed on either."""
    monkeypatch.setenv("TEAM_LEEDS_DATABASE_URL", f"sqlite:///{tmp_path / 'canary.sqlite'}")
    async with canary() as here:
        await begin(here)
        limit: Callable[[int], Awaitable[None]] = here.store.limit_pages  # type: ignore[union-attr]
        await limit(1)
        for _ in range(20):
            await here.say("ben", do.Answer(f"{MARK} " * 1400))
        await limit(1_000_000)

        assert StoreDown in {type(error) for error in here.raised}
        assert await here.leaks() == []


async def test_a_bug_of_ours(here: Canary) -> None:
    """A bug whose text quotes somebody is logged by its kind and place."""
    await begin(here)
    here.app.bug = ValueError(f"can't file {WORDS!r}")
    await every_way_to_write(here)
    await here.deliver(hours=30)  # the clock meets it too
    here.app.bug = None

    assert "tick_failed" in here.logged.getvalue()
    assert await here.leaks() == []


async def test_a_channel_that_refuses(here: Canary) -> None:
    """Whatever a platform's error says, the outbox keeps its class."""
    for refusal in (
        RuntimeError(f"can't post {WORDS}"),
        Busy(WORDS),
        Busy(WORDS, 2.0, throttled=True),
        Unseen(WORDS),
        AtFault(WORDS),
        Poison(WORDS),
        RoomGone(WORDS),
    ):
        here.bird.refusals = [refusal] * 9
        await begin(here)
        await here.deliver(hours=1)
        here.bird.refusals = []
        await finish(here)
        here.bird.refusals = [refusal] * 9
        await here.deliver(hours=1)
        here.bird.refusals = []
        await here.deliver(hours=12)

    assert "delivery_failed" in here.logged.getvalue()
    assert await here.leaks() == []


async def test_a_survey_store_that_refuses(here: Canary) -> None:
    """A survey's errors quote what it was sent; nothing of that is kept, and the words arrive in the end."""
    here.app.survey.refusals = [
        ValueError(f"no column for {WORDS!r}"),
        Busy(WORDS),
        Busy(f"busy: {WORDS}", 5.0, throttled=True),
        AtFault(WORDS),
        Poison(WORDS),
    ]
    here.app.mailbox.refusals = [Busy(WORDS), ValueError(WORDS), AtFault(WORDS), Poison(WORDS)]
    await begin(here)
    await finish(here)
    await here.deliver(hours=100)

    assert here.app.survey.refusals == []
    assert MARK in str([row for name, row in await here.rows(homes=True) if name == "survey_responses"])
    assert await here.leaks() == []


async def test_what_is_deleted_when_its_time_is_over(here: Canary) -> None:
    """Two years on the words are gone, and were not written down while they went."""
    await begin(here)
    await finish(here)
    await here.deliver(hours=3)
    here.app.moment = here.app.moment.replace(year=2029)
    await here.works.schedules.purge()

    assert [row for _, row in await here.rows(homes=True) if MARK in row] == []
    assert await here.leaks() == []


async def test_what_a_person_is_shown_alone(here: Canary) -> None:
    """Their own words are in the reply and nowhere else."""
    await begin(here)
    mine = await here.say("ben", do.Show(Panel.MY_ANSWERS))
    await here.say("ben", do.Show(Panel.CHANGE))
    await here.say("ana", do.Finish())
    await here.say("ana", do.Show(Panel.READ_BACK))

    assert mine is not None
    assert isinstance(mine.show, Message)
    assert MARK in plain(mine.show)
    assert MARK not in mine.show.summary
    assert await here.leaks() == []


def test_the_process_itself(tmp_path: Path) -> None:
    """A terminal's chat at the most talkative: its log, and what whoever exports it is shown, hold no words."""
    settings = {"TEAM_LEEDS_LOG_LEVEL": "DEBUG", "TEAM_LEEDS_LOG_FORMAT": "json"}

    def run(*arguments: str, typed: str = "") -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, ROOT / "app.py", *arguments],
            cwd=tmp_path,
            env=os.environ | settings,
            input=typed,
            capture_output=True,
            text=True,
            check=True,
        )

    held = run(
        "chat",
        typed="Ana > start team-leeds live\nAna > begin\n"
        f"Ben: {WORDS}\nChidi (private): {WORDS}\nBen edits 1: Rather: {WORDS}\nBen: {MARK * 2000}\n"
        f"Ana > finish\nAna reflects: {WORDS}\nAna > send\nAna > yes\n",
    )
    exported = run("export", "--format", "csv", "--out", "out")

    assert MARK in held.stdout
    assert "delivery_handled" in held.stderr
    assert MARK not in held.stderr + exported.stdout + exported.stderr
    assert MARK in (tmp_path / "out" / "responses.csv").read_text()


def _log(_: Canary) -> None:
    structlog.get_logger().info("answer_kept", words=WORDS)


def _library(_: Canary) -> None:
    logging.getLogger("sqlalchemy.engine").debug("INSERT INTO answers %s", WORDS)


def _error(here: Canary) -> None:
    here.raised.append(StoreDown(WORDS))


def _repr(here: Canary) -> None:
    here.reprs.append(repr(do.Show(Panel.HELP, WORDS)))


def _notification(here: Canary) -> None:
    here.bird.shown.append(Message(WORDS, ()))


async def _outbox(here: Canary) -> None:
    row = Outgoing(key="1", lane="1", gate="", effect={"do": "say", "words": WORDS}, due_at=here.app.now(), priority=0)
    await here.store.transact(lambda tx: tx.outbox.add([row]))


async def _inbox(here: Canary) -> None:
    await here.store.transact(lambda tx: tx.inbox.accept(WORDS, here.app.now()))


async def _audit(here: Canary) -> None:
    await here.store.transact(lambda tx: tx.upkeep.note("exported", WORDS, "uid:0", here.app.now()))


@pytest.mark.parametrize(
    ("plant", "place"),
    [
        (_log, "log"),
        (_library, "log"),
        (_error, "error"),
        (_repr, "repr"),
        (_notification, "notification"),
        (_outbox, "table outbox"),
        (_inbox, "table inbox"),
        (_audit, "table audit"),
    ],
)
async def test_a_leak_is_found(
    plant: Callable[[Canary], Awaitable[None] | None], place: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A search that finds nothing proves something only if it can find something."""
    monkeypatch.setenv("TEAM_LEEDS_DATABASE_URL", f"sqlite:///{tmp_path / 'canary.sqlite'}")
    async with canary() as here:
        await begin(here)
        assert await here.leaks() == []

        planted = plant(here)
        if planted is not None:
            await planted

        assert place in {leak.partition(":")[0] for leak in await here.leaks()}
