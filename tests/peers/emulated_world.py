"""What npm emulate's Slack keeps, put into the stand-in's terms, so that people see and press there as they do here."""

from collections.abc import Mapping
from itertools import count
from typing import Any, Final

from tests.peers.emulated_process import BOT_ID, BOT_USER
from tests.peers.slack_blocks import named
from tests.peers.slack_posts import read
from tests.peers.slack_things import App, Channel, Installation, Json, Post, User, View, Whisper, Workspace
from tests.peers.slack_views import change
from tests.peers.slack_world import World

GIVEN: Final = (
    "type",
    "title",
    "submit",
    "close",
    "private_metadata",
    "callback_id",
    "external_id",
    "clear_on_close",
    "notify_on_close",
)
"""What an app gives of a view, beside its blocks."""


class Mirror:
    """Keeps a `World` as it is in the peer. `facts` is what the peer said when it started."""

    def __init__(self, world: World, app: App, facts: Mapping[str, Any]) -> None:
        self.world = world
        users = {id_: User(id=id_, name=name, team=facts["team"]) for name, id_ in facts["users"].items()}
        space = Workspace(id=facts["team"], name="Leeds", users=users)
        world.workspaces[space.id] = space
        world.apps.append(app)
        self.bot = Installation(app=app, workspace=space, bot_user=BOT_USER, bot_id=BOT_ID, scopes=app.scopes)
        world.installations.append(self.bot)
        self._space = space
        self._views: dict[str, View] = {}
        self._hashes: dict[str, str] = {}
        """The hash of each view as the peer has it."""
        self.places: dict[str, str] = {}
        """The channel in which each person did something last."""

    def look(self, state: Json) -> None:
        """Take over what stands in the peer now."""
        self._space.channels = {row["channel_id"]: self._channel(row) for row in state["channels"]}
        for row in state["messages"]:
            self._space.channels[row["channel_id"]].posts[row["ts"]] = self._post(row)
        known = {whisper.ts: whisper for whisper in self.world.whispers}
        self.world.whispers = [known.get(row["ts"]) or self._whisper(row) for row in state["whispers"]]
        self._forms([row for row in state["views"] if row["type"] == "modal"])
        self.bot.homes = {row["user_id"]: self._view(row) for row in state["views"] if row["type"] == "home"}

    def keep_hash(self, view: View) -> None:
        """Give a view the hash that the peer knows it by."""
        view.hash = self._hashes[view.id]

    def _channel(self, row: Json) -> Channel:
        other = next((member for member in row["members"] if member != BOT_USER), None)
        return Channel(
            id=row["channel_id"],
            name=row["name"],
            team=row["team_id"],
            members=set(row["members"]),
            is_private=row["is_private"],
            is_archived=row["is_archived"],
            im_with=other if row.get("is_im") else None,
        )

    def _post(self, row: Json) -> Post:
        return Post(
            ts=row["ts"],
            channel=row["channel_id"],
            user=row["user"],
            text=row["text"],
            bot=self.bot if row.get("bot_id") else None,
            blocks=self._named(row, row["ts"]),
            thread_ts=row.get("thread_ts"),
            subtype=row.get("subtype"),
            edited=row.get("edited"),
            metadata=row.get("metadata"),
            reactions={one["name"]: one["users"] for one in row["reactions"]},
            shown_at=_moment(row["ts"]),
        )

    def _whisper(self, row: Json) -> Whisper:
        blocks = self._named(row, row["ts"])
        made = Whisper(
            ts=row["ts"],
            channel=row["channel_id"],
            user=row["target_user"],
            bot=self.bot,
            text=row["text"],
            blocks=blocks,
        )
        made.thread_ts, made.shown_at = row.get("thread_ts"), _moment(row["ts"])
        self.world.show(made.user, read(self.world, made.text, blocks))
        return made

    def _named(self, row: Json, of: str) -> list[Json]:
        """Name the blocks and elements that have no id, as Slack does; the same names at every look."""
        return named(row.get("blocks") or [], (f"made-{of}-{number}" for number in count(1)))

    def _forms(self, rows: list[Json]) -> None:
        """Leave each person the form that was opened last, with what lies under it."""
        roots = {row["user_id"]: row["root_view_id"] for row in rows}
        self.world.views = {user: [] for user in roots}
        for row in rows:
            if row["root_view_id"] == roots[row["user_id"]]:
                self.world.views[row["user_id"]].append(self._view(row))

    def _view(self, row: Json) -> View:
        """Give the view that we know, with what was typed into it, unless the peer has changed it."""
        known = self._views.get(row["view_id"])
        if known is not None and self._hashes[known.id] == row["hash"]:
            return known
        view = known or View(
            id=row["view_id"], user=row["user_id"], bot=self.bot, given={}, hash="", root=row["root_view_id"]
        )
        view.previous, view.channel = row.get("previous_view_id"), view.channel or self.places.get(view.user)
        change(self.world, view, self._given(row))
        view.hash, view.shown_at = row["hash"], _moment(row["hash"])
        self._views[view.id], self._hashes[view.id] = view, view.hash
        return view

    def _given(self, row: Json) -> Json:
        given = {key: row[key] for key in GIVEN if row.get(key)}
        return {**given, "blocks": self._named(row, row["view_id"])}


def _moment(ts: str) -> int:
    """The order in which everything was shown."""
    return int(ts.replace(".", ""))
