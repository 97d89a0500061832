"""What a person wishes for all their chats, in words and forms: reminders on or off, away until a day, their zone.

And the form in which they ask to be reminded in one chat.
"""

from collections.abc import Mapping

from conversations.actions import ZONES, button, encode
from conversations.messages import Buttons, ChoiceField, DateField, Form, Message, Text, WordsField
from conversations.model import Chat, Wishes
from conversations.wording import Wording, day


def my_settings(wishes: Wishes, wording: Wording) -> Message:
    """What a person wishes, for them alone, and how to change it."""
    texts = [wording.say("settings.off" if wishes.stopped else "settings.on")]
    if wishes.back_on is not None:
        texts.append(wording.say("settings.away", day=day(wishes.back_on)))
    texts.append(wording.say("settings.zone", zone=_said(wishes, wording)))
    names = ["ask_again" if wishes.stopped else "stop_asking", "away"]
    names += [] if wishes.back_on is None else ["not_away"]
    buttons = tuple(button(wording, name) for name in (*names, "my_zone"))
    return Message(wording.say("settings.summary"), (*(Text(text) for text in texts), Buttons(buttons)))


def changed(wishes: Wishes, wording: Wording, about: str) -> Message:
    """What is said to somebody who changed what they wish: `about` is what they changed."""
    key = {"stopped": "reply.stopped" if wishes.stopped else "settings.asks_again"}.get(about)
    if about == "away":
        key = "settings.not_away" if wishes.back_on is None else "settings.away"
    facts: Mapping[str, object] = {
        "day": "" if wishes.back_on is None else day(wishes.back_on),
        "zone": _said(wishes, wording),
    }
    text = wording.say(key or "settings.zone", **facts)
    return Message(text, (Text(text),))


def zone_name(zone: str | None) -> str:
    """What a zone is called in forms."""
    return next((name for name, of in ZONES.items() if of == zone), "room")


def _said(wishes: Wishes, wording: Wording, name: str | None = None) -> str:
    """A zone in words, that of `wishes` or the one called `name`; of who chose none it is that of their profile."""
    named = name or zone_name(wishes.zone)
    return wording.say("zone.profile" if named == "room" and wishes.profile_zone is not None else f"zone.{named}")


def away_form(wording: Wording) -> Form:
    """Choose the first day on which one may be asked something again."""
    return Form(
        title=wording.label("away"),
        code=encode("form_away"),
        intro=(Text(wording.say("settings.away_form")),),
        fields=(DateField("on", wording.say("settings.back_on")),),
        submit=wording.say("form.save"),
    )


def zone_form(wishes: Wishes, wording: Wording) -> Form:
    """Choose on whose clock one is written to."""
    options = tuple((name, _said(wishes, wording, name)) for name in ZONES)
    return Form(
        title=wording.label("my_zone"),
        code=encode("form_zone"),
        intro=(Text(wording.say("settings.hours")),),
        fields=(ChoiceField("zone", wording.say("settings.which_zone"), options, zone_name(wishes.zone)),),
        submit=wording.say("form.save"),
    )


def remind_form(chat: Chat, wording: Wording) -> Form:
    """Choose when to be reminded of the question that stands, or of the later ones."""
    names = ("soon", "tomorrow", "later")
    return Form(
        title=wording.label("remind_me"),
        code=encode("form_remind", chat.id, chat.asking or ""),
        intro=(Text(wording.say("nudge.form")),),
        fields=(
            ChoiceField(
                "choice",
                wording.say("nudge.choice"),
                tuple((name, wording.label(f"remind_{name}")) for name in names),
                names[0],
            ),
            WordsField("when", wording.say("nudge.when"), optional=True, short=True),
        ),
        submit=wording.label("remind_me"),
    )
