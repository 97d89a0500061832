"""E-mails to the programme team: what they say, and that nothing that somebody types can pass for ours."""

from dataclasses import replace
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default

import pytest
from hypothesis import given

from adapters.survey.letters import WRITTEN, letter
from bot.outside import Item, Poison, SurveyEvent
from conversations.events import Sending
from tests.adapters.survey.events import CONSENT, NOW, OUTSIDE_CHATS, contact, response, story, withdrawn
from tests.conversations import writing_rules as rules

FROM, TO = "Team Leeds Chats <chats@leeds.example>", "programme@leeds.example"
HEADERS = [
    "Auto-Submitted",
    "Content-Transfer-Encoding",
    "Content-Type",
    "Date",
    "From",
    "MIME-Version",
    "Message-ID",
    "References",
    "Subject",
    "To",
]


def written(event: SurveyEvent) -> EmailMessage:
    """The e-mail as a mail program reads it."""
    raw = letter(event, FROM, TO, NOW).as_bytes()
    assert raw.isascii()
    return message_from_bytes(raw, _class=EmailMessage, policy=default)


def text(event: SurveyEvent) -> str:
    """What is to be read in it."""
    content = written(event).get_content()
    assert isinstance(content, str)
    return content.replace("\r\n", "\n")  # mail ends its lines like that


def test_a_story_as_it_is_written() -> None:
    """Every word of it."""
    told = replace(
        story(title="A shared rota", what_happened="Two teams\nwrote one.", how_it_felt="Like one team."),
        consent=replace(CONSENT, website=True, credit="Ana, who works nights"),
        contact="07700 900123",
        organisation="A hospice",
        sector="third sector",
    )

    assert (
        text(told)
        == """\
Somebody chose to give you this story.

Title:
> A shared rota

What happened:
> Two teams
> wrote one.

How it felt:
> Like one team.

What its author allows:
- Use within the programme: yes
- Use on a website: yes
- Use on social media: no
- Name: the author wants to be named, as below
> Ana, who works nights
They chose this on Tuesday 8 December 2026 and read version 2026-11 of the questions.

Their team:
> A hospice, third sector

They want to hear from you:
> 07700 900123

They may still change their story or take it back. We will write to you then, with the same reference.

Reference: 00000000
"""
    )


def test_a_contact_request_as_it_is_written() -> None:
    """With what they typed, and what is to be done with it."""
    assert (
        text(contact())
        == """\
Somebody in a Team Leeds Chat asks you to get in touch. This is what they typed:

> 07700 900123, after 5pm

Please delete this e-mail once you have been in touch. We delete our own copy after 30 days.

Reference: 00000000
"""
    )


def test_who_gave_no_name_is_not_named() -> None:
    """The e-mail says so, and says nothing of contact."""
    said = text(story())

    assert "- Name: please don't name the author\n" in said
    assert "They want to hear from you" not in said


@pytest.mark.parametrize("event", [story(), contact()])
def test_what_is_taken_back_is_not_said_again(event: SurveyEvent) -> None:
    """The e-mail asks to delete, and tells by reference what."""
    careless = replace(event, sending=Sending.WITHDRAWN, organisation="A hospice")

    assert "> " not in text(careless)
    assert "hospice" not in text(careless)
    assert "delete every e-mail with the reference below" in text(careless)


def test_e_mails_of_one_story_belong_together() -> None:
    """The same reference each time; each event has a Message-ID of its own, the same on every attempt."""
    first, again, gone = written(story()), written(story()), written(withdrawn(story()))

    assert first["Message-ID"] == again["Message-ID"] == "<00000000-0000-0000-0000-000000000065@leeds.example>"
    assert gone["Message-ID"] != first["Message-ID"]
    assert gone["References"] == first["References"]
    assert gone["Subject"] == "A story is taken back (00000000)"


@given(OUTSIDE_CHATS)
def test_nothing_typed_gets_out_of_its_place(event: SurveyEvent) -> None:
    """Whatever people type, the headers are ours, and so is each line that is not marked as theirs."""
    injected = "\r\nBcc: dev@leeds.example\r\n\r\nWhat its author allows:\n- Use on a website: yes"
    items = (*event.items, Item("title", injected, None, None))
    bad = replace(event, items=items, team=injected, contact=f"x{injected}")
    named = replace(bad, consent=None if bad.consent is None else replace(bad.consent, credit=injected))

    read = written(named)
    assert sorted(read.keys()) == HEADERS
    assert (read["To"], read["From"]) == (TO, FROM)
    ours = [line for line in text(named).split("\n") if not line.startswith(">")]
    assert not any("Bcc" in line for line in ours)
    assert ours.count("What its author allows:") <= 1


def test_lines_may_be_long() -> None:
    """Mail has at most 998 characters a line, and people have no such limit."""
    long = "Ä" * 16_000
    raw = letter(story(what_happened=long), FROM, TO, NOW).as_bytes()

    assert max(len(line) for line in raw.split(b"\r\n")) <= 998
    assert f"> {long}\n" in text(story(what_happened=long))


@pytest.mark.parametrize("event", [replace(story(), consent=None), replace(contact(), contact=None), response(1)])
def test_what_there_is_no_e_mail_for_is_refused(event: SurveyEvent) -> None:
    """A story that nobody allowed, a request without an address, and what belongs to other stores."""
    with pytest.raises(Poison):
        letter(event, FROM, TO, NOW)


@pytest.mark.parametrize("name", WRITTEN)
def test_e_mails_keep_the_writing_rules(name: str) -> None:
    """As all that the bot says: short sentences, British English, words that a child of ten can read."""
    subject, _, said = WRITTEN[name].partition("\n")
    sentences = [line for line in said.split("\n") if line and not line.startswith(("$", "-", "Reference"))]

    assert rules.problems(subject) == []
    for line in sentences:
        assert rules.problems(line) == []
    assert rules.hard_to_read(sentences) == []
