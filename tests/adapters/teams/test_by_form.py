"""Where Teams keeps replies from the bot: *Answer*, and what is sent by it stands in the card by first name."""

import asyncio

from conversations.words import MOST
from tests.adapters.teams.composing import Place
from tests.bot.composing import WORDING

YOURS = "Your answer is in. Only you see this line."
REPLY = WORDING.say("question.how")


async def asked(place: Place, where: str = "group") -> None:
    """Have Ana start a chat and ask the first question."""
    await place.peer.say("Ana", where, "start", mention=True)
    await place.settle()
    await place.peer.press("Ana", "Begin", where)
    await place.settle()


async def answers(place: Place, user: str, words: str, where: str = "group") -> None:
    """Have somebody answer for the team by the form."""
    await place.peer.press(user, "Answer", where)
    await place.peer.submit(user, {"Your words": words})
    await place.settle()


def card(place: Place, where: str = "group") -> str:
    """What stands in the newest card of a place, as all see it."""
    return str(place.peer.posts(where)[-1])


async def test_answers_by_form_stand_in_the_card_by_first_name(place: Place) -> None:
    """In place: no post of its own, and none of what notifies has the words."""
    await asked(place)
    posts = len(place.peer.posts("group"))
    await answers(place, "Ben", "It was hard")
    await answers(place, "Cat", "We rang each other")

    text = card(place)
    assert "Use Answer. I can't see replies." in text
    assert text.index("Ben") < text.index("It was hard") < text.index("Cat") < text.index("We rang each other")
    assert "2 people have answered here." in text
    assert len(place.peer.posts("group")) == posts
    assert "hard" not in " ".join(place.peer.notified)


async def test_in_a_channel_without_the_permission_it_is_the_same(place: Place) -> None:
    """Only a mention and the form reach the bot there."""
    await asked(place, "team")
    await answers(place, "Ben", "It was hard", "team")

    assert "It was hard" in str(place.peer.thread("team", place.opening("team"))[-1])


async def test_a_private_answer_is_in_no_card(place: Place) -> None:
    """Nor is any number or name that would tell of it; its author alone sees that it is in."""
    await asked(place)
    before = card(place)
    await place.peer.press("Ben", "Answer privately", "group")
    await place.peer.submit("Ben", {"Your words": "I feel unsafe"})
    await place.settle()
    await place.peer.look("Ben")
    await place.peer.look("Ana")

    assert card(place) == before
    assert YOURS in place.peer.seen("Ben", "group")[-1]
    assert YOURS not in place.peer.seen("Ana", "group")[-1]
    assert "unsafe" not in place.peer.seen("Ben", "group")[-1]


async def test_what_is_changed_or_withdrawn_is_so_in_the_card(place: Place) -> None:
    """Nobody's words stay there when their author takes them back."""
    await asked(place)
    await answers(place, "Ben", "It was hard")
    await place.peer.say("Ben", "Ben", "my answers")
    await place.settle()
    await place.peer.press("Ben", "My answers")
    await place.peer.press("Ben", "Change it", "dialog")
    await place.peer.submit("Ben", {"Your words": "It was long"})
    await place.settle()
    changed = card(place)
    await place.peer.press("Ben", "My answers")
    await place.peer.press("Ben", "Withdraw", "dialog")
    await place.settle()

    assert "It was long" in changed
    assert "It was hard" not in changed
    assert "It was" not in card(place)
    assert "Ben" not in card(place)


async def test_an_answer_by_mention_stands_as_the_message_it_is(place: Place) -> None:
    """Everybody has read it: the card counts it, and does not repeat it."""
    await asked(place)
    await place.peer.say("Ben", "group", "It was hard", mention=True)
    await place.settle()

    assert "1 person has answered here." in place.peer.seen("Ana", "group")[-1]
    assert "It was hard" not in place.peer.seen("Ana", "group")[-1]


async def test_each_person_sees_that_their_own_answer_was_taken(place: Place) -> None:
    """Their Teams asks for it whenever the card has changed; nobody else sees the line, and none are listed."""
    await asked(place)
    await answers(place, "Ben", "It was hard")
    for user in ("Ana", "Ben"):
        await place.peer.look(user)

    assert YOURS in place.peer.seen("Ben", "group")[-1]
    assert "It was hard" in place.peer.seen("Ben", "group")[-1]
    assert YOURS not in place.peer.seen("Ana", "group")[-1]
    assert "userIds" not in str(place.peer.bot_posts("group")[-1].card)
    assert "refresh" not in place.peer.bot_posts("group")[0].card


async def test_nobody_sees_a_card_of_another_room(place: Place) -> None:
    """A code that was copied into another conversation shows nothing there."""
    await asked(place)
    await answers(place, "Ben", "It was hard")
    await asked(place, "team")
    post, other = place.peer.bot_posts("group")[-1], place.peer.bot_posts("team")[-1]
    other.card["refresh"] = post.card["refresh"]
    await place.peer.refresh("Cat", other.id)

    assert "It was hard" not in "\n".join(place.peer.seen("Cat", "team"))


async def test_all_answers_open_where_they_stand_alone(place: Place) -> None:
    """A long answer is there in full, for whoever is in the room."""
    await asked(place)
    await answers(place, "Ben", f"{'word ' * 2_000}the end")
    assert "the end" not in card(place)

    await place.peer.press("Cat", "All answers", "group")

    assert "the end" in place.peer.text_of_dialog("Cat")


async def test_the_longest_answers_of_many_fit_in_one_card(place: Place) -> None:
    """Teams would refuse a card that is too large, and everybody's count with it."""
    await asked(place)
    for user in ("Ana", "Ben", "Cat", "Dev"):
        await answers(place, user, "€" * MOST)

    assert len(place.peer.bot_posts("group")) == 2
    assert "4 people have answered here." in card(place)


async def test_once_a_reply_reaches_the_bot_the_question_asks_for_replies(place: Place) -> None:
    """The first shows that a team lets us read them: the post is said again, in place."""
    await asked(place, "heard")
    opening = place.opening("heard")
    before = "\n".join(place.peer.thread("heard", opening))
    await place.peer.say("Ben", "heard", "It was hard", thread=opening)
    await place.settle()
    after = "\n".join(place.peer.thread("heard", opening))

    assert "I can't see replies." in before
    assert "I can't see replies." not in after
    assert REPLY in after
    assert "1 person has answered here." in after


async def test_many_answer_at_once_and_each_stands_there_once(place: Place) -> None:
    """One edit shows many answers."""
    await asked(place)
    people = ("Ana", "Ben", "Cat", "Dev")
    for user in people:
        await place.peer.press(user, "Answer", "group")
    await asyncio.gather(*(place.peer.submit(user, {"Your words": f"said by {user}"}) for user in people))
    await place.settle()

    assert all(card(place).count(f"said by {user}") == 1 for user in people)


async def test_what_can_be_chosen_for_an_answer_stands_in_the_dialog_afterwards(place: Place) -> None:
    """The receipt says who can see it, and its buttons work there."""
    await asked(place)
    await place.peer.press("Ben", "Answer", "group")
    await place.peer.submit("Ben", {"Your words": "It was hard"})
    receipt = place.peer.text_of_dialog("Ben")
    await place.peer.press("Ben", "May be quoted", "dialog")
    await place.settle()

    assert "Your team can see this." in receipt
    assert "hard" not in receipt
    assert place.peer.dialog("Ben") is None
    assert "Your answer to question 1 may be quoted, without your name." in place.peer.alone("Ben")[-1]


async def test_whoever_names_a_step_is_asked_when_to_look_back(place: Place) -> None:
    """product.md: after question 4 each person who answered may choose a check-back."""
    await asked(place)
    for _ in range(3):
        await place.peer.press("Ana", "Next question", "group")
        await place.settle()
    await place.peer.press("Ben", "Answer", "group")
    await place.peer.submit("Ben", {"Your words": "I will ring the hospice"})
    offered = place.peer.text_of_dialog("Ben")
    await place.peer.press("Ben", "2 weeks", "dialog")

    assert "May we ask you later how it went?" in offered
    assert "We will ask you on Monday 21 December 2026." in place.peer.alone("Ben")[-1]


async def test_typed_words_open_the_form_that_says_what_is_true_here(place: Place) -> None:
    """*Answer this one* elsewhere is seen by nobody but the host; here every answer stands with a name."""
    await asked(place)
    await place.peer.say("Ben", "group", "Answer this one.", mention=True)
    await place.settle()
    await place.peer.press("Ben", "Answer this one")

    assert "Your team sees this under the question, with your first name." in place.peer.text_of_dialog("Ben")
