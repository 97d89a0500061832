"""What stands in the plan: who may see and change it, and how it is shown. It changes nothing."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID
from zoneinfo import ZoneInfo

from bot.house import House
from bot.outside import Address
from bot.ports import Transaction
from bot.roles import organises
from bot.standing import address_of
from bot.timetable import upcoming
from conversations import planning_panels as panels
from conversations.commands import Panel, Place, Show
from conversations.messages import Form, Message
from conversations.model import Room
from conversations.refusals import NotNow
from conversations.scheduling import Ended, Schedule, Standing

PANELS = frozenset({Panel.JOIN, Panel.SCHEDULE, Panel.SCHEDULES, Panel.CHANGE_SCHEDULE, Panel.REST})
DATES = 3
"""How many of the next dates people are shown."""
MOST_LISTED = 60
"""Schedules of a list: whoever organises in thousands of rooms looks in the rooms."""


class Plans:
    """Reads what is planned."""

    def __init__(self, house: House) -> None:
        self._house = house

    def show(
        self, tx: Transaction, show: Show, at: Address | None, who: Address, now: datetime, *, place: Place
    ) -> Message | Form:
        """A form or a list about rooms and schedules. Raises NotNow."""
        if at is None:
            raise NotNow("no_room_yet")
        match show.panel:
            case Panel.REST | Panel.CHANGE_SCHEDULE:
                return self._about_one(tx, show, at, who)
            case Panel.SCHEDULES if place is Place.ALONE and show.part is None:
                return self._mine(tx, who, now)
            case Panel.SCHEDULE if place is Place.ANYWHERE and show.part is None:
                if not (organises(tx, self._house, who) or tx.reading.leads_within(who)):
                    raise NotNow("no_room_yet")
                return panels.schedule_form(self._house.newest(), self._house.wording, asks_room=True)
            case panel:
                room = self.room(tx, show.part, at, place)
                if panel is Panel.JOIN:
                    return panels.join_form(room, self._house.wording)
                self.allow(tx, room, who)
                if panel is Panel.SCHEDULES:
                    return self._listed(tx, room, who, now)
                about = panels.about_room(room.id if room else None)
                return panels.schedule_form(self._house.newest(), self._house.wording, about)

    # --- rights ------------------------------------------------------------------------------------------------------

    def may(self, tx: Transaction, room: Room, who: Address) -> bool:
        """Whether somebody leads chats in a room, or organises in its workspace."""
        if (room.channel, room.workspace) != (who.channel, who.workspace):
            return False
        person = tx.reading.person(who)
        latest = tx.chats.latest_in(address_of(room))
        chat = None if latest is None else tx.reading.chat(latest)
        leads = person is not None and person in {room.host, None if chat is None else chat.host}
        return leads or organises(tx, self._house, who)

    def allow(self, tx: Transaction, room: Room | None, who: Address) -> None:
        """Make sure that somebody may plan in a room; None: nobody ever spoke for it. Raises NotNow."""
        if organises(tx, self._house, who) if room is None else self.may(tx, room, who):
            return
        raise NotNow("join_first" if room is None or room.host is None else "not_planner")

    def offer(self, tx: Transaction, at: Address, who: Address) -> str | None:
        """Which sentence tells somebody what they can plan in a room: section `help`; None for nothing."""
        room = tx.reading.room_at(at)
        if room is None or room.host is None:
            return "join"
        return "plan" if self.may(tx, room, who) else None

    # --- what is meant -----------------------------------------------------------------------------------------------

    def room(self, tx: Transaction, wanted: UUID | None, at: Address, place: Place = Place.ROOM) -> Room | None:
        """The room that is meant: by its id, else the one where somebody is. Raises NotNow."""
        if wanted is None:
            if place is Place.ALONE:
                raise NotNow("no_room_yet")
            return tx.reading.room_at(at)
        try:
            room = tx.reading.room(wanted)
        except LookupError:
            raise NotNow("no_room_yet") from None
        if (room.channel, room.workspace) != (at.channel, at.workspace):
            raise NotNow("no_room_yet")
        return room

    def only(self, tx: Transaction, at: Address) -> UUID:
        """The one schedule of a room, for whoever names none. Raises NotNow."""
        room = tx.reading.room_at(at)
        here = () if room is None else tx.schedules.in_room(room.id)
        if len(here) != 1:
            raise NotNow("which_schedule" if here else "no_such_schedule")
        return here[0].id

    def as_it_is(self, tx: Transaction, wanted: UUID) -> UUID:
        """The schedule that stands in place of `wanted`, if that was changed: a button of an older list is about it."""
        found = tx.schedules.of(wanted)
        if found is None or found[0].ended is not Ended.REPLACED:
            return wanted
        return next((one.id for one in tx.schedules.in_room(found[0].room) if self._came_of(tx, one, wanted)), wanted)

    @staticmethod
    def _came_of(tx: Transaction, schedule: Schedule, earlier: UUID) -> bool:
        before = schedule.replaces
        while before is not None and before != earlier:
            found = tx.schedules.of(before)
            before = None if found is None else found[0].replaces
        return before is not None

    # --- what is shown -----------------------------------------------------------------------------------------------

    def shown(
        self, schedule: Schedule, now: datetime, room: Room | None = None, here: Room | None = None
    ) -> panels.Planned:
        """A schedule as people see it; `room` is where it is, if that has to be said, and `here` where they are."""
        zone = schedule.plan.zone
        next_ones = upcoming(schedule, self._house.calendar(zone), now, DATES)
        walls = [one.astimezone(ZoneInfo(zone)).replace(tzinfo=None) for one in next_ones]
        guide = self._house.newest().get(schedule.plan.guide)
        title = schedule.plan.guide if guide is None else guide.title
        return panels.Planned(schedule, walls, title, room, is_here=room is not None and room == here)

    def _about_one(self, tx: Transaction, show: Show, at: Address, who: Address) -> Form:
        found = tx.schedules.of(self.as_it_is(tx, show.part or self.only(tx, at)))
        if found is None or found[0].standing is Standing.ENDED or not self.may(tx, found[1], who):
            raise NotNow("no_such_schedule")
        if show.panel is Panel.REST:
            return panels.rest_form(found[0], self._house.wording)
        return panels.schedule_form(self._house.newest(), self._house.wording, changed=found[0])

    def _listed(self, tx: Transaction, room: Room | None, who: Address, now: datetime) -> Message:
        """What is planned in the room; for who organises, in the whole workspace."""
        if organises(tx, self._house, who):
            return self._with_rooms(tx.schedules.within(who), now, room)
        here = () if room is None else tx.schedules.in_room(room.id)
        listed = [self.shown(one, now) for one in here[:MOST_LISTED]]
        return panels.schedules(listed, self._house.wording, room.id if room else None, len(here) - len(listed))

    def _mine(self, tx: Transaction, who: Address, now: datetime) -> Message:
        """What somebody planned or leads anywhere in their workspace, for who organises all of it. Raises NotNow."""
        found = tx.schedules.within(who)
        if not organises(tx, self._house, who):
            person = tx.reading.person(who)
            found = [(one, at) for one, at in found if person and person in {at.host, one.owner, one.host}]
            found = [(one, at) for one, at in found if self.may(tx, at, who)]
            if not found:
                raise NotNow("no_room_yet")
        return self._with_rooms(found, now, None)

    def _with_rooms(self, found: Sequence[tuple[Schedule, Room]], now: datetime, room: Room | None) -> Message:
        listed = [self.shown(one, now, at, room) for one, at in found[:MOST_LISTED]]
        return panels.schedules(listed, self._house.wording, room.id if room else None, len(found) - len(listed))
