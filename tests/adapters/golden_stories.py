"""Stories and contact requests as people see them, by name: the same on every platform."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from uuid import UUID

from conversations import story_panels
from conversations.commands import Panel, Show
from conversations.messages import Form, Message
from conversations.model import Pace, Terms
from conversations.stories import PARTS, Story, Use
from conversations.story_panels import OwnStory
from tests.adapters.slack.golden_chats import FEELINGS, LONG, MORNING, asking
from tests.bot.composing import WORDING

TERMS = Terms()
WORDS = (
    "Friday rounds",
    "The ward and the home care team look at the list together.",
    "Calm, for once.",
    "Leeds Trust and Leeds Home Care.",
    "Nobody waits at home without their tablets.",
    "That a name and a number is enough to begin.",
)
TOLD = OwnStory(
    id=UUID(int=0x57),
    revision=1,
    story=Story(parts=dict(zip(PARTS, WORDS, strict=True)), uses=frozenset({Use.WEBSITE, Use.INTERNAL}), credit="Ana"),
    told_at=MORNING - timedelta(days=1),
)
READ = replace(TOLD, story=replace(TOLD.story, uses=frozenset(), credit="", contact="ana@leeds.example"))


def story_form() -> Form:
    """The empty form."""
    return story_panels.story_form(asking().id, TERMS, WORDING, reaches=False)


def stories() -> Iterator[tuple[str, tuple[Show, Message | Form]]]:
    """All of them, with what opens them."""
    tell, change, short = Show(Panel.STORY), Show(Panel.CHANGE_STORY, part=TOLD.id), Show(Panel.SHORT_OF_TIME, FEELINGS)
    long = replace(TOLD.story, parts={**TOLD.story.parts, "what_happened": LONG[:7_000].strip()})
    yield "form_story", (tell, story_form())
    yield "form_story_reached", (tell, story_panels.story_form(None, TERMS, WORDING, reaches=True))
    yield "form_change_story", (change, story_panels.change_story_form(TOLD, TERMS, WORDING, reaches=False))
    longer = replace(TOLD, story=long)
    yield "form_change_story_long", (change, story_panels.change_story_form(longer, TERMS, WORDING, reaches=True))
    yield "form_contact", (Show(Panel.CONTACT_ME), story_panels.contact_form(TERMS, WORDING))
    yield "story_told", (tell, story_panels.told(TOLD, TERMS, WORDING))
    yield "story_told_to_be_read", (tell, story_panels.told(READ, TERMS, WORDING))
    yield "story_changed", (change, story_panels.changed(TOLD, TERMS, WORDING))
    yield "story_sure", (change, story_panels.sure_withdrawn(TOLD.id, WORDING))
    yield "story_withdrawn", (change, story_panels.withdrawn(WORDING, sent=True))
    yield "story_withdrawn_in_time", (change, story_panels.withdrawn(WORDING, sent=False))
    contact = Show(Panel.CONTACT_ME)
    yield "contact_asked", (contact, story_panels.asked(UUID(int=0x58), TERMS, WORDING))
    yield "contact_withdrawn", (contact, story_panels.unasked(WORDING, sent=True))
    yield "short_of_time", (short, story_panels.short_of_time(asking(), FEELINGS, WORDING, contacts=True))
    in_days = asking(pace=Pace.OPEN)
    yield "short_of_time_open", (short, story_panels.short_of_time(in_days, FEELINGS, WORDING, contacts=True))
    practice = asking(practice=True)
    yield "short_of_time_practice", (short, story_panels.short_of_time(practice, FEELINGS, WORDING, contacts=True))
