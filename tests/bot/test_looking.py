"""What people write in forms is looked at before anything of it is kept; of what they say in the room they are told."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import TypeVar
from uuid import UUID

import pytest

from bot.conversation import Incoming, Outcome, Reply
from bot.looking import looked_at
from bot.ports import Store, StoreDown, Transaction
from conversations import commands as do
from conversations.actions import Ask, submitted
from conversations.commands import Which
from conversations.identifying import CARE, Care
from conversations.messages import Form, Message, Text, WordsField, buttons_of, plain
from conversations.words import MOST
from storage.opening import OpenStore
from tests.bot.composing import Bot, answer, composed, person, privately, said

T = TypeVar("T")

RING = "Ring Mrs Jones on 0113 496 0000, or write to ana@example.org."
LEFT = "Ring [removed] on [removed], or write to [removed]."
TOLD = "This looks like it has a phone number, an e-mail address and more in it. I can't find every name."


def asked_back(reply: Reply) -> Form:
    """The form that a reply asks something in."""
    assert (reply.outcome, reply.refusal) == (Outcome.REFUSED, "identifies")
    assert isinstance(reply.show, Form)
    return reply.show


def filled(form: Form, care: Care, words: str | None = None) -> Ask:
    """What a form asks for that came back, with a choice made in it."""
    fields = {field.key: field.value for field in form.fields if isinstance(field, WordsField)}
    return submitted(form.code, {**fields, **({"words": words} if words else {}), CARE: care}).ask


async def kept(bot: Bot) -> str:
    """Everything that stands in the store."""
    return repr(await bot.everything())


async def part_of(bot: Bot, who: str) -> UUID:
    """Somebody's first message."""
    owned = await bot.store.read(lambda tx: tx.reading.own(person(who)))
    return owned[0].spoken[0].part.id


async def whispers(bot: Bot, who: str) -> list[Message]:
    """What somebody alone was told, after all that is due was delivered."""
    await bot.deliver()
    return [sent.message for sent in bot.room.whispers if sent.to == who]


# --- forms ---------------------------------------------------------------------------------------------------------

FORMS: Mapping[str, Callable[[UUID], Ask]] = {
    "a private answer": lambda _: privately(RING, "first"),
    "a private answer to the newest question": lambda _: privately(RING),
    "a late answer": lambda _: answer(RING, "first"),
    "a change": lambda part: do.Edit(Which(part=part), RING, 1),
    "a change of the latest": lambda _: do.Edit(Which(question="first"), RING),
}
"""What Ana asks for, whose first message has that id."""


@pytest.mark.parametrize("ask", FORMS.values(), ids=FORMS.keys())
@pytest.mark.parametrize(("care", "words"), [(Care.REMOVE, LEFT), (Care.KEEP, RING)])
async def test_nothing_is_kept_until_its_author_has_chosen(
    bot: Bot, ask: Callable[[UUID], Ask], care: Care, words: str
) -> None:
    """The form comes back with what was written, what was seen and the choice; then it is done as they chose."""
    chat = await bot.begun()
    await bot.accepted("ana", answer("It was hard."))
    form = asked_back(await bot.say("ana", ask(await part_of(bot, "ana")), chat=chat))

    assert form.intro[0] == Text(TOLD)
    assert [field.value for field in form.fields if isinstance(field, WordsField)] == [RING]
    assert "Jones" not in await kept(bot)

    await bot.accepted("ana", filled(form, care))
    assert (await bot.words("ana"))[-1] == words


@pytest.mark.parametrize(("care", "words"), [(Care.REMOVE, LEFT), (Care.KEEP, RING)])
async def test_a_reflection_is_looked_at_too(bot: Bot, care: Care, words: str) -> None:
    """The room sees it, so its author is asked first."""
    chat = await bot.begun()
    await bot.accepted("ana", answer("It was hard."))
    await bot.accepted("hana", do.Finish())
    form = asked_back(await bot.say("hana", do.Reflect(RING)))
    assert "Jones" not in await kept(bot)

    await bot.accepted("hana", filled(form, care))
    gathered = await bot.store.read(lambda tx: tx.reading.gathered(chat, words=True))
    assert gathered.reflection == words


async def test_words_that_were_changed_are_looked_at_again(bot: Bot) -> None:
    """As often as there is something to see; once there is nothing, they are kept."""
    await bot.begun()
    form = asked_back(await bot.say("ana", privately(RING)))
    form = asked_back(await bot.say("ana", filled(form, Care.LOOK)))
    form = asked_back(await bot.say("ana", filled(form, Care.LOOK, "Ring Mrs Jones.")))
    assert form.intro[0] == Text("This looks like it has a person's name in it. I can't find every name.")

    await bot.accepted("ana", filled(form, Care.LOOK, "Ring the ward."))
    assert await bot.words("ana") == ["Ring the ward."]


async def test_what_was_chosen_holds_for_what_is_sent_with_it(bot: Bot) -> None:
    """Who changes the words and leaves the choice has taken out what is still there."""
    await bot.begun()
    form = asked_back(await bot.say("ana", privately(RING)))

    await bot.accepted("ana", filled(form, Care.REMOVE, "Ring Dr Patel."))
    assert await bot.words("ana") == ["Ring [removed]."]


async def test_words_without_any_are_kept_at_once(bot: Bot) -> None:
    """Nobody is asked for nothing."""
    await bot.begun()
    await bot.accepted("ana", privately("We met on 3 April 2021 with 14 people."))

    assert await bot.words("ana") == ["We met on 3 April 2021 with 14 people."]


async def test_who_sends_it_anyway_is_not_told_again(bot: Bot) -> None:
    """The receipt is the one that everybody gets."""
    await bot.begun()
    form = asked_back(await bot.say("ana", privately(RING)))
    await bot.accepted("ana", filled(form, Care.KEEP))

    assert [text for text in map(plain, await whispers(bot, "ana")) if "looks like" in text] == []


async def test_a_form_in_which_something_newer_stands_is_refused_as_ever(bot: Bot) -> None:
    """To be asked first makes nobody overwrite what they have not seen."""
    await bot.begun()
    await bot.accepted("ana", replace(answer("One."), ref="message-1"))
    part = await part_of(bot, "ana")
    form = asked_back(await bot.say("ana", do.Edit(Which(part=part), RING, 1)))
    await bot.accepted("ana", do.Edit(Which(ref="message-1"), "Two."))

    reply = await bot.say("ana", filled(form, Care.REMOVE))
    assert reply.refusal == "changed_since"
    assert await bot.words("ana") == ["Two."]


async def test_a_form_that_was_old_when_it_was_sent_is_refused_as_ever(bot: Bot) -> None:
    """What comes back is still about what its author saw when they opened it."""
    await bot.begun()
    await bot.accepted("ana", replace(answer("One."), ref="message-1"))
    part = await part_of(bot, "ana")
    await bot.accepted("ana", do.Edit(Which(ref="message-1"), "Two."))
    form = asked_back(await bot.say("ana", do.Edit(Which(part=part), RING, 1)))

    reply = await bot.say("ana", filled(form, Care.REMOVE))
    assert reply.refusal == "changed_since"
    assert await bot.words("ana") == ["Two."]


@pytest.mark.parametrize("by_question", [True, False])
async def test_it_is_about_the_message_that_was_meant(bot: Bot, *, by_question: bool) -> None:
    """And not about the latest one."""
    await bot.begun()
    await bot.accepted("ana", answer("It was hard."))
    which = Which(question="first") if by_question else Which(part=await part_of(bot, "ana"))
    await bot.accepted("hana", do.MoveOn())
    await bot.accepted("ana", answer("The food bank."))

    form = asked_back(await bot.say("ana", do.Edit(which, RING)))
    await bot.accepted("ana", filled(form, Care.REMOVE))
    assert await bot.words("ana") == [LEFT, "The food bank."]


def test_what_can_never_be_kept_is_not_looked_at() -> None:
    """However long it is: nobody waits for that."""
    ask = privately("Mrs Jones " * MOST)

    assert [looked_at(replace(ask, care=care)).ask.words for care in Care] == [ask.words] * len(Care)  # type: ignore[union-attr]
    assert looked_at(answer("Mrs Jones " * MOST)).seen == ()


@pytest.mark.parametrize("words", [RING, f"{RING} {'x' * MOST}"])
async def test_what_can_not_be_done_is_refused_before_anybody_is_asked(bot: Bot, words: str) -> None:
    """A chat that is over takes no answer, whatever is in it; nor does any what is too long."""
    chat = await bot.begun()
    if words == RING:
        await bot.accepted("ben", answer("It was hard."))
        await bot.sent()

    reply = await bot.say("ana", privately(words, "first"), chat=chat)
    assert reply.refusal == ("over" if words == RING else "too_long")
    assert "Jones" not in await kept(bot)


async def test_control_characters_hide_nothing(bot: Bot) -> None:
    """What is looked at is what would be kept."""
    await bot.begun()
    form = asked_back(await bot.say("ana", privately("Ring 0113\x00 496\x07 0000")))

    await bot.accepted("ana", filled(form, Care.REMOVE))
    assert await bot.words("ana") == ["Ring [removed]"]


async def test_the_same_form_brought_again_is_the_same_one(bot: Bot) -> None:
    """It was not kept, so it is asked about once more; and what is kept then is kept once."""
    await bot.begun()
    incoming = replace(said(bot.clock, "ana", privately(RING)), may_come_again=True)
    form = asked_back(await bot.conversation.handle(incoming))
    asked_back(await bot.conversation.handle(incoming))

    chosen = replace(incoming, ask=filled(form, Care.REMOVE))
    assert (await bot.conversation.handle(chosen)).outcome is Outcome.ACCEPTED
    assert (await bot.conversation.handle(chosen)).outcome is Outcome.SEEN
    assert await bot.words("ana") == [LEFT]


class CanNotWrite:
    """A store in which nothing can be written."""

    def __init__(self, real: Store) -> None:
        self._real = real

    async def transact(self, work: Callable[[Transaction], T]) -> T:
        raise StoreDown

    async def read(self, work: Callable[[Transaction], T]) -> T:
        return await self._real.read(work)

    async def close(self) -> None:
        await self._real.close()


async def test_nothing_is_written_to_ask(store: OpenStore) -> None:
    """Not even that a form came: no chat is locked, and no line of it waits, while somebody is asked."""
    bot = composed(store)
    await bot.begun()

    asked_back(await composed(store, for_conversation=CanNotWrite(store)).say("ana", privately(RING)))


# --- plain replies -------------------------------------------------------------------------------------------------


def reply_in_the_room(bot: Bot, words: str = RING, who: str = "ana", ref: str = "message-1") -> Incoming:
    """A message in the room."""
    return said(bot.clock, who, replace(answer(words), ref=ref))


async def test_a_reply_is_kept_at_once_and_its_author_told(bot: Bot) -> None:
    """With the receipt for it, alone, and with what they can do. Nobody else is told anything."""
    await bot.begun()
    await bot.conversation.handle(reply_in_the_room(bot))
    await bot.conversation.handle(reply_in_the_room(bot, "It was hard.", "ben", "message-2"))

    (receipt,) = await whispers(bot, "ana")
    (other,) = await whispers(bot, "ben")
    assert await bot.words("ana") == [RING]
    assert plain(receipt).startswith(f"{plain(other).splitlines()[0]} {TOLD}")
    assert [button.label for button in buttons_of(receipt)][:2] == ["Change it", "Replace it"]
    assert buttons_of(receipt)[2:] != ()
    assert "Replace it" not in [button.label for button in buttons_of(other)]
    assert "Jones" not in plain(receipt)
    assert "looks like" not in "".join(plain(posted.message) for posted in bot.room.posts)


async def test_a_reply_that_comes_twice_is_told_of_once(bot: Bot) -> None:
    """As every receipt."""
    await bot.begun()
    incoming = reply_in_the_room(bot)
    for _ in range(2):
        await bot.conversation.handle(incoming)

    assert len(await whispers(bot, "ana")) == 1


async def test_what_was_seen_is_in_no_row_that_leaves(bot: Bot) -> None:
    """The receipt is read when it is shown: what waits says neither the words nor what was seen in them."""
    await bot.begun()
    await bot.conversation.handle(reply_in_the_room(bot))

    rows = repr((await bot.everything())["outbox"])
    assert "identifies" in rows
    assert [word for word in ("Jones", "496", "phone", "example") if word in rows] == []


async def test_what_was_changed_before_it_is_told_is_not_told(bot: Bot) -> None:
    """People who saw it themselves hear the usual."""
    await bot.begun()
    await bot.conversation.handle(reply_in_the_room(bot))
    await bot.accepted("ana", do.Edit(Which(ref="message-1"), "Ring the ward."))

    assert [text for text in map(plain, await whispers(bot, "ana")) if "looks like" in text] == []


async def test_a_change_in_the_room_is_told_of_too(bot: Bot) -> None:
    """A message that was fine may not be so afterwards."""
    await bot.begun()
    await bot.conversation.handle(reply_in_the_room(bot, "It was hard."))
    await bot.accepted("ana", do.Edit(Which(ref="message-1"), RING))

    _, receipt = await whispers(bot, "ana")
    assert plain(receipt).startswith(f"Your answer to question 1 has changed. {TOLD}")
    assert [button.label for button in buttons_of(receipt)] == ["Change it", "Replace it"]


async def test_control_characters_in_a_reply_hide_nothing(bot: Bot) -> None:
    """What is looked at is what is kept."""
    await bot.begun()
    await bot.conversation.handle(reply_in_the_room(bot, "Ring 0113\x00 496\x07 0000"))

    assert "a phone number" in plain((await whispers(bot, "ana"))[0])


async def test_a_reply_that_says_yes_is_looked_at_like_any(bot: Bot) -> None:
    """It is an answer when nothing waits for a yes."""
    await bot.begun()
    await bot.accepted("ana", do.Yes(replace(answer(f"Yes. {RING}"), ref="message-1")))

    assert "looks like" in plain((await whispers(bot, "ana"))[0])


async def test_a_mark_alone_does_not_tell(bot: Bot) -> None:
    """Where the second answer is only marked, one that points at somebody is told of all the same."""
    bot.room.can_mark = True
    await bot.begun()
    await bot.conversation.handle(reply_in_the_room(bot, "It was hard."))
    await bot.conversation.handle(reply_in_the_room(bot, "It was long.", ref="message-2"))
    await bot.conversation.handle(reply_in_the_room(bot, ref="message-3"))

    assert ["looks like" in plain(message) for message in await whispers(bot, "ana")] == [False, True]


# --- replace it ----------------------------------------------------------------------------------------------------


async def test_what_stands_is_replaced_in_our_store(bot: Bot) -> None:
    """The message in the room stays, and its author is told so, and what to do about it."""
    await bot.begun()
    await bot.conversation.handle(reply_in_the_room(bot))
    await bot.accepted("ana", do.Mask(Which(part=await part_of(bot, "ana"))))

    told = plain((await whispers(bot, "ana"))[-1])
    assert await bot.words("ana") == [LEFT]
    assert told == (
        "I put [removed] in its place in what we keep. Your message in the room stays as it is. "
        "Edit your message to take it out of the room too."
    )
    assert "Jones" not in await kept(bot)


async def test_what_stands_by_then_is_what_counts(bot: Bot) -> None:
    """Not what was there when the button was shown."""
    await bot.begun()
    await bot.conversation.handle(reply_in_the_room(bot))
    await bot.accepted("ana", do.Edit(Which(ref="message-1"), "Dr Patel knows more."))
    await bot.accepted("ana", do.Mask(Which(part=await part_of(bot, "ana"))))

    assert await bot.words("ana") == ["[removed] knows more."]


async def test_there_may_be_nothing_left_to_replace(bot: Bot) -> None:
    """A second press changes nothing and says so."""
    await bot.begun()
    await bot.conversation.handle(reply_in_the_room(bot))
    await bot.accepted("ana", do.Mask(do.LATEST))
    before = await kept(bot)

    reply = await bot.say("ana", do.Mask(do.LATEST))
    assert reply.refusal == "nothing_to_mask"
    assert (await kept(bot)).count("AnswerEdited") == before.count("AnswerEdited")
    assert await bot.words("ana") == [LEFT]


async def test_nobody_replaces_what_is_anothers(bot: Bot) -> None:
    """Whatever code their button has."""
    await bot.begun()
    await bot.conversation.handle(reply_in_the_room(bot))

    reply = await bot.say("ben", do.Mask(Which(part=await part_of(bot, "ana"))))
    assert reply.refusal == "no_such_answer"
    assert await bot.words("ana") == [RING]


async def test_a_change_that_was_made_before_and_comes_after_still_counts(bot: Bot) -> None:
    """Words that are left are as old as those they were made from: the room shows the changed ones."""
    await bot.begun()
    await bot.conversation.handle(reply_in_the_room(bot))
    changed = said(bot.clock, "ana", do.Edit(Which(ref="message-1"), "Ring the ward."))
    bot.clock.wait(seconds=5)
    await bot.accepted("ana", do.Mask(do.LATEST))

    await bot.conversation.handle(changed)
    assert await bot.words("ana") == ["Ring the ward."]


async def test_what_is_sent_is_sent_again_without_it(bot: Bot) -> None:
    """Once a chat was sent, the survey gets what is left as a revision."""
    await bot.begun()
    await bot.conversation.handle(reply_in_the_room(bot, "Mrs Jones was kind."))
    await bot.sent()
    await bot.deliver()
    await bot.accepted("ana", do.Mask(do.LATEST))
    await bot.deliver()

    said_to = [[item.verbatim for item in event.items if item.verbatim] for event in bot.survey.told]
    assert said_to == [["Mrs Jones was kind."], ["[removed] was kind."]]


# --- forwarding ----------------------------------------------------------------------------------------------------


async def test_some_of_it_never_reaches_a_survey_store(bot: Bot) -> None:
    """Whatever its author chose: an answer of the room, one that was sent anyway, and a reflection."""
    text = f"{RING} NHS 999 000 0018, QQ 12 34 56 C. Born 3/4/1961, LS99 9ZZ."
    left = "Ring Mrs Jones on [removed], or write to [removed]. NHS [removed], [removed]. Born 3/4/1961, LS99 9ZZ."
    await bot.begun()
    await bot.conversation.handle(reply_in_the_room(bot, text))
    await bot.accepted("ben", replace(privately(text), care=Care.KEEP))
    await bot.accepted("hana", do.Finish())
    await bot.accepted("hana", do.Reflect(text, Care.KEEP))
    await bot.accepted("hana", do.Send(sure=True))
    await bot.deliver()

    told = [item.verbatim for event in bot.survey.told for item in event.items if item.verbatim]
    assert told == [left] * 3
    assert await bot.words("ana") == [text]
