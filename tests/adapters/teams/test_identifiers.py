"""What points at one person in people's words: asked about in the dialog itself, told of with the receipt."""

import pytest

from bot.removing import REMOVED
from tests.adapters.teams.composing import Place
from tests.canary import MARK

pytestmark = pytest.mark.usefixtures("logged")

RING = f"Ring Mrs Jones ({MARK}) on 0113 496 0000."
LEFT = f"Ring {REMOVED} ({MARK}) on {REMOVED}."
SEEN = "This looks like it has a phone number and a person's name in it. I can't find every name."
REPLACED = "I put [removed] in its place in what we keep."
IN_PLACE, ANYWAY, LOOK = "remove", "keep", "look"


async def begun_in_group(place: Place) -> None:
    """Have Ana start a chat where replies do not reach the bot, and ask the first question."""
    await place.peer.say("Ana", "group", "start", mention=True)
    await place.settle()
    await place.peer.press("Ana", "Begin", "group")
    await place.settle()


@pytest.mark.parametrize(("choice", "kept"), [(IN_PLACE, LEFT), (ANYWAY, RING)])
async def test_a_dialog_asks_first(place: Place, choice: str, kept: str) -> None:
    """It comes again with what was typed and what was seen, and does what was chosen; until then nothing is kept."""
    await place.begun()
    await place.peer.press("Ben", "Answer privately", "heard")
    await place.peer.submit("Ben", {"Your words": RING})
    asked, before = place.peer.text_of_dialog("Ben"), await place.words()
    await place.peer.submit("Ben", {"What to do with it": choice})
    await place.settle()

    assert SEEN in asked
    assert RING in asked
    assert "The programme team reads this. Your host can't." in asked
    assert before == []
    assert await place.words() == [kept]
    assert "looks like" not in str(place.peer.posts("Ben"))


async def test_words_are_changed_in_the_dialog(place: Place) -> None:
    """As often as there is something to see; one dialog is one delivery all the same."""
    await place.begun()
    await place.peer.press("Ben", "Answer privately", "heard")
    await place.peer.submit("Ben", {"Your words": RING})
    await place.peer.submit("Ben", {"What to do with it": LOOK})
    again = place.peer.text_of_dialog("Ben")
    await place.peer.submit("Ben", {"Your words": "Ring Dr Green.", "What to do with it": LOOK})
    name = place.peer.text_of_dialog("Ben")
    sent = await place.peer.submit("Ben", {"Your words": "Ring the ward.", "What to do with it": LOOK})
    await place.peer.deliver_again(sent.deliveries[0], 2, new_id=True)
    await place.settle()

    assert SEEN in again
    assert "This looks like it has a person's name in it." in name
    assert await place.words() == ["Ring the ward."]


async def test_an_answer_for_the_card_asks_under_its_own_name(place: Place) -> None:
    """Its first name and its words would stand in the card: the dialog still says so."""
    await begun_in_group(place)
    await place.peer.press("Ben", "Answer", "group")
    await place.peer.submit("Ben", {"Your words": RING})
    asked = place.peer.text_of_dialog("Ben")
    await place.peer.submit("Ben")  # what is chosen already: something else in its place
    await place.settle()

    card = str(place.peer.posts("group")[-1])
    assert SEEN in asked
    assert "with your first name" in asked
    assert "Your host and your team may see this." not in asked
    assert LEFT in card
    assert "Jones" not in card


async def test_a_change_keeps_what_it_is_about(place: Place) -> None:
    """What is newer by the time that somebody chose is not overwritten."""
    peer, opening = place.peer, await place.begun()
    said = await peer.say("Ben", "heard", "It was hard.", thread=opening)
    await peer.say("Ben", "Ben", "my answers")
    await place.settle()
    await peer.press("Ben", "My answers", "Ben")
    await peer.press("Ben", "Change it", "dialog")
    await peer.submit("Ben", {"Your words": RING})
    asked = peer.text_of_dialog("Ben")
    await peer.edit("Ben", "heard", said.id, "It was long.")
    await peer.submit("Ben", {"What to do with it": ANYWAY})

    assert SEEN in asked
    assert "Your answer changed after you opened this form." in peer.text_of_dialog("Ben")
    assert await place.words() == ["It was long."]


async def test_a_reflection_asks_too(place: Place) -> None:
    """The room sees it."""
    peer, opening = place.peer, await place.begun()
    await peer.say("Ben", "heard", "It was hard.", thread=opening)
    await peer.say("Ana", "heard", "finish", thread=opening)
    await place.settle()
    await peer.press("Ana", "Add a reflection", "heard")
    await peer.submit("Ana", {"Your words": RING})
    asked = peer.text_of_dialog("Ana")
    await peer.submit("Ana")
    await place.settle()
    chat = (await place.chat("heard")).id
    gathered = await place.bot.store.read(lambda tx: tx.reading.gathered(chat, words=True))

    assert SEEN in asked
    assert gathered.reflection == LEFT


async def test_a_reply_is_kept_and_told_of(place: Place) -> None:
    """In the author's own chat; a button there puts something else in its place, and says what that reaches."""
    peer, opening = place.peer, await place.begun()
    await peer.say("Ben", "heard", "It was hard.", thread=opening)
    await place.settle()
    await peer.say("Ben", "heard", RING, thread=opening)
    await place.settle()
    told, before = peer.alone("Ben")[-1], await place.words()
    await peer.press("Ben", "Replace it", "Ben")
    await place.settle()

    assert SEEN in told
    assert "Change it" in told
    assert before == ["It was hard.", RING]
    assert await place.words() == ["It was hard.", LEFT]
    assert REPLACED in "\n".join(peer.alone("Ben"))
    assert "Edit your message to take it out of the room too." in "\n".join(peer.alone("Ben"))
    assert [line for name in ("Ana", "Cat", "Dev") for line in peer.alone(name) if "looks like" in line] == []


async def test_an_edit_in_the_thread_is_told_of_too(place: Place) -> None:
    """What was taken out of the room is out of our store, and nothing is said any more."""
    peer, opening = place.peer, await place.begun()
    said = await peer.say("Ben", "heard", "It was hard.", thread=opening)
    await place.settle()
    await peer.edit("Ben", "heard", said.id, RING)
    await place.settle()
    told = peer.alone("Ben")[-1]
    await peer.edit("Ben", "heard", said.id, "Ring the ward.")
    await place.settle()

    assert SEEN in told
    assert "looks like" not in peer.alone("Ben")[-1]
    assert await place.words() == ["Ring the ward."]
