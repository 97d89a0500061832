"""What the built-in survey store may hold, for tests of what goes out of it and comes back."""

from datetime import UTC, datetime, time
from typing import Final
from uuid import UUID

from hypothesis import strategies as st

from bot.outside import Consent, Item, SurveyEvent, Topic
from conversations.events import Sending
from conversations.model import Pace, Permission
from conversations.stories import PARTS

WORDS: Final = st.text(max_size=30).map(lambda words: words.replace("\0", ""))
"""All that a database takes."""
KEYS: Final = st.from_regex(r"[a-z][a-z0-9_-]{0,8}", fullmatch=True)
DAYS: Final = st.dates().map(lambda day: day.isoformat())
TIMES: Final = st.dates().map(lambda day: datetime.combine(day, time(), UTC))
STANDING: Final = st.sampled_from((Sending.SUBMITTED, Sending.REVISED))
NUMBERS: Final = st.integers(1, 2**31 - 1)
ANSWERS: Final = st.one_of(
    st.builds(Item, KEYS, WORDS, st.none(), st.sampled_from((Permission.THEMES, Permission.QUOTE))),
    st.builds(Item, KEYS, st.none(), st.sampled_from(("skipped", "not_asked", "withheld")), st.none()),
)
CONSENTS: Final = st.builds(
    Consent,
    internal=st.booleans(),
    website=st.booleans(),
    social_media=st.booleans(),
    credit=st.none() | WORDS,
    wording=st.from_regex(r"[0-9]{1,3}", fullmatch=True),
    on=st.dates(),
)


def _items(**answers: str | None) -> tuple[Item, ...]:
    return tuple(Item(part, words, None if words is not None else "skipped", None) for part, words in answers.items())


STORY_ITEMS: Final = st.fixed_dictionaries({part: st.none() | WORDS for part in PARTS}).map(
    lambda answers: _items(**answers)
)
ALWAYS: Final = {"id": st.uuids(), "subject": st.uuids(), "number": st.just(0), "revision": NUMBERS, "time": TIMES}
OF_CHAT: Final = {
    "guide": KEYS,
    "guide_version": NUMBERS,
    "chat_key": st.uuids(),
    "pace": st.sampled_from(Pace),
}
FACTS: Final = {
    "complete": st.booleans(),
    "organisation": st.none() | WORDS,
    "sector": st.none() | WORDS,
    "team": st.none() | WORDS,
    "fieldwork_start": DAYS,
    "fieldwork_end": DAYS,
}
RESPONSES: Final = st.builds(
    SurveyEvent,
    sending=STANDING,
    topic=st.sampled_from((Topic.RESPONSE, Topic.REFLECTION)),
    items=st.lists(ANSWERS, max_size=4, unique_by=lambda item: item.link_id).map(tuple),
    **ALWAYS,
    **OF_CHAT,
    **FACTS,
)
STORIES: Final = st.builds(
    SurveyEvent, sending=STANDING, topic=st.just(Topic.STORY), items=STORY_ITEMS, consent=CONSENTS, **ALWAYS, **FACTS
)
CHAT_STORIES: Final = st.builds(
    SurveyEvent,
    sending=STANDING,
    topic=st.just(Topic.STORY),
    items=STORY_ITEMS,
    consent=CONSENTS,
    **ALWAYS,
    **OF_CHAT,
    **FACTS,
)
GONE: Final = st.builds(
    SurveyEvent,
    sending=st.just(Sending.WITHDRAWN),
    topic=st.sampled_from((Topic.RESPONSE, Topic.REFLECTION, Topic.STORY)),
    **ALWAYS,
    guide=st.none() | KEYS,
    guide_version=st.none() | NUMBERS,
    chat_key=st.none() | st.uuids(),
)
HELD: Final = st.one_of(RESPONSES, STORIES, CHAT_STORIES, GONE)
"""One of them, whatever it is about."""
MANY_HELD: Final = st.lists(HELD, max_size=6, unique_by=lambda event: event.subject).map(
    lambda events: sorted(events, key=lambda event: event.subject.bytes)
)
"""Several, in the order in which they are read."""


def numbered(number: int) -> UUID:
    """A key that comes after those of smaller numbers."""
    return UUID(int=number)
