"""Stories and contact requests: one transaction each, which writes what is told of them to the survey stores too.

1. They belong to a person and to no chat: nothing of them shows in a room, to a host, or in the audit.
2. What somebody typed passes `fitting` before anything is kept: a refusal names the field, and keeps nothing.
3. A story that was told where a chat is goes on with that chat's team, as its answers do; one told in a practice does
   not exist.
4. What is taken back is deleted here at once, and cancelled where it has not left.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import assert_never
from uuid import UUID

from bot.house import House
from bot.kept_stories import KeptRequest, KeptStory
from bot.outside import Address, Topic
from bot.ports import Transaction
from bot.story_events import forward, reaches_authors
from conversations import cadence
from conversations import stories as ask_for
from conversations import story_panels as panels
from conversations.commands import Panel, Show
from conversations.events import Sending
from conversations.messages import Form, Message, Part
from conversations.refusals import NotNow
from conversations.stories import Request, Story

PANELS = frozenset({Panel.STORY, Panel.CHANGE_STORY, Panel.CONTACT_ME})


@dataclass(frozen=True, slots=True)
class Asking:
    """Who asks, where, of which chat, and when (UTC)."""

    who: Address
    room: Address | None
    chat: UUID | None
    now: datetime


class Storytelling:
    """Does what people ask of the programme beside their chats."""

    def __init__(self, house: House, fresh: Callable[[], UUID]) -> None:
        """`fresh` gives random ids."""
        self._house = house
        self._fresh = fresh

    def do(self, tx: Transaction, ask: ask_for.ToProgramme, asking: Asking) -> Message:
        """Do what is asked; what to tell whoever asked. Raises NotNow."""
        match ask:
            case ask_for.TellStory(story=story):
                return self._tell(tx, story, asking)
            case ask_for.ChangeStory():
                return self._change(tx, ask, asking)
            case ask_for.WithdrawStory():
                return self._withdraw(tx, ask, asking)
            case ask_for.AskContact(request=request):
                return self._ask(tx, request, asking)
            case ask_for.WithdrawContact(which=which):
                return self._unask(tx, which, asking)
            case _:
                assert_never(ask)

    def _tell(self, tx: Transaction, story: Story, asking: Asking) -> Message:
        offered(self._house, Topic.STORY)
        chat = told_in(tx, asking.chat, asking.room)
        kept = KeptStory(
            id=self._fresh(),
            chat=chat,
            revision=1,
            story=self._fitting(story),
            on=self._today(asking),
            at=asking.now,
        )
        tx.stories.keep(kept, tx.chats.person(asking.who))
        forward(tx, self._house, kept, Sending.SUBMITTED, asking.now)
        return panels.told(own_story(kept), self._house.terms, self._house.wording)

    def _change(self, tx: Transaction, ask: ask_for.ChangeStory, asking: Asking) -> Message:
        before = self._own(tx, ask.which, asking)
        if before.revision != ask.revision:
            raise NotNow("story_changed_since", field="title")
        kept = replace(before, revision=before.revision + 1, story=self._fitting(ask.story), on=self._today(asking))
        tx.stories.keep(kept, tx.chats.person(asking.who))
        forward(tx, self._house, kept, Sending.REVISED, asking.now)
        return panels.changed(own_story(kept), self._house.terms, self._house.wording)

    def _withdraw(self, tx: Transaction, ask: ask_for.WithdrawStory, asking: Asking) -> Message:
        before = self._own(tx, ask.which, asking)
        if not ask.sure:
            return panels.sure_withdrawn(before.id, self._house.wording)
        nothing = Story(parts={}, consent=before.story.consent)
        kept = replace(before, revision=before.revision + 1, story=nothing, withdrawn=True)
        tx.stories.keep(kept, tx.chats.person(asking.who))
        sent = forward(tx, self._house, kept, Sending.WITHDRAWN, asking.now)
        return panels.withdrawn(self._house.wording, sent=sent)

    def _ask(self, tx: Transaction, request: Request, asking: Asking) -> Message:
        offered(self._house, Topic.CONTACT)
        kept = KeptRequest(id=self._fresh(), revision=1, request=self._fitting_request(request), at=asking.now)
        tx.stories.keep_request(kept, tx.chats.person(asking.who))
        forward(tx, self._house, kept, Sending.SUBMITTED, asking.now)
        return panels.asked(kept.id, self._house.terms, self._house.wording)

    def _unask(self, tx: Transaction, which: UUID | None, asking: Asking) -> Message:
        before = tx.stories.lock_request(asking.who, which)
        if before is None:
            raise NotNow("no_request")
        kept = replace(before, revision=before.revision + 1, request=Request(reach=""), withdrawn=True)
        tx.stories.keep_request(kept, tx.chats.person(asking.who))
        sent = forward(tx, self._house, kept, Sending.WITHDRAWN, asking.now)
        return panels.unasked(self._house.wording, sent=sent)

    # --- parts -------------------------------------------------------------------------------------------------------

    def _fitting(self, story: Story) -> Story:
        """The one place that every word of a story passes before it is kept. Raises NotNow."""
        return ask_for.fitting(story if reaches_authors(self._house) else replace(story, contact=""))

    def _fitting_request(self, request: Request) -> Request:
        """The one place that every word of a contact request passes before it is kept. Raises NotNow."""
        return ask_for.fitting_request(request)

    def _own(self, tx: Transaction, which: UUID | None, asking: Asking) -> KeptStory:
        found = tx.stories.lock(asking.who, which)
        if found is None:
            raise NotNow("no_such_story")
        return found

    def _today(self, asking: Asking) -> date:
        return cadence.local_day(asking.now, self._house.zone)


class StoryForms:
    """Shows the forms; it changes nothing."""

    def __init__(self, house: House) -> None:
        self._house = house

    def show(self, tx: Transaction, show: Show, room: Address | None, who: Address, wanted: UUID | None) -> Form:
        """The form that is asked for. `wanted`: the chat whose button was pressed. Raises NotNow."""
        terms, wording = self._house.terms, self._house.wording
        if show.panel is Panel.CONTACT_ME:
            offered(self._house, Topic.CONTACT)
            return panels.contact_form(terms, wording)
        offered(self._house, Topic.STORY)
        reaches = reaches_authors(self._house)
        if show.panel is Panel.STORY:
            here = wanted or (tx.chats.latest_in(room) if room else None)
            return panels.story_form(told_in(tx, here, room), terms, wording, reaches=reaches)
        own = next((kept for kept in tx.stories.own(who) if show.part in {None, kept.id}), None)
        if own is None:
            raise NotNow("no_such_story")
        return panels.change_story_form(own_story(own), terms, wording, reaches=reaches)


def offered(house: House, topic: Topic) -> None:
    """Make sure that somebody takes it. Raises NotNow."""
    if not house.taking(topic):
        raise NotNow("no_stories" if topic is Topic.STORY else "no_contact")


def told_in(tx: Transaction, chat: UUID | None, room: Address | None) -> UUID | None:
    """The chat that a story goes on with, if it is told in one. Raises NotNow: in a practice that goes on, too."""
    if chat is None:
        return None
    found = tx.reading.chat(chat, room)
    if found is None:
        raise NotNow("no_such_chat")
    if found.practice and found.over_at is None:
        raise NotNow("story_practice")
    return None if found.practice else found.id


def own_story(kept: KeptStory) -> panels.OwnStory:
    """A story as its author sees it."""
    return panels.OwnStory(id=kept.id, revision=kept.revision, story=kept.story, told_at=kept.at)


def own_request(kept: KeptRequest) -> panels.OwnRequest:
    """A contact request as its author sees it."""
    return panels.OwnRequest(id=kept.id, request=kept.request, asked_at=kept.at)


def beside(tx: Transaction, house: House, who: Address) -> tuple[Part, ...]:
    """A person's own stories and contact requests, for *My answers*."""
    stories = [own_story(kept) for kept in tx.stories.own(who)]
    requests = [own_request(kept) for kept in tx.stories.own_requests(who)]
    return panels.own_stories(stories, requests, house.zone, house.wording)
