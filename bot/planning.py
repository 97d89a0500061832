"""What hosts and organisers do with rooms and schedules: one transaction each, with a line in the audit.

1. Who leads chats in a room, or organises in its workspace, may plan there; of a room that nobody spoke for, anybody
   may say whose it is.
2. What somebody typed is shown as it was understood, and counts once they agree to it.
3. A schedule is changed by another that takes its place: what the outbox holds of the old one is taken back.
"""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from typing import assert_never
from uuid import UUID
from zoneinfo import ZoneInfo

from bot.house import House
from bot.outbox import PEOPLE, Outgoing
from bot.outside import Address
from bot.plans import Plans
from bot.ports import Transaction
from bot.recurrence import GRACE, occurrences
from bot.standing import address_of
from bot.timetable import arranged, ended
from bot.typed_times import known_zone
from conversations import cadence
from conversations import planning as plan
from conversations import planning_panels as panels
from conversations.actions import button, sure
from conversations.leading import SURE_FOR
from conversations.messages import Buttons, Message, Text
from conversations.model import Pace, Room
from conversations.refusals import NotNow
from conversations.scheduling import Ended, Plan, Schedule, Standing
from conversations.wording import day

LONGEST_NAME = 200
A_DAY = timedelta(days=1)
"""For so long somebody may say *save it* of what they were shown; *yes* alone may soon be about something else."""


class Planner:
    """Does what hosts and organisers ask."""

    def __init__(self, house: House, fresh: Callable[[], UUID]) -> None:
        """`fresh` gives random ids."""
        self._house = house
        self._plans = Plans(house)
        self._fresh = fresh

    def awaits_yes(
        self, tx: Transaction, at: Address | None, who: Address | None, now: datetime, within: timedelta = SURE_FOR
    ) -> UUID | None:
        """The schedule that somebody was last shown in a room, not long ago, if they have not said yes to it."""
        room = None if at is None else tx.reading.room_at(at)
        person = None if who is None else tx.reading.person(who)
        newest = None if room is None or person is None else tx.schedules.proposed(room.id, person, now - within)
        return None if newest is None else newest.id

    # --- what is asked -----------------------------------------------------------------------------------------------

    def do(
        self, tx: Transaction, ask: plan.Planning, at: Address | None, who: Address | None, now: datetime
    ) -> Message:
        """Do what `who` asks in the room `at`; what to tell them. Raises NotNow."""
        if at is None or who is None:
            raise NotNow("no_room_yet")
        match ask:
            case plan.Join():
                return self._join(tx, ask, at, who, now)
            case plan.Propose():
                return self._propose(tx, ask, at, who, now)
            case plan.Agree(schedule=wanted):
                return self._agree(tx, wanted, at, who, now)
            case plan.Rest() | plan.Drop() | plan.RunNow():
                return self._change(tx, ask, at, who, now)
            case _:
                assert_never(ask)

    def _join(self, tx: Transaction, ask: plan.Join, at: Address, who: Address, now: datetime) -> Message:
        room, person = self._room(tx, ask.room, at), tx.chats.person(who)
        if room.host is not None and not self._plans.may(tx, room, who):
            raise NotNow("not_planner")
        organisation = _name(ask.organisation, "organisation")
        if not organisation:
            raise NotNow("no_organisation", field="organisation")
        host = person if ask.hosts else room.host
        team = _name(ask.team, "team") or None
        after = replace(room, organisation=organisation, sector=str(ask.sector), team=team, host=host, joined_at=now)
        tx.chats.join_room(after)
        self._note(tx, "room_joined", room.id, who, now)
        return panels.joined(after, self._house.wording)

    def _propose(self, tx: Transaction, ask: plan.Propose, at: Address, who: Address, now: datetime) -> Message:
        old, room = self._changed(tx, ask, at, who)
        self._plans.allow(tx, room, who)
        person = tx.chats.person(who)
        hosts = person if ask.hosts else None
        made = Schedule(
            id=self._fresh(),
            room=room.id,
            plan=self._planned(ask, room, None if old is None else old.plan),
            owner=person,
            host=(old.host if old is not None else person) if ask.hosts is None else hosts,
            standing=Standing.PROPOSED,
            replaces=None if old is None else old.id,
        )
        is_elsewhere = ask.is_chosen or address_of(room) != at
        shown = self._plans.shown(made, now, room if is_elsewhere else None)
        if not shown.coming:
            raise NotNow("no_dates", field="when")
        if old is not None and old.standing is Standing.PROPOSED:  # nobody said yes to it, and nobody is to any more
            tx.schedules.keep(ended(old, Ended.REPLACED), now)
            made = replace(made, replaces=old.replaces)
        tx.schedules.keep(made, now)
        return panels.proposal(shown, self._house.wording)

    def _changed(self, tx: Transaction, ask: plan.Propose, at: Address, who: Address) -> tuple[Schedule | None, Room]:
        """The schedule that is changed, if it is one, and its room."""
        if not ask.changes:
            return None, self._room(tx, ask.room, at)
        old, room = self._found(tx, ask.replaces or self._plans.only(tx, at), at, who)
        if old.standing is Standing.ENDED:
            raise NotNow("no_such_schedule")
        return old, room

    def _agree(self, tx: Transaction, wanted: UUID | None, at: Address, who: Address, now: datetime) -> Message:
        schedule, _ = self._found(tx, wanted or self.awaits_yes(tx, at, who, now, A_DAY), at, who)
        if schedule.standing is Standing.ENDED:
            raise NotNow("no_such_schedule")
        if schedule.standing is Standing.PROPOSED:
            schedule = self._arranged(replace(schedule, standing=Standing.ACTIVE), now)
            tx.schedules.keep(schedule, now)
            self._replace(tx, schedule, at, who, now)
            self._note(tx, "schedule_made", schedule.id, who, now)
        return panels.saved(self._plans.shown(schedule, now), self._house.wording)

    def _replace(self, tx: Transaction, schedule: Schedule, at: Address, who: Address, now: datetime) -> None:
        """End the schedule in whose place another stands now."""
        old = None if schedule.replaces is None else tx.schedules.lock(schedule.replaces, at)
        if old is not None and old[0].standing is Standing.ACTIVE and self._plans.may(tx, old[1], who):
            tx.schedules.keep(ended(old[0], Ended.REPLACED), now)

    def _change(
        self, tx: Transaction, ask: plan.Rest | plan.Drop | plan.RunNow, at: Address, who: Address, now: datetime
    ) -> Message:
        schedule, room = self._found(tx, ask.schedule or self._plans.only(tx, at), at, who)
        if schedule.standing is not Standing.ACTIVE:
            raise NotNow("no_such_schedule")
        match ask:
            case plan.Rest(until=until):
                if until is not None and until <= cadence.local_day(now, schedule.plan.zone):
                    raise NotNow("date_past", field="on")
                said = self._rest(tx, replace(schedule, paused_until=until), now)
                self._note(tx, "schedule_paused" if until else "schedule_woken", schedule.id, who, now)
                return said
            case plan.Drop(sure=False):
                return self._asked_back(schedule)
            case plan.Drop():
                tx.schedules.keep(ended(schedule, Ended.CANCELLED), now)
                self._note(tx, "schedule_cancelled", schedule.id, who, now)
                return self._said("schedule.dropped")
            case plan.RunNow():
                if tx.chats.open_in(address_of(room)) is not None:
                    raise NotNow("already_open")
                tx.outbox.add([self._run(schedule, room, now)])
                self._note(tx, "schedule_run", schedule.id, who, now)
                return self._said("schedule.running")

    def _rest(self, tx: Transaction, schedule: Schedule, now: datetime) -> Message:
        after = self._arranged(schedule, now)
        if after.next_at is None and schedule.paused_until is not None:
            raise NotNow("rest_over", field="on", day=self._last_day(schedule))
        tx.schedules.keep(after, now)
        if after.next_at is None:
            return self._said("schedule.woken_over")
        name = "schedule.woken" if schedule.paused_until is None else "schedule.rested"
        return self._said(name, day=day(cadence.local_day(after.next_at, schedule.plan.zone)))

    def _last_day(self, schedule: Schedule) -> str:
        """The day of the last chat of a schedule that has one."""
        plan = schedule.plan
        *_, last = occurrences(plan, self._house.calendar(plan.zone))
        return day(cadence.local_day(last.at + schedule.spread, plan.zone))

    def _asked_back(self, schedule: Schedule) -> Message:
        wording = self._house.wording
        agreed = button(wording, "drop", None, schedule.id)
        text = wording.say("schedule.sure_drop")
        return Message(text, (Text(text), Buttons((replace(agreed, code=sure(agreed.code), sure=None),))))

    def _run(self, schedule: Schedule, room: Room, now: datetime) -> Outgoing:
        wall = now.astimezone(ZoneInfo(schedule.plan.zone)).replace(tzinfo=None).isoformat(timespec="minutes")
        return Outgoing(
            key=f"start:{schedule.id}:now:{self._fresh()}",
            lane=f"room:{room.id}",
            gate="",
            effect={"do": "start", "schedule": str(schedule.id), "wall": wall, "now": True},
            due_at=now,
            priority=PEOPLE,
            expires_at=now + GRACE[schedule.plan.pace],
        )

    # --- parts -------------------------------------------------------------------------------------------------------

    def _room(self, tx: Transaction, wanted: UUID | None, at: Address) -> Room:
        """The room that is meant, locked. Raises NotNow."""
        meant = None if wanted is None else self._plans.room(tx, wanted, at)
        return tx.chats.lock_room(at if meant is None else address_of(meant), self._house.zone)

    def _found(self, tx: Transaction, wanted: UUID | None, at: Address, who: Address) -> tuple[Schedule, Room]:
        found = None if wanted is None else tx.schedules.lock(self._plans.as_it_is(tx, wanted), at)
        if found is None:
            raise NotNow("no_such_schedule")
        self._plans.allow(tx, found[1], who)
        return found

    def _planned(self, ask: plan.Propose, room: Room, old: Plan | None) -> Plan:
        """What is asked for; what nobody said is as it was, or as it usually is."""
        guides = self._house.newest()
        if ask.first is None:
            raise LookupError("a time is read before it is planned with")
        usual = old or Plan(guide="", pace=Pace.LIVE, first=ask.first, zone=room.zone)
        key = ask.guide or usual.guide or self._house.default_guide or next(iter(guides))
        if key not in guides:
            raise NotNow("no_such_word", field="guide", guides=", ".join(guides))
        if ask.last is not None and ask.last < ask.first.date():
            raise NotNow("until_before", field="until")
        return Plan(
            guide=key,
            pace=ask.pace or usual.pace,
            first=ask.first,
            repeat=ask.repeat,
            nth=ask.nth,
            zone=known_zone(ask.zone or usual.zone),
            on_holiday=ask.on_holiday or usual.on_holiday,
            reminder=ask.reminder or usual.reminder,
            until=ask.last,
        )

    def _arranged(self, schedule: Schedule, now: datetime) -> Schedule:
        return arranged(schedule, self._house.calendar(schedule.plan.zone), now)

    def _said(self, key: str, **facts: object) -> Message:
        text = self._house.wording.say(key, **facts)
        return Message(text, (Text(text),))

    @staticmethod
    def _note(tx: Transaction, action: str, about: UUID, who: Address, now: datetime) -> None:
        tx.upkeep.note(action, str(about), f"{who.channel}:{who.workspace}:{who.address}", now)


def _name(typed: str, field: str) -> str:
    name = " ".join(typed.split())
    if len(name) > LONGEST_NAME:
        raise NotNow("too_long", field=field, length=f"{len(name):,}", most=LONGEST_NAME)
    return name
