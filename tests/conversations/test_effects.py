"""What follows from events: the right slots, nothing that tells of private answers, keys that stay the same."""

from conversations import commands as do
from conversations import events as on
from conversations.effects import Direct, Effect, Forget, Forward, Letter, Receipt, Say, Whisper, effects_of
from conversations.engine import decide, evolve
from conversations.model import Permission, Visibility
from tests.conversations.chats import ANA, BEN, GUIDE, HOST, Table, answered, asking, participant_id, reviewing


def effects(table: Table, person: object, command: do.Command) -> list[Effect]:
    """What `command` makes happen outside the chat."""
    events = decide(table.chat, command, GUIDE, table.turn(person))  # type: ignore[arg-type]
    found: list[Effect] = []
    chat = table.chat
    for event in events:
        chat = evolve(chat, event)
        found += effects_of(event, chat, GUIDE)
    return found


def test_an_answer_in_the_room_edits_its_question_and_thanks_its_author() -> None:
    """One edit of one post, one receipt: nothing new in the room."""
    say, whisper = effects(asking(), ANA, do.Answer("for all"))

    assert isinstance(say, Say)
    assert say.slot == "question:1"
    assert isinstance(whisper, Whisper)
    assert (whisper.participant, whisper.receipt) == (participant_id(ANA), Receipt.HEARD_BY_TEAM)


def test_a_private_answer_touches_nothing_in_the_room() -> None:
    """Not even an edit that changes no letter: the room never learns of it."""
    for command in (
        do.Answer("for few", Visibility.PROGRAMME),
        do.Edit(do.LATEST, "for fewer"),
        do.SetPermission(Permission.QUOTE, do.LATEST),
        do.Withdraw(do.LATEST),
    ):
        table = answered()
        assert [type(effect) for effect in effects(table, BEN, command)] == [Whisper]


def test_the_host_alone_gets_the_read_back() -> None:
    """The room is told that the questions are over; the words go to the host."""
    whispers = [effect for effect in effects(answered(), HOST, do.Finish()) if isinstance(effect, Whisper)]

    assert [(whisper.person, whisper.receipt) for whisper in whispers] == [(HOST, Receipt.READ_BACK)]


def test_a_chat_that_time_finishes_whispers_to_nobody() -> None:
    """At three in the morning nobody waits for a receipt."""
    table = answered()
    table.wait(hours=24)

    assert all(isinstance(effect, Say) for effect in effects(table, None, do.Tick()))


def test_the_room_gets_three_posts_besides_the_questions_at_most() -> None:
    """product.md, rule 1: an opening, a closing, and the questions."""
    table = asking()
    table.play(ANA, do.Answer("one"))
    table.play(HOST, do.MoveOn("first"))
    table.play(HOST, do.GoBack("second"))
    table.play(HOST, do.Finish())
    table.play(HOST, do.Send(sure=True))
    chat = asking().chat
    slots = set()
    for event in table.happened[1:]:
        chat = evolve(chat, event)
        slots |= {effect.slot for effect in effects_of(event, chat, GUIDE) if isinstance(effect, Say)}

    assert slots == {"opening", "question:1", "question:2", "question:3", "closing"}


def test_sending_forwards_each_response_under_a_key_of_its_own() -> None:
    """Response, revision and type, so that a retry is the same and a revision another."""
    table = reviewing()
    forwards = [effect for effect in effects(table, HOST, do.Send(sure=True)) if isinstance(effect, Forward)]

    assert [forward.key for forward in forwards] == [
        f"{table.participants[participant_id(person)].response}:1:submitted" for person in (ANA, BEN)
    ]


def test_a_check_back_has_one_key_and_none_takes_it_back() -> None:
    """Choosing another day moves the one message; choosing none forgets it."""
    table = asking()
    table.play(HOST, do.MoveOn("first"))
    table.play(ANA, do.Answer("a step"))
    later = effects(table, ANA, do.SetCheckBack(weeks=6))[0]
    never = effects(table, ANA, do.SetCheckBack())[0]

    assert isinstance(later, Direct)
    assert isinstance(never, Forget)
    assert later.letter is Letter.CHECK_BACK
    assert later.key == never.key


def test_authors_of_private_answers_are_asked_once_when_a_chat_is_cancelled() -> None:
    """Privately, and nobody else."""
    letters = [e for e in effects(answered(), HOST, do.Cancel(sure=True)) if isinstance(e, Direct)]

    assert [(letter.participant, letter.letter) for letter in letters] == [(participant_id(BEN), Letter.CANCELLED)]


def test_keys_are_the_same_when_the_same_history_is_played_again() -> None:
    """A retry after an unknown end writes the same rows."""

    def keys() -> list[str]:
        table = answered()
        chat = asking().chat
        found = []
        for event in table.happened[1:]:
            chat = evolve(chat, event)
            found += [effect.key for effect in effects_of(event, chat, GUIDE)]
        return found

    assert keys() == keys()


def test_events_carry_no_words() -> None:
    """Whatever was said, no event's text form has it."""
    table = reviewing()
    table.play(HOST, do.Reflect("canary-words"))
    table.play(ANA, do.Edit(do.LATEST, "canary-words"))
    table.play(HOST, do.Send(sure=True))

    assert "canary" not in repr(table.happened)
    assert "for all" not in repr(table.happened)
    assert any(isinstance(event, on.Closed) for event in table.happened)
