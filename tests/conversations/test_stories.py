"""Stories as they are written, and what people read before they say what may be done with them."""

import re
from datetime import UTC, datetime
from pathlib import Path
from uuid import UUID

import pytest

from conversations.actions import decode, submitted
from conversations.commands import Panel, Show
from conversations.messages import Form, Heading, Quote, Text, TicksField, WordsField, buttons_of, plain
from conversations.model import Pace, Stage, Terms
from conversations.posts import RoomView, closing
from conversations.refusals import NotNow
from conversations.stories import (
    CONSENT,
    CONSENTS,
    PARTS,
    AskContact,
    ChangeStory,
    Request,
    Story,
    TellStory,
    Use,
    WithdrawStory,
    fitting,
    fitting_request,
    told,
)
from conversations.story_panels import (
    OwnRequest,
    OwnStory,
    change_story_form,
    contact_form,
    own_stories,
    short_of_time,
    story_form,
)
from tests.adapters.slack.golden_chats import GUIDE, asking, chat
from tests.bot.composing import WORDING

DOCS = Path(__file__).parents[2] / "docs" / "story-consent.md"
NOON = datetime(2026, 12, 8, 12, tzinfo=UTC)
FILLED = dict.fromkeys(PARTS, "Words.") | {"uses": "website", "credit": "Ana"}
STORY = OwnStory(
    id=UUID(int=7),
    revision=3,
    story=Story(parts={"title": "A round", "what_happened": "We met."}, uses=frozenset({Use.WEBSITE}), credit="Ana"),
    told_at=NOON,
)
TERMS = Terms()


def says(form: Form) -> str:
    """What a form says before it asks, and at its fields."""
    intro = [part.text for part in form.intro if isinstance(part, Text)]
    return "\n".join([*intro, *(field.label for field in form.fields)])


# --- what people agree to --------------------------------------------------------------------------------------------


def versions() -> dict[str, list[str]]:
    """The sentences of each version, as the page about them has them."""
    _, *sections = re.split(r"^## (.+)$", DOCS.read_text(), flags=re.MULTILINE)
    return {
        name: [line.removeprefix("- ") for line in body.splitlines() if line.startswith("- ")]
        for name, body in zip(sections[::2], sections[1::2], strict=True)
    }


def test_the_newest_version_is_what_people_read() -> None:
    """Whoever changes a sentence that people agree to makes a new version of it."""
    assert tuple(versions()) == CONSENTS
    assert versions()[CONSENTS[-1]] == [WORDING.sentences[f"story.{key}"] for key in CONSENT]


def test_the_form_says_all_of_it() -> None:
    """With a box for how somebody is reached only where somebody can get in touch."""
    with_all = says(story_form(None, TERMS, WORDING, reaches=True))
    without = story_form(None, TERMS, WORDING, reaches=False)
    (ticks,) = [field for field in without.fields if isinstance(field, TicksField)]

    spoken = [WORDING.say(f"story.{key}", days=30) for key in CONSENT]
    labels = [label for _, label in ticks.options]
    assert [sentence for sentence in spoken if sentence not in with_all and sentence not in labels] == []
    assert "How to reach you" not in says(without)


def test_nothing_is_ticked_and_nobody_is_named_at_first() -> None:
    """What may be done with a story is its author's to say."""
    form = story_form(None, TERMS, WORDING, reaches=True)

    assert [field.ticked for field in form.fields if isinstance(field, TicksField)] == [frozenset()]
    assert {field.value for field in form.fields if isinstance(field, WordsField)} == {""}


@pytest.mark.parametrize("version", ["0", "", "2", "1 "])
def test_a_version_that_nobody_saw_is_refused(version: str) -> None:
    """What comes back from a platform may have been changed on the way."""
    with pytest.raises(ValueError, match="no version of ours"):
        told(FILLED, version)


# --- forms and buttons -----------------------------------------------------------------------------------------------


def test_a_form_that_is_sent_says_which_story_and_what_was_agreed_to() -> None:
    """By ids: the chat it was told in, the revision that it changes, the version that was seen."""
    where = UUID(int=8)
    new = submitted(story_form(where, TERMS, WORDING, reaches=False).code, FILLED)
    changed = submitted(change_story_form(STORY, TERMS, WORDING, reaches=False).code, FILLED)
    words = Story(parts=dict.fromkeys(PARTS, "Words."), uses=frozenset({Use.WEBSITE}), credit="Ana", consent="1")

    assert (new.chat, new.ask) == (where, TellStory(words))
    assert changed.ask == ChangeStory(STORY.id, 3, words)


def test_a_change_begins_with_what_stands() -> None:
    """Nothing has to be written again."""
    form = change_story_form(STORY, TERMS, WORDING, reaches=True)
    stands = {field.key: getattr(field, "value", None) for field in form.fields}

    assert (stands["title"], stands["what_happened"], stands["how_it_felt"]) == ("A round", "We met.", "")
    assert (stands["uses"], stands["credit"]) == ("website", "Ana")


def test_a_contact_request_says_how() -> None:
    """And what it is about, if somebody likes."""
    form = contact_form(TERMS, WORDING)
    sent = submitted(form.code, {"reach": "07700 900123", "about": "", "when": "Tuesdays"})

    assert sent.ask == AskContact(Request(reach="07700 900123", when="Tuesdays"))
    assert [field.key for field in form.fields if isinstance(field, WordsField) and not field.optional] == ["reach"]
    assert "press Support" in says(form)


# --- words -----------------------------------------------------------------------------------------------------------


def test_what_is_written_is_kept_as_it_is() -> None:
    """Without control characters and outer space; what is empty is left out, and lines stay lines."""
    typed = Story(parts={"title": " A\nround ", "what_happened": "One.\r\nTwo.\x00", "how_it_felt": " \u200b"})

    assert fitting(typed).parts == {"title": "A round", "what_happened": "One.\nTwo."}


@pytest.mark.parametrize("part", sorted(set(PARTS) - {"title"}))
def test_each_part_takes_as_much_as_an_answer(part: str) -> None:
    """One letter more is refused at its own box."""
    needed = {"title": "A", "what_happened": "B"}
    assert len(fitting(Story(parts=needed | {part: "x" * 16_000})).parts[part]) == 16_000
    with pytest.raises(NotNow, match="too_long") as refused:
        fitting(Story(parts=needed | {part: "x" * 16_001}))

    assert (refused.value.field, refused.value.facts["length"]) == (part, "16,001")


def test_how_somebody_is_reached_is_needed_and_the_rest_is_not() -> None:
    """A request without it would help nobody."""
    assert fitting_request(Request(reach=" 07700\n900123 ")) == Request(reach="07700 900123")
    with pytest.raises(NotNow, match="empty") as refused:
        fitting_request(Request(reach="", about="Something"))

    assert refused.value.field == "reach"


def test_no_words_are_in_what_could_be_logged() -> None:
    """Of a story, a request, and whoever asks for them."""
    story = Story(parts={"title": "Secret"}, credit="Secret", contact="Secret")
    request = Request(reach="Secret", about="Secret", when="Secret")

    for shown in (story, request, TellStory(story), ChangeStory(UUID(int=1), 1, story), AskContact(request)):
        assert "Secret" not in repr(shown)


# --- where it is offered ---------------------------------------------------------------------------------------------


def test_the_closing_post_offers_it() -> None:
    """Unless nobody takes stories; never in a practice, nor in a chat that was cancelled."""
    over, practice = chat(Stage.CLOSED, 4), chat(Stage.CLOSED, 4, practice=True)

    def offers(of: object, *, stories: bool = True) -> bool:
        post = closing(of, GUIDE, RoomView({}, 1, stories=stories), WORDING)  # type: ignore[arg-type]
        return any(decode(one.code).ask == Show(Panel.STORY) for one in buttons_of(post))

    assert offers(over)
    assert not offers(over, stories=False)
    assert not offers(practice)
    assert not offers(chat(Stage.CANCELLED, 4))


@pytest.mark.parametrize(
    ("pace", "practice", "contacts", "names"),
    [
        (Pace.LIVE, False, True, ["answer_privately", "contact_me", "pass"]),
        (Pace.LIVE, False, False, ["answer_privately", "pass"]),
        (Pace.OPEN, False, True, ["answer_privately", "remind_me", "contact_me", "pass"]),
        (Pace.OPEN, True, True, ["answer_privately", "remind_me", "pass"]),
    ],
)
def test_who_has_little_time_has_these_to_choose_from(
    pace: Pace, names: list[str], *, practice: bool, contacts: bool
) -> None:
    """A reminder only where there is a later, a call only where somebody takes requests; of a practice none goes."""
    shown = short_of_time(asking(2, pace=pace, practice=practice), None, WORDING, contacts=contacts)

    assert [one.code.partition(":")[0] for one in buttons_of(shown)] == names


def test_ones_own_stories_and_requests() -> None:
    """With their words, for whoever wrote them, and what can be done to each."""
    asked = OwnRequest(id=UUID(int=9), request=Request(reach="07700 900123", when="Tuesdays"), asked_at=NOON)
    parts = own_stories([STORY], [asked], "Europe/London", WORDING)
    quoted = [part.text for part in parts if isinstance(part, Quote)]
    buttons = [one for part in parts if hasattr(part, "buttons") for one in part.buttons]

    assert quoted == ["A round", "We met.", "Ana", "07700 900123\nTuesdays"]
    assert [decode(one.code).ask for one in buttons][:2] == [
        Show(Panel.CHANGE_STORY, part=STORY.id),
        WithdrawStory(STORY.id),
    ]
    assert [part.text for part in parts if isinstance(part, Heading)] == [
        "Your story of Tuesday 8 December 2026. Only you see this.",
        "You asked for a call on Tuesday 8 December 2026. Only you see this.",
    ]
    assert own_stories([], [], "Europe/London", WORDING) == ()


def test_what_is_shown_of_little_time_says_the_same_as_text() -> None:
    """For screen readers."""
    shown = short_of_time(asking(2), None, WORDING, contacts=True)

    assert "A few words are enough." in plain(shown)
