"""Any history of a chat, with a crash at any seam, ends with nothing lost, nothing doubled and nothing leaked.

The machine plays people, a platform that delivers again what was not acknowledged, a clock and a killer. The engine,
delivery and the SQLite store are the real ones; the room and the survey store outlive the process, as platforms do.
"""

import asyncio
import atexit
import shutil
import tempfile
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path
from uuid import UUID, uuid4

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test

from bot.conversation import Conversation, Due, Incoming, Outcome, Reply
from bot.delivery import Delivery
from bot.house import House
from bot.outside import Address
from bot.performing import Performer
from bot.ports import OwnAnswers, Retention, Store, Transaction
from bot.schedules import Schedules
from bot.showing import Showing
from conversations import commands as do
from conversations.actions import Ask
from conversations.effects import question_slot
from conversations.engine import Needs
from conversations.events import Sending
from conversations.messages import plain
from conversations.model import OVER, Calendar, Pace, Permission, Stage, Visibility
from conversations.posts import RoomView, post
from conversations.support import Directory
from storage.opening import open_store
from storage.wording import load_wording
from tests.conversations.chats import GUIDE
from tests.machine.crashing import AskableRoom, Crash, CrashingStore, Fuse, OutsideSurvey

WORDING = load_wording(Path(__file__).parents[2] / "conversations" / "wording" / "en.yaml")
ROOM = Address("console", "terminal", "room")
PEOPLE = ("host", "ana", "ben", "cat")
START = datetime(2026, 12, 7, 9, tzinfo=UTC)
SECRET = "privately-said"

CHANGES: list[do.Command] = [
    do.Edit(do.LATEST, ""),
    do.Withdraw(do.LATEST),
    do.Move(do.LATEST, "second"),
    *(do.SetPermission(permission) for permission in Permission),
]
LEADING: list[do.Command] = [
    do.MoveOn(),
    do.MoveOn("first"),
    do.GoBack(),
    do.Pause(),
    do.Resume(),
    do.Finish(),
    do.Reflect("we reflect"),
    do.Send(),
    do.Yes(),
    do.Send(sure=True),
    do.Cancel(sure=True),
]

people = st.sampled_from(PEOPLE)
questions = st.sampled_from([question.key for question in GUIDE.questions])


class Histories(RuleBasedStateMachine):
    """One room, four people, one process at a time."""

    def __init__(self) -> None:
        super().__init__()
        self.folder = Path(tempfile.mkdtemp(prefix="histories-"))
        self.loop = asyncio.new_event_loop()
        self.fuse = Fuse()
        self.room = AskableRoom(self.fuse)
        self.survey = OutsideSurvey(self.fuse)
        self.now = START
        self.ids = 0
        self.deliveries = 0
        self.acknowledged: dict[UUID, UUID] = {}
        """Parts that the platform was told are kept, with their chats."""
        self.chats: set[UUID] = set()
        shutil.copy(_template(), self.folder / "chats.db")
        self.start_process()

    # --- the process ---

    def start_process(self) -> None:
        """A new process on what the last one left."""
        self.real: Store = self.loop.run_until_complete(open_store(self.folder / "chats.db", fresh=uuid4))
        store = CrashingStore(self.real, self.fuse)
        house = House(
            guides={(GUIDE.key, GUIDE.version): GUIDE},
            default_guide=None,
            wording=WORDING,
            calendar=Calendar,
            destinations=("embedded",),
        )
        performer = Performer(
            store,
            house,
            {"console": self.room},
            {"embedded": self.survey},
            clock=lambda: self.now,
            chance=lambda: 0.5,
            hold=self.hold,
        )
        self.delivery = Delivery(store, performer, lambda: self.now, lambda _: None)
        showing = Showing(store, house, Directory(()), lambda: self.now)
        self.conversation = Conversation(
            store, house, showing, clock=lambda: self.now, fresh=self.fresh, stirred=lambda: None
        )
        self.schedules = Schedules(store, self.conversation, house, lambda: self.now, Retention())

    async def hold(self, due: Due) -> Reply | None:
        """What delivery has done to chats."""
        return await self.conversation.hold(due)

    def kill_process(self) -> None:
        """What was in memory is gone; the file stays. The lease of what was under way runs out."""
        self.loop.run_until_complete(self.real.close())
        self.start_process()
        self.now += timedelta(seconds=31)

    def fresh(self) -> UUID:
        """An id that was never used, also by an earlier process."""
        self.ids += 1
        return UUID(int=self.ids)

    def incoming(self, who: str, ask: Ask) -> Incoming:
        """A delivery that was never made before."""
        self.now += timedelta(seconds=1)
        self.deliveries += 1
        return Incoming(
            delivery=f"delivery-{self.deliveries}", ask=ask, said_at=self.now, room=ROOM, person=_address(who)
        )

    def say(self, who: str, ask: Ask) -> Reply:
        """One delivery, delivered again until it is acknowledged."""
        return self.bring(self.incoming(who, ask))

    def bring(self, incoming: Incoming) -> Reply:
        """Deliver until it is acknowledged."""
        while True:
            try:
                return self.loop.run_until_complete(self.conversation.handle(incoming))
            except Crash:
                self.kill_process()

    def deliver(self) -> None:
        """Deliver what is due, through crashes."""
        while True:
            try:
                self.loop.run_until_complete(self.delivery.drain())
            except Crash:
                self.kill_process()
            else:
                return

    # --- what people do ---

    @initialize()
    def open_a_chat(self) -> None:
        """Every history begins with a chat that has begun, in which one answer is private and one kept in the team."""
        self.start(Pace.LIVE, practice=False)
        self.answer([("ana", Visibility.TEAM, None, None), ("ben", Visibility.PROGRAMME, None, None)])
        self.change("ana", [do.SetPermission(Permission.STAY)])

    @rule(seams=st.integers(0, 8))
    def light_the_fuse(self, seams: int) -> None:
        """The process will be killed some seams from here."""
        self.fuse.left = seams

    @rule(drops=st.integers(1, 3))
    def cut_the_line(self, drops: int) -> None:
        """The platform will do what it is asked, and its answer is lost."""
        self.room.drops = drops

    @rule(pace=st.sampled_from(Pace), practice=st.sampled_from([False, False, False, True]))
    def start(self, pace: Pace, practice: bool) -> None:  # noqa: FBT001 - Hypothesis calls it by keyword
        self.say("host", do.Start(GUIDE.key, pace, practice))
        chat = self.loop.run_until_complete(self.real.read(lambda tx: tx.chats.latest_in(ROOM)))
        assert chat is not None
        self.chats.add(chat)
        self.say("host", do.Begin())

    @rule(
        answers=st.lists(
            st.tuples(people, st.sampled_from(Visibility), st.none() | questions, st.none() | st.integers(0, 2)),
            min_size=1,
            max_size=4,
        )
    )
    def answer(self, answers: list[tuple[str, Visibility, str | None, int | None]]) -> None:
        for who, visibility, question, seams in answers:
            self.fuse.left = self.fuse.left if seams is None else seams
            before = self.parts_of(who)
            words = f"{SECRET if visibility is Visibility.PROGRAMME else 'said'} {self.deliveries} by {who}"
            reply = self.say(who, do.Answer(words, visibility, question))
            new = {part: chat for part, chat in self.parts_of(who).items() if part not in before}
            # Where the acknowledgement was lost, the second delivery was "seen"; the first may have been a refusal.
            assert len(new) in {Outcome.ACCEPTED: {1}, Outcome.REFUSED: {0}, Outcome.SEEN: {0, 1}}[reply.outcome]
            self.acknowledged |= new

    @rule(who=people, changes=st.lists(st.sampled_from(CHANGES), min_size=1, max_size=3))
    def change(self, who: str, changes: list[do.Command]) -> None:
        for command in changes:
            edit = do.Edit(do.LATEST, f"edited {self.deliveries} by {who}")
            self.say(who, edit if isinstance(command, do.Edit) else command)

    @rule(
        who=people,
        order=st.permutations(["message", "change", "deletion"]),
        deleted=st.booleans(),
        seams=st.none() | st.integers(0, 8),
    )
    def tell_out_of_order(self, who: str, order: list[str], deleted: bool, seams: int | None) -> None:  # noqa: FBT001 - Hypothesis calls it by keyword
        """A message, its change and perhaps its deletion come in any order: what was said last stands, once."""
        ref = f"message-{self.deliveries}"
        gone, which, later = f"{ref}:gone", do.Which(ref=ref), f"changed {self.deliveries} by {who}"
        change = do.Edit(which, later, said=do.Answer(later, ref=ref))
        made = {
            "message": replace(self.incoming(who, do.Answer(f"said by {who}", ref=ref)), delivery=ref),
            "change": replace(self.incoming(who, change), unless=gone),
            "deletion": replace(self.incoming(who, do.Withdraw(which)), voids=(ref, gone)),
        }
        self.fuse.left = self.fuse.left if seams is None else seams
        brought = order if deleted else [name for name in order if name != "deletion"]
        taken = Outcome.ACCEPTED in {self.bring(made[name]).outcome for name in brought}
        self.acknowledged |= self.parts_of(who)
        standing = self.loop.run_until_complete(self.real.read(lambda tx: _standing(tx, who, ref)))
        assert standing == [] if deleted else standing == [later] if taken else standing in ([], [later])

    @rule(who=people, seams=st.none() | st.integers(0, 8))
    def answer_while_the_room_is_posted_to(self, who: str, seams: int | None) -> None:
        """The post that is under way shows one answer too few: it must be put right."""
        other = PEOPLE[PEOPLE.index(who) - 1]
        self.say(other, do.Answer(f"said before {self.deliveries} by {other}"))
        incoming = self.incoming(who, do.Answer(f"said meanwhile {self.deliveries} by {who}"))
        self.room.meanwhile = lambda: self.conversation.handle(incoming)
        self.fuse.left = seams
        self.deliver()
        self.room.meanwhile = None
        self.acknowledged |= self.parts_of(who) | self.parts_of(other)
        self.look_at_the_room()

    def parts_of(self, who: str) -> dict[UUID, UUID]:
        """Everything somebody said, by part, with the chat it was said in."""

        def read(tx: Transaction) -> dict[UUID, UUID]:
            return {one.part.id: own.chat.id for own in tx.reading.own(_address(who)) for one in own.spoken}

        return self.loop.run_until_complete(self.real.read(read))

    @rule(command=st.sampled_from(LEADING))
    def lead(self, command: do.Command) -> None:
        self.say("host", command)

    @rule(who=people)
    def send_mine(self, who: str) -> None:
        self.say(who, do.SendMine())

    @rule()
    def bring_home(self) -> None:
        self.say("host", do.Finish())
        self.say("host", do.Send(sure=True))

    @rule(hours=st.sampled_from([1, 25, 200]))
    def time_passes(self, hours: int) -> None:
        self.now += timedelta(hours=hours)
        while True:
            try:
                self.loop.run_until_complete(self.schedules.tick())
            except Crash:
                self.kill_process()
            else:
                return

    @rule()
    def deliver_some(self) -> None:
        self.deliver()
        self.look_at_the_room()

    def look_at_the_room(self) -> None:
        """When nothing is on its way, every post shows what stands."""

        def look(tx: Transaction) -> None:
            if tx.outbox.next_wake() is None:
                for chat in self.chats:
                    self.check_room(tx, chat)

        self.loop.run_until_complete(self.real.read(look))

    # --- what always holds ---

    @invariant()
    def the_room_never_sees_a_private_word(self) -> None:
        """Not in a post, not in a notification."""
        for posted in self.room.posts.values():
            assert SECRET not in plain(posted.message)
            assert SECRET not in posted.message.summary

    @invariant()
    def nothing_is_posted_twice(self) -> None:
        """One post for each place of each chat, however often the process was killed."""
        keys = [posted.key for posted in self.room.posts.values()]
        assert len(keys) == len(set(keys))

    def teardown(self) -> None:
        """When all is delivered: each acknowledged answer once, the room up to date, the survey with what may go."""
        try:
            self.fuse.left, self.room.drops = None, 0
            for _ in range(4):
                self.time_passes(200)
                self.deliver()
            self.loop.run_until_complete(self.real.transact(self.check))
        finally:
            self.loop.run_until_complete(self.real.close())
            self.loop.close()
            shutil.rmtree(self.folder)

    def check(self, tx: Transaction) -> None:
        """Hold what stands against what was acknowledged."""
        kept = []
        for who in PEOPLE:
            for own in tx.reading.own(_address(who)):
                kept += [one.part.id for one in own.spoken]
                self.check_survey(tx, own, who)
        assert len(kept) == len(set(kept))
        practised = {part for part, chat in self.acknowledged.items() if _over_practice(tx, chat)}
        assert set(kept) == set(self.acknowledged) - practised
        for chat in self.chats:
            self.check_room(tx, chat)

    def check_survey(self, tx: Transaction, own: OwnAnswers, who: str) -> None:
        """The survey holds exactly what stands and may go, once the chat was sent, and nothing else ever."""
        scene = tx.chats.lock(own.chat.id, None, _address(who), Needs.NOTHING, None)
        assert scene is not None
        assert scene.participant is not None
        chat = own.chat
        sent = chat.stage is Stage.CLOSED or (chat.stage is Stage.CANCELLED and scene.participant.revision > 0)
        said: dict[str, str] = {}
        for one in own.spoken:
            private = one.part.visibility is Visibility.PROGRAMME
            may_go = one.part.permission is not Permission.STAY and (private or chat.stage is Stage.CLOSED)
            if sent and may_go and not one.part.withdrawn and not chat.practice:
                before = said.get(one.part.question)
                said[one.part.question] = one.words if before is None else f"{before}\n{one.words}"
        held = self.survey.kept.get(scene.participant.response)
        gone = held is None or held.sending is Sending.WITHDRAWN
        assert gone == (not said)
        items = () if held is None else held.items
        assert {item.link_id: item.verbatim for item in items if item.verbatim is not None} == said

    def check_room(self, tx: Transaction, chat_id: UUID) -> None:
        """Every place of the chat has its one post, and it shows what stands now."""
        chat = tx.reading.chat(chat_id)
        assert chat is not None
        gathered = tx.reading.gathered(chat_id, words=True)
        answered, took_part = self.count(tx, chat_id)
        slots = ["opening", *(question_slot(ask.number) for ask in chat.asks)]
        slots += ["closing"] if chat.stage in OVER else []
        shown = {posted.key: posted.message for posted in self.room.posts.values()}
        for slot in slots:
            reflection = gathered.reflection if slot == "closing" else None
            view = RoomView(answered, took_part, reflection)
            assert shown[f"say:{chat_id}:{slot}"] == post(slot, chat, GUIDE, view, WORDING)
        assert len([key for key in shown if key.startswith(f"say:{chat_id}:")]) == len(slots)

    def count(self, tx: Transaction, chat_id: UUID) -> tuple[dict[str, int], int]:
        """Who answered in the room, counted here from everybody's own answers."""
        answered: dict[str, set[str]] = {}
        for who in PEOPLE:
            for own in tx.reading.own(_address(who), chat_id):
                for one in own.spoken:
                    if one.part.visibility is Visibility.TEAM and not one.part.withdrawn:
                        answered.setdefault(one.part.question, set()).add(who)
        took_part = set[str]().union(*answered.values())
        return {question: len(who) for question, who in answered.items()}, len(took_part)


def _address(who: str) -> Address:
    return Address("console", "terminal", who)


def _standing(tx: Transaction, who: str, ref: str) -> list[str]:
    """The words that stand of a person's message."""
    spoken = [one for own in tx.reading.own(_address(who)) for one in own.spoken if one.part.ref == ref]
    return [one.words for one in spoken if not one.part.withdrawn]


def _over_practice(tx: Transaction, chat_id: UUID) -> bool:
    chat = tx.reading.chat(chat_id)
    return chat is not None and chat.practice and chat.stage in OVER


@cache
def _template() -> Path:
    """A database with its tables, made once."""
    path = Path(tempfile.mkdtemp(prefix="histories-template-")) / "chats.db"
    atexit.register(shutil.rmtree, path.parent, ignore_errors=True)

    async def make() -> None:
        store = await open_store(path, fresh=uuid4)
        await store.close()

    asyncio.run(make())
    return path


Histories.TestCase.settings = settings(
    max_examples=35,
    stateful_step_count=40,
    deadline=None,
    phases=[Phase.explicit, Phase.generate],
    suppress_health_check=list(HealthCheck),
)
TestHistories = Histories.TestCase


@pytest.mark.long
def test_long_histories() -> None:
    """The same, for longer."""
    run_state_machine_as_test(
        Histories, settings=settings(Histories.TestCase.settings, max_examples=1000, stateful_step_count=80)
    )
