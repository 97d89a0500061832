"""What the stand-in Teams keeps, all of it in memory, and how it counts and tells the time."""

import asyncio
from collections import deque
from collections.abc import Callable
from datetime import datetime

from tests.peers.teams_things import App, Call, Dialog, Failure, Person, Place, Post, Roster, Team, Token


class World:
    """Everything the stand-in knows. `clock` gives UTC."""

    def __init__(self, clock: Callable[[], datetime]) -> None:
        self.clock = clock
        self.base = ""
        """Where the stand-in listens."""
        self.people: dict[str, Person] = {}
        self.teams: dict[str, Team] = {}
        self.places: dict[str, Place] = {}
        self.apps: list[App] = []
        self.tokens: dict[str, Token] = {}
        self.dialogs: dict[str, Dialog] = {}
        """The dialog that stands open, by person."""
        self.shown: dict[str, list[str]] = {}
        """All that one person was ever shown alone."""
        self.notified: list[str] = []
        self.typed: deque[str] = deque(maxlen=1_000)
        """What people said, in messages and in fields; the latest."""
        self.calls: list[Call] = []
        self.failures: list[Failure] = []
        self._moment = 0
        self._count = 0
        self._stirred = asyncio.Event()

    @property
    def service_url(self) -> str:
        """Where the connector is, with a slash at its end as Teams has it."""
        return f"{self.base}/emea/"

    def next_id(self) -> str:
        """Give a message's id: milliseconds, and always later than the last one."""
        self._moment = max(round(self.clock().timestamp() * 1_000), self._moment + 1)
        return str(self._moment)

    def next_number(self) -> int:
        """Count on."""
        self._count += 1
        return self._count

    def next_guid(self) -> str:
        """Give an id of the other kind."""
        return f"00000000-0000-4000-8000-{self.next_number():012d}"

    def broken(self, rule: str, call: str) -> None:
        """Note that `call` broke a rule."""
        self.failures.append(Failure(rule, call))

    def show(self, person: str, text: str) -> int:
        """Note that a person alone was shown something; gives its place in the order of what was shown."""
        self.shown.setdefault(person, []).append(text)
        return self.next_number()

    def stir(self) -> None:
        """Wake who waits for something to change."""
        self._stirred.set()
        self._stirred = asyncio.Event()

    async def stirred(self) -> None:
        """Wait until something changes."""
        await self._stirred.wait()

    def person(self, name: str) -> Person:
        """Find a person by either id or by name."""
        return next(one for one in self.people.values() if name in {one.id, one.aad, one.name})

    def place(self, name: str) -> Place:
        """Find a place by id or by name; a person's name is their chat with the first app."""
        for place in self.places.values():
            if name in {place.id, place.name}:
                return place
        return self.personal(self.apps[0], self.person(name))

    def personal(self, app: App, person: Person) -> Place:
        """Give the chat of a person and an app; it is made when it is first needed."""
        name = f"a:1{person.name}-{app.number}"
        if name not in self.places:
            roster = Roster(people={person.id})
            made = Place(id=name, name=name, kind="personal", tenant=person.tenant, roster=roster)
            self.places[name] = made
        return self.places[name]

    def can_reach(self, app: App, person: Person) -> bool:
        """Tell whether an app may write to a person: it is in their chat, or they are where it is installed."""
        rosters = (place.roster for place in self.places.values() if not place.is_gone)
        return any(app.id in roster.apps and person.id in roster.people for roster in rosters)

    def post(self, place: Place, post: str) -> Post:
        """Find a message that stands."""
        found = place.posts[post]
        assert not found.is_deleted, "this message is gone"
        return found
