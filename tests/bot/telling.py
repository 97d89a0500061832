"""People who tell stories and ask to be contacted, by the forms that they are shown."""

from collections.abc import Mapping
from uuid import UUID

from bot.conversation import Outcome, Reply
from conversations.actions import decode, submitted
from conversations.commands import Panel, Show
from conversations.messages import Form, Message, buttons_of
from conversations.stories import PARTS, WithdrawStory
from tests.bot.composing import Bot, person

TITLE, HAPPENED, CREDIT, REACH = "A shared round", "We met the home care team.", "Ana, Ward 7", "07700 900123"
TOLD = dict.fromkeys(PARTS, "") | {"title": TITLE, "what_happened": HAPPENED, "uses": "", "credit": ""}


async def opened(bot: Bot, who: str, show: Show, *, chat: UUID | None = None, room: str = "room") -> Form:
    """The form that somebody opens."""
    reply = await bot.say(who, show, chat=chat, room=room)
    assert isinstance(reply.show, Form), reply.refusal
    return reply.show


async def filled(bot: Bot, who: str, form: Form, **typed: str) -> Reply:
    """What comes of a form that somebody fills in and sends."""
    fields = {field.key: "" for field in form.fields} | {
        key: value for key, value in typed.items() if key in {field.key for field in form.fields}
    }
    meant = submitted(form.code, fields)
    return await bot.say(who, meant.ask, chat=meant.chat)


async def told(bot: Bot, who: str, *, chat: UUID | None = None, **typed: str) -> Message:
    """The receipt for a story that somebody tells."""
    form = await opened(bot, who, Show(Panel.STORY), chat=chat)
    reply = await filled(bot, who, form, **{**TOLD, **typed})
    assert (reply.outcome, reply.refusal) == (Outcome.ACCEPTED, None)
    assert isinstance(reply.show, Message)
    return reply.show


def withdraw(receipt: Message) -> WithdrawStory:
    """What the button of a receipt asks, once its author is sure."""
    code = next(one.code for one in buttons_of(receipt) if one.code.startswith("withdraw_story"))
    ask = decode(code.replace("withdraw_story", "withdraw_story_sure")).ask
    assert isinstance(ask, WithdrawStory)
    return ask


def change(receipt: Message) -> Show:
    """What the other button opens."""
    ask = decode(next(one.code for one in buttons_of(receipt) if one.code.startswith("change_story"))).ask
    assert isinstance(ask, Show)
    return ask


async def own(bot: Bot, who: str) -> list[Mapping[str, str]]:
    """The words of somebody's own stories."""
    return [kept.story.parts for kept in await bot.store.read(lambda tx: tx.stories.own(person(who)))]


async def left(bot: Bot, table: str) -> str:
    """Everything in a table."""
    return repr((await bot.everything())[table])


async def asked(bot: Bot, who: str = "ana") -> Message:
    """The receipt for a contact request."""
    form = await opened(bot, who, Show(Panel.CONTACT_ME))
    reply = await filled(bot, who, form, reach=REACH, about="About our round.", when="Tuesdays")
    assert isinstance(reply.show, Message)
    return reply.show
