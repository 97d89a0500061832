"""Stories and contact requests as e-mails to the programme team: plain text, in plain words. Pure.

1. The words of each e-mail are a file in `letters/`: its first line is the subject. Nothing that a person typed gets
   into a header, so nothing that they type can add one.
2. What a person typed is quoted, line by line, so that it can't pass for ours.
3. A story has one reference for ever, in the text and in the headers, so that mail programs show its e-mails together.

Source: RFC 5322; RFC 3834, "Auto-Submitted"; RFC 3676 for the quoting.
"""

from collections.abc import Mapping
from datetime import datetime
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime, parseaddr
from pathlib import Path
from string import Template
from typing import Final

from bot.outside import Consent, Poison, SurveyEvent, Topic
from conversations.events import Sending
from conversations.wording import day
from conversations.words import readable

FOLDER: Final = Path(__file__).parent / "letters"
WRITTEN: Final[Mapping[str, str]] = {
    path.stem: path.read_text(encoding="utf-8") for path in sorted(FOLDER.glob("*.txt"))
}
QUESTIONS: Final[Mapping[str, str]] = {
    "title": "Title",
    "what_happened": "What happened",
    "how_it_felt": "How it felt",
    "who_was_involved": "Who was involved",
    "what_difference": "What difference it made",
    "what_i_learned": "What I learned",
}
NO_NAME: Final = "please don't name the author"
NAMED: Final = "the author wants to be named, as below"


def letter(event: SurveyEvent, sender: str, to: str, now: datetime) -> EmailMessage:
    """The e-mail that says what `event` says; `now` is UTC. Raises Poison for what there is no e-mail for."""
    kind = f"{event.topic}.{event.sending}"
    if kind not in WRITTEN:
        raise Poison("no_such_letter")
    subject, _, text = WRITTEN[kind].partition("\n")
    domain = parseaddr(sender)[1].rpartition("@")[2]
    made = EmailMessage(policy=SMTP)
    made["From"] = sender
    made["To"] = to
    made["Subject"] = f"{subject} ({reference(event)})"
    made["Date"] = format_datetime(now)  # mail that claims another time than it was sent at passes for spam
    made["Message-ID"] = f"<{event.id}@{domain}>"
    made["References"] = f"<{event.subject}@{domain}>"
    made["Auto-Submitted"] = "auto-generated"
    made.set_content(Template(text).substitute(_facts(event)), charset="utf-8", cte="quoted-printable")
    return made


def reference(event: SurveyEvent) -> str:
    """What a story or a request is called between us and the programme team."""
    return event.subject.hex[:8]


def quoted(words: str) -> str:
    """What somebody typed, each line marked as theirs."""
    return "\n".join(f"> {line}".rstrip() for line in readable(words).split("\n"))


def _facts(event: SurveyEvent) -> Mapping[str, str]:
    named = {"reference": reference(event)}
    if event.sending is Sending.WITHDRAWN:
        return named
    team = [name for name in (event.organisation, event.sector, event.team) if name]
    named["team"] = f"\nTheir team:\n{quoted(', '.join(team))}\n" if team else ""
    if event.topic is Topic.CONTACT:
        if not event.contact:
            raise Poison("no_contact")
        return {**named, "details": quoted(event.contact)}
    said = [(QUESTIONS.get(item.link_id, item.link_id), item.verbatim) for item in event.items if item.verbatim]
    named["story"] = "\n\n".join(f"{question}:\n{quoted(words)}" for question, words in said)
    named["contact"] = f"\nThey want to hear from you:\n{quoted(event.contact)}\n" if event.contact else ""
    return {**named, **_allowed(event.consent)}


def _allowed(consent: Consent | None) -> Mapping[str, str]:
    if consent is None:
        raise Poison("no_consent")
    return {
        "internal": _yes(consent.internal),
        "website": _yes(consent.website),
        "social_media": _yes(consent.social_media),
        "credit": f"{NAMED}\n{quoted(consent.credit)}" if consent.credit else NO_NAME,
        "on": day(consent.on),
        "wording": consent.wording,
    }


def _yes(allowed: bool) -> str:  # noqa: FBT001 -- what is said of a box that was ticked or not
    return "yes" if allowed else "no"
