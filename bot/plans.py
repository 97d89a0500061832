"""What stands in the plan: who may see and change it, and how it is shown. It changes nothing."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from uuid import UUID
from zoneinfo import ZoneInfo

from bot.house import House
from bot.ports import Address, Role, Transaction
from bot.standing import address_of
from bot.timetable import upcoming
from conversations import planning_panels as panels
from conversations.commands import Panel, Show
from conversations.messages import Form, Message
from conversations.model import Room
from conversations.refusals import NotNow
from conversations.scheduling import Schedule, Standing

PANELS = frozenset({Panel.JOIN, Panel.SCHEDULE, Panel.SCHEDULES, Panel.CHANGE_SCHEDULE, Panel.REST})
DATES = 3
"""How many of the next dates people are shown."""


def organises(tx: Transaction, house: House, who: Address) -> bool:
    """Whether somebody organises in their workspace: by the settings, or by a role they were given."""
    return who in house.organisers or tx.roles.has(who, Role.ORGANISER, who.workspace)


class Plans:
    """Reads what is planned."""

    def __init__(self, house: House) -> None:
        self._house = house

    def show(self, tx: Transaction, show: Show, at: Address | None, who: Address, now: datetime) -> Message | Form:
        """A form or a list about rooms and schedules. Raises NotNow."""
        wording = self._house.wording
        if at is None:
            raise NotNow("no_room_yet")
        room = tx.reading.room_at(at)
        if show.panel is Panel.JOIN:
            return panels.join_form(room, wording)
        if not organises(tx, self._house, who) and (room is None or not self.may(tx, room, who)):
            raise NotNow("not_planner")
        if show.panel is Panel.SCHEDULE:
            return panels.schedule_form(None, self._house.newest(), wording)
        if show.panel is Panel.SCHEDULES:
            return panels.schedules(self._listed(tx, room, who, now), wording)
        wanted = show.part or self.only(tx, at)
        found = tx.schedules.of(wanted)
        if found is None or found[0].standing is Standing.ENDED or not self.may(tx, found[1], who):
            raise NotNow("no_such_schedule")
        if show.panel is Panel.REST:
            return panels.rest_form(found[0], wording)
        return panels.schedule_form(found[0].plan, self._house.newest(), wording, found[0].id.hex)

    def _listed(self, tx: Transaction, room: Room | None, who: Address, now: datetime) -> Sequence[panels.Planned]:
        """What is planned in the room; for who organises, in the whole workspace."""
        if not organises(tx, self._house, who):
            return [] if room is None else [self.shown(one, now) for one in tx.schedules.in_room(room.id)]
        found = tx.schedules.within(who)
        return [replace(self.shown(one, now), room=at.team or at.organisation or at.address) for one, at in found]

    def may(self, tx: Transaction, room: Room, who: Address) -> bool:
        """Whether somebody leads chats in a room, or organises in its workspace."""
        if (room.channel, room.workspace) != (who.channel, who.workspace):
            return False
        person = tx.reading.person(who)
        latest = tx.chats.latest_in(address_of(room))
        chat = None if latest is None else tx.reading.chat(latest)
        leads = person is not None and person in {room.host, None if chat is None else chat.host}
        return leads or organises(tx, self._house, who)

    def only(self, tx: Transaction, at: Address) -> UUID:
        """The one schedule of a room, for whoever names none. Raises NotNow."""
        room = tx.reading.room_at(at)
        here = () if room is None else tx.schedules.in_room(room.id)
        if len(here) != 1:
            raise NotNow("which_schedule" if here else "no_such_schedule")
        return here[0].id

    def shown(self, schedule: Schedule, now: datetime) -> panels.Planned:
        zone = schedule.plan.zone
        next_ones = upcoming(schedule, self._house.calendar(zone), now, DATES)
        walls = [one.astimezone(ZoneInfo(zone)).replace(tzinfo=None) for one in next_ones]
        guide = self._house.newest().get(schedule.plan.guide)
        return panels.Planned(schedule, walls, schedule.plan.guide if guide is None else guide.title)
