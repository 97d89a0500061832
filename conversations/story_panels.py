"""What people are shown of stories and contact requests: forms, receipts, and their own in *My answers*. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

from conversations.actions import button, encode, sure
from conversations.messages import (
    Buttons,
    Field,
    Form,
    Heading,
    Message,
    Note,
    Part,
    Quote,
    Text,
    TicksField,
    WordsField,
)
from conversations.model import Chat, Terms
from conversations.reminding import can_remind
from conversations.stories import CONSENTS, NEEDED, PARTS, Request, Story, Use
from conversations.wording import Wording, local_day, period

SHORT_PARTS = frozenset({"title"})


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnStory:
    """A person's own story, with its words, for them alone."""

    id: UUID
    revision: int
    story: Story
    told_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnRequest:
    """A person's own contact request, for them alone."""

    id: UUID
    request: Request
    asked_at: datetime


# --- forms -----------------------------------------------------------------------------------------------------------


def story_form(chat: UUID | None, terms: Terms, wording: Wording, *, reaches: bool) -> Form:
    """Tell a story. `chat` is where it was asked for; `reaches`: somebody can get in touch with its author."""
    return _form(encode("form_story", chat, CONSENTS[-1]), "story", None, terms, wording, reaches=reaches)


def change_story_form(own: OwnStory, terms: Terms, wording: Wording, *, reaches: bool) -> Form:
    """Put another in place of one's own. It carries the revision it shows, so that nothing newer is overwritten."""
    code = encode("form_change_story", None, f"{own.id.hex}@{own.revision}@{CONSENTS[-1]}")
    return _form(code, "change_story", own.story, terms, wording, reaches=reaches)


def _form(code: str, name: str, story: Story | None, terms: Terms, wording: Wording, *, reaches: bool) -> Form:
    kept = wording.say("story.kept", link=period(terms.link_days), words=period(terms.words_days))
    texts = (wording.say("story.form"), wording.say("story.careful"), wording.say("story.alone"), kept)
    return Form(
        title=wording.label(name),
        code=code,
        intro=tuple(Text(text) for text in texts),
        fields=(*_words_fields(story, wording), *_consent_fields(story, terms, wording, reaches=reaches)),
        submit=wording.say("story.send"),
    )


def _words_fields(story: Story | None, wording: Wording) -> list[Field]:
    said = {} if story is None else story.parts
    return [
        WordsField(
            part,
            wording.say(f"story.{part}"),
            said.get(part, ""),
            optional=part not in NEEDED,
            short=part in SHORT_PARTS,
        )
        for part in PARTS
    ]


def _consent_fields(story: Story | None, terms: Terms, wording: Wording, *, reaches: bool) -> list[Field]:
    """Nothing is ticked and nobody is named unless the author says so."""
    uses = tuple((str(use), wording.say(f"story.{use}")) for use in Use)
    ticked = frozenset(str(use) for use in story.uses) if story else frozenset()
    credit, contact = ("", "") if story is None else (story.credit, story.contact)
    fields: list[Field] = [
        TicksField("uses", wording.say("story.uses"), uses, ticked),
        WordsField("credit", wording.say("story.credit"), credit, optional=True, short=True),
    ]
    if reaches:
        label = wording.say("story.contact", days=terms.contact_days)
        fields.append(WordsField("contact", label, contact, optional=True, short=True))
    return fields


def contact_form(terms: Terms, wording: Wording) -> Form:
    """Ask the programme team to get in touch: it says who learns of it, and for how long, before it asks."""
    texts = ("contact.form", "contact.urgent", "contact.kept")
    return Form(
        title=wording.label("contact_me"),
        code=encode("form_contact"),
        intro=tuple(Text(wording.say(key, days=terms.contact_days)) for key in texts),
        fields=(
            WordsField("reach", wording.say("contact.reach"), short=True),
            WordsField("about", wording.say("contact.about"), optional=True),
            WordsField("when", wording.say("contact.when"), optional=True, short=True),
        ),
        submit=wording.say("contact.send"),
    )


def short_of_time(chat: Chat, question: str | None, wording: Wording, *, contacts: bool) -> Message:
    """What somebody can do who has little time. `contacts`: the programme team can be asked to get in touch."""
    about = question or chat.asking or ""
    reminds = can_remind(chat) and about == chat.asking
    contacts = contacts and not chat.practice
    keys = ["short.answer", *(["short.remind"] if reminds else []), *(["short.contact"] if contacts else [])]
    names = ["answer_privately", *(["remind_me"] if reminds else []), *(["contact_me"] if contacts else []), "pass"]
    buttons = tuple(button(wording, name, chat.id, "" if name == "contact_me" else about) for name in names)
    summary = wording.say("short.summary")
    return Message(summary, (*(Text(wording.say(key)) for key in keys), Buttons(buttons)))


# --- one's own -------------------------------------------------------------------------------------------------------


def own_stories(
    stories: Sequence[OwnStory], requests: Sequence[OwnRequest], zone: str, wording: Wording
) -> tuple[Part, ...]:
    """A person's own stories and contact requests, for *My answers*: nothing, where there are none."""
    parts: list[Part] = []
    for own in stories:
        parts += [Heading(wording.say("story.own", day=local_day(own.told_at, zone))), *_own_words(own.story, wording)]
        parts.append(Note(wording.say("story.may", uses=_uses(own.story, wording))))
        names = ("change_story", "withdraw_story")
        parts.append(Buttons(tuple(button(wording, name, None, own.id) for name in names)))
    for asked_for in requests:
        parts.append(Heading(wording.say("contact.own", day=local_day(asked_for.asked_at, zone))))
        parts.append(Quote("\n".join(filter(None, _lines(asked_for.request)))))
        parts.append(Buttons((button(wording, "withdraw_contact", None, asked_for.id),)))
    return tuple(parts)


def _own_words(story: Story, wording: Wording) -> list[Part]:
    said: list[Part] = []
    for part in (*PARTS, "credit"):
        words = story.credit if part == "credit" else story.parts.get(part, "")
        said += [Note(wording.say(f"story.{part}")), Quote(words)] if words else []
    return said


def _uses(story: Story, wording: Wording) -> str:
    named = [wording.say(f"story.{use}") for use in Use if use in story.uses]
    return "; ".join(named) or wording.say("story.read_only")


def _lines(request: Request) -> tuple[str, ...]:
    return request.reach, request.about, request.when


# --- receipts --------------------------------------------------------------------------------------------------------


def told(own: OwnStory, terms: Terms, wording: Wording) -> Message:
    """What happens to a story that was told, who reads it, how to take it back."""
    keys = ["story.told", "story.told_uses" if own.story.uses else "story.told_alone"]
    return _receipt(own, keys, terms, wording)


def changed(own: OwnStory, terms: Terms, wording: Wording) -> Message:
    """What happens to a story that was changed."""
    keys = ["story.changed", "story.told_uses" if own.story.uses else "story.told_alone", "story.shared"]
    return _receipt(own, keys, terms, wording)


def _receipt(own: OwnStory, keys: Sequence[str], terms: Terms, wording: Wording) -> Message:
    contact = ["story.told_contact"] if own.story.contact else []
    facts = {"days": terms.contact_days, "link": period(terms.link_days)}
    texts = [wording.say(key, **facts) for key in (*keys, *contact, "story.told_back")]
    names = ("change_story", "withdraw_story")
    buttons = Buttons(tuple(button(wording, name, None, own.id) for name in names))
    return Message(texts[0], (*(Text(text) for text in texts), buttons))


def sure_withdrawn(story: UUID, wording: Wording) -> Message:
    """What is asked before a story is withdrawn, where no platform has asked it."""
    agreed = button(wording, "withdraw_story", None, story)
    text = wording.say("story.sure_withdraw")
    return Message(text, (Text(text), Buttons((replace(agreed, code=sure(agreed.code), sure=None),))))


def withdrawn(wording: Wording, *, sent: bool) -> Message:
    """What becomes of a story that was taken back. `sent`: it may have left before."""
    return _said(wording, "story.withdrawn", *(["story.withdrawn_sent"] if sent else []))


def asked(request: UUID, terms: Terms, wording: Wording) -> Message:
    """What happens to a contact request."""
    texts = [wording.say(key, days=terms.contact_days) for key in ("contact.asked", "contact.asked_kept")]
    buttons = Buttons((button(wording, "withdraw_contact", None, request),))
    return Message(texts[0], (*(Text(text) for text in texts), buttons))


def unasked(wording: Wording, *, sent: bool) -> Message:
    """What becomes of a contact request that was taken back. `sent`: it may have left before."""
    return _said(wording, "contact.withdrawn", *(["contact.withdrawn_sent"] if sent else []))


def _said(wording: Wording, *keys: str) -> Message:
    texts = [wording.say(key) for key in keys]
    return Message(texts[0], tuple(Text(text) for text in texts))
