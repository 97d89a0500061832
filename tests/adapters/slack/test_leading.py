"""Leading a chat: every step by button and by word, by the host alone, in as few posts as there may be."""

import asyncio

import pytest

from conversations.model import Stage
from tests.adapters.slack.composing import Place
from tests.canary import MARK

pytestmark = pytest.mark.usefixtures("logged")

HARD, TOGETHER = f"Hard, {MARK}", f"Together, {MARK}"


async def do(place: Place, who: str, what: str, *, by: str) -> None:
    """Have somebody press a button, or type its words in the thread."""
    if by == "button":
        await place.peer.press(who, what)
    else:
        await place.peer.say(who, "team", what, place.opening())
    await place.settle()


async def asked(place: Place) -> list[int]:
    """The numbers under which questions were asked."""
    return [ask.number for ask in (await place.chat()).asks]


@pytest.mark.parametrize("by", ["button", "word"])
async def test_from_begin_to_send(place: Place, by: str) -> None:
    """Begin, pause, resume, next, finish and send, each by its button and by its words."""
    peer, opening = place.peer, await place.started()
    await do(place, "Ana", "Begin", by=by)
    await peer.say("Ben", "team", HARD, opening)
    await do(place, "Ana", "Pause", by=by)
    assert "The chat is paused. You can still answer." in peer.thread("team", opening)[0]
    await do(place, "Ana", "Resume", by=by)
    for _ in range(3):
        await do(place, "Ana", "Next question", by=by)
    assert await asked(place) == [1, 2, 3, 4]
    await do(place, "Ana", "Finish", by=by)
    assert (await place.chat()).stage is Stage.REVIEWING
    await do(place, "Ana", "Send", by=by)
    if by == "word":
        assert "Type yes to send." in peer.whispers("Ana")[-1]
        await do(place, "Ana", "yes", by=by)

    assert (await place.chat()).stage is Stage.CLOSED
    assert len(peer.bot_posts("team")) == 1 + 4 + 1


async def test_send_asks_first(place: Place) -> None:
    """Slack's own dialog asks; *Not yet* sends nothing, and what the dialog says is ours."""
    peer, opening = place.peer, await place.begun()
    await peer.say("Ben", "team", HARD, opening)
    await do(place, "Ana", "finish", by="word")
    await peer.press("Ana", "Send", sure=False)
    await place.settle()
    (sure,) = peer.asked

    assert (sure.text, sure.confirm, sure.deny) == ("Send this chat to the programme now?", "Send", "Not yet")
    assert (await place.chat()).stage is Stage.REVIEWING


@pytest.mark.parametrize("by", ["button", "word"])
async def test_cancel(place: Place, by: str) -> None:
    """It asks first; then the room hears that nothing was sent on, and nothing was."""
    peer, opening = place.peer, await place.begun()
    await peer.say("Ben", "team", HARD, opening)
    await place.settle()
    await do(place, "Ana", "finish", by="word")
    if by == "button":
        await peer.press("Ana", "Read back", opening)
        await peer.press("Ana", "Cancel the chat", "view")
        assert peer.asked[-1].text == "Cancel this chat? Nothing said in the room will be sent on."
        await place.settle()
    else:
        await do(place, "Ana", "cancel the chat", by="word")
        await do(place, "Ana", "yes", by="word")

    assert (await place.chat()).stage is Stage.CANCELLED
    assert "Nothing said in the room was sent on." in peer.thread("team", opening)[-1]
    assert place.bot.survey.told == []


async def test_authors_of_private_answers_of_a_cancelled_chat(place: Place) -> None:
    """They are asked once, alone, whether to send theirs; nobody else is."""
    peer, _ = place.peer, await place.begun()
    await peer.press("Ben", "Answer privately")
    await peer.submit("Ben", {"Your words": HARD})
    for words in ("cancel", "yes"):
        await do(place, "Ana", words, by="word")
    for _ in range(3):
        await place.settle()

    assert ["was cancelled. Your private answers were not sent" in line for line in peer.directs("Ben")] == [True]
    assert [name for name in ("Ana", "Cat", "Dev") if peer.directs(name)] == []
    await peer.press("Ben", "Send mine")
    await place.settle()
    assert len(place.bot.survey.told) == 1


@pytest.mark.parametrize("by", ["button", "word"])
async def test_who_does_not_lead_is_told_so_alone(place: Place, by: str) -> None:
    """Nothing happens, and only that person reads why."""
    peer, opening = place.peer, await place.begun()
    thread = peer.thread("team", opening)
    for what in ("Next question", "Pause"):
        await do(place, "Ben", what, by=by)
    after = peer.thread("team", opening)

    assert [line for line in after if not line.startswith("Ben: ")] == thread
    assert ["Only the host can do that." in line for line in peer.whispers("Ben")] == [True, True]
    assert [line for line in peer.whispers("Cat") if "Only the host" in line] == []


async def test_two_press_next_at_once(place: Place) -> None:
    """The chat moves on by one question, whoever presses, however often Slack brings it."""
    peer, opening = place.peer, await place.begun()
    presses = [peer.press(who, "Next question") for who in ("Ana", "Ben", "Ana")]
    done = await asyncio.gather(*presses)
    await peer.deliver_again(done[0].deliveries[0], 2, at_once=True)
    await place.settle()

    assert await asked(place) == [1, 2]
    assert sum("Question 2 of 4" in line for line in peer.thread("team", opening)) == 1


async def test_taking_over(place: Place) -> None:
    """While the host is there it is refused alone; after ten minutes the button stands in the opening post."""
    peer, opening = place.peer, await place.begun()
    await do(place, "Ben", "take over", by="word")
    assert "You can take over when they have been away for a while." in peer.whispers("Ben")[-1]
    assert "Take over as host" not in peer.buttons("Ben")

    place.clock.wait(minutes=10)
    await place.bot.schedules.tick()
    await place.settle()
    assert "[Take over as host]" in peer.thread("team", opening)[0].replace("] [", "]\n[")
    await do(place, "Ben", "Take over as host", by="button")
    await do(place, "Ben", "Next question", by="button")
    await do(place, "Ana", "Next question", by="button")

    assert "You are the host now." in "\n".join(peer.whispers("Ben"))
    assert "Take over as host" not in peer.buttons("Ben")
    assert await asked(place) == [1, 2]
    assert "Only the host can do that." in peer.whispers("Ana")[-1]


async def test_not_now(place: Place) -> None:
    """Whoever sits out is thanked alone, and nobody learns of it."""
    peer, opening = place.peer, await place.started()
    thread = peer.thread("team", opening)
    await peer.press("Ben", "Not now")
    await place.settle()

    assert "Nobody is told." in peer.whispers("Ben")[-1]
    assert peer.thread("team", opening) == thread
    assert [line for name in ("Ana", "Cat") for line in peer.alone(name) if "Nobody is told." in line] == []


async def test_the_host_sees_the_questions_first(place: Place) -> None:
    """Before *Begin* the host alone has a preview, and can begin or cancel from it."""
    peer, _ = place.peer, await place.started()

    assert "4. What steps will you take now" in peer.whispers("Ana")[-1]
    assert (peer.whispers("Ben"), "Cancel the chat" in peer.buttons("Ana")) == ([], True)
    await peer.press("Ana", "Cancel the chat")
    await place.settle()
    assert (await place.chat()).stage is Stage.CANCELLED


async def test_looking_back(place: Place) -> None:
    """The read-back is the host's alone, by press and by itself; a reflection closes the chat with it."""
    peer, opening = place.peer, await place.begun()
    await peer.say("Ben", "team", HARD, opening)
    await do(place, "Ana", "finish", by="word")
    await peer.press("Ben", "Read back")
    await peer.press("Ana", "Read back", opening)
    assert HARD in peer.text_of_view("Ana")
    assert "Only the host can do that." in peer.text_of_view("Ben") + "\n".join(peer.whispers("Ben"))
    assert [name for name in ("Ben", "Cat", "Dev") if HARD in "\n".join(peer.alone(name))] == []

    await peer.press("Ana", "Add a reflection", "view")
    await peer.submit("Ana", {"Your words": TOGETHER})
    await place.settle()
    await peer.press("Ana", "Send", opening)
    await place.settle()

    closing = peer.thread("team", opening)[-1]
    assert TOGETHER in closing
    assert "The host's reflection for the team:" in closing
    assert [line for line in peer.notified if MARK in line] == []
    assert len(peer.bot_posts("team")) == 3


async def test_a_reflection_again(place: Place) -> None:
    """The form has what was written before, and what is written now stands in its place."""
    peer, opening = place.peer, await place.begun()
    await peer.say("Ben", "team", HARD, opening)
    await do(place, "Ana", "finish", by="word")
    for words in ("First", TOGETHER):
        await peer.press("Ana", "Add a reflection", opening)
        await peer.submit("Ana", {"Your words": words})
        await place.settle()
    await peer.press("Ana", "Add a reflection", opening)
    assert TOGETHER in str(peer.view("Ana"))
    await peer.close_view("Ana")
    await peer.press("Ana", "Send", opening)
    await place.settle()

    assert TOGETHER in peer.thread("team", opening)[-1]
    assert "First" not in peer.thread("team", opening)[-1]


async def test_as_few_posts_as_there_may_be(place: Place) -> None:
    """One opening that is edited in place, each question once, and the closing post: nothing else in the channel."""
    peer, opening = place.peer, await place.started()
    texts = {peer.thread("team", opening)[0]}
    for words in ("begin", *["next"] * 3, "back", "next", "status", "help", "privacy", "finish", "send", "yes"):
        await peer.say("Ben", "team", f"{words}: {HARD}", opening)
        await do(place, "Ana", words, by="word")
        texts.add(peer.thread("team", opening)[0])

    posts = peer.bot_posts("team")
    assert [post.ts for post in posts if post.thread_ts in {None, post.ts}] == [opening]
    assert len(posts) - len((await place.chat()).asks) == 2
    assert len(texts) > 3
    assert peer.count("chat.postMessage") == len(posts)


async def test_a_practice(place: Place) -> None:
    """It says so in every post, sends nothing and keeps nothing."""
    peer = place.peer
    opening = await place.started(words="practise")
    await do(place, "Ana", "begin", by="word")
    await peer.say("Ben", "team", HARD, opening)
    await do(place, "Ana", "finish", by="word")
    posts = peer.thread("team", opening)
    await do(place, "Ana", "End the practice", by="button")

    ours = [line for line in posts if line.startswith("Team Leeds Chats: ")]
    assert ["This is a practice." in line for line in ours] == [True] * len(ours)
    assert (place.bot.survey.told, await place.words()) == ([], [])
    assert "This is a practice." in "\n".join(peer.alone("Ben"))


async def test_a_step_and_a_check_back(place: Place) -> None:
    """Whoever names a step chooses when to be asked, alone, from the receipt and from a date."""
    peer, opening = place.peer, await place.begun()
    for _ in range(3):
        await do(place, "Ana", "next", by="word")
    await peer.say("Ben", "team", HARD, opening)
    await place.settle()
    assert "May we ask you later how it went?" in peer.whispers("Ben")[-1]
    await peer.press("Ben", "A date")
    await peer.submit("Ben", {"Day": "2020-01-01"})
    assert "already past" in peer.text_of_view("Ben")
    await peer.submit("Ben", {"Day": "2027-01-12"})
    await place.settle()

    assert any("Tuesday 12 January 2027" in line for line in peer.alone("Ben"))
    for words in ("finish", "send", "yes"):
        await do(place, "Ana", words, by="word")
    place.clock.wait(days=37)
    await place.settle()
    assert "How is it going?" in peer.directs("Ben")[-1]
    assert MARK not in "\n".join(peer.directs("Ben"))
    await peer.press("Ben", "See my step")
    assert HARD in peer.text_of_view("Ben")
