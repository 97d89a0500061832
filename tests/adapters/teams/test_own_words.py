"""What people see of their own words and do with them, alone: in dialogs, and by typed word."""

from copy import deepcopy

import pytest

from conversations.model import Permission
from tests.adapters.teams.composing import Place
from tests.canary import MARK

pytestmark = pytest.mark.usefixtures("logged")

HARD, GOOD = f"Hard, {MARK}", f"Good, {MARK}"


async def my_answers(place: Place, who: str = "Ben") -> str:
    """Have somebody ask for their answers one to one, and open them; what they read."""
    await place.peer.say(who, who, "my answers")
    await place.settle()
    await place.peer.press(who, "My answers", who)
    return place.peer.text_of_dialog(who)


async def permissions(place: Place) -> list[str]:
    """What the programme may do with each answer of the chat."""
    rows = (await place.bot.everything())["answers"]
    return sorted(str(value) for row in rows for value in row if value in {*map(str, Permission)})


async def test_change_it_from_my_answers(place: Place) -> None:
    """The list stands there again afterwards, as it is now, and says what came of it."""
    peer, opening = place.peer, await place.begun()
    await peer.say("Ben", "heard", HARD, thread=opening)
    assert HARD in await my_answers(place)
    await peer.press("Ben", "Change it", "dialog")
    await peer.submit("Ben", {"Your words": GOOD})

    assert await place.words() == [GOOD]
    shown = peer.text_of_dialog("Ben")
    assert "Your answer to question 1 has changed." in shown
    assert GOOD in shown
    assert HARD not in shown


async def test_two_forms_over_the_same_words(place: Place) -> None:
    """The second is refused at its field, and its words stand there: nothing newer is overwritten."""
    peer, opening = place.peer, await place.begun()
    said = await peer.say("Ben", "heard", HARD, thread=opening)
    await my_answers(place)
    await peer.press("Ben", "Change it", "dialog")
    await peer.edit("Ben", "heard", said.id, GOOD)
    await peer.submit("Ben", {"Your words": "Third"})

    assert "Your answer changed after you opened this form." in peer.text_of_dialog("Ben")
    assert "Third" in peer.text_of_dialog("Ben")
    assert await place.words() == [GOOD]


async def test_withdrawing_in_a_list(place: Place) -> None:
    """The list shows at once what is left; the same press under another id does no harm."""
    peer, opening = place.peer, await place.begun()
    for words in (HARD, GOOD):
        await peer.say("Ben", "heard", words, thread=opening)
    await my_answers(place)
    pressed = await peer.press("Ben", "Withdraw", "dialog")
    left = await place.words()
    await peer.deliver_again(pressed.deliveries[0], 2, new_id=True, at_once=True)

    assert len(left) == 1
    assert await place.words() == left
    assert [words in peer.text_of_dialog("Ben") for words in (HARD, GOOD)] == [words in left for words in (HARD, GOOD)]


async def test_move_it(place: Place) -> None:
    """An answer that belongs to another question is filed there."""
    peer, opening = place.peer, await place.begun()
    await peer.say("Ben", "heard", HARD, thread=opening)
    await peer.press("Ana", "Next question", "heard")
    await place.settle()
    await my_answers(place)
    await peer.press("Ben", "Move it", "dialog")
    choices = [one["value"] for one in peer.dialog("Ben").card["body"][-1]["choices"]]  # type: ignore[union-attr]  # it is there
    await peer.submit("Ben", {"It belongs to": choices[1]})
    await place.settle()

    assert (await place.chat("heard")).asks[1].question == choices[1]
    assert [question in str((await place.bot.everything())["answers"]) for question in choices] == [False, True]
    assert "answered here" in "\n".join(peer.thread("heard", opening))


@pytest.mark.parametrize(
    ("label", "expected"), [("Keep in team", "stay"), ("Themes only", "themes"), ("May be quoted", "quote")]
)
@pytest.mark.parametrize("by", ["button", "word", "one for all"])
async def test_permission(place: Place, label: str, expected: str, by: str) -> None:
    """Each author says what the programme may do with their words; nobody else is told."""
    peer, opening = place.peer, await place.begun()
    await peer.say("Ben", "heard", HARD, thread=opening)
    await place.settle()
    others = {name: list(peer.alone(name)) for name in ("Ana", "Cat", "Dev")}
    if by == "word":
        await peer.say("Ben", "heard", label.replace(" ", "  "), mention=True, thread=opening)  # no words of ours
    elif by == "button":
        await my_answers(place)
        if label in peer.buttons("Ben"):  # what it is now is not offered
            await peer.press("Ben", label, "dialog")
    else:
        for_all = {"stay": "keep all in team", "themes": "themes only for all", "quote": "all may be quoted"}
        await peer.say("Ben", "heard", for_all[expected], mention=True, thread=opening)
    await place.settle()

    assert await permissions(place) == [expected]
    assert {name: peer.alone(name) for name in others} == others


@pytest.mark.parametrize(("words", "left"), [("withdraw", [HARD]), ("not an answer", [HARD])])
@pytest.mark.parametrize("where", ["heard", "team", "group"])
async def test_taking_the_latest_back_by_word(place: Place, words: str, left: list[str], where: str) -> None:
    """A mention does; the message stays in the room until its author deletes it."""
    peer, opening = place.peer, await place.begun(place=where)
    thread = None if where == "group" else opening
    for said in (HARD, GOOD):
        await peer.say("Ben", where, said, mention=True, thread=thread)
    await peer.say("Ben", where, words, mention=True, thread=thread)
    await place.settle()

    assert await place.words(where) == left


@pytest.mark.parametrize("words", ["edit", "move it", "my step", "answer  privately", "my answers"])
async def test_what_needs_a_form_by_word(place: Place, words: str) -> None:
    """A button in their own chat with the bot opens it; nobody's words stand beside it."""
    peer, opening = place.peer, await place.begun(place="team")
    await peer.say("Ben", "team", HARD, mention=True, thread=opening)
    await place.settle()
    for thread in (opening, None):  # in the chat's thread, and beside it in its channel
        shown = len(peer.alone("Ben"))
        await peer.say("Ben", "team", words, mention=True, thread=thread)
        await place.settle()
        (told,) = peer.alone("Ben")[shown:]
        assert MARK not in told
        assert "Press the button to open it." in told or words == "my answers"
        await peer.press("Ben", peer.buttons("Ben")[-1], "Ben")
        assert peer.dialog("Ben") is not None
        assert "There is no chat in this room yet." not in peer.text_of_dialog("Ben")
        peer.close_dialog("Ben")


async def test_an_answer_that_is_sent_from_ones_own_chat(place: Place) -> None:
    """The form that a word opened there knows which chat is meant."""
    peer, opening = place.peer, await place.begun(place="team")
    await peer.say("Ben", "team", "answer  privately", mention=True, thread=opening)
    await place.settle()
    await peer.press("Ben", "Answer privately", "Ben")
    await peer.submit("Ben", {"Your words": HARD})

    assert await place.words("team") == [HARD]


async def test_everything_in_more(place: Place) -> None:
    """Pass, take a message out, and ask for silence: each from its button."""
    peer, opening = place.peer, await place.begun()
    await peer.say("Ben", "heard", HARD, thread=opening)
    await place.settle()
    for button in ("Pass", "Not an answer", "Stop asking me"):
        await peer.press("Ben", "More", "heard")
        await peer.press("Ben", button, "dialog")
        await place.settle()

    told = "\n".join(peer.alone("Ben"))
    assert "You passed on this question." in told
    assert "That message does not count as an answer now." in told
    assert "We won't ask you anything privately again." in told
    assert (await place.words(), peer.dialog("Ben")) == ([], None)


async def test_panels_are_shown_alone(place: Place) -> None:
    """*Who can see this*, *More*, *Support* and *My answers* open for the person who asks, and nothing is posted."""
    peer, opening = place.peer, await place.begun()
    await peer.say("Ben", "heard", HARD, thread=opening)
    await place.settle()
    posts = len(peer.bot_posts("heard"))
    await peer.press("Ben", "Support", "heard")
    assert "Only you see this." in peer.text_of_dialog("Ben")
    await peer.press("Ben", "More", "heard")
    await peer.press("Ben", "My answers", "dialog")
    assert HARD in peer.text_of_dialog("Ben")
    await peer.press("Ben", "Who can see this", "heard")
    assert "Your team sees what you say in the room." in peer.text_of_dialog("Ben")
    await place.settle()

    assert len(peer.bot_posts("heard")) == posts
    assert [name for name in ("Ana", "Cat", "Dev") if MARK in "\n".join(peer.alone(name))] == []


async def test_long_lists_of_answers_have_pages(place: Place) -> None:
    """Every word is there, page by page, and a page turns back."""
    peer, opening = place.peer, await place.begun()
    said = [f"{number} {'long words ' * 200}{MARK}" for number in range(12)]
    for words in said:
        await peer.say("Ben", "heard", words, thread=opening)
    pages = [await my_answers(place)]
    while "Later" in peer.buttons("Ben"):
        await peer.press("Ben", "Later", "dialog")
        pages.append(peer.text_of_dialog("Ben"))
    await peer.press("Ben", "Earlier", "dialog")

    assert len(pages) > 1
    assert [words[:3] for words in said if not any(words[:12] in page for page in pages)] == []
    assert peer.text_of_dialog("Ben") == pages[-2]


async def test_an_old_list_does_no_harm(place: Place) -> None:
    """A press on what a list showed before somebody else's device changed it: in the end it shows how things stand."""
    peer, opening = place.peer, await place.begun()
    for words in (HARD, GOOD):
        await peer.say("Ben", "heard", words, thread=opening)
    await my_answers(place)
    old = deepcopy(peer.dialog("Ben"))
    await peer.press("Ben", "Withdraw", "dialog")
    assert old is not None
    peer.world.dialogs[peer.world.person("Ben").id] = old
    await peer.press("Ben", "Withdraw", "dialog")

    assert len(await place.words()) == 1
    assert sum(words in peer.text_of_dialog("Ben") for words in (HARD, GOOD)) == 1


async def said_and_sent(place: Place) -> None:
    """A chat that was sent, in which Ben answered twice."""
    peer, opening = place.peer, await place.begun()
    for words in (HARD, GOOD):
        await peer.say("Ben", "heard", words, thread=opening)
    for word in ("finish", "send", "yes"):
        await peer.say("Ana", "heard", word, mention=True, thread=opening)
        await place.settle()


async def test_what_became_of_a_withdrawal_after_sending(place: Place) -> None:
    """It is said where the answer stood."""
    await said_and_sent(place)
    assert "E-mails, downloads and published findings can't be called back." in await my_answers(place)
    await place.peer.press("Ben", "Withdraw", "dialog")
    await place.settle()

    shown = await my_answers(place)
    assert "Question 1: withdrawn. We asked the survey to remove it." in shown
    assert [words in shown for words in (HARD, GOOD)].count(True) == 1


@pytest.mark.parametrize("where", ["dialog", "chat", "room"])
async def test_a_download(place: Place, where: str) -> None:
    """A link opens for that person alone, from the list and by typed word; no text and no notification has it."""
    peer = place.peer
    await said_and_sent(place)
    if where == "dialog":
        await my_answers(place)
        await peer.press("Ben", "Download", "dialog")
        assert "It works for 10 minutes, once for each file." in peer.text_of_dialog("Ben")
    else:
        await peer.say("Ben", "Ben" if where == "chat" else "heard", "download", mention=where == "room")
        await place.settle()
    await peer.press("Ben", "Open my download", "dialog" if where == "dialog" else "Ben")

    (opened,) = peer.opened
    assert opened.startswith("https://chats.leeds.example/mine/")
    assert [name for name in ("Ana", "Cat", "Dev") if "/mine/" in "\n".join(peer.alone(name))] == []
    assert [post for post in peer.bot_posts("heard") if "/mine/" in str(post.card)] == []
