"""What hosts and organisers are shown of rooms and schedules: forms, what was understood, and what is planned."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from conversations.actions import button, encode
from conversations.messages import (
    Buttons,
    ChoiceField,
    DateField,
    Form,
    Heading,
    Message,
    Note,
    Part,
    Text,
    WordsField,
)
from conversations.model import Guide, Pace, Room
from conversations.planning import Sector
from conversations.posts import length
from conversations.scheduling import OnHoliday, Plan, Reminder, Repeat, Schedule, in_words, rhythm
from conversations.wording import Wording, clock, day

ME, NOBODY, SAME = "me", "nobody", "same"
"""Who leads the chats: whoever fills in the form, or whoever is there; or as it stands."""


@dataclass(frozen=True, slots=True)
class Planned:
    """A schedule as people see it: its next dates (naive wall-clock times), its guide's title.

    `room` is where it is, if that has to be said, and `is_here` whether that is the room where somebody asks.
    """

    schedule: Schedule
    coming: Sequence[datetime]
    guide: str
    room: Room | None = None
    is_here: bool = False


def announcement(plan: Plan, guide: Guide, held: datetime, wording: Wording) -> Message:
    """What its room is told before a chat that is held at the wall-clock time `held` (naive)."""
    text = wording.say("announce.text", day=day(held.date()), time=clock(held.time()))
    buttons = Buttons((button(wording, "privacy"),))
    parts = (Heading(guide.title), Text(text), Text(length(plan.pace, guide, wording)), buttons)
    return Message(wording.say("announce.summary"), parts)


def join_form(room: Room | None, wording: Wording) -> Form:
    """Say whose room this is, and who leads what is scheduled here."""
    sectors = tuple((str(sector), wording.say(f"sector.{sector}")) for sector in Sector)
    known = room.sector if room is not None and room.sector in {str(sector) for sector in Sector} else None
    organisation, team = ("", "") if room is None else (room.organisation or "", room.team or "")
    return Form(
        title=wording.label("join"),
        code=encode("form_join", None, "" if room is None else room.id),
        intro=(Text(wording.say("join.form")),),
        fields=(
            WordsField("organisation", wording.say("form.organisation"), organisation, short=True),
            ChoiceField("sector", wording.say("join.sector"), sectors, known or str(Sector.HOSPITAL)),
            WordsField("team", wording.say("join.team"), team, optional=True, short=True),
            _host_field(wording),
        ),
        submit=wording.say("form.save"),
    )


def joined(room: Room, wording: Wording) -> Message:
    """What is kept of a room now."""
    text = wording.say("join.done", organisation=room.organisation or "")
    return Message(text, (Text(text), Buttons((button(wording, "schedule", None, room.id),))))


def about_room(room: UUID | None) -> str:
    """What the code of a form is about that makes a schedule for a room; None: for the one where it is sent."""
    return "" if room is None else f"@{room.hex}"


def schedule_form(
    guides: Mapping[str, Guide],
    wording: Wording,
    about: str = "",
    changed: Schedule | None = None,
    *,
    asks_room: bool = False,
) -> Form:
    """Say when a room holds chats by itself. `about` is the room: see `about_room`; `changed` what stands so far.

    `asks_room`: whoever shows it asks for the room too.
    """
    plan = None if changed is None else changed.plan
    options = tuple((guide.key, guide.title) for guide in guides.values())
    guide = plan.guide if plan is not None and plan.guide in guides else options[0][0]
    paces = tuple((str(pace), wording.say(f"pace.{pace}")) for pace in Pace)
    reminders = tuple((str(one), wording.say(f"schedule.reminder_{one}")) for one in Reminder)
    holidays = tuple((str(one), wording.say(f"schedule.holiday_{one}")) for one in OnHoliday)
    return Form(
        title=wording.label("schedule" if changed is None else "change_schedule"),
        code=encode("form_schedule", None, about if changed is None else changed.id),
        intro=(Text(wording.say("schedule.form_anywhere" if asks_room else "schedule.form")),),
        fields=(
            WordsField("when", wording.say("schedule.when"), rhythm_typed(plan, wording), short=True),
            ChoiceField("guide", wording.say("form.guide"), options, guide),
            ChoiceField("pace", wording.say("form.pace"), paces, str(plan.pace if plan else Pace.LIVE)),
            _host_field(wording, may_stay=changed is not None),
            ChoiceField(
                "reminder",
                wording.say("schedule.reminder"),
                reminders,
                str(plan.reminder if plan else Reminder.DAY),
            ),
            ChoiceField(
                "holiday", wording.say("schedule.holiday"), holidays, str(plan.on_holiday if plan else OnHoliday.SKIP)
            ),
            WordsField(
                "until",
                wording.say("schedule.until"),
                day(plan.until) if plan is not None and plan.until else "",
                optional=True,
                short=True,
            ),
            WordsField("zone", wording.say("schedule.zone"), plan.zone if plan else "Europe/London", short=True),
        ),
        submit=wording.say("schedule.check"),
    )


def rhythm_typed(plan: Plan | None, wording: Wording) -> str:
    """When a plan's chats are, as it can be typed again."""
    return "" if plan is None else rhythm(plan, wording)


def proposal(planned: Planned, wording: Wording) -> Message:
    """What was understood, before it counts; and for which room, if that has to be said."""
    schedule = planned.schedule
    plan = schedule.plan
    texts = [
        wording.say("schedule.understood", when=in_words(plan, planned.coming, wording)),
        wording.say("schedule.about", guide=planned.guide, pace=wording.say(f"pace.{plan.pace}")),
        wording.say(_who_leads(schedule)),
        wording.say(f"schedule.tells_{plan.reminder}"),
    ]
    if plan.repeat is not Repeat.ONCE:
        texts.append(wording.say(f"schedule.on_holiday_{plan.on_holiday}"))
    if plan.until is not None:
        texts.append(wording.say("schedule.ends", day=day(plan.until)))
    agree = button(wording, "agree", None, schedule.id)
    change = button(wording, "change_schedule", None, schedule.id)
    where = () if planned.room is None else (Note(_where(planned.room, wording), planned.room.address),)
    summary = wording.say("schedule.summary")
    return Message(summary, (*(Text(text) for text in texts), *where, Buttons((agree, change))))


def saved(planned: Planned, wording: Wording) -> Message:
    """What counts from now on."""
    schedule = planned.schedule
    text = wording.say("schedule.saved", when=in_words(schedule.plan, planned.coming, wording))
    return Message(text, (Text(text), Buttons((button(wording, "schedules", None, schedule.room),))))


def schedules(planned: Sequence[Planned], wording: Wording, room: UUID | None = None, more: int = 0) -> Message:
    """What is planned, in plain words, with what can be done to each. `more` are not shown.

    `room`: the one where more can be planned; None where that is none.
    """
    is_here = not any(one.room for one in planned)
    heading = wording.say("schedule.heading" if is_here else "schedule.heading_everywhere")
    parts: list[Part] = [Heading(heading)]
    for one in planned:
        schedule = one.schedule
        said = in_words(schedule.plan, one.coming, wording)
        parts.append(Text(f"{said[0].upper()}{said[1:]}."))
        parts.append(_small_print(one, wording))
        is_resting = schedule.paused_until is not None
        names = ("rest", *(("wake",) if is_resting else ()), "change_schedule", "drop", "run_now")
        parts.append(Buttons(tuple(button(wording, name, None, schedule.id) for name in names)))
    if not planned:
        parts.append(Text(wording.say("schedule.none")))
    parts += [Note(wording.say("schedule.more", count=more))] if more else []
    parts += [] if room is None else [Buttons((button(wording, "schedule", None, room),))]
    return Message(heading, tuple(parts))


def _small_print(planned: Planned, wording: Wording) -> Note:
    """What kind of chats they are, whether they rest, and where they are held."""
    plan, resting = planned.schedule.plan, planned.schedule.paused_until
    notes = [wording.say("schedule.about", guide=planned.guide, pace=wording.say(f"pace.{plan.pace}"))]
    notes += [wording.say("schedule.ends", day=day(plan.until))] if plan.until is not None else []
    notes += [wording.say("schedule.rests", day=day(resting))] if resting is not None else []
    room = planned.room
    if room is None:
        return Note(" ".join(notes))
    if planned.is_here:
        return Note(" ".join([*notes, wording.say("schedule.room_here")]))
    return Note(" ".join([*notes, _where(room, wording)]), room.address)


def _where(room: Room, wording: Wording) -> str:
    named = room.team or room.organisation
    return wording.say("schedule.room", room=named) if named else wording.say("schedule.room_new")


def rest_form(schedule: Schedule, wording: Wording) -> Form:
    """Choose the first day on which a schedule holds a chat again."""
    return Form(
        title=wording.label("rest"),
        code=encode("form_rest", None, schedule.id),
        intro=(Text(wording.say("schedule.rest")),),
        fields=(DateField("on", wording.say("schedule.back_on")),),
        submit=wording.say("form.save"),
    )


def _host_field(wording: Wording, *, may_stay: bool = False) -> ChoiceField:
    names = (*((SAME,) if may_stay else ()), ME, NOBODY)
    options = tuple((name, wording.say(f"schedule.host_{name}")) for name in names)
    return ChoiceField("host", wording.say("schedule.host"), options, names[0])


def _who_leads(schedule: Schedule) -> str:
    if schedule.host is None:
        return "schedule.nobody_leads"
    return "schedule.leads" if schedule.host == schedule.owner else "schedule.same_leads"
