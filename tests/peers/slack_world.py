"""What the stand-in Slack keeps, all of it in memory, and how it counts and tells the time."""

import asyncio
from collections.abc import Callable
from datetime import datetime

from tests.peers.slack_things import (
    App,
    Call,
    Channel,
    Failure,
    Happening,
    Installation,
    Token,
    Trigger,
    User,
    View,
    Whisper,
    Workspace,
)


class World:
    """Everything the stand-in knows. `clock` gives UTC."""

    def __init__(self, clock: Callable[[], datetime]) -> None:
        self.clock = clock
        self.workspaces: dict[str, Workspace] = {}
        self.apps: list[App] = []
        self.installations: list[Installation] = []
        self.tokens: dict[str, Token] = {}
        self.refresh_tokens: dict[str, Token] = {}
        self.triggers: dict[str, Trigger] = {}
        self.views: dict[str, list[View]] = {}
        """The forms that stand open, by person; the last one is on top."""
        self.whispers: list[Whisper] = []
        self.away: set[str] = set()
        """Who is not there to see ephemeral messages."""
        self.shown: dict[str, list[str]] = {}
        """All that one person was ever shown alone."""
        self.notified: list[str] = []
        self.calls: list[Call] = []
        self.failures: list[Failure] = []
        self.page_size = 15
        self.happened: Callable[[Happening], None] = lambda _what: None
        self._moment = 0
        self._count = 0
        self._stirred = asyncio.Event()

    def next_ts(self) -> str:
        """Give a new time stamp: unique, and always later than the last one."""
        self._moment = max(round(self.clock().timestamp()) * 1_000_000, self._moment) + 100
        return f"{self._moment // 1_000_000}.{self._moment % 1_000_000:06d}"

    def next_number(self) -> int:
        """Count on."""
        self._count += 1
        return self._count

    def next_id(self, kind: str) -> str:
        """Give a new id that starts with `kind`."""
        return f"{kind}0{self.next_number():07d}"

    def broken(self, rule: str, call: Call) -> None:
        """Note that `call` broke a rule."""
        self.failures.append(Failure(rule, call.method, call.arguments))

    def show(self, user: str, text: str) -> int:
        """Note that a person alone was shown something; gives its place in the order of what was shown."""
        self.shown.setdefault(user, []).append(text)
        return self.next_number()

    def stir(self) -> None:
        """Wake who waits for something to change."""
        self._stirred.set()
        self._stirred = asyncio.Event()

    async def stirred(self) -> None:
        """Wait until something changes."""
        await self._stirred.wait()

    def user(self, name: str) -> User:
        """Find a person by id or by name."""
        everyone = [user for workspace in self.workspaces.values() for user in workspace.users.values()]
        return next(user for user in everyone if name in {user.id, user.name})

    def channel(self, name: str) -> Channel:
        """Find a channel by id or by name."""
        places = [channel for workspace in self.workspaces.values() for channel in workspace.channels.values()]
        return next(channel for channel in places if name in {channel.id, channel.name})

    def direct(self, installation: Installation, user: str) -> Channel:
        """Give the place where a bot and a person talk alone; it is made when it is first needed."""
        workspace = next(space for space in self.workspaces.values() if user in space.users)
        name = f"D0{user.removeprefix('U0')}{installation.app.id.removeprefix('A0')}"
        members = {user, installation.bot_user}
        made = Channel(id=name, name="directmessage", team=workspace.id, members=members, im_with=user)
        return workspace.channels.setdefault(name, made)

    def within(self, workspace: Workspace) -> list[Installation]:
        """List what is installed in a workspace."""
        return [found for found in self.installations if not found.is_gone and reaches(found, workspace)]


def reaches(installation: Installation, workspace: Workspace) -> bool:
    """Tell whether an installation is one of this workspace."""
    if installation.is_org_wide:
        return installation.workspace.enterprise == workspace.enterprise
    return installation.workspace is workspace
