"""What is there from the start, and how a test adds tenants, people, teams, channels, chats and apps."""

from collections.abc import Sequence
from typing import Final

from tests.peers.teams_things import App, Person, Place, Roster, Team
from tests.peers.teams_world import World

HERE: Final = "00000000-0000-4000-8000-0000000000a1"
"""The tenant of Ana, Ben, Cat, Dev and the bot."""
ELSEWHERE: Final = "00000000-0000-4000-8000-0000000000b2"
"""A stranger's tenant."""
PEOPLE: Final = ("Ana", "Ben", "Cat", "Dev")


class Founding:
    """Teams and chats with Ana, Ben, Cat and Dev, a stranger's tenant, and an app that is installed in most of them.

    Channels: `team` and `second` in one team; `heard` in a team that lets the bot read without a mention; `without` in
    one without the bot; `elsewhere` in the other tenant, with the bot. Chats: `group` with the bot, `private` without.
    """

    def __init__(self, world: World) -> None:
        self.world = world
        self.app = self.add_app("Team Leeds Chats")
        self.mention = f"<at>{self.app.name}</at>"
        """What people's messages have in them to speak to the bot."""
        for person in PEOPLE:
            self.add_person(person)
        self.add_person("Stranger", ELSEWHERE)
        self.add_channel("second", self.add_channel("team").team)
        self.add_channel("heard").roster.readers.add(self.app.id)
        self.add_channel("without").roster.apps.clear()
        self.add_channel("elsewhere", tenant=ELSEWHERE, people=("Stranger",))
        self.add_chat("group", PEOPLE)
        self.add_chat("private", ("Ana", "Ben")).roster.apps.clear()

    def add_person(self, name: str, tenant: str = HERE) -> Person:
        """Add a person; their name has to be new."""
        number = len(self.world.people) + 1
        made = Person(id=f"29:1{name}-{number:04d}", aad=self.world.next_guid(), name=name, tenant=tenant)
        self.world.people[made.id] = made
        return made

    def add_channel(
        self, name: str, team: Team | None = None, *, tenant: str = HERE, people: Sequence[str] = PEOPLE
    ) -> Place:
        """Add a channel to a team, or to a new one with these people in it and the bot."""
        number = len(self.world.places) + 1
        channel = f"19:{number:032x}@thread.tacv2"
        if team is None:
            roster = Roster(people={self.world.person(one).id for one in people}, apps={self.app.id})
            group = self.world.next_guid()
            team = Team(id=channel, group=group, name=f"The team of {name}", tenant=tenant, roster=roster)
            self.world.teams[team.id] = team
        made = Place(id=channel, name=name, kind="channel", tenant=team.tenant, roster=team.roster, team=team)
        self.world.places[channel] = made
        return made

    def add_chat(self, name: str, people: Sequence[str], *, tenant: str = HERE) -> Place:
        """Add a group chat with these people in it and the bot."""
        chat = f"19:{len(self.world.places) + 1:032x}@thread.v2"
        roster = Roster(people={self.world.person(one).id for one in people}, apps={self.app.id})
        made = Place(id=chat, name=name, kind="groupChat", tenant=tenant, roster=roster)
        self.world.places[chat] = made
        return made

    def add_app(self, name: str, tenant: str = HERE, path: str = "/api/messages") -> App:
        """Add a registration, installed nowhere; what it is known and trusted by follows from its number."""
        number = len(self.world.apps) + 1
        made = App(
            id=f"00000000-0000-4000-8000-0000000c{number:04d}",
            name=name,
            tenant=tenant,
            secret=f"a-client-secret-{number}",
            path=path,
            number=number,
        )
        self.world.apps.append(made)
        return made

    def personal(self, user: str, app: App | None = None) -> str:
        """Give the id of a person's chat with an app."""
        return self.world.personal(app or self.app, self.world.person(user)).id
