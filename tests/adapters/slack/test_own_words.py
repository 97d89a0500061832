"""What people see of their own words, alone: panels, forms over them, and the app's home."""

from copy import deepcopy

import pytest

from tests.adapters.slack.composing import Place
from tests.canary import MARK
from tests.peers.slack_sending import interaction_delivery

pytestmark = pytest.mark.usefixtures("logged")

HARD, GOOD = f"Hard, {MARK}", f"Good, {MARK}"


async def test_change_it_from_my_answers(place: Place) -> None:
    """The form lies on top of the panel, and what lies under it follows."""
    peer, opening = place.peer, await place.begun()
    await peer.say("Ben", "team", HARD, opening)
    await peer.command("Ben", "team", "my answers")
    assert HARD in peer.text_of_view("Ben")
    await peer.press("Ben", "Change it", "view")
    await peer.submit("Ben", {"Your words": GOOD})
    await place.settle()

    assert await place.words() == [GOOD]
    assert GOOD in peer.text_of_view("Ben")
    assert HARD not in peer.text_of_view("Ben")


async def test_two_forms_over_the_same_words(place: Place) -> None:
    """The second is refused at its box, and its words stand there: nothing newer is overwritten."""
    peer, opening = place.peer, await place.begun()
    said = await peer.say("Ben", "team", HARD, opening)
    await place.settle()
    await peer.command("Ben", "team", "my answers")
    await peer.press("Ben", "Change it", "view")
    await peer.edit("Ben", "team", said.ts, GOOD)
    await peer.submit("Ben", {"Your words": "Third"})

    assert "Your answer changed after you opened this form." in peer.text_of_view("Ben")
    assert await place.words() == [GOOD]


async def test_withdrawing_in_a_panel(place: Place) -> None:
    """The panel shows at once what is left; a second press in an old panel does no harm."""
    peer, opening = place.peer, await place.begun()
    for words in (HARD, GOOD):
        await peer.say("Ben", "team", words, opening)
    await peer.command("Ben", "team", "my answers")
    await peer.press("Ben", "Withdraw", "view")
    await place.settle()

    assert await place.words() == [HARD]
    assert (HARD in peer.text_of_view("Ben"), GOOD in peer.text_of_view("Ben")) == (True, False)


async def test_two_presses_in_a_panel_at_once(place: Place) -> None:
    """A press on what the panel showed before it followed the first one: in the end it shows how things stand."""
    peer, opening = place.peer, await place.begun()
    for words in (HARD, GOOD):
        await peer.say("Ben", "team", words, opening)
    await peer.command("Ben", "team", "my answers")
    other = [control.element["value"] for control in peer.controls("Ben") if control.label == "Withdraw"][-1]
    pressed = await peer.press("Ben", "Withdraw", "view")
    await place.settle()
    late = deepcopy(pressed.deliveries[0].payload) | {"trigger_id": peer.trigger(peer.bot, peer.world.user("Ben"))}
    late["actions"][0]["value"] = other
    await peer.sender.send([interaction_delivery(peer.app, late)])
    await place.settle()

    assert await place.words() == []
    assert "You have no answers here." in peer.text_of_view("Ben")


async def test_panels_are_shown_alone(place: Place) -> None:
    """*Who can see this*, *More*, *Support* and *My answers* open for the person who asks, on top of one another."""
    peer, opening = place.peer, await place.begun()
    await peer.say("Ben", "team", HARD, opening)
    await peer.press("Ben", "Support", "team")
    assert "Only you see this." in peer.text_of_view("Ben")
    await peer.close_view("Ben")
    await peer.press("Ben", "More", "team")
    await peer.press("Ben", "My answers", "view")
    assert HARD in peer.text_of_view("Ben")
    await peer.close_view("Ben")
    await peer.press("Ben", "Who can see this", "view")
    assert "Your team sees what you say in the room." in peer.text_of_view("Ben")
    await place.settle()

    assert peer.count("chat.postMessage") == 2
    assert [name for name in ("Ana", "Cat", "Dev") if MARK in "\n".join(peer.alone(name))] == []


@pytest.mark.parametrize("words", ["my answers", "My answers."])
async def test_own_words_asked_for_in_the_thread(place: Place, words: str) -> None:
    """They are not put where somebody could look over: a button opens them."""
    peer, opening = place.peer, await place.begun()
    await peer.say("Ben", "team", HARD, opening)
    await peer.say("Ben", "team", words, opening)
    await place.settle()
    assert MARK not in "\n".join(peer.whispers("Ben"))

    await peer.press("Ben", "My answers", "team")

    assert HARD in peer.text_of_view("Ben")


async def test_everything_in_more(place: Place) -> None:
    """Pass, take a message out, and ask for silence: each from its button."""
    peer, opening = place.peer, await place.begun()
    said = await peer.say("Ben", "team", HARD, opening)
    await place.settle()
    for button in ("Pass", "Not an answer", "Stop asking me"):
        await peer.press("Ben", "More", "team")
        await peer.press("Ben", button, "view")
        await place.settle()
        peer.reload("Ben")

    told = "\n".join(peer.alone("Ben"))
    assert "You passed on this question." in told
    assert "That message does not count as an answer now." in told
    assert "We won't ask you anything privately again." in told
    assert (await place.words(), peer.reactions("team", said.ts)) == ([], {})


async def test_long_lists_of_answers_have_pages(place: Place) -> None:
    """Every word is there, page by page, and a page turns back."""
    peer, opening = place.peer, await place.begun()
    said = [f"{number} {'long words ' * 200}{MARK}" for number in range(12)]
    for words in said:
        await peer.say("Ben", "team", words, opening)
    await place.settle()
    await peer.command("Ben", "team", "my answers")
    pages = [peer.text_of_view("Ben")]
    while "Later" in peer.buttons("Ben"):
        await peer.press("Ben", "Later", "view")
        await place.app.settled()
        pages.append(peer.text_of_view("Ben"))
    await peer.press("Ben", "Earlier", "view")
    await place.app.settled()

    assert len(pages) > 1
    assert [words[:3] for words in said if not any(f"{words[:12]}" in page for page in pages)] == []
    assert peer.text_of_view("Ben") == pages[-2]


async def test_words_that_need_several_boxes(place: Place) -> None:
    """They are edited in boxes that together hold every character, and kept exactly."""
    peer, opening = place.peer, await place.begun()
    words = "".join(f"{number:05d}\n  " for number in range(900)) + "end"
    await peer.say("Ben", "team", words, opening)
    await peer.command("Ben", "team", "my answers")
    await peer.press("Ben", "Change it", "view")
    await peer.submit("Ben")
    await place.settle()

    assert await place.words() == [words]


async def test_home(place: Place) -> None:
    """One's own answers to edit and withdraw, what happens to them, and a chat to start."""
    peer, opening = place.peer, await place.begun()
    for words in (HARD, GOOD):
        await peer.say("Ben", "team", words, opening)
    await peer.open_home("Ben")
    await place.app.settled()
    home = peer.home("Ben")
    await peer.press("Ben", "Change it", "home")
    await peer.submit("Ben", {"Your words": f"Changed {MARK}"})
    await place.settle()
    changed = peer.home("Ben")
    await peer.press("Ben", "Withdraw", "home")
    await place.settle()

    assert [words in home for words in (HARD, GOOD, "Your team sees what you say in the room.")] == [True] * 3
    assert f"Changed {MARK}" in changed
    assert len(await place.words()) == 1
    assert sum(words in peer.home("Ben") for words in (HARD, GOOD, f"Changed {MARK}")) == 1
    assert [name for name in ("Ana", "Cat", "Dev") if peer.home(name)] == []


async def test_home_of_somebody_new(place: Place) -> None:
    """There is something to read and a chat to start, in a channel of their choice."""
    peer = place.peer
    await peer.open_home("Dev")
    await place.app.settled()
    assert "You have no answers here." in peer.home("Dev")

    await peer.press("Dev", "Start a chat", "home")
    await peer.submit("Dev", {"Channel": "quiet"})
    await place.settle()

    assert (await place.chat("quiet")).host is not None
    assert len(peer.bot_posts("quiet")) == 1


async def said_and_sent(place: Place) -> str:
    """A chat that was sent, in which Ben answered once in the room and once privately."""
    peer, opening = place.peer, await place.begun()
    await peer.say("Ben", "team", HARD, opening)
    await peer.press("Ben", "Answer privately", "team")
    await peer.submit("Ben", {"Your words": GOOD})
    await place.settle()
    for word in ("finish", "send", "yes"):
        await peer.say("Ana", "team", word, opening)
        await place.settle()
    return opening


async def test_what_became_of_a_withdrawal_after_sending(place: Place) -> None:
    """It is said where the answer stood, and follows what the survey does."""
    peer = place.peer
    await said_and_sent(place)
    await peer.command("Ben", "team", "my answers")
    assert "E-mails, downloads and published findings can't be called back." in peer.text_of_view("Ben")
    await peer.press("Ben", "Withdraw", "view")
    await place.settle()
    peer.reload("Ben")
    await peer.command("Ben", "team", "my answers")

    shown = peer.text_of_view("Ben")
    assert "Question 1: withdrawn." in shown
    assert "We asked the survey to remove it." in shown


async def test_a_download_from_my_answers(place: Place) -> None:
    """A link opens over the list, for that person alone, and nothing that notifies has it."""
    peer = place.peer
    await said_and_sent(place)
    await peer.command("Ben", "team", "my answers")
    await peer.press("Ben", "Download", "view")
    await place.settle()

    assert "It works for 10 minutes, once for each file." in peer.text_of_view("Ben")
    view = peer.view("Ben")
    assert view is not None
    assert "<https://chats.leeds.example/mine/" in str(view)
    assert [name for name in ("Ana", "Cat", "Dev") if "/mine/" in "\n".join(peer.alone(name))] == []
    assert "/mine/" not in "\n".join(peer.thread("team", place.opening()))


async def test_a_download_by_command(place: Place) -> None:
    """The answer is seen by them alone, and its text, which may notify, has no link."""
    peer = place.peer
    await said_and_sent(place)
    await peer.command("Ben", "team", "download")
    await place.settle()

    assert "Open my download" in peer.alone("Ben")[-1]
    assert [name for name in ("Ana", "Cat", "Dev") if "Open my download" in "\n".join(peer.alone(name))] == []
    assert "/mine/" not in "\n".join(peer.posts("team"))
