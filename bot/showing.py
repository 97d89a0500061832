"""What a person is shown alone and at once: reads, changes nothing, and shows nobody another's private words."""

from collections.abc import Callable, Sequence
from datetime import datetime
from uuid import UUID

from bot.house import House
from bot.outside import Address, Topic
from bot.own_chats import own_chat
from bot.plans import PANELS, Plans
from bot.ports import OwnAnswers, Store, Transaction
from bot.standing import address_of, given, hears
from bot.stories import PANELS as OF_STORIES
from bot.stories import StoryForms, beside
from conversations import cadence, panels
from conversations.commands import Panel, Place, Show
from conversations.engine import UNTIMELY
from conversations.messages import Form, Message
from conversations.mine import Around, my_answers
from conversations.model import OVER, Chat, Guide, Kind, Pace, Permission, Visibility
from conversations.my_settings import away_form, my_settings, remind_form, zone_form
from conversations.receipts import Said, read_back
from conversations.refusals import NotNow
from conversations.reminding import can_remind
from conversations.story_panels import short_of_time
from conversations.support import Directory

MINE = frozenset({Panel.MY_SETTINGS, Panel.AWAY, Panel.MY_ZONE})
ANYWHERE = MINE | {Panel.HELP, Panel.STATUS, Panel.PRIVACY, Panel.SUPPORT, Panel.START, Panel.MY_ANSWERS}
"""Panels that need no chat."""


class Showing:
    """Builds panels and forms from what stands in the store."""

    def __init__(self, store: Store, house: House, directory: Directory, clock: Callable[[], datetime]) -> None:
        """`clock` gives UTC."""
        self._store = store
        self._house = house
        self._directory = directory
        self._plans = Plans(house)
        self._stories = StoryForms(house)
        self._clock = clock

    async def show(
        self,
        show: Show,
        room: Address | None,
        who: Address | None,
        chat: UUID | None,
        *,
        place: Place = Place.ROOM,
    ) -> Message | Form:
        """What `who` asked to see, in a room or of a chat. Raises NotNow, StoreDown."""
        if who is None:
            raise LookupError("a panel is shown to somebody")
        return await self._store.read(lambda tx: self._show(tx, show, room, who, chat, place=place))

    def _show(
        self, tx: Transaction, show: Show, room: Address | None, who: Address, wanted: UUID | None, *, place: Place
    ) -> Message | Form:
        if show.panel in PANELS:
            return self._plans.show(tx, show, room, who, self._clock(), place=place)
        if show.panel in OF_STORIES:
            return self._stories.show(tx, show, room, who, wanted)
        chat = self._chat(tx, room, wanted)
        if chat is None:
            if show.panel not in ANYWHERE:
                raise NotNow("no_chat")
            return self._anywhere(tx, show.panel, None, room, who, place=place)
        if show.panel in ANYWHERE:
            return self._anywhere(tx, show.panel, chat, room, who, place=place)
        if show.panel is Panel.ALL_ANSWERS:
            return self._all_answers(tx, show, chat, room)
        return self._in_chat(tx, show, chat, who)

    def _chat(self, tx: Transaction, room: Address | None, wanted: UUID | None) -> Chat | None:
        found = wanted or (tx.chats.latest_in(room) if room else None)
        if found is None:
            return None
        chat = tx.reading.chat(found, room)
        if chat is None:
            raise NotNow("no_such_chat")
        return chat

    def _anywhere(
        self, tx: Transaction, panel: Panel, chat: Chat | None, room: Address | None, who: Address, *, place: Place
    ) -> Message | Form:
        wording = self._house.wording
        match panel:
            case Panel.MY_SETTINGS:
                return my_settings(tx.reading.wishes(who), wording)
            case Panel.AWAY:
                return away_form(wording)
            case Panel.MY_ZONE:
                return zone_form(tx.reading.wishes(who), wording)
            case Panel.HELP:
                offer = None if room is None or place is Place.ALONE else self._plans.offer(tx, room, who)
                heard = room is None or hears(tx, room)
                stories = bool(self._house.taking(Topic.STORY))
                return panels.help_(chat, wording, hears=heard, place=place, offer=offer, stories=stories)
            case Panel.STATUS:
                return panels.status(chat, self._house.guide_of(chat) if chat else None, wording, place)
            case Panel.PRIVACY:
                return panels.privacy(self._house.terms, wording)
            case Panel.START:
                return panels.start_form(self._house.newest(), wording)
            case Panel.MY_ANSWERS:
                return self._my_answers(tx, who)
            case _:
                today = cadence.local_day(self._clock(), self._house.zone)
                return panels.support(self._directory, today, wording)

    def _in_chat(self, tx: Transaction, show: Show, chat: Chat, who: Address) -> Message | Form:
        wording, guide = self._house.wording, self._house.guide_of(chat)
        match show.panel:
            case Panel.MORE:
                return panels.more(chat, show.question, wording)
            case Panel.SHORT_OF_TIME:
                contacts = bool(self._house.taking(Topic.CONTACT))
                return short_of_time(chat, show.question, wording, contacts=contacts)
            case Panel.ANSWER_PRIVATELY | Panel.ANSWER_LATE | Panel.ANSWER:
                return self._answer_form(show, chat, guide)
            case Panel.READ_BACK | Panel.REFLECT:
                return self._for_host(tx, show.panel, chat, guide, who)
            case Panel.REMIND_ME:
                return self._remind_form(chat)
            case Panel.CHECK_BACK:
                return panels.check_back_form(chat, wording)
            case _:
                own = tx.reading.own(who, chat.id)
                parts = _standing(own[0]) if own else ()
                return self._of_own(show, chat, guide, parts)

    def _of_own(self, show: Show, chat: Chat, guide: Guide, parts: Sequence[panels.OwnPart]) -> Form:
        if show.panel is Panel.MY_STEP:
            steps = {question.key for question in guide.questions if question.kind is Kind.COMMITMENT}
            step = [own for own in parts if own.part.question in steps]
            return panels.step_form(chat, step, self._house.wording)
        meant = [
            own for own in parts if show.part in {None, own.part.id} and show.question in {None, own.part.question}
        ]
        if not meant:
            raise NotNow("no_such_answer")
        make = panels.move_form if show.panel is Panel.MOVE else panels.change_form
        return make(chat, meant[-1], guide, self._house.wording)

    def _remind_form(self, chat: Chat) -> Form:
        if chat.pace is Pace.LIVE:
            raise NotNow("remind_live")
        if not can_remind(chat):
            raise NotNow("paused" if chat.paused else UNTIMELY[chat.stage])
        return remind_form(chat, self._house.wording)

    def _answer_form(self, show: Show, chat: Chat, guide: Guide) -> Form:
        if chat.stage in OVER:
            raise NotNow("over")
        question = show.question or chat.asking
        if question is None or chat.asked(question) is None:
            raise NotNow("not_begun")
        make = {
            Panel.ANSWER_PRIVATELY: panels.private_form,
            Panel.ANSWER_LATE: panels.late_form,
            Panel.ANSWER: panels.answer_form,
        }[show.panel]
        return make(chat, question, guide, self._house.wording)

    def _all_answers(self, tx: Transaction, show: Show, chat: Chat, room: Address | None) -> Message:
        """What the team was answered by form: for those alone who are where the question's post stands."""
        if room != address_of(tx.reading.room(chat.room)):
            raise NotNow("no_such_chat")
        question = show.question or chat.asking or ""
        return panels.all_answers(question, given(tx, chat), self._house.guide_of(chat), self._house.wording)

    def _for_host(self, tx: Transaction, panel: Panel, chat: Chat, guide: Guide, who: Address) -> Message | Form:
        if chat.host is None or tx.reading.person(who) != chat.host:
            raise NotNow("not_host" if chat.host else "no_host")
        gathered = tx.reading.gathered(chat.id, words=True)
        if panel is Panel.REFLECT:
            return panels.reflect_form(chat, gathered.reflection, self._house.wording)
        said = [
            Said(spoken.part.question, spoken.words, spoken.part.permission is Permission.STAY)
            for spoken in gathered.said
            if spoken.part.visibility is Visibility.TEAM
        ]
        return read_back(chat, guide, said, self._house.wording)

    def _my_answers(self, tx: Transaction, who: Address) -> Message:
        house = self._house
        own = [own_chat(tx, house, kept) for kept in tx.keeping.chats(who)]
        around = Around(now=self._clock(), contact=house.terms.contact, download=house.downloads)
        return my_answers(own, around, house.wording, beside(tx, house, who))


def _standing(own: OwnAnswers) -> tuple[panels.OwnPart, ...]:
    """What stands of a person's own words in a chat."""
    return tuple(panels.OwnPart(one.part, one.words) for one in own.spoken if not one.part.withdrawn)
