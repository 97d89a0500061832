"""What `Conversation.handle` promises to whoever delivers, on both databases."""

import asyncio
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from uuid import UUID, uuid4

import asyncpg
import pytest

from bot.conversation import Incoming, Outcome, Reply
from bot.outbox import Status
from bot.outside import Address
from bot.plans import PANELS
from bot.ports import StoreDown
from bot.registers import EVERYWHERE, Holder, Role
from conversations import commands as do
from conversations.actions import Ask, submitted
from conversations.commands import Panel
from conversations.messages import ChoiceField, Form, Message, WordsField, plain
from conversations.model import Permission, Stage
from conversations.words import MOST
from storage.opening import OpenStore
from storage.sqlite import SqliteStore
from storage.tables import audit
from tests.bot.composing import MONDAY, Bot, answer, composed, opened, person, privately, said, slots
from tests.conversations.chats import GUIDE

OTHER_GUIDE = replace(GUIDE, key="other", title="Another")


def outcomes(replies: Sequence[Reply]) -> list[str]:
    """What became of deliveries, sorted."""
    return sorted(reply.refusal or str(reply.outcome) for reply in replies)


def refused(reply: Reply) -> str | None:
    """Why a delivery was refused; with a sentence for the person, always."""
    assert (reply.outcome is Outcome.REFUSED) == (reply.refusal is not None)
    if reply.refusal is not None:
        assert isinstance(reply.show, Message)
        assert plain(reply.show)
    return reply.refusal


async def at_once(bots: tuple[Bot, Bot], *deliveries: Incoming) -> list[Reply]:
    """Bring deliveries at the same time, in turn to one process and to the other."""
    return await asyncio.gather(*(bots[n % 2].conversation.handle(one) for n, one in enumerate(deliveries)))


# --- the same delivery again -------------------------------------------------------------------------------------


async def test_the_same_delivery_at_once_counts_once(two_bots: tuple[Bot, Bot]) -> None:
    """A platform that asks two processes because the first was slow is answered twice and heard once."""
    bot = two_bots[0]
    await bot.begun()
    incoming = said(bot.clock, "ana", answer("heard once"))

    replies = await at_once(two_bots, incoming, incoming, incoming)

    assert outcomes(replies) == ["accepted", "seen", "seen"]
    assert await bot.words("ana") == ["heard once"]


async def test_the_same_delivery_a_day_later_counts_once(bot: Bot) -> None:
    """What was seen is remembered for longer than any platform goes on delivering."""
    await bot.begun()
    incoming = said(bot.clock, "ana", answer("heard once"))
    await bot.conversation.handle(incoming)

    bot.clock.wait(days=1)
    await bot.schedules.purge()
    reply = await bot.conversation.handle(incoming)

    assert reply.outcome is Outcome.SEEN
    assert await bot.words("ana") == ["heard once"]


async def test_the_same_message_in_two_deliveries_counts_once(bot: Bot) -> None:
    """A platform may tell of one message twice, under two delivery ids."""
    await bot.begun()
    words = replace(answer("heard once"), ref="message-1")

    await bot.accepted("ana", words)
    await bot.accepted("ana", words)

    assert await bot.words("ana") == ["heard once"]


async def test_a_delivery_that_was_refused_is_not_tried_again(bot: Bot) -> None:
    """What could not be done when it was said is not done by a second delivery at a time when it could."""
    await bot.accepted("hana", do.Start(GUIDE.key))
    incoming = said(bot.clock, "ana", answer("too early"))
    assert refused(await bot.conversation.handle(incoming)) == "not_begun"
    await bot.accepted("hana", do.Begin())

    reply = await bot.conversation.handle(incoming)

    assert reply.outcome is Outcome.SEEN
    assert await bot.words("ana") == []


# --- untimely, unknown, elsewhere --------------------------------------------------------------------------------


async def test_two_begins_ask_the_first_question_once(two_bots: tuple[Bot, Bot]) -> None:
    """Whoever presses second is told that the questions have started."""
    bot = two_bots[0]
    chat = await bot.accepted("hana", do.Start(GUIDE.key))

    replies = await at_once(two_bots, said(bot.clock, "hana", do.Begin()), said(bot.clock, "hana", do.Begin()))

    assert outcomes(replies) == ["accepted", "already_begun"]
    assert [ask.question for ask in (await bot.chat(chat)).asks] == ["first"]


async def test_a_closed_chat_takes_no_answer(bot: Bot) -> None:
    """Nobody's words get lost in a chat that is over: they are told."""
    await bot.begun()
    await bot.accepted("ana", answer("in time"))
    await bot.sent()

    assert refused(await bot.say("ana", answer("too late"))) == "over"
    assert refused(await bot.say("hana", do.MoveOn())) == "over"
    assert await bot.words("ana") == ["in time"]


async def test_a_room_without_a_chat_has_none_to_speak_in(bot: Bot) -> None:
    """What is said in a room where nothing was ever started changes nothing."""
    assert refused(await bot.say("ana", answer("hello?"))) == "no_chat"
    assert refused(await bot.say("ana", do.Show(Panel.MORE))) == "no_chat"


@pytest.mark.parametrize(
    "ask", [do.Begin(), answer("words"), do.Withdraw(do.LATEST), do.Show(Panel.MORE), do.Show(Panel.STATUS)], ids=repr
)
async def test_an_unknown_chat_is_no_such_chat(bot: Bot, ask: Ask) -> None:
    """A button of a chat that was deleted says so."""
    await bot.begun()

    assert refused(await bot.say("ana", ask, chat=uuid4())) == "no_such_chat"


OF_NO_CHAT = PANELS | {Panel.CHANGE_STORY, Panel.CONTACT_ME}

FOREIGN_ASKS: list[Ask] = [
    do.Begin(),
    do.MoveOn("first"),
    do.Cancel(sure=True),
    do.TakeOver(),
    do.PostAgain("opening"),
    answer("not from here", "first"),
    do.SetPermission(Permission.QUOTE),
    *(do.Show(panel, question="first") for panel in Panel if panel not in OF_NO_CHAT),
]


@pytest.mark.parametrize("ask", FOREIGN_ASKS, ids=repr)
async def test_a_chat_of_another_workspace_is_no_such_chat(sqlite_store: OpenStore, ask: Ask) -> None:
    """A button's code that is taken to another workspace neither changes the chat nor shows anything of it."""
    bot = composed(sqlite_store)
    chat = await bot.begun()
    await bot.accepted("hana", answer("said in Leeds"))
    before = {name: rows for name, rows in (await bot.everything()).items() if name != "inbox"}

    reply = await bot.say("hana", ask, chat=chat, workspace="elsewhere")

    assert refused(reply) == "no_such_chat"
    assert {name: rows for name, rows in (await bot.everything()).items() if name != "inbox"} == before


async def test_a_chat_of_another_platform_is_no_such_chat(bot: Bot) -> None:
    """Two platforms may have workspaces of one name."""
    chat = await bot.begun()
    elsewhere = Address("other", "leeds", "room")
    incoming = replace(said(bot.clock, "hana", do.MoveOn("first"), chat=chat), room=elsewhere)

    assert refused(await bot.conversation.handle(incoming)) == "no_such_chat"
    assert refused(await bot.conversation.handle(replace(incoming, ask=do.Show(Panel.STATUS)))) == "no_such_chat"


async def test_a_question_that_was_not_asked_yet_takes_no_answer(bot: Bot) -> None:
    """The person learns which one, and nothing is filed where nobody was asked."""
    await bot.begun()

    reply = await bot.say("ana", answer("ahead of time", "second"))
    unknown = await bot.say("ana", answer("to nothing", "tenth"))

    assert refused(reply) == "not_asked_yet"
    assert list(reply.errors) == ["question"]
    assert refused(unknown) == "no_such_question"
    assert await bot.words("ana") == []


async def test_an_answer_that_was_on_its_way_is_filed_where_it_was_meant(bot: Bot) -> None:
    """What was said before the next question stood belongs to the one before."""
    chat = await bot.begun()
    late = said(bot.clock, "ana", answer("to the first"))
    await bot.accepted("hana", do.MoveOn("first"))

    await bot.conversation.handle(late)

    gathered = await bot.store.read(lambda tx: tx.reading.gathered(chat, words=True))
    assert [(spoken.part.question, spoken.words) for spoken in gathered.said] == [("first", "to the first")]


# --- words -------------------------------------------------------------------------------------------------------


async def test_sixteen_thousand_and_one_characters_are_refused_with_their_number(bot: Bot) -> None:
    """Nothing is cut. The person learns how long it was, and what fits."""
    await bot.begun()

    reply = await bot.say("ana", answer("x" * (MOST + 1)))

    assert refused(reply) == "too_long"
    assert isinstance(reply.show, Message)
    assert "16,001" in plain(reply.show)
    assert "16,000" in plain(reply.show)
    assert reply.errors == {"words": plain(reply.show)}
    assert await bot.words("ana") == []


@pytest.mark.parametrize(
    "words",
    [
        "x" * MOST,
        "\N{BUG}" * MOST,
        "سلام 👩🏽‍⚕️ שלום\n\n- first\n- second",
        "1 < 2 & '; DROP TABLE answers; --",
    ],
    ids=["longest", "longest of pictures", "both directions", "signs"],
)
async def test_what_fits_is_kept_as_it_was_written(bot: Bot, words: str) -> None:
    """Length, direction, pictures and signs make no difference."""
    await bot.begun()

    await bot.accepted("ana", answer(words))

    assert await bot.words("ana") == [words]


@pytest.mark.parametrize("words", ["", " \n\t ", "\x00\x07", "\u200b\u2060"], ids=ascii)
async def test_an_answer_without_words_is_refused(bot: Bot, words: str) -> None:
    """What nobody could read is no answer."""
    await bot.begun()

    reply = await bot.say("ana", answer(words))

    assert refused(reply) == "empty"
    assert list(reply.errors) == ["words"]


async def test_control_characters_are_left_out(bot: Bot) -> None:
    """NUL can't be stored by every database, and a terminal must not be steered."""
    await bot.begun()

    await bot.accepted("ana", answer("a\x00b\x1b[31mc\r\nd\ud800"))

    assert await bot.words("ana") == ["ab[31mc\nd"]


# --- what is kept, and when --------------------------------------------------------------------------------------


async def test_a_refusal_keeps_the_delivery_and_nothing_else(bot: Bot) -> None:
    """Whoever is refused leaves no other trace."""
    await bot.begun()
    await bot.accepted("ana", answer("before"))
    before = dict(await bot.everything())

    assert refused(await bot.say("ana", answer("ahead of time", "second"))) == "not_asked_yet"

    after = dict(await bot.everything())
    assert len(after.pop("inbox")) == len(before.pop("inbox")) + 1
    assert after == before


async def test_on_a_full_disk_nothing_is_kept_and_the_delivery_may_come_again(sqlite_store: OpenStore) -> None:
    """The platform is told that it failed, and delivers again; then it counts."""
    assert isinstance(sqlite_store, SqliteStore)
    bot = composed(sqlite_store)
    await bot.begun()
    incoming = said(bot.clock, "ana", answer("x" * MOST))
    before = await bot.everything()
    await sqlite_store.limit_pages(1)  # SQLite takes it as "no more than there are"

    with pytest.raises(StoreDown, match="the disk is full"):
        await bot.conversation.handle(incoming)
    assert await bot.everything() == before
    await sqlite_store.limit_pages(100_000)

    assert (await bot.conversation.handle(incoming)).outcome is Outcome.ACCEPTED
    assert await bot.words("ana") == ["x" * MOST]


async def test_a_commit_that_fails_keeps_nothing_and_the_delivery_may_come_again(migrated_postgres_url: str) -> None:
    """The same where the commit itself is refused, after every statement went well."""
    store = opened(migrated_postgres_url)
    bot = composed(store)
    await bot.begun()
    incoming = said(bot.clock, "ana", answer("kept"))
    before = await bot.everything()
    await run(migrated_postgres_url, FAILING_COMMIT)

    with pytest.raises(StoreDown):
        await bot.conversation.handle(incoming)
    assert await bot.everything() == before
    await run(migrated_postgres_url, "DROP TRIGGER failing ON inbox")

    assert (await bot.conversation.handle(incoming)).outcome is Outcome.ACCEPTED
    assert await bot.words("ana") == ["kept"]
    await store.close()


FAILING_COMMIT = """
CREATE FUNCTION fail() RETURNS trigger LANGUAGE plpgsql AS $$BEGIN RAISE EXCEPTION 'no'; END$$;
CREATE CONSTRAINT TRIGGER failing AFTER INSERT ON inbox DEFERRABLE INITIALLY DEFERRED
FOR EACH ROW EXECUTE FUNCTION fail();
"""


async def run(url: str, script: str) -> None:
    """Run statements in the database at `url`."""
    connection = await asyncpg.connect(url.replace("+asyncpg", ""))
    try:
        await connection.execute(script)
    finally:
        await connection.close()


# --- starting ----------------------------------------------------------------------------------------------------


async def test_start_asks_which_guide_when_there_are_two_and_no_default(store: OpenStore) -> None:
    """Nobody starts the wrong questions because they came first in the alphabet."""
    bot = composed(store, guides=(GUIDE, OTHER_GUIDE))

    reply = await bot.say("hana", do.Start())

    assert reply.outcome is Outcome.ACCEPTED
    assert reply.chat is None
    assert isinstance(reply.show, Form)
    choice = next(each for each in reply.show.fields if isinstance(each, ChoiceField) and each.key == "guide")
    assert choice.options == (("other", "Another"), ("two", "Two questions"))

    pressed = submitted(reply.show.code, {"guide": "other", "pace": "open"})
    chat = await bot.chat(await bot.accepted("hana", pressed.ask))
    assert (chat.guide, chat.pace) == ("other", "open")


async def test_start_takes_the_default_guide_or_the_only_one(store: OpenStore) -> None:
    """Who has nothing to choose is not asked."""
    with_default = composed(store, guides=(GUIDE, OTHER_GUIDE), default_guide="two")
    with_one = composed(store, guides=(OTHER_GUIDE,))

    assert (await with_default.chat(await with_default.accepted("hana", do.Start()))).guide == "two"
    assert (await with_one.chat(await with_one.accepted("hana", do.Start(), room="other"))).guide == "other"


async def test_start_takes_the_newest_version(store: OpenStore) -> None:
    """An older version is kept for the chats that walk through it."""
    bot = composed(store, guides=(replace(GUIDE, version=10), GUIDE, replace(GUIDE, version=9)))

    assert (await bot.chat(await bot.begun())).guide_version == 10


async def test_a_guide_that_is_not_there_is_refused_with_those_that_are(bot: Bot) -> None:
    """The person need not guess."""
    reply = await bot.say("hana", do.Start("twe"))

    assert refused(reply) == "no_such_guide"
    assert "two" in reply.errors["guide"]
    assert refused(await bot.say("hana", do.Begin())) == "no_chat"


async def test_two_starts_at_once_open_one_chat(two_bots: tuple[Bot, Bot]) -> None:
    """In a room that nobody knew before, and in many at the same time: one chat each, and one host."""
    bot = two_bots[0]
    rooms = [f"room-{number}" for number in range(8)]

    replies = await at_once(
        two_bots,
        *(said(bot.clock, who, do.Start(GUIDE.key), room=room) for room in rooms for who in ("hana", "ben")),
    )

    assert outcomes(replies) == ["accepted"] * 8 + ["already_open"] * 8
    assert len((await bot.everything())["chats"]) == 8
    await bot.deliver()
    assert sorted(posted.room for posted in bot.room.posts) == rooms


async def test_a_chat_can_be_started_once_the_one_before_is_over(bot: Bot) -> None:
    """One open chat in a room, and any number of them one after another."""
    first = await bot.begun()
    assert refused(await bot.say("ben", do.Start(GUIDE.key))) == "already_open"
    await bot.accepted("hana", do.Cancel(sure=True))

    second = await bot.accepted("ben", do.Start(GUIDE.key))

    assert second != first
    assert refused(await bot.say("ana", answer("too early"))) == "not_begun"


# --- many at once ------------------------------------------------------------------------------------------------


async def test_twenty_people_at_once_each_delivered_twice_are_all_kept_once(two_bots: tuple[Bot, Bot]) -> None:
    """Nobody is lost in the crowd, nobody counts twice, and the room's number is right."""
    bot = two_bots[0]
    chat = await bot.begun()
    people = [f"person-{number}" for number in range(20)]
    deliveries = [said(bot.clock, who, answer(f"words of {who}")) for who in people]

    replies = await at_once(two_bots, *(one for delivery in deliveries for one in (delivery, delivery)))

    assert outcomes(replies) == ["accepted"] * 20 + ["seen"] * 20
    assert [await bot.words(who) for who in people] == [[f"words of {who}"] for who in people]
    gathered = await bot.store.read(lambda tx: tx.reading.gathered(chat, words=True))
    assert Counter(spoken.words for spoken in gathered.said) == Counter(f"words of {who}" for who in people)
    assert gathered.answered == {"first": 20}
    assert (await bot.chat(chat)).version == 22
    await bot.deliver()
    assert "20 people have answered here." in plain(bot.room.posts[1].message)


async def test_one_person_saying_five_things_at_once_is_one_participant(two_bots: tuple[Bot, Bot]) -> None:
    """Who is new gets one random id and one response, whichever process meets them first."""
    bot = two_bots[0]
    await bot.begun()

    replies = await at_once(two_bots, *(said(bot.clock, "ana", answer(f"part {n}")) for n in range(5)))

    assert outcomes(replies) == ["accepted"] * 5
    assert sorted(await bot.words("ana")) == [f"part {n}" for n in range(5)]
    everything = await bot.everything()
    assert len(everything["participants"]) == 2  # Hana began, Ana spoke
    assert len(everything["people"]) == 2


@pytest.mark.parametrize("question", ["first", None])
async def test_two_next_questions_at_once_move_on_once(two_bots: tuple[Bot, Bot], question: str | None) -> None:
    """A host with two telephones, or an impatient one: by the button of the first question, or the typed word."""
    bot = two_bots[0]
    chat = await bot.begun()
    bot.clock.wait(minutes=5)
    presses = [said(bot.clock, "hana", do.MoveOn(question)) for _ in range(4)]

    replies = await at_once(two_bots, *presses)

    assert outcomes(replies) == ["accepted"] * 4
    assert [ask.question for ask in (await bot.chat(chat)).asks] == ["first", "second"]
    await bot.deliver()
    assert bot.room.slots() == slots(2)


async def test_who_answers_while_the_chat_is_sent_is_forwarded_or_told(two_bots: tuple[Bot, Bot]) -> None:
    """An answer at the last moment goes with the others, or its author learns that it was too late."""
    bot = two_bots[0]
    await bot.begun()
    await bot.accepted("ana", answer("in time"))
    await bot.accepted("hana", do.Finish())
    deliveries = [said(bot.clock, f"person-{number}", privately("at the last moment")) for number in range(6)]
    deliveries.insert(3, said(bot.clock, "hana", do.Send(sure=True)))

    replies = await at_once(two_bots, *deliveries)
    await bot.deliver()

    assert set(outcomes(replies)) <= {"accepted", "over"}
    heard = outcomes(replies).count("accepted") - 1
    verbatims = [item.verbatim for event in bot.survey.told for item in event.items if item.verbatim]
    assert sorted(verbatims) == ["at the last moment"] * heard + ["in time"]


# --- organisers --------------------------------------------------------------------------------------------------


async def organiser(bot: Bot, who: str, scope: str = "leeds") -> None:
    """Let somebody organise."""
    await bot.store.transact(lambda tx: tx.roles.give(Holder(person(who), Role.ORGANISER, scope)))


async def led(bot: Bot) -> list[tuple[str, str]]:
    """Who led a chat of somebody else's, and how, as the audit has it."""
    rows = sorted((await bot.everything())["audit"], key=lambda row: row[0])
    columns = list(audit.c.keys())
    found = [dict(zip(columns, row, strict=True)) for row in rows]
    return [(row["who"], row["about"]) for row in found if row["action"] == "chat_led"]


@pytest.mark.parametrize("scope", ["leeds", EVERYWHERE])
async def test_an_organiser_leads_in_the_hosts_place(bot: Bot, scope: str) -> None:
    """The chat goes on when its host is away, and the audit says who led it."""
    chat = await bot.begun()
    await organiser(bot, "ana", scope)

    await bot.accepted("ana", do.Pause())
    await bot.accepted("ana", do.Resume())
    await bot.accepted("ana", do.MoveOn())

    assert await led(bot) == [("rig:leeds:ana", f"{chat} {what}") for what in ("Pause", "Resume", "MoveOn")]


async def test_an_organiser_ends_a_chat_by_a_typed_word(bot: Bot) -> None:
    """It is asked back, as the host is."""
    chat = await bot.begun()
    await organiser(bot, "ana")

    await bot.accepted("ana", do.Cancel())
    await bot.accepted("ana", do.Yes(answer("yes")))

    assert (await bot.chat(chat)).stage is Stage.CANCELLED
    assert [about.split()[1] for _, about in await led(bot)] == ["Cancel", "Yes"]


@pytest.mark.parametrize("ask", [do.Pause(), do.MoveOn(), do.Finish(), do.Cancel(sure=True), do.TakeOver()])
async def test_one_who_organises_elsewhere_does_not_lead_here(bot: Bot, ask: do.Command) -> None:
    """The right is limited to the workspaces that were given."""
    await bot.begun()
    await organiser(bot, "ana", "york")

    assert (await bot.say("ana", ask)).outcome is Outcome.REFUSED
    assert await led(bot) == []


async def test_only_leading_a_chat_of_somebody_elses_is_in_the_audit(bot: Bot) -> None:
    """Taking part is nobody's business, a *yes* may be an answer, and one's own chat is one's own."""
    await organiser(bot, "ana")
    await organiser(bot, "hana")
    await bot.begun()
    await bot.accepted("ana", answer("It was hard."))
    await bot.accepted("ana", do.Yes(answer("yes")))
    await bot.accepted("hana", do.MoveOn())

    assert await bot.words("ana") == ["It was hard.", "yes"]
    assert await led(bot) == []


async def test_who_organises_by_the_settings_leads_too(store: OpenStore) -> None:
    """In their own workspace."""
    bot = composed(store, organisers=frozenset({person("ana")}))
    chat = await bot.begun()
    await bot.accepted("ana", do.TakeOver())

    assert (await bot.chat(chat)).host == await bot.store.read(lambda tx: tx.reading.person(person("ana")))


# --- panels ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("panel", [Panel.READ_BACK, Panel.REFLECT])
async def test_only_the_host_sees_the_read_back_and_the_reflection_form(bot: Bot, panel: Panel) -> None:
    """Not a colleague, not an organiser, not somebody who was never there."""
    await bot.begun()
    await bot.accepted("ana", answer("said in the room"))
    await bot.accepted("ben", privately("said in private"))
    await bot.accepted("hana", do.Finish())
    await bot.accepted("hana", do.Reflect("as a team"))

    await bot.store.transact(lambda tx: tx.roles.give(Holder(person("ana"), Role.ORGANISER, "leeds")))
    for who in ("ana", "ben", "stranger"):
        assert refused(await bot.say(who, do.Show(panel))) == "not_host"
    shown = (await bot.say("hana", do.Show(panel))).show

    assert shown is not None
    assert ("said in the room" if panel is Panel.READ_BACK else "as a team") in all_of(shown)
    assert "said in private" not in all_of(shown)


def all_of(shown: Message | Form) -> str:
    """Everything that is shown, in one text."""
    if isinstance(shown, Message):
        return plain(shown)
    return plain(Message("", shown.intro)) + "".join(
        each.value for each in shown.fields if isinstance(each, WordsField)
    )


async def test_a_chat_without_a_host_shows_its_read_back_to_nobody(bot: Bot) -> None:
    """Nobody is taken for the host of a chat that waits for one."""
    await bot.conversation.handle(said(bot.clock, None, do.Start(GUIDE.key)))

    assert refused(await bot.say("ana", do.Show(Panel.READ_BACK))) == "no_host"


async def test_my_answers_are_mine_alone(bot: Bot) -> None:
    """What one person is shown holds nothing of another's, said in the room or not."""
    await bot.begun()
    await bot.accepted("ana", answer("by Ana"))
    await bot.accepted("ben", privately("by Ben"))

    shown = {}
    for who in ("ana", "ben", "cat"):
        panel = (await bot.say(who, do.Show(Panel.MY_ANSWERS))).show
        assert isinstance(panel, Message)
        shown[who] = {words for words in ("by Ana", "by Ben") if words in plain(panel)}

    assert shown == {"ana": {"by Ana"}, "ben": {"by Ben"}, "cat": set()}


async def test_a_panel_changes_nothing(bot: Bot) -> None:
    """To look is free: not even the delivery is remembered."""
    await bot.begun()
    before = await bot.everything()

    for panel in Panel:
        await bot.say("stranger", do.Show(panel))

    assert await bot.everything() == before


async def test_a_form_that_shows_older_words_overwrites_nothing(bot: Bot) -> None:
    """Two forms of one answer: the second is refused in its field, and the first one's words stand."""
    await bot.begun()
    await bot.accepted("ana", answer("as said"))
    form = (await bot.say("ana", do.Show(Panel.CHANGE))).show
    assert isinstance(form, Form)

    first = await bot.say("ana", submitted(form.code, {"words": "changed"}).ask)
    second = await bot.say("ana", submitted(form.code, {"words": "changed elsewhere"}).ask)

    assert first.outcome is Outcome.ACCEPTED
    assert refused(second) == "changed_since"
    assert list(second.errors) == ["words"]
    assert await bot.words("ana") == ["changed"]


# --- stop asking me ----------------------------------------------------------------------------------------------


async def test_who_wants_no_more_asking_is_not_asked_about_their_step(bot: Bot) -> None:
    """Not even about what was agreed before; others still are."""
    await bot.begun()
    await bot.accepted("hana", do.MoveOn("first"))
    for who in ("ana", "ben"):
        await bot.accepted(who, answer(f"a step of {who}"))
        await bot.accepted(who, do.SetCheckBack(weeks=2))
    await bot.sent()

    assert (await bot.say("ana", do.StopAsking())).outcome is Outcome.ACCEPTED
    await bot.deliver()
    bot.clock.wait(days=15)
    await bot.deliver()

    assert [letter.to for letter in bot.room.letters] == ["ben"]
    assert [row.reason for row in await bot.outbox(Status.CANCELLED) if row.kind == "direct"] == ["not_wanted"]


async def test_who_wants_no_asking_may_still_take_part(bot: Bot) -> None:
    """It stops private messages, not people; and it may be said before a first chat."""
    reply = await bot.say("ana", do.StopAsking())
    await bot.begun()

    await bot.accepted("ana", answer("all the same"))

    assert isinstance(reply.show, Message)
    assert await bot.words("ana") == ["all the same"]


# --- what follows ------------------------------------------------------------------------------------------------


async def test_a_typed_send_is_asked_back_and_yes_sends(bot: Bot) -> None:
    """A slip sends nothing. A yes of somebody else confirms nothing."""
    chat = await bot.begun()
    await bot.accepted("ana", answer("words"))
    await bot.accepted("hana", do.Finish())

    asked = await bot.say("hana", do.Send())
    others = await bot.say("ana", do.Yes())
    assert (await bot.chat(chat)).stage is Stage.REVIEWING
    await bot.accepted("hana", do.Yes())

    assert isinstance(asked.show, Message)
    assert refused(others) == "nothing_to_confirm"
    assert (await bot.chat(chat)).stage is Stage.CLOSED


async def test_what_people_wait_for_is_delivered_at_once(bot: Bot) -> None:
    """After the commit the worker looks; it does not wait for its next round."""
    worker = asyncio.create_task(bot.delivery.run())

    await bot.begun()
    await bot.room.until(lambda: len(bot.room.posts) == 2)
    bot.delivery.end()
    await worker

    assert bot.room.slots() == slots(1)


async def test_the_clock_may_act_in_every_workspace(bot: Bot) -> None:
    """A command of nobody names its chat and comes from no room."""
    chat = await bot.begun()

    bot.clock.wait(hours=24)
    due = replace(said(bot.clock, None, do.Tick(), chat=chat), room=None)
    await bot.conversation.handle(due)

    assert (await bot.chat(chat)).stage is Stage.CLOSED


def test_a_reply_shows_no_words_in_its_text() -> None:
    """What people typed is in commands; a log or an error that quotes one does not quote them."""
    marked = "marked-words"
    incoming = Incoming(
        delivery="one", ask=answer(marked), said_at=MONDAY, room=Address("rig", "leeds", "room"), chat=UUID(int=1)
    )

    assert marked not in repr(incoming)
