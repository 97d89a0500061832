"""What points at one person in people's words: asked about in the form itself, told of with the receipt."""

import pytest

from adapters.slack.forms import MOST_IN_BOX, NEARLY_FULL
from bot.removing import REMOVED
from tests.adapters.slack.composing import Place
from tests.canary import MARK

pytestmark = pytest.mark.usefixtures("logged")

RING = f"Ring Mrs Jones ({MARK}) on 0113 496 0000."
LEFT = f"Ring {REMOVED} ({MARK}) on {REMOVED}."
SEEN = "This looks like it has a phone number and a person's name in it. I can't find every name."
REPLACED = "I put [removed] in its place in what we keep."
IN_PLACE, ANYWAY, LOOK = "remove", "keep", "look"


async def privately(place: Place, words: str = RING) -> None:
    """Have Ben open the form for a private answer, and send it."""
    await place.peer.press("Ben", "Answer privately")
    await place.peer.submit("Ben", {"Your words": words})


@pytest.mark.parametrize(("choice", "kept"), [(IN_PLACE, LEFT), (ANYWAY, RING)])
async def test_a_form_asks_first(place: Place, choice: str, kept: str) -> None:
    """It stays open with what was typed, says what was seen, and does what was chosen; until then nothing is kept."""
    await place.begun()
    await privately(place)
    asked, before = place.peer.text_of_view("Ben"), await place.words()
    await place.peer.submit("Ben", {"What to do with it": choice})
    await place.settle()

    assert SEEN in asked
    assert RING in asked
    assert "The programme team reads this. Your host can't." in asked
    assert before == []
    assert await place.words() == [kept]
    assert any("Thank you. The programme team reads this." in line for line in place.peer.alone("Ben"))
    assert [line for line in place.peer.whispers("Ben") if "looks like" in line] == []


async def test_words_are_changed_in_the_form(place: Place) -> None:
    """As often as there is something to see: what stands in its box is what was typed last."""
    await place.begun()
    await privately(place)
    await place.peer.submit("Ben", {"What to do with it": LOOK})
    again = place.peer.text_of_view("Ben")
    await place.peer.submit("Ben", {"Your words": "Ring Dr Green.", "What to do with it": LOOK})
    name = place.peer.text_of_view("Ben")
    await place.peer.submit("Ben", {"Your words": "Ring the ward.", "What to do with it": LOOK})
    await place.settle()

    assert SEEN in again
    assert "This looks like it has a person's name in it." in name
    assert await place.words() == ["Ring the ward."]


async def test_words_in_several_boxes_come_back_whole(place: Place) -> None:
    """However they were spread: none is shown twice, and none is lost where fewer boxes are needed than before."""
    two, long = "Your words, part 2", "x " * (NEARLY_FULL // 2)
    peer, opening = place.peer, await place.begun()
    await peer.say("Ben", "team", "z" * (MOST_IN_BOX + 500), opening)
    await place.settle()
    await peer.command("Ben", "team", "my answers")
    await peer.press("Ben", "Change it", "view")
    await peer.submit("Ben", {"Your words": "Mrs Green. ", two: "She was kind."})
    await peer.submit("Ben", {"Your words": f"Mrs Green. She was kind. {long}", "What to do with it": LOOK})
    await peer.submit("Ben", {"Your words": "Mrs Green. ", two: "She is kind.", "What to do with it": LOOK})
    await peer.submit("Ben", {"What to do with it": ANYWAY})
    await place.settle()

    assert await place.words() == ["Mrs Green. She is kind."]


async def test_a_change_and_a_reflection_ask_too(place: Place) -> None:
    """Every form in which people write."""
    peer, opening = place.peer, await place.begun()
    await peer.say("Ben", "team", "It was hard.", opening)
    await place.settle()
    await peer.command("Ben", "team", "my answers")
    await peer.press("Ben", "Change it", "view")
    await peer.submit("Ben", {"Your words": RING})
    change = peer.text_of_view("Ben")
    await peer.submit("Ben")  # what is chosen already: something else in its place
    await peer.say("Ana", "team", "finish", opening)
    await place.settle()
    await peer.press("Ana", "Add a reflection", "team")
    await peer.submit("Ana", {"Your words": RING})
    reflection = peer.text_of_view("Ana")
    await peer.submit("Ana")
    await place.settle()
    chat = (await place.chat()).id
    gathered = await place.bot.store.read(lambda tx: tx.reading.gathered(chat, words=True))

    assert SEEN in change
    assert SEEN in reflection
    assert await place.words() == [LEFT]
    assert gathered.reflection == LEFT


async def test_a_late_answer_asks_too(place: Place) -> None:
    """The room may see it."""
    peer = place.peer
    await place.begun()
    await peer.press("Ana", "Next question")
    await place.settle()
    await peer.press("Ben", "Answer this one")
    await peer.submit("Ben", {"Your words": RING})
    asked = peer.text_of_view("Ben")
    await peer.submit("Ben")
    await place.settle()

    assert SEEN in asked
    assert await place.words() == [LEFT]


async def test_a_reply_is_kept_and_told_of(place: Place) -> None:
    """In the receipt, for its author alone; a button puts something else in its place, and says what that reaches."""
    peer, opening = place.peer, await place.begun()
    await peer.say("Ben", "team", "It was hard.", opening)
    await place.settle()
    await peer.say("Ben", "team", RING, opening)
    await place.settle()
    told, before = peer.alone("Ben")[-1], await place.words()
    await peer.press("Ben", "Replace it", "team")
    await place.settle()

    assert SEEN in told
    assert "Change it" in told
    assert before == ["It was hard.", RING]
    assert await place.words() == ["It was hard.", LEFT]
    assert REPLACED in peer.alone("Ben")[-1]
    assert "Edit your message to take it out of the room too." in peer.alone("Ben")[-1]
    assert [line for name in ("Ana", "Cat", "Dev") for line in peer.alone(name) if "looks like" in line] == []
    assert RING in "\n".join(peer.thread("team", opening))


async def test_a_reply_is_changed_from_the_receipt(place: Place) -> None:
    """The form is the one that changes what we keep."""
    peer, opening = place.peer, await place.begun()
    await peer.say("Ben", "team", RING, opening)
    await place.settle()
    await peer.press("Ben", "Change it", "team")
    await peer.submit("Ben", {"Your words": "Ring the ward."})
    await place.settle()

    assert await place.words() == ["Ring the ward."]


async def test_an_edit_in_the_thread_is_told_of_too(place: Place) -> None:
    """What was taken out of the room is out of our store, and nothing is said any more."""
    peer, opening = place.peer, await place.begun()
    said = await peer.say("Ben", "team", "It was hard.", opening)
    await place.settle()
    await peer.edit("Ben", "team", said.ts, RING)
    await place.settle()
    told = peer.alone("Ben")[-1]
    await peer.edit("Ben", "team", said.ts, "Ring the ward.")
    await place.settle()

    assert SEEN in told
    assert "looks like" not in peer.alone("Ben")[-1]
    assert await place.words() == ["Ring the ward."]
