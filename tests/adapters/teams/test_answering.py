"""Answering where a team talks: what counts, what follows, and who is told what."""

import pytest

from adapters.teams.parse import Said, parse
from bot.outside import SurveyEvent
from conversations.events import Sending
from tests.adapters.teams.composing import Place
from tests.bot.composing import MONDAY
from tests.canary import MARK

pytestmark = pytest.mark.usefixtures("logged")

HARD, GOOD = f"Hard, {MARK}", f"Good, {MARK}"


def counted(place: Place, opening: str, channel: str = "heard") -> list[str]:
    """What each question's post says of how many answered."""
    posts = [line for line in place.peer.thread(channel, opening) if ": Question " in line]
    return [next((part for part in post.splitlines() if "answered here" in part), "") for post in posts]


async def test_a_reply_is_an_answer(place: Place) -> None:
    """The first is received in words, alone; the next needs none."""
    peer, opening = place.peer, await place.begun()
    await peer.say("Ben", "heard", HARD, thread=opening)
    await place.settle()
    await peer.say("Ben", "heard", GOOD, thread=opening)
    await place.settle()

    assert await place.words() == [HARD, GOOD]
    assert sum("Thank you." in line for line in peer.alone("Ben")) == 1
    assert counted(place, opening) == ["1 person has answered here."]
    assert [line for name in ("Ana", "Cat", "Dev") for line in peer.alone(name) if "Thank you." in line] == []


@pytest.mark.parametrize("where", ["team", "group"])
async def test_a_mention_is_an_answer(place: Place, where: str) -> None:
    """Where replies can't be seen, what is said to the bot counts, without its name."""
    peer, opening = place.peer, await place.begun(place=where)
    thread = opening if where == "team" else None
    await peer.say("Ben", where, HARD, mention=True, thread=thread)
    await peer.say("Cat", where, GOOD, thread=thread)  # nobody hears this
    await place.settle()

    assert await place.words(where) == [HARD]


@pytest.mark.parametrize("where", ["heard", "team", "group"])
async def test_an_edit_and_a_deletion_follow(place: Place, where: str) -> None:
    """What is kept is what stands in Teams."""
    peer, opening = place.peer, await place.begun(place=where)
    thread = None if where == "group" else opening
    said = await peer.say("Ben", where, "First", mention=True, thread=thread)
    await place.settle()
    place.clock.wait(seconds=5)
    await peer.edit("Ben", where, said.id, f"{peer.mention} {HARD}")
    await place.settle()
    edited = await place.words(where)
    await peer.delete("Ben", where, said.id)
    await place.settle()

    assert (edited, await place.words(where)) == ([HARD], [])
    assert any("is withdrawn" in line for line in peer.alone("Ben"))


@pytest.mark.parametrize("instead", ["pass", "next", "help"])
async def test_an_edit_to_a_command(place: Place, instead: str) -> None:
    """The words are not there any more, so they are withdrawn; the command is not done."""
    peer, opening = place.peer, await place.begun()
    said = await peer.say("Ana", "heard", HARD, thread=opening)
    await peer.edit("Ana", "heard", said.id, instead)
    await place.settle()

    assert await place.words() == []
    assert [ask.number for ask in (await place.chat("heard")).asks] == [1]


async def test_an_edit_to_yes(place: Place) -> None:
    """*yes* is a word like others when nothing waits for it."""
    peer, opening = place.peer, await place.begun()
    said = await peer.say("Ben", "heard", HARD, thread=opening)
    await peer.edit("Ben", "heard", said.id, "Yes")

    assert await place.words() == ["Yes"]


async def test_words_taken_away(place: Place) -> None:
    """A message without words answers nothing any more."""
    peer, opening = place.peer, await place.begun()
    said = await peer.say("Ben", "heard", HARD, thread=opening)
    await peer.edit("Ben", "heard", said.id, "")

    assert await place.words() == []


async def test_words_that_were_too_many_are_taken_once_they_are_fewer(place: Place) -> None:
    """A message that was refused is an answer when its author edits it until it fits."""
    peer, opening = place.peer, await place.begun()
    said = await peer.say("Ben", "heard", "word " * 3_300, thread=opening)
    await place.settle()
    refused = await place.words()
    await peer.edit("Ben", "heard", said.id, HARD)
    await place.settle()

    assert (refused, await place.words()) == ([], [HARD])
    assert any("characters and up to" in line for line in peer.alone("Ben"))


async def test_what_was_deleted_stays_out(place: Place) -> None:
    """Who brings a message back is told, once, that it stays out; sent once more, it counts."""
    peer, opening = place.peer, await place.begun()
    said = await peer.say("Ben", "heard", HARD, thread=opening)
    await peer.delete("Ben", "heard", said.id)
    back = await peer.undelete("Ben", "heard", said.id)
    await peer.deliver_again(back.deliveries[0], 2)
    await place.settle()
    told = [line for line in peer.alone("Ben") if "please send it once more" in line]
    after = await place.words()
    await peer.say("Ben", "heard", HARD, thread=opening)

    assert (len(told), after, await place.words()) == (1, [], [HARD])


async def test_a_command_that_comes_back_is_nothing(place: Place) -> None:
    """It was no answer: nobody is told anything, and it is not done again."""
    peer, opening = place.peer, await place.begun()
    said = await peer.say("Ana", "heard", "next", thread=opening)
    await peer.delete("Ana", "heard", said.id)
    await place.settle()
    before = len(peer.alone("Ana"))
    await peer.undelete("Ana", "heard", said.id)
    await place.settle()

    assert (len(peer.alone("Ana")), len((await place.chat("heard")).asks)) == (before, 2)


@pytest.mark.parametrize("where", ["heard", "group"])
async def test_after_sending_too(place: Place, where: str) -> None:
    """An edit and a deletion reach the survey store as a revision and a retraction of the same response."""
    peer, opening = place.peer, await place.begun(place=where)
    thread = None if where == "group" else opening
    bens = await peer.say("Ben", where, HARD, mention=True, thread=thread)
    cats = await peer.say("Cat", where, GOOD, mention=True, thread=thread)
    for words in ("finish", "send", "yes"):
        await peer.say("Ana", where, words, mention=True, thread=thread)
        await place.settle()
    sent = {event.subject: event for event in place.bot.survey.told}
    await peer.edit("Ben", where, bens.id, f"{peer.mention} Rather {HARD}")
    await peer.delete("Cat", where, cats.id)
    for _ in range(3):
        await place.settle()
        place.clock.wait(minutes=90)
    later = place.bot.survey.told[len(sent) :]

    assert sorted(said(event) for event in sent.values()) == sorted([HARD, GOOD])
    assert {said(event) for event in later if event.sending is not Sending.WITHDRAWN} == {f"Rather {HARD}"}
    assert [event.subject for event in later if event.sending is Sending.WITHDRAWN] == [
        event.subject for event in sent.values() if said(event) == GOOD
    ]
    assert {event.revision for event in later} == {2}


def said(event: SurveyEvent) -> str:
    """The words of a response to the first question."""
    return next((item.verbatim for item in event.items if item.verbatim is not None), "")


async def test_a_picture_without_words(place: Place) -> None:
    """Its author is told so kindly, once in a chat; words that are added later are taken."""
    peer, opening = place.peer, await place.begun()
    first = await peer.say("Ben", "heard", "", thread=opening)
    await peer.say("Ben", "heard", "", thread=opening)
    await place.settle()
    told = [line for line in peer.alone("Ben") if "I can only take words." in line]
    await peer.edit("Ben", "heard", first.id, GOOD)

    assert (len(told), await place.words()) == (1, [GOOD])


async def test_the_bot_is_called_by_its_name_alone_in_a_chat(place: Place) -> None:
    """That is a question for help, and no answer."""
    peer, opening = place.peer, await place.begun(place="team")
    await peer.say("Ben", "team", "", mention=True, thread=opening)
    await place.settle()

    assert "or mention me with your words." in peer.alone("Ben")[-1]
    assert await place.words("team") == []


async def test_what_other_bots_say_is_nothing(place: Place) -> None:
    """Who is no person answers nothing, though we can read them."""
    peer, opening = place.peer, await place.begun()
    done = await peer.say("Ben", "heard", HARD, thread=opening)
    activity = done.deliveries[0].activity
    other = activity | {"from": {"id": "28:another", "name": "Another bot"}, "id": "1796637700000"}

    assert isinstance(parse(activity, "teams", MONDAY), Said)
    assert parse(other, "teams", MONDAY) is None


async def test_a_form_of_question_one_that_is_sent_on_question_two(place: Place) -> None:
    """It is filed under the question that it shows."""
    peer, _ = place.peer, await place.begun()
    await peer.press("Ben", "Answer privately", "heard")
    await peer.press("Ana", "Next question", "heard")
    await place.settle()
    await peer.submit("Ben", {"Your words": HARD})

    chat = await place.chat("heard")
    parts = (await place.bot.everything())["answers"]
    assert len(chat.asks) == 2
    assert len(parts) == 1
    assert chat.asks[0].question in parts[0]


async def test_a_late_answer(place: Place) -> None:
    """The button on an earlier question's post files under it, for the team."""
    peer, opening = place.peer, await place.begun()
    await peer.press("Ana", "Next question", "heard")
    await place.settle()
    await peer.press("Ben", "Answer", peer.bot_posts("heard", opening)[0].id)
    await peer.submit("Ben", {"Your words": HARD})
    await place.settle()

    assert counted(place, opening) == ["1 person has answered here.", ""]


async def test_before_it_has_begun(place: Place) -> None:
    """What is said before the first question is no answer, and its author hears so; later changes of it are silent."""
    peer, opening = place.peer, await place.started()
    said = await peer.say("Ben", "heard", HARD, thread=opening)
    await place.settle()
    told = list(peer.alone("Ben"))
    await peer.edit("Ben", "heard", said.id, GOOD)
    await peer.delete("Ben", "heard", said.id)
    await place.settle()

    assert "The questions haven't started yet." in told[-1]
    assert (await place.words(), peer.alone("Ben")) == ([], told)


async def test_who_goes_on_talking_when_it_is_over_hears_so_once(place: Place) -> None:
    """And nothing of it is kept."""
    peer, opening = place.peer, await place.begun()
    for words in ("cancel", "yes"):
        await peer.say("Ana", "heard", words, thread=opening)
        await place.settle()
    said = [await peer.say("Ben", "heard", words, thread=opening) for words in (HARD, GOOD, HARD)]
    await place.settle()
    await peer.edit("Ben", "heard", said[0].id, GOOD)
    await place.settle()

    assert sum("This chat has ended." in line for line in peer.alone("Ben")) == 1
    assert await place.words() == []


async def test_people_talk_about_starting(place: Place) -> None:
    """Words of everyday life start nothing in a chat: they are answers."""
    peer, opening = place.peer, await place.begun()
    said = ["start the kettle", "start again tomorrow", "next week I will", "finish line!", "Pass the salt"]
    for words in said:
        await peer.say("Ben", "heard", words, thread=opening)
    await place.settle()

    assert await place.words() == said
    assert len((await place.chat("heard")).asks) == 1
