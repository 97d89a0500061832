"""All that is kept about one person, for people: plain text, which every device can show."""

from collections.abc import Iterable, Iterator
from datetime import date

from bot.keeping import Kept
from bot.whereabouts import written
from conversations.messages import Buttons, Heading, Message, Part, Text, plain
from conversations.my_settings import my_settings
from conversations.scheduling import rhythm
from conversations.wording import Wording, day


def as_text(kept: Kept, answers: Message, wording: Wording, today: date) -> str:
    """The file: `answers`, and what else there is. `today` is the day on which it is made."""
    made = wording.say("download.made", day=day(today), name=written(kept.at))
    parts: list[Part] = [Heading(wording.say("download.page")), Text(made), *answers.parts]
    parts += [Heading(wording.label("my_settings")), *my_settings(kept.wishes, wording).parts]
    parts += [Text(text) for text in _roles(kept, wording)]
    return "\n".join(_lines(part for part in parts if not isinstance(part, Buttons))) + "\n"


def _roles(kept: Kept, wording: Wording) -> Iterator[str]:
    for holder in kept.roles:
        yield wording.say(f"download.{holder.role}", room=holder.scope)
    for schedule, _ in kept.planned:
        yield wording.say("download.schedule", when=rhythm(schedule.plan, wording))
    for room in kept.hosted_rooms:
        yield wording.say("download.room", room=room.team or room.organisation or room.address)


def _lines(parts: Iterable[Part]) -> Iterator[str]:
    """Headings are underlined, and whatever begins something new has an empty line above it."""
    for place, part in enumerate(parts):
        said = plain(Message("", (part,)))
        if place and isinstance(part, Heading | Text):
            yield ""
        yield said
        if isinstance(part, Heading):
            yield "=" * len(said)
