"""What is there from the start, and how a test adds workspaces, people, channels and apps."""

from typing import Final

from tests.peers.slack_access import install, issue
from tests.peers.slack_things import EVENTS, KNOWN_SCOPES, SCOPES, App, Channel, Installation, Json, User, Workspace
from tests.peers.slack_world import World

TEAM: Final = "C0TEAM"
"""A public channel where everybody and the bot are."""
QUIET: Final = "C0QUIET"
"""A private one, with the bot."""
WITHOUT: Final = "C0WITHOUT"
"""A public one without the bot."""
HIDDEN: Final = "C0HIDDEN"
"""A private one without the bot."""
OLD: Final = "C0OLD"
"""An archived one, with the bot."""
SHARED: Final = "C0SHARED"
"""One that is shared with a stranger's workspace, with the bot."""

STRANGER: Final = "U0STRANGER"
HERE: Final = "T1"
ELSEWHERE: Final = "T2"
PEOPLE: Final = ("Ana", "Ben", "Cat", "Dev")


class Founding:
    """Workspaces T1, with Ana, Ben, Cat and Dev and an app that is installed, and T2, with a stranger."""

    def __init__(self, world: World) -> None:
        self.world = world
        here = self.add_workspace(HERE, "Leeds", PEOPLE)
        self.add_workspace(ELSEWHERE, "Elsewhere", ("Stranger",))
        self.app = self.add_app("Team Leeds Chats")
        self.bot = install(world, self.app, here)
        self.token = issue(world, self.bot).value
        """The bot's token in T1."""
        self.mention = f"<@{self.bot.bot_user}>"
        """What people type to speak to the bot."""
        bot = self.bot.bot_user
        self.add_channel("team").members.add(bot)
        self.add_channel("quiet", is_private=True).members.add(bot)
        self.add_channel("without")
        self.add_channel("hidden", is_private=True)
        old = self.add_channel("old")
        old.members.add(bot)
        old.is_archived = True
        shared = self.add_channel("shared")
        shared.members |= {bot, STRANGER}
        shared.shared_with = frozenset({ELSEWHERE})

    def add_workspace(self, team: str, name: str, people: tuple[str, ...], enterprise: str | None = None) -> Workspace:
        """Add a workspace; each person's id is U0 and their name in capitals, which has to be new."""
        users = [User(id=f"U0{person.upper()}", name=person, team=team) for person in people]
        made = Workspace(id=team, name=name, enterprise=enterprise, users={user.id: user for user in users})
        self.world.workspaces[team] = made
        return made

    def add_channel(self, name: str, team: str = HERE, *, is_private: bool = False) -> Channel:
        """Add a channel with everybody in the workspace in it, and no bot; its id is C0 and its name in capitals."""
        space = self.world.workspaces[team]
        made = Channel(id=f"C0{name.upper()}", name=name, team=team, members=set(space.users), is_private=is_private)
        space.channels[made.id] = made
        return made

    def add_app(
        self,
        name: str,
        path: str = "/slack/events",
        *,
        scopes: frozenset[str] = SCOPES,
        events: frozenset[str] = EVENTS,
        rotates: bool = False,
        redirect_uris: frozenset[str] = frozenset(),
    ) -> App:
        """Add an app, installed nowhere; what it is known and trusted by follows from its number."""
        number = len(self.world.apps) + 1
        made = App(
            id=f"A0APP{number}",
            name=name,
            signing_secret=f"a-signing-secret-{number}",
            client_id=f"1000.{number}",
            client_secret=f"a-client-secret-{number}",
            path=path,
            scopes=scopes,
            events=events,
            rotates=rotates,
            redirect_uris=redirect_uris,
            app_token=f"xapp-1-A0APP{number}-an-app-secret",
        )
        self.world.apps.append(made)
        return made

    def install(
        self, app: App, team: str, scopes: frozenset[str] | None = None, *, is_org_wide: bool = False
    ) -> tuple[Installation, str]:
        """Install an app in a workspace, or in all of its organisation; gives the installation and its token."""
        made = install(self.world, app, self.world.workspaces[team], scopes, is_org_wide=is_org_wide)
        return made, issue(self.world, made).value

    def narrow(self, scopes: frozenset[str]) -> None:
        """Leave the bot's token in T1 with these scopes only."""
        self.bot.scopes = self.world.tokens[self.token].scopes = scopes

    def follow(self, manifest: Json) -> None:
        """Set the app up by a manifest, and leave its token in T1 with what the manifest asks for."""
        features, settings, oauth = manifest["features"], manifest["settings"], manifest["oauth_config"]
        scopes = frozenset(oauth["scopes"]["bot"])
        assert scopes <= KNOWN_SCOPES, f"Slack does not know {sorted(scopes - KNOWN_SCOPES)}"
        self.app.commands = frozenset(one["command"] for one in features.get("slash_commands", ()))
        self.app.shortcuts = frozenset(one["callback_id"] for one in features.get("shortcuts", ()))
        self.app.events = frozenset(settings.get("event_subscriptions", {}).get("bot_events", ()))
        self.app.redirect_uris = frozenset(oauth.get("redirect_urls", ()))
        self.app.rotates = bool(settings.get("token_rotation_enabled"))
        self.app.scopes = scopes
        self.narrow(scopes)
