"""What people ask for beside a chat: to give the programme a story, to change it or take it back, to be contacted.

Nothing of it changes a chat. What is kept and forwarded of it is decided in bot/stories.py.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Final
from uuid import UUID

from conversations.identifying import Care
from conversations.refusals import NotNow
from conversations.words import fit

LONGEST_LINE: Final = 200
"""Characters of a title, a credit, and of how somebody is reached."""


class Use(StrEnum):
    """What the author of a story may let the programme do with it."""

    INTERNAL = "internal"
    WEBSITE = "website"
    SOCIAL_MEDIA = "social_media"


PARTS: Final = ("title", "what_happened", "how_it_felt", "who_was_involved", "what_difference", "what_i_learned")
"""What a story is made of, in the order in which it is asked for."""
NEEDED: Final = frozenset({"title", "what_happened"})
CONSENT: Final = ("form", "alone", "uses", *Use, "credit", "contact")
"""The sentences (wording, section `story`) that somebody reads before they say what may be done with their story."""
CONSENTS: Final = ("1",)
"""The versions of those sentences, the newest last: docs/story-consent.md has each as it was."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Story:
    """What somebody wrote, by part; what is empty is left out. `consent`: which version of the sentences they saw.

    `credit` is what they want to be called, and `contact` how they are reached: empty, if they did not say.
    """

    parts: Mapping[str, str] = field(repr=False)
    uses: frozenset[Use] = frozenset()
    credit: str = field(default="", repr=False)
    contact: str = field(default="", repr=False)
    consent: str = CONSENTS[-1]


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """How somebody who wants to be contacted is reached; what it is about and when it suits them, if they say so."""

    reach: str = field(repr=False)
    about: str = field(default="", repr=False)
    when: str = field(default="", repr=False)


@dataclass(frozen=True, slots=True)
class TellStory:
    """Give the programme a story. `care`: what is to become of what points at one person in it."""

    story: Story
    care: Care = Care.LOOK


@dataclass(frozen=True, slots=True)
class ChangeStory:
    """Put another in place of one's own story, as it was at `revision`."""

    which: UUID
    revision: int
    story: Story
    care: Care = Care.LOOK


@dataclass(frozen=True, slots=True)
class WithdrawStory:
    """Take one's own story back, once whoever asks is sure. `which` None: the latest."""

    which: UUID | None = None
    sure: bool = False


@dataclass(frozen=True, slots=True)
class AskContact:
    """Ask the programme team to get in touch."""

    request: Request


@dataclass(frozen=True, slots=True)
class WithdrawContact:
    """Take that back. `which` None: the latest."""

    which: UUID | None = None


ToProgramme = TellStory | ChangeStory | WithdrawStory | AskContact | WithdrawContact
"""What a person may ask of the programme, in a chat or out of one."""


def told(fields: Mapping[str, str], consent: str) -> Story:
    """The story in a form that was sent, as it was typed. Raises KeyError, ValueError for what no form of ours has."""
    if consent not in CONSENTS:
        raise ValueError("no version of ours")
    return Story(
        parts={part: fields[part] for part in PARTS},
        uses=frozenset(Use(use) for use in fields["uses"].split(",") if use),
        credit=fields["credit"],
        contact=fields.get("contact") or "",
        consent=consent,
    )


def written(story: Story) -> Mapping[str, str]:
    """A story as it stands in its form, by field."""
    return {**story.parts, "uses": ",".join(story.uses), "credit": story.credit, "contact": story.contact}


def fitting(story: Story) -> Story:
    """`story` fit to keep: nothing is cut or put in other words. Raises NotNow, with the field that it is about."""
    parts = {part: _fit(story.parts.get(part, ""), part, needed=part in NEEDED) for part in PARTS}
    return Story(
        parts={part: words for part, words in parts.items() if words},
        uses=story.uses,
        credit=_fit(story.credit, "credit"),
        contact=_fit(story.contact, "contact"),
        consent=story.consent,
    )


def fitting_request(request: Request) -> Request:
    """`request` fit to keep. Raises NotNow, with the field that it is about."""
    return Request(
        reach=_fit(request.reach, "reach", needed=True),
        about=_fit(request.about, "about"),
        when=_fit(request.when, "when"),
    )


_LONG: Final = frozenset(PARTS) - {"title"} | {"about"}


def _fit(words: str, name: str, *, needed: bool = False) -> str:
    try:
        kept = fit(words)
    except NotNow as refusal:
        if refusal.key == "empty" and not needed:
            return ""
        raise NotNow(refusal.key, field=name, **refusal.facts) from None
    if name in _LONG:
        return kept
    line = " ".join(kept.split())
    if len(line) > LONGEST_LINE:
        raise NotNow("too_long_line", field=name, length=f"{len(line):,}", most=LONGEST_LINE)
    return line
