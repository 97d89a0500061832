"""A survey that people open themselves: the room gets its address with the chat's key, and no response key."""

from functools import partial
from uuid import UUID

from adapters.survey.handoff import link
from conversations import commands as do
from conversations.messages import Link, plain
from storage.opening import OpenStore
from tests.bot.composing import Bot, answer, composed, person, privately

SURVEY = "https://survey.example/index.php/482916?key={key}"


async def sent(bot: Bot) -> UUID:
    """A chat that Ana answered in the room and Ben privately."""
    chat = await bot.begun()
    await bot.accepted("ana", answer("first words"))
    await bot.accepted("ben", privately("quiet words"))
    await bot.accepted("hana", do.Finish())
    await bot.accepted("hana", do.Send(sure=True))
    await bot.deliver()
    return chat


async def response(bot: Bot, who: str) -> UUID:
    """The key of somebody's response."""
    return (await bot.store.read(lambda tx: tx.keeping.chats(person(who))))[0].response


async def test_the_closing_post_carries_the_key_of_its_chat(store: OpenStore) -> None:
    """For the team to fill in together. Whose response is whose, the room learns nothing of."""
    bot = composed(store, own_survey=partial(link, SURVEY))
    chat = await sent(bot)
    closing = bot.room.posts[-1].message
    kept = [await response(bot, who) for who in ("ana", "ben")]

    assert Link("Team survey", f"https://survey.example/index.php/482916?key={chat}") in closing.parts
    assert all(str(key) not in plain(closing) for key in kept)
    assert "survey.example" not in closing.summary


async def test_without_one_there_is_no_address(store: OpenStore) -> None:
    """Nothing else of the post changes."""
    bot = composed(store)
    await sent(bot)

    assert not any(isinstance(part, Link) for part in bot.room.posts[-1].message.parts)
