"""Private reminders and check-backs as people get them: in their hours, twice at most, never of what is done."""

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta

import pytest

from bot.conversation import Outcome, Reply
from bot.outbox import Status
from conversations import commands as do
from conversations.actions import submitted, typed
from conversations.commands import Panel, RemindMe, RemindWhen, Show
from conversations.messages import Form, Message, buttons_of, plain
from conversations.model import Pace, Progress
from tests.bot.composing import WORDING, Bot, answer, privately

WEDNESDAY = datetime(2026, 12, 9, 10, tzinfo=UTC)
HALF, FOUR_FIFTHS = datetime(2026, 12, 10, 10, tzinfo=UTC), datetime(2026, 12, 10, 15, 24, tzinfo=UTC)
"""Question two stands from Wednesday to Friday 10am."""


async def second_question(bot: Bot) -> None:
    """An open chat on its second question. Ana answered the first in the room, Ben privately; Cat said nothing."""
    await bot.begun(pace=Pace.OPEN)
    await bot.accepted("ana", answer("for all"))
    await bot.accepted("ben", privately("for few"))
    await bot.say("cat", do.SitOut())
    await at(bot, WEDNESDAY)


async def at(bot: Bot, moment: datetime) -> None:
    """Let it be `moment`, do what time does, and deliver all that is due."""
    bot.clock.now = moment
    await bot.schedules.tick()
    await bot.deliver()


def to(bot: Bot) -> Sequence[str]:
    """Who got a letter so far, in the order of their names."""
    return sorted(letter.to for letter in bot.room.letters)


def shown(reply: Reply) -> str:
    """What somebody is shown at once."""
    assert reply.outcome is Outcome.ACCEPTED
    assert isinstance(reply.show, Message)
    return plain(reply.show)


async def told(bot: Bot, who: str) -> str:
    """The last receipt of somebody."""
    await bot.deliver()
    return [plain(whisper.message) for whisper in bot.room.whispers if whisper.to == who][-1]


# --- who is reminded ---------------------------------------------------------------------------------------------


async def test_who_took_part_gets_two_letters_and_nobody_else_any(bot: Bot) -> None:
    """Nobody else: neither the host, nor who pressed Not now, nor whoever else is in the room."""
    await second_question(bot)
    seen = [(posted.key, posted.edits) for posted in bot.room.posts]

    await at(bot, HALF)
    assert to(bot) == ["ana", "ben"]
    await at(bot, FOUR_FIFTHS)

    assert to(bot) == ["ana", "ana", "ben", "ben"]
    changed = [(key, edits) for key, edits in seen if (key, edits) not in [(p.key, p.edits) for p in bot.room.posts]]
    assert len(bot.room.posts) == len(seen)
    assert {key.split(":", 2)[2] for key, _ in changed} <= {"opening", "question:1", "question:2"}, "Take over, alone"


async def test_a_letter_says_what_it_is_about_and_quotes_nobody(bot: Bot) -> None:
    """No question's words, no answer, no name; it can be answered, passed, put off or stopped from there."""
    await second_question(bot)
    await at(bot, HALF)

    letter = bot.room.letters[0].message

    assert "open until Friday 11 December 2026 at 10am" in plain(letter)
    assert letter.summary in plain(letter)
    assert "for all" not in plain(letter)
    assert "What will you do?" not in plain(letter)
    assert [button.label for button in buttons_of(letter)] == [
        "Answer privately",
        "Pass",
        "Away until…",
        "Stop asking me",
    ]


async def test_who_answers_before_the_letter_leaves_gets_none(bot: Bot) -> None:
    """It is looked at again when it is sent."""
    await second_question(bot)
    bot.clock.now = HALF
    await bot.schedules.tick()
    await bot.accepted("ana", answer("a step"))
    await bot.accepted("ben", do.Pass())
    await bot.deliver()

    assert to(bot) == []
    assert {row.reason for row in await bot.outbox(Status.CANCELLED) if row.kind == "direct"} == {"not_wanted"}


@pytest.mark.parametrize("ends", [do.GoBack(), do.Pause(), do.Finish(), do.Cancel(sure=True)])
async def test_a_letter_of_a_question_that_moved_on_is_not_sent(bot: Bot, ends: do.Command) -> None:
    """Nor in a pause, nor when the chat is over."""
    await second_question(bot)
    bot.clock.now = HALF
    await bot.schedules.tick()
    await bot.accepted("hana", ends)
    await bot.deliver()

    assert [letter for letter in bot.room.letters if "is open until" in letter.message.summary] == []


async def test_who_stops_before_the_letter_leaves_gets_none(bot: Bot) -> None:
    """And is not asked again until they say so."""
    await second_question(bot)
    bot.clock.now = HALF
    await bot.schedules.tick()
    await bot.say("ana", do.StopAsking())
    await bot.deliver()
    await at(bot, FOUR_FIFTHS)

    assert to(bot) == ["ben", "ben"]


async def test_a_letter_that_is_late_waits_for_the_morning(bot: Bot) -> None:
    """A platform that was away until seven in the evening: the letter is put off, and no attempt is used up."""
    await second_question(bot)
    bot.clock.now = FOUR_FIFTHS
    await bot.schedules.tick()
    bot.clock.now = datetime(2026, 12, 10, 19, tzinfo=UTC)
    await bot.deliver()
    assert to(bot) == []
    assert {(row.reason, row.attempts) for row in await bot.outbox(Status.READY) if row.kind == "direct"} == {
        ("quiet_hours", 0)
    }

    bot.clock.now = datetime(2026, 12, 11, 8, 30, tzinfo=UTC)
    await bot.deliver()

    assert to(bot) == ["ana", "ben"]


async def test_a_letter_that_outlives_its_question_is_never_sent(bot: Bot) -> None:
    """Whoever is away until after it closed is not bothered with it."""
    await second_question(bot)
    bot.clock.now = HALF
    await bot.schedules.tick()
    await bot.say("ana", do.SetAway(date(2026, 12, 14)))
    await bot.deliver()
    await at(bot, datetime(2026, 12, 14, 9, tzinfo=UTC))

    assert "ana" not in to(bot)
    assert [row.kind for row in await bot.outbox(Status.EXPIRED) if row.kind == "direct"] == ["direct"]


async def test_two_processes_remind_everybody_once(two_bots: tuple[Bot, Bot]) -> None:
    """Both clocks look at the same moment."""
    one, other = two_bots
    await second_question(one)
    one.clock.now = HALF
    await one.schedules.tick()
    await other.schedules.tick()
    await one.deliver()
    await other.deliver()

    assert to(one) == ["ana", "ben"]


# --- Remind me ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "words", "sent"),
    [
        ("remind me tomorrow at 2pm", "Thursday 10 December 2026 at 2pm", datetime(2026, 12, 10, 14, tzinfo=UTC)),
        ("remind me tomorrow morning", "Thursday 10 December 2026 at 9am", datetime(2026, 12, 10, 9, tzinfo=UTC)),
        ("Remind me in 2 hours.", "Wednesday 9 December 2026 at midday", datetime(2026, 12, 9, 12, tzinfo=UTC)),
        ("remind me at 7pm", "Thursday 10 December 2026 at 8:30am", datetime(2026, 12, 10, 8, 30, tzinfo=UTC)),
    ],
)
async def test_a_time_that_is_typed_is_said_back_and_kept(bot: Bot, text: str, words: str, sent: datetime) -> None:
    """The bot repeats what it understood, moved to its hours; then it comes, to that person alone."""
    await second_question(bot)
    ask = typed(text, WORDING, addressed=True)
    assert ask is not None
    await bot.say("cat", ask.ask)
    assert f"I will remind you on {words}." in await told(bot, "cat")

    await at(bot, sent - timedelta(seconds=1))
    assert "cat" not in to(bot)
    await at(bot, sent + timedelta(seconds=1))

    assert to(bot).count("cat") == 1


async def test_the_form_takes_a_choice_or_a_time(bot: Bot) -> None:
    """A time that somebody wrote is the one they mean."""
    await second_question(bot)
    form = (await bot.say("cat", Show(Panel.REMIND_ME))).show
    assert isinstance(form, Form)

    for fields, words in (
        ({"choice": "soon", "when": ""}, "Wednesday 9 December 2026 at midday"),
        ({"choice": "tomorrow", "when": " "}, "Thursday 10 December 2026 at 9am"),
        ({"choice": "soon", "when": "tomorrow at 2pm"}, "Thursday 10 December 2026 at 2pm"),
    ):
        meant = submitted(form.code, fields)
        assert (await bot.say("cat", meant.ask, chat=meant.chat)).refusal is None
        assert words in await told(bot, "cat")
    later = submitted(form.code, {"choice": "later", "when": ""})
    assert (await bot.say("cat", later.ask, chat=later.chat)).refusal == "remind_last"


@pytest.mark.parametrize(
    ("words", "why"), [("at 2", "time_half"), ("yesterday at 2pm", "time_past"), ("blue", "time_unclear")]
)
async def test_a_time_that_is_not_clear_is_asked_back(bot: Bot, words: str, why: str) -> None:
    """At its box of the form, which keeps what was typed."""
    await second_question(bot)
    reply = await bot.say("cat", RemindMe(RemindWhen.TYPED, words))

    assert (reply.refusal, list(reply.errors)) == (why, ["when"])


async def test_times_are_read_on_the_clock_of_who_types_them(bot: Bot) -> None:
    """Two in the afternoon in Kolkata is half past eight in Leeds."""
    await second_question(bot)
    await bot.say("cat", do.SetZone("Asia/Kolkata"))
    await bot.say("cat", RemindMe(RemindWhen.TYPED, "tomorrow at 2pm"))
    assert "Thursday 10 December 2026 at 2pm" in await told(bot, "cat")

    await at(bot, datetime(2026, 12, 10, 8, 30, tzinfo=UTC))

    assert to(bot) == ["cat"]


async def test_later_questions_are_reminded_of_who_asked_for_that(bot: Bot) -> None:
    """Though they never said a word."""
    await bot.begun(pace=Pace.OPEN)
    await bot.say("cat", RemindMe(RemindWhen.LATER))
    assert "later questions" in await told(bot, "cat")
    for moment in (WEDNESDAY, HALF, FOUR_FIFTHS):
        await at(bot, moment)

    assert to(bot) == ["cat", "cat"]


async def test_what_does_nothing_is_not_offered(bot: Bot) -> None:
    """Remind me stands in open chats alone, while a question is open there."""
    await bot.begun(room="live")
    await bot.begun(room="open", pace=Pace.OPEN)
    await bot.deliver()

    def offered() -> dict[str, bool]:
        posts = [posted for posted in bot.room.posts if posted.key.endswith("question:1")]
        return {posted.room: "Remind me" in plain(posted.message) for posted in posts}

    assert offered() == {"live": False, "open": True}
    more = {room: shown(await bot.say("ana", Show(Panel.MORE), room=room)) for room in ("live", "open")}
    assert {room: "Remind me" in text for room, text in more.items()} == offered()
    assert (await bot.say("ana", Show(Panel.REMIND_ME), room="live")).refusal == "remind_live"
    await bot.accepted("hana", do.Pause(), room="open")
    await bot.deliver()
    assert not offered()["open"]
    assert (await bot.say("ana", Show(Panel.REMIND_ME), room="open")).refusal == "paused"


# --- my settings -------------------------------------------------------------------------------------------------


async def test_settings_are_one_persons_in_every_chat(bot: Bot) -> None:
    """They are said in words, changed one by one, and known where nobody ever spoke before."""
    assert "I may remind you" in shown(await bot.say("ana", Show(Panel.MY_SETTINGS)))
    assert "before Monday 21 December 2026" in shown(await bot.say("ana", do.SetAway(date(2026, 12, 21))))
    assert "India" in shown(await bot.say("ana", do.SetZone("Asia/Kolkata"), room="another"))
    assert "We won't ask you anything" in shown(await bot.say("ana", do.StopAsking()))

    settings = shown(await bot.say("ana", Show(Panel.MY_SETTINGS), room="a third"))
    assert "I don't ask you anything in private." in settings
    assert "before Monday 21 December 2026" in settings
    assert "those of India" in settings
    assert "[Ask me again] [Away until…] [I am back] [My time zone]" in settings

    for back in (do.AskAgain(), do.SetAway(), do.SetZone()):
        assert shown(await bot.say("ana", back))
    assert shown(await bot.say("ana", Show(Panel.MY_SETTINGS))) == shown(await bot.say("ben", Show(Panel.MY_SETTINGS)))


@pytest.mark.parametrize(
    ("text", "ask"),
    [
        ("my settings", Show(Panel.MY_SETTINGS)),
        ("ask me again", do.AskAgain()),
        ("away until", Show(Panel.AWAY)),
        ("Away until…", Show(Panel.AWAY)),
        ("i'm back", do.SetAway()),
        ("my time zone india", do.SetZone("Asia/Kolkata")),
        ("my time zone room", do.SetZone()),
        ("remind me", Show(Panel.REMIND_ME)),
        ("remind me on later questions", RemindMe(RemindWhen.LATER)),
    ],
)
def test_everything_can_be_typed(text: str, ask: object) -> None:
    """To the bot; of these a plain message in the room means only My settings."""
    meant = typed(text, WORDING, addressed=True)
    plainly = typed(text, WORDING, addressed=False)

    assert meant is not None
    assert meant.ask == ask
    assert (plainly is None) == (text != "my settings")


async def test_a_day_off_can_be_typed(bot: Bot) -> None:
    """As people say days; one that is past or too far is refused."""
    for words, day in (("Friday", "Friday 11 December 2026"), ("friday week", "Friday 18 December 2026")):
        ask = typed(f"away until {words}", WORDING, addressed=True)
        assert ask is not None
        assert f"before {day}" in shown(await bot.say("ana", ask.ask))
    assert (await bot.say("ana", do.SetAway(date(2026, 12, 7)))).refusal == "date_past"
    assert (await bot.say("ana", do.SetAway(date(2028, 1, 1)))).refusal == "date_too_far"
    assert (await bot.say("ana", do.SetAway(typed="tea"))).refusal == "day_unclear"


async def test_who_wants_no_asking_is_asked_nothing_when_a_chat_is_cancelled(bot: Bot) -> None:
    """Every letter that asks something keeps the same rule."""
    await bot.begun()
    for who in ("ana", "ben"):
        await bot.accepted(who, privately("for few"))
    await bot.say("ana", do.StopAsking())
    bot.clock.now = datetime(2026, 12, 7, 20, tzinfo=UTC)
    await bot.accepted("hana", do.Cancel(sure=True))
    await bot.deliver()
    assert to(bot) == []

    bot.clock.now = datetime(2026, 12, 8, 8, 30, tzinfo=UTC)
    await bot.deliver()

    assert to(bot) == ["ben"]


# --- check-backs -------------------------------------------------------------------------------------------------


async def with_a_step(bot: Bot) -> None:
    """A chat that was sent, in which Ana named a step and asked to be asked in two weeks."""
    await bot.begun()
    await bot.accepted("hana", do.MoveOn())
    await bot.accepted("ana", answer("phone the hospice"))
    await bot.accepted("ana", do.SetCheckBack(weeks=2))
    await bot.sent()
    await bot.deliver()


async def test_a_check_back_comes_once_and_once_more_if_it_is_wanted(bot: Bot) -> None:
    """Privately, at 10am, without the step's words; after the second time never again."""
    await with_a_step(bot)
    await at(bot, datetime(2026, 12, 21, 9, 59, tzinfo=UTC))
    assert to(bot) == []
    await at(bot, datetime(2026, 12, 21, 10, tzinfo=UTC))
    assert to(bot) == ["ana"]
    assert "hospice" not in plain(bot.room.letters[0].message)

    await bot.accepted("ana", do.FollowUp(Progress.UNDER_WAY))
    assert "one more time" in await told(bot, "ana")
    await bot.accepted("ana", do.SetCheckBack(weeks=2))
    await at(bot, datetime(2027, 1, 4, 10, tzinfo=UTC))
    assert to(bot) == ["ana", "ana"]
    await bot.accepted("ana", do.FollowUp(Progress.UNDER_WAY))

    assert (await bot.say("ana", do.SetCheckBack(weeks=2))).refusal == "check_back_over"
    await at(bot, datetime(2027, 3, 1, 10, tzinfo=UTC))
    assert to(bot) == ["ana", "ana"]


async def test_a_check_back_waits_for_who_is_away(bot: Bot) -> None:
    """For weeks, if need be: it is put off, not lost."""
    await with_a_step(bot)
    await bot.say("ana", do.SetAway(date(2027, 1, 18)))
    for moment in (datetime(2026, 12, 21, 10, tzinfo=UTC), datetime(2027, 1, 17, 12, tzinfo=UTC)):
        await at(bot, moment)
        assert to(bot) == []

    await at(bot, datetime(2027, 1, 18, 8, 30, tzinfo=UTC))

    assert to(bot) == ["ana"]


async def test_the_next_closing_post_counts_steps_of_the_room_alone(bot: Bot) -> None:
    """Six said theirs in the room and are done, one of them privately too; two said theirs only privately."""
    await bot.begun()
    await bot.accepted("hana", do.MoveOn())
    openly = [f"p{number}" for number in range(6)]
    for who in openly:
        await bot.accepted(who, answer("a step"))
    await bot.accepted("p0", privately("another"))
    for who in ("q0", "q1"):
        await bot.accepted(who, privately("a step"))
    for who in (*openly, "q0", "q1"):
        await bot.accepted(who, do.SetCheckBack(weeks=2))
    first = await bot.chat(await bot.sent())
    bot.clock.wait(days=20)
    for who in (*openly[1:], "q0", "q1"):
        await bot.say(who, do.FollowUp(Progress.DONE), chat=first.id)
    await bot.begun(practice=True)
    await bot.accepted("ana", answer("words"))
    await bot.sent()
    chat = await bot.begun()

    counts = [await bot.store.read(lambda tx: tx.reading.steps_done_before(first))]
    second = await bot.chat(chat)
    counts.append(await bot.store.read(lambda tx: tx.reading.steps_done_before(second)))
    await bot.accepted("ana", answer("words"))
    await bot.sent()
    await bot.deliver()

    assert counts == [0, 5]
    assert "Last time's steps: 5 to 10 are done." in plain(bot.room.posts[-1].message)
