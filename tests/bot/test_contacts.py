"""How people are reached who want that, and what is left of it and of stories when its time is over."""

import pytest

from bot.outside import Topic
from bot.ports import Retention
from conversations.actions import decode, submitted
from conversations.commands import Panel, Show
from conversations.events import Sending
from conversations.messages import Message, buttons_of, plain
from conversations.stories import AskContact, Request, WithdrawContact
from storage.opening import OpenStore
from tests.bot.composing import Bot, RigSurvey, composed
from tests.bot.telling import (
    CREDIT,
    HAPPENED,
    REACH,
    TITLE,
    TOLD,
    asked,
    change,
    filled,
    left,
    opened,
    own,
    told,
    withdraw,
)


@pytest.fixture
def mailed(store: OpenStore) -> Bot:
    """A bot whose stories and contact requests reach a mailbox."""
    return composed(store, survey=RigSurvey(name="email"))


# --- how people are reached ------------------------------------------------------------------------------------------


async def test_how_an_author_is_reached_goes_to_the_mailbox_alone(mailed: Bot, store: OpenStore) -> None:
    """Where there is none it is not asked for, nor kept."""
    other = composed(store, clock=mailed.clock)
    await told(mailed, "ana", contact=REACH)
    await mailed.deliver()
    form = await opened(other, "ben", Show(Panel.STORY))
    await other.say("ben", submitted(form.code, TOLD | {"contact": "ben@leeds.example"}).ask)
    await other.deliver()

    assert [event.contact for event in mailed.survey.told] == [REACH]
    assert [event.contact for event in other.survey.told] == [None]
    assert "contact" not in {field.key for field in form.fields}
    assert REACH in await left(mailed, "contacts")
    assert "ben@leeds.example" not in repr(await other.everything())


async def test_an_author_takes_back_how_they_are_reached(mailed: Bot) -> None:
    """By a change that leaves it empty, and with the story."""
    receipt = await told(mailed, "ana", contact=REACH)
    form = await opened(mailed, "ana", change(receipt))
    assert {field.key: getattr(field, "value", "") for field in form.fields}["contact"] == REACH
    await filled(mailed, "ana", form, **TOLD)
    assert REACH not in await left(mailed, "contacts")

    again = await told(mailed, "ben", contact=REACH)
    await mailed.say("ben", withdraw(again))
    assert REACH not in repr(await mailed.everything())


async def test_a_contact_request_reaches_the_programme_team(bot: Bot) -> None:
    """With what somebody wrote and nothing else; before they write they read who gets it, and for how long."""
    form = await opened(bot, "ana", Show(Panel.CONTACT_ME))
    receipt = await asked(bot)
    await bot.deliver()

    (event,) = bot.survey.told
    says = "\n".join(part.text for part in form.intro if hasattr(part, "text"))
    assert "Your host and your team never learn of it." in says
    assert "We delete it 30 days after they have it." in says
    assert event.topic is Topic.CONTACT
    assert event.contact is not None
    assert event.contact.splitlines() == [
        f"How to reach them: {REACH}",
        "What it is about: About our round.",
        "When it suits them: Tuesdays",
    ]
    assert (event.chat_key, event.organisation, event.items) == (None, None, ())
    assert "The programme team gets your request" in plain(receipt)


@pytest.mark.parametrize(("reach", "why"), [(" ", "empty"), ("x" * 201, "too_long_line")])
async def test_who_wants_to_be_contacted_says_how(bot: Bot, reach: str, why: str) -> None:
    """On one line."""
    reply = await bot.say("ana", AskContact(Request(reach=reach)))

    assert (reply.refusal, list(reply.errors)) == (why, ["reach"])


async def test_a_contact_request_taken_back_in_time_is_gone(bot: Bot) -> None:
    """At once, and nobody ever learns of it."""
    receipt = await asked(bot)
    done = await bot.say("ana", decode(buttons_of(receipt)[0].code).ask)
    await bot.deliver()

    assert isinstance(done.show, Message)
    assert plain(done.show) == "Your request is taken back, and what you wrote is deleted here."
    assert bot.survey.told == []
    assert REACH not in repr(await bot.everything())


async def test_one_that_left_is_asked_to_be_deleted(bot: Bot) -> None:
    """It is gone here, and what can't be called back is said."""
    await asked(bot)
    await bot.deliver()
    done = await bot.say("ana", WithdrawContact())
    again = await bot.say("ana", WithdrawContact())
    await bot.deliver()

    assert isinstance(done.show, Message)
    assert "An e-mail that was sent can't be called back." in plain(done.show)
    assert again.refusal == "no_request"
    assert [(event.sending, event.contact) for event in bot.survey.told[1:]] == [(Sending.WITHDRAWN, None)]
    assert REACH not in repr(await bot.everything())


# --- what is left ----------------------------------------------------------------------------------------------------


async def purged(bot: Bot, days: float) -> None:
    """Let days pass, and delete what is kept no longer."""
    bot.clock.wait(days=days)
    await bot.store.transact(lambda tx: tx.upkeep.purge(bot.clock.now, Retention()))


async def test_how_somebody_is_reached_is_deleted_30_days_after_delivery(mailed: Bot) -> None:
    """Of a story too; what was delivered later is deleted later."""
    await asked(mailed)
    await told(mailed, "ben", contact="ben@leeds.example")
    mailed.clock.wait(days=2)
    await mailed.deliver()
    await purged(mailed, 29)
    before = await left(mailed, "contacts")
    await purged(mailed, 1)

    assert REACH in before
    assert (await mailed.everything())["contacts"] == []
    assert len(await own(mailed, "ben")) == 1


async def test_what_could_not_be_delivered_is_not_kept_for_ever(mailed: Bot) -> None:
    """It goes with the link, and is not sent after that."""
    await asked(mailed)
    await purged(mailed, 89)
    before = await left(mailed, "contacts")
    await purged(mailed, 1)
    await mailed.deliver()

    assert REACH in before
    assert (await mailed.everything())["contacts"] == []
    assert mailed.survey.told == []


async def test_the_link_to_an_author_goes_after_90_days(bot: Bot) -> None:
    """The story stays, nobody's; whoever is known by nothing else is forgotten."""
    receipt = await told(bot, "ana")
    await bot.deliver()
    await purged(bot, 89)
    known = len(await own(bot, "ana"))
    await purged(bot, 1)

    assert (known, await own(bot, "ana")) == (1, [])
    assert TITLE in await left(bot, "stories")
    assert (await bot.say("ana", withdraw(receipt))).refusal == "no_such_story"
    assert "'ana'" not in repr(await bot.everything())


async def test_a_storys_words_go_after_24_months(bot: Bot) -> None:
    """All of them."""
    await told(bot, "ana")
    await bot.deliver()
    await purged(bot, 729)
    before = await left(bot, "stories")
    await purged(bot, 1)

    assert TITLE in before
    assert (await bot.everything())["stories"] == []


async def test_words_are_in_no_other_table(mailed: Bot) -> None:
    """Neither a story's, nor how somebody is reached."""
    await asked(mailed)
    await told(mailed, "ben", credit=CREDIT, contact="ben@leeds.example")
    await mailed.deliver()

    for table, rows in (await mailed.everything()).items():
        kept = repr(rows)
        assert table == "stories" or not any(words in kept for words in (TITLE, HAPPENED, CREDIT)), table
        assert table == "contacts" or not any(words in kept for words in (REACH, "ben@leeds.example")), table
