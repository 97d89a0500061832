"""What Teams brings twice, under another id, or in another order: it is done once, and comes out right."""

import pytest

from tests.adapters.teams.composing import Place
from tests.canary import MARK

pytestmark = pytest.mark.usefixtures("logged")

HARD, GOOD = f"Hard, {MARK}", f"Good, {MARK}"


# --- what comes twice ---


async def test_a_message_three_times_at_once(place: Place) -> None:
    """What Teams delivers three times more, all at once, is one answer."""
    opening = await place.begun()
    done = await place.peer.say("Ben", "heard", HARD, thread=opening)
    again = await place.peer.deliver_again(done.deliveries[0], 3, at_once=True)

    assert [answer.status for answer in again] == [200, 200, 200]
    assert await place.words() == [HARD]


async def test_a_message_beside_its_first_try(place: Place) -> None:
    """What comes again while it is under way is one answer."""
    opening = await place.begun()
    with place.peer.hold_deliveries():
        done = await place.peer.say("Ben", "heard", HARD, thread=opening)
    place.peer.sender.held.clear()
    again = await place.peer.deliver_again(done.deliveries[0], 4, at_once=True)

    assert [answer.status for answer in again] == [200] * 4
    assert await place.words() == [HARD]


@pytest.mark.parametrize("is_new", [False, True])
@pytest.mark.parametrize("at_once", [False, True])
@pytest.mark.parametrize(("button", "where"), [("Answer privately", "heard"), ("Answer", "group")])
async def test_a_form_that_comes_again(
    place: Place,
    button: str,
    where: str,
    is_new: bool,  # noqa: FBT001 -- parametrised
    at_once: bool,  # noqa: FBT001 -- parametrised
) -> None:
    """With the same id or with a new one it is one answer; the same form that is opened anew is another."""
    peer, _ = place.peer, await place.begun(place=where)
    await peer.press("Ben", button, where)
    sent = await peer.submit("Ben", {"Your words": HARD})
    again = await peer.deliver_again(sent.deliveries[0], 3, new_id=is_new, at_once=at_once)
    once = await place.words(where)
    await peer.press("Ben", button, where)
    await peer.submit("Ben", {"Your words": HARD})

    assert [answer.status for answer in again] == [200] * 3
    assert (once, await place.words(where)) == ([HARD], [HARD, HARD])


async def test_a_form_that_was_refused_and_comes_again(place: Place) -> None:
    """A refusal is no answer, however often it comes; mended, the same form is one."""
    peer, _ = place.peer, await place.begun()
    await peer.press("Ben", "Answer privately", "heard")
    refused = await peer.submit("Ben", {"Your words": "word " * 3_300})
    await peer.deliver_again(refused.deliveries[0], 1, new_id=True)
    assert await place.words() == []
    sent = await peer.submit("Ben", {"Your words": HARD})
    await peer.deliver_again(sent.deliveries[0], 2, new_id=True)
    await peer.deliver_again(refused.deliveries[0], 1, new_id=True)

    assert await place.words() == [HARD]


@pytest.mark.parametrize("is_new", [False, True])
async def test_a_press_of_the_question_before(place: Place, *, is_new: bool) -> None:
    """*Next question* of question 1 that comes again moves nothing on from question 2."""
    peer, _ = place.peer, await place.begun()
    first = await peer.press("Ana", "Next question", "heard")
    await place.settle()
    again = await peer.deliver_again(first.deliveries[0], 3, new_id=is_new)
    await place.settle()

    assert [answer.status for answer in again] == [200] * 3
    assert [ask.number for ask in (await place.chat("heard")).asks] == [1, 2]


@pytest.mark.parametrize("label", ["Begin", "Pause", "Finish", "Send", "Cancel the chat"])
async def test_whatever_the_host_presses_comes_again(place: Place, label: str) -> None:
    """Under new ids, at once: it is done once."""
    peer, opening = place.peer, await place.started()
    if label != "Begin":
        await peer.press("Ana", "Begin", opening)
        await place.settle()
        await peer.say("Ben", "heard", HARD, thread=opening)
    if label == "Send":
        await peer.say("Ana", "heard", "finish", thread=opening)
    if label == "Finish":
        for _ in range(3):
            await peer.press("Ana", "Next question", "heard")
            await place.settle()
    await place.settle()
    if label == "Cancel the chat":
        await peer.say("Ana", "heard", "help", mention=True, thread=opening)
        await peer.say("Ana", "heard", "cancel", thread=opening)
        await place.settle()
        pressed = await peer.press("Ana", "Yes", "Ana")
    else:
        pressed = await peer.press("Ana", label, "heard")
    await place.settle()
    before = (await place.chat("heard"), len(peer.bot_posts("heard")), len(place.bot.survey.told))
    await peer.deliver_again(pressed.deliveries[0], 3, new_id=True, at_once=True)
    await place.settle()

    assert (await place.chat("heard"), len(peer.bot_posts("heard")), len(place.bot.survey.told)) == before


# --- what comes in another order ---


async def test_an_edit_before_its_message(place: Place) -> None:
    """The edit is the answer, filed under the question that stood when the message was written."""
    peer, opening = place.peer, await place.begun()
    place.clock.wait(seconds=5)
    with peer.hold_deliveries():
        said = await peer.say("Ben", "heard", GOOD, thread=opening)
        place.clock.wait(seconds=5)
        await peer.press("Ana", "Next question", "heard")
        place.clock.wait(seconds=5)
        await peer.edit("Ben", "heard", said.id, HARD)
    await peer.release(reversed)
    await place.settle()

    assert await place.words() == [HARD]
    assert "1 person has answered here." in peer.thread("heard", opening)[1]


async def test_edits_in_the_wrong_order(place: Place) -> None:
    """The latest one stands."""
    peer, opening = place.peer, await place.begun()
    said = await peer.say("Ben", "heard", "First", thread=opening)
    with peer.hold_deliveries():
        for words in ("Second", "Third", HARD):
            place.clock.wait(seconds=1)
            await peer.edit("Ben", "heard", said.id, words)
    await peer.release(reversed)

    assert await place.words() == [HARD]


@pytest.mark.parametrize("where", ["heard", "group"])
async def test_a_deletion_before_its_message(place: Place, where: str) -> None:
    """What was deleted does not become an answer when it comes after all."""
    peer, opening = place.peer, await place.begun(place=where)
    with peer.hold_deliveries():
        said = await peer.say("Ben", where, HARD, mention=True, thread=None if where == "group" else opening)
        await peer.edit("Ben", where, said.id, f"{peer.mention} {GOOD}")
        await peer.delete("Ben", where, said.id)
    await peer.release(reversed)
    await place.settle()

    assert await place.words(where) == []
    assert peer.alone("Ben") == []


async def test_what_comes_back_before_it_was_gone(place: Place) -> None:
    """Nobody is told that their message is out while it counts; once its deletion comes after all, it is out."""
    peer, opening = place.peer, await place.begun()
    said = await peer.say("Ben", "heard", HARD, thread=opening)
    await place.settle()
    with peer.hold_deliveries():
        await peer.delete("Ben", "heard", said.id)
        await peer.undelete("Ben", "heard", said.id)
    gone, back = peer.sender.held
    await peer.release(lambda _: [back])
    await place.settle()
    told = "\n".join(peer.alone("Ben"))
    peer.sender.held.append(gone)
    await peer.release()
    await place.settle()

    assert "please send it once more" not in told
    assert await place.words() == []
    assert "is withdrawn" in peer.alone("Ben")[-1]
