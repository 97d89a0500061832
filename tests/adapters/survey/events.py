"""Survey events for tests: one of each kind, and any that there can be."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta, timezone
from typing import Final
from uuid import UUID

from hypothesis import strategies as st

from adapters.survey.payload import NEVER
from bot.outside import Consent, Item, SurveyEvent, Topic
from conversations.events import Sending
from conversations.model import Pace, Permission

SUBJECT, CHAT = UUID(int=1), UUID(int=2)
NOW: Final = datetime(2026, 12, 8, 10, 17, 42, tzinfo=UTC)
CONSENT: Final = Consent(
    internal=True, website=False, social_media=False, credit=None, wording="2026-11", on=date(2026, 12, 8)
)
STORY: Final = ("title", "what_happened", "how_it_felt", "who_was_involved", "what_difference", "what_i_learned")


def item(words: str | None, link_id: str = "q1") -> Item:
    """An answer that may be read and not quoted; or a question that was passed over."""
    if words is None:
        return Item(link_id, None, "skipped", None)
    return Item(link_id, words, None, Permission.THEMES)


def response(revision: int, *words: str | None, sending: Sending = Sending.SUBMITTED) -> SurveyEvent:
    """A response to as many questions as there are `words`; None is a skipped one."""
    return SurveyEvent(
        id=UUID(int=100 + revision),
        subject=SUBJECT,
        number=1,
        revision=revision,
        sending=sending,
        topic=Topic.RESPONSE,
        time=NOW,
        guide="two",
        guide_version=1,
        chat_key=CHAT,
        pace=Pace.LIVE,
        fieldwork_start="2026-12-07",
        fieldwork_end="2026-12-08",
        items=tuple(item(verbatim, f"q{number}") for number, verbatim in enumerate(words or ("Well.",), start=1)),
    )


def story(revision: int = 1, **answers: str) -> SurveyEvent:
    """A story that was told outside a chat."""
    given = answers or {"title": "A shared rota", "what_happened": "Two teams wrote one rota."}
    return replace(
        response(revision),
        subject=UUID(int=3),
        topic=Topic.STORY,
        guide=None,
        guide_version=None,
        chat_key=None,
        pace=None,
        fieldwork_start="",
        fieldwork_end="",
        items=tuple(Item(name, given[name], None, None) for name in STORY if name in given),
        consent=CONSENT,
    )


def contact(details: str = "07700 900123, after 5pm") -> SurveyEvent:
    """Somebody asks to be contacted. The number is one of those that Ofcom keeps for stories."""
    return replace(story(), subject=UUID(int=4), topic=Topic.CONTACT, items=(), consent=None, contact=details)


def withdrawn(event: SurveyEvent, revision: int = 2) -> SurveyEvent:
    """`event` is taken back: ids only."""
    return replace(
        event,
        id=UUID(int=100 + revision),
        revision=revision,
        sending=Sending.WITHDRAWN,
        items=(),
        consent=None,
        contact=None,
        organisation=None,
        sector=None,
        team=None,
    )


WORDS = st.text(st.characters(), max_size=40)
"""Any at all: line ends, control characters and halves of letters too."""
KEYS = st.from_regex(r"[a-z0-9_-]{1,20}", fullmatch=True)
"""Ours: of guides, questions and wordings."""
KEPT_WORDS = WORDS.map(lambda words: f"{words}.")
ITEMS = st.one_of(
    st.builds(
        Item, KEYS, KEPT_WORDS, st.none(), st.sampled_from((Permission.THEMES, Permission.QUOTE, Permission.STAY))
    ),
    st.builds(Item, KEYS, KEPT_WORDS, st.none(), st.none()),
    st.builds(Item, KEYS, st.none(), st.sampled_from(("skipped", "not_asked", "withheld", None)), st.none()),
)
CONSENTS = st.builds(
    Consent,
    internal=st.booleans(),
    website=st.booleans(),
    social_media=st.booleans(),
    credit=st.none() | WORDS,
    wording=KEYS,
    on=st.dates(),
)
DAYS = st.just("") | st.dates().map(date.isoformat)
ZONES = st.sampled_from((UTC, timezone(timedelta(hours=5, minutes=30)), timezone(timedelta(hours=-11))))
EVENTS = st.builds(
    SurveyEvent,
    id=st.uuids(),
    subject=st.uuids(),
    number=st.integers(1),
    revision=st.integers(1, 9_999_999_999),
    sending=st.sampled_from(Sending),
    topic=st.sampled_from(Topic),
    time=st.datetimes(datetime(2000, 1, 1), datetime(2999, 1, 1), timezones=ZONES),  # noqa: DTZ001 -- they get a zone
    guide=KEYS,
    guide_version=st.integers(1),
    chat_key=st.uuids(),
    pace=st.sampled_from(Pace),
    complete=st.booleans(),
    organisation=st.none() | WORDS,
    sector=st.none() | WORDS,
    team=st.none() | WORDS,
    fieldwork_start=DAYS,
    fieldwork_end=DAYS,
    items=st.lists(ITEMS, max_size=4).map(tuple),
    consent=CONSENTS,
    contact=KEPT_WORDS,
).filter(lambda event: (event.topic, event.sending) not in NEVER)
"""Whatever may be forwarded, in a chat."""


def _told_alone(event: SurveyEvent, topic: Topic) -> SurveyEvent:
    once = Sending.SUBMITTED if (topic, event.sending) in NEVER else event.sending
    return replace(event, topic=topic, sending=once, guide=None, guide_version=None, chat_key=None, pace=None)


OUTSIDE_CHATS = st.builds(_told_alone, EVENTS, st.sampled_from((Topic.STORY, Topic.CONTACT)))
"""A story that was told outside a chat, or a contact request."""
