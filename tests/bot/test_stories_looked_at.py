"""What points at one person in a story: its author is asked first, and nothing is kept until they choose."""

import pytest

from bot.conversation import Outcome, Reply
from conversations.actions import submitted
from conversations.commands import Panel, Show
from conversations.identifying import CARE, Care
from conversations.messages import ChoiceField, Form, TicksField, WordsField
from tests.bot.composing import Bot, person
from tests.bot.telling import CREDIT, TOLD, change, filled, opened, own, told

RING, LEFT = "Ring Mrs Jones on 0113 496 0000.", "Ring [removed] on [removed]."
TYPED = TOLD | {"what_happened": RING, "uses": "website", "credit": CREDIT}


def asked_back(reply: Reply) -> Form:
    """The form that a reply asks something in."""
    assert (reply.outcome, reply.refusal) == (Outcome.REFUSED, "identifies")
    assert isinstance(reply.show, Form)
    return reply.show


def sent(form: Form, care: Care) -> dict[str, str]:
    """What is sent when somebody chooses, and changes nothing else."""
    fields = {one.key: one.value for one in form.fields if isinstance(one, WordsField | ChoiceField | TicksField)}
    return fields | {CARE: care}


@pytest.mark.parametrize(("care", "words"), [(Care.REMOVE, LEFT), (Care.KEEP, RING)])
async def test_a_story_is_asked_about_before_it_is_kept(bot: Bot, care: Care, words: str) -> None:
    """The form comes back with all that was written and ticked; what is chosen is done."""
    form = asked_back(await filled(bot, "ana", await opened(bot, "ana", Show(Panel.STORY)), **TYPED))
    before = repr(await bot.everything())
    meant = submitted(form.code, sent(form, care))
    reply = await bot.say("ana", meant.ask)
    (kept,) = await bot.store.read(lambda tx: tx.stories.own(person("ana")))

    assert "Jones" not in before
    assert reply.outcome is Outcome.ACCEPTED
    assert kept.story.parts["what_happened"] == words
    assert (set(kept.story.uses), kept.story.credit) == ({"website"}, CREDIT)


async def test_a_change_that_is_asked_about_stays_about_what_its_author_saw(bot: Bot) -> None:
    """What was changed meanwhile is not overwritten by what waits for a choice."""
    receipt = await told(bot, "ana")
    old = await opened(bot, "ana", change(receipt))
    waiting = asked_back(await filled(bot, "ana", old, **TYPED))
    await filled(bot, "ana", old, **TOLD | {"title": "Newer"})
    late = await bot.say("ana", submitted(waiting.code, sent(waiting, Care.KEEP)).ask)

    assert late.refusal == "story_changed_since"
    assert [words["title"] for words in await own(bot, "ana")] == ["Newer"]


async def test_what_is_kept_as_it_is_goes_on_without_numbers(bot: Bot) -> None:
    """No survey store is told a phone number, in a story neither."""
    form = asked_back(await filled(bot, "ana", await opened(bot, "ana", Show(Panel.STORY)), **TYPED))
    await bot.say("ana", submitted(form.code, sent(form, Care.KEEP)).ask)
    await bot.deliver()

    words = {item.link_id: item.verbatim for item in bot.survey.told[0].items}
    assert words["what_happened"] == "Ring Mrs Jones on [removed]."
