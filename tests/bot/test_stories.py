"""Stories: what is kept and told of them, and who may change them and take them back."""

import asyncio
from dataclasses import replace

import pytest

from bot.conversation import Outcome
from bot.outside import Address, Topic
from conversations import commands as do
from conversations.actions import submitted
from conversations.commands import Panel, Place, Show
from conversations.events import Sending
from conversations.messages import Form, Message, TicksField, buttons_of, plain
from conversations.model import Pace
from conversations.refusals import NotNow
from conversations.stories import PARTS, Use, WithdrawStory
from storage.opening import OpenStore
from storage.survey import EmbeddedSurvey
from tests.bot.composing import Bot, RigSurvey, composed, said
from tests.bot.telling import CREDIT, HAPPENED, TITLE, TOLD, change, filled, left, opened, own, told, withdraw

# --- telling ---------------------------------------------------------------------------------------------------------


async def test_a_story_reaches_the_programme_as_it_was_typed(bot: Bot) -> None:
    """Part by part, with what may be done with it; its receipt says who reads it and how to take it back."""
    receipt = await told(bot, "ana", how_it_felt="Good.\n", uses="website,internal", credit=f" {CREDIT} ")
    await bot.deliver()

    (event,) = bot.survey.told
    words = {item.link_id: item.verbatim for item in event.items}
    assert (event.topic, event.sending, event.revision) == (Topic.STORY, Sending.SUBMITTED, 1)
    assert words == dict.fromkeys(PARTS) | {
        "title": TITLE,
        "what_happened": HAPPENED,
        "how_it_felt": "Good.",
    }
    assert event.consent is not None
    assert (event.consent.internal, event.consent.website, event.consent.social_media) == (True, True, False)
    assert (event.consent.credit, event.consent.on) == (CREDIT, bot.clock.now.date())
    assert "Your story goes to the programme team." in plain(receipt)
    assert "take it back in My answers" in plain(receipt)


async def test_nothing_is_ticked_unless_its_author_ticks_it(bot: Bot) -> None:
    """Such a story is read and not shared, and its receipt says so."""
    form = await opened(bot, "ana", Show(Panel.STORY))
    (ticks,) = [field for field in form.fields if isinstance(field, TicksField)]
    receipt = await told(bot, "ana")
    await bot.deliver()

    assert (ticks.ticked, [value for value, _ in ticks.options]) == (frozenset(), [str(use) for use in Use])
    consent = bot.survey.told[0].consent
    assert consent is not None
    assert not any((consent.internal, consent.website, consent.social_media, consent.credit))
    assert "Only they read it." in plain(receipt)


async def test_a_story_told_in_a_chat_goes_on_with_its_team(bot: Bot) -> None:
    """Whose it is stays out of it, and of the chat's room."""
    chat = await bot.begun()
    await told(bot, "ana", chat=chat)
    await bot.deliver()
    posts = "\n".join(plain(posted.message) for posted in bot.room.posts)

    (event,) = [one for one in bot.survey.told if one.topic is Topic.STORY]
    assert (event.chat_key, event.pace) == (chat, Pace.LIVE)
    assert TITLE not in posts
    assert "ana" not in repr(event)


async def test_one_with_a_credit_does_not_tell_who_took_part(bot: Bot) -> None:
    """It names no chat: else its name would be that of somebody in the chat's responses."""
    chat = await bot.begun()
    await told(bot, "ana", chat=chat, credit=CREDIT)
    await bot.deliver()

    (event,) = [one for one in bot.survey.told if one.topic is Topic.STORY]
    assert (event.chat_key, event.guide, event.pace) == (None, None, None)


async def test_the_store_in_the_box_holds_all_of_it(store: OpenStore) -> None:
    """Its parts and its credit as words; what may be done with it beside them, and no words there."""
    bot = composed(store, survey=EmbeddedSurvey(store))
    receipt = await told(bot, "ana", uses="website", credit=CREDIT)
    await bot.deliver()
    first, *items = await store.read(lambda tx: list(tx.survey.every()))
    await bot.say("ana", withdraw(receipt))
    await bot.deliver()
    (gone,) = await store.read(lambda tx: list(tx.survey.every()))

    words = {item.link_id: item.verbatim for item in items if item.verbatim}
    assert words == {"title": TITLE, "what_happened": HAPPENED, "credit": CREDIT}
    assert first.about is not None
    assert "Ana" not in repr(first.about)
    assert gone.status is Sending.WITHDRAWN


async def test_a_story_can_be_told_outside_any_chat(bot: Bot) -> None:
    """Also in one's own chat with the bot."""
    alone = replace(
        said(bot.clock, "ana", Show(Panel.STORY)), place=Place.ALONE, room=Address("rig", "leeds", "with-ana")
    )
    form = (await bot.conversation.handle(alone)).show
    assert isinstance(form, Form)
    await filled(bot, "ana", form, **TOLD)
    await bot.deliver()

    assert bot.survey.told[0].chat_key is None


async def test_no_story_is_told_in_a_practice(bot: Bot) -> None:
    """Nothing of a practice goes anywhere; once it is over a story can be told, and is none of it."""
    chat = await bot.begun(practice=True)
    refused = await bot.say("ana", Show(Panel.STORY), chat=chat)
    late = await bot.say("ana", submitted(f"form_story:{chat.hex}:1", TOLD | {"contact": ""}).ask, chat=chat)
    await bot.accepted("ana", do.Answer("It was hard."))
    await bot.sent()
    await told(bot, "ana", chat=chat)
    await bot.deliver()

    assert (refused.refusal, late.refusal) == ("story_practice", "story_practice")
    assert [event.chat_key for event in bot.survey.told] == [None]


@pytest.mark.parametrize(
    ("typed", "why", "field"),
    [
        ({"title": " "}, "empty", "title"),
        ({"what_happened": "\u200b"}, "empty", "what_happened"),
        ({"title": "x" * 201}, "too_long_line", "title"),
        ({"credit": "x" * 201}, "too_long_line", "credit"),
        ({"what_i_learned": "x" * 16_001}, "too_long", "what_i_learned"),
    ],
)
async def test_what_does_not_fit_is_refused_at_its_field(bot: Bot, typed: dict[str, str], why: str, field: str) -> None:
    """And nothing is kept of it; what fits, to the last letter, is."""
    form = await opened(bot, "ana", Show(Panel.STORY))
    reply = await filled(bot, "ana", form, **{**TOLD, **typed})
    await told(bot, "ben", title="x" * 200, what_happened="y" * 16_000)

    assert (reply.outcome, reply.refusal, list(reply.errors)) == (Outcome.REFUSED, why, [field])
    assert await own(bot, "ana") == []
    assert [len(words["what_happened"]) for words in await own(bot, "ben")] == [16_000]


async def test_where_nobody_takes_stories_none_is_asked_for(store: OpenStore) -> None:
    """Neither in help, nor on the closing post, nor by typing the word."""
    bot = composed(store, survey=RigSurvey(name="limesurvey"))
    await bot.begun()
    await bot.accepted("ana", do.Answer("It was hard."))
    await bot.sent()
    await bot.deliver()
    help_ = await bot.say("ana", Show(Panel.HELP))

    assert (await bot.say("ana", Show(Panel.STORY))).refusal == "no_stories"
    assert (await bot.say("ana", Show(Panel.CONTACT_ME))).refusal == "no_contact"
    assert isinstance(help_.show, Message)
    shown = [help_.show, *(posted.message for posted in bot.room.posts)]
    assert not any(one.code.startswith("story") for message in shown for one in buttons_of(message))


async def test_a_chat_ends_with_the_offer(bot: Bot) -> None:
    """On its closing post, with the chat inside."""
    chat = await bot.begun()
    await bot.accepted("ana", do.Answer("It was hard."))
    await bot.sent()
    await bot.deliver()

    offered = [one.code for one in buttons_of(bot.room.posts[-1].message)]
    assert f"story:{chat.hex}:" in offered


# --- changing and taking back ----------------------------------------------------------------------------------------


async def test_an_author_changes_a_story(bot: Bot) -> None:
    """The form has what stands; what comes of it is a revision, with what may be done with it now."""
    receipt = await told(bot, "ana", uses="website", credit=CREDIT)
    await bot.deliver()
    form = await opened(bot, "ana", change(receipt))
    stands = {field.key: getattr(field, "value", "") for field in form.fields}
    bot.clock.wait(days=3)
    changed = await filled(bot, "ana", form, **{**stands, "title": "Another round", "uses": ""})
    await bot.deliver()

    assert (stands["title"], stands["uses"], stands["credit"]) == (TITLE, "website", CREDIT)
    assert changed.outcome is Outcome.ACCEPTED
    before, event = bot.survey.told
    assert (event.subject, event.sending, event.revision) == (before.subject, Sending.REVISED, 2)
    assert event.items[0].verbatim == "Another round"
    assert event.consent is not None
    assert (event.consent.website, event.consent.on) == (False, bot.clock.now.date())


async def test_an_old_form_overwrites_nothing_newer(bot: Bot) -> None:
    """Whoever has it open twice is told, and keeps what they typed."""
    receipt = await told(bot, "ana")
    form = await opened(bot, "ana", change(receipt))
    await filled(bot, "ana", form, **TOLD | {"title": "First"})
    again = await filled(bot, "ana", form, **TOLD | {"title": "Second"})

    assert again.refusal == "story_changed_since"
    assert [words["title"] for words in await own(bot, "ana")] == ["First"]


async def test_two_changes_at_once_lose_neither(two_bots: tuple[Bot, Bot]) -> None:
    """One of them counts and the other is told: before there was a lock both did, and one was gone."""
    first, second = two_bots
    receipt = await told(first, "ana")
    form = await opened(first, "ana", change(receipt))
    both = await asyncio.gather(
        filled(first, "ana", form, **TOLD | {"title": "First"}),
        filled(second, "ana", form, **TOLD | {"title": "Second"}),
    )

    assert sorted(str(reply.refusal) for reply in both) == ["None", "story_changed_since"]
    kept = ["First", "Second"][[reply.outcome for reply in both].index(Outcome.ACCEPTED)]
    assert [words["title"] for words in await own(first, "ana")] == [kept]


async def test_a_story_is_withdrawn_once_its_author_is_sure(bot: Bot) -> None:
    """Its words are gone here, and the survey is asked to remove them."""
    receipt = await told(bot, "ana", credit=CREDIT)
    await bot.deliver()
    asked = await bot.say("ana", WithdrawStory())
    before = await own(bot, "ana")
    done = await bot.say("ana", withdraw(receipt))
    await bot.deliver()

    assert isinstance(asked.show, Message)
    assert isinstance(done.show, Message)
    assert "Press the button to withdraw it." in plain(asked.show)
    assert len(before) == 1
    assert "We ask the programme to remove it too." in plain(done.show)
    assert [(event.sending, event.revision, event.items) for event in bot.survey.told[1:]] == [
        (Sending.WITHDRAWN, 2, ())
    ]
    stands = await left(bot, "stories")
    assert await own(bot, "ana") == []
    assert not any(words in stands for words in (TITLE, HAPPENED, CREDIT))


async def test_one_that_has_not_left_is_never_told_of(bot: Bot) -> None:
    """And nobody is told that it might have."""
    done = await bot.say("ana", withdraw(await told(bot, "ana")))
    await bot.deliver()

    assert isinstance(done.show, Message)
    assert "We ask the programme" not in plain(done.show)
    assert bot.survey.told == []


async def test_nobody_touches_anothers_story(bot: Bot) -> None:
    """Its id is no key to it."""
    receipt = await told(bot, "ana")

    assert (await bot.say("ben", withdraw(receipt))).refusal == "no_such_story"
    assert (await bot.say("ben", change(receipt))).refusal == "no_such_story"
    assert (await bot.say("ana", withdraw(receipt), workspace="york")).refusal == "no_such_story"
    assert len(await own(bot, "ana")) == 1


async def test_withdrawn_twice_is_withdrawn_once(bot: Bot) -> None:
    """The second press is told so."""
    receipt = await told(bot, "ana")
    await bot.say("ana", withdraw(receipt))

    assert (await bot.say("ana", withdraw(receipt))).refusal == "no_such_story"
    assert (await bot.say("ana", change(receipt))).refusal == "no_such_story"


@pytest.mark.parametrize(
    "code",
    ["form_story::0", "form_story::", "form_change_story::x@1@1", "form_change_story::", "form_change_story::7@7"],
)
def test_what_no_form_of_ours_says_is_refused(code: str) -> None:
    """Also a version of its sentences that there never was."""
    with pytest.raises(NotNow, match="not_understood"):
        submitted(code, TOLD | {"contact": ""})
