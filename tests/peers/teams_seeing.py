"""What people see in the stand-in Teams: posts, threads, what was for them alone, dialogs and buttons."""

from collections.abc import Iterator
from dataclasses import dataclass

from tests.peers.teams_cards import actions_of, text_of
from tests.peers.teams_things import Dialog, Json, Place, Post
from tests.peers.teams_world import World


@dataclass(frozen=True, slots=True)
class Control:
    """Something to press, and where it stands."""

    on: Post | Dialog
    card: Json
    action: Json

    @property
    def label(self) -> str:
        """What stands on it."""
        return str(self.action.get("title", ""))

    @property
    def place(self) -> Place:
        """Where it is, or where the dialog came from."""
        return self.on.place


class Seeing:
    """Reads the stand-in's state as people would. A person or a place is named by id or by name."""

    def __init__(self, world: World) -> None:
        self.world = world

    def posts(self, place: str) -> list[str]:
        """Everything that stands in a place outside threads, the first post first."""
        return [self._read(post) for post in _standing(self.world.place(place)) if post.is_top]

    def thread(self, place: str, root: str) -> list[str]:
        """A post and what stands under it, each with the name of who wrote it."""
        shown = [post for post in _standing(self.world.place(place)) if post.root == root]
        return [f"{self._writer(post)}: {self._read(post)}" for post in shown]

    def bot_posts(self, place: str, root: str | None = None) -> list[Post]:
        """The posts of apps that stand in a place; with `root` only those under that post."""
        found = (post for post in _standing(self.world.place(place)) if post.app is not None)
        return [post for post in found if root is None or (post.root == root and post.id != root)]

    def alone(self, user: str) -> list[str]:
        """All that a person was ever shown alone: their chat with the bot, dialogs, toasts, cards of their own."""
        return list(self.world.shown.get(self.world.person(user).id, []))

    def dialog(self, user: str) -> Dialog | None:
        """The dialog that a person has before them."""
        return self.world.dialogs.get(self.world.person(user).id)

    def text_of_dialog(self, user: str) -> str:
        """What a person reads in the dialog before them, with what stands in its fields; empty when there is none."""
        dialog = self.dialog(user)
        return "" if dialog is None else text_of_dialog(dialog)

    def card(self, user: str, post: Post) -> Json:
        """The card that a person sees in a post: their own, where there is one."""
        return post.views.get(self.world.person(user).id, post.card)

    def seen(self, user: str, place: str) -> list[str]:
        """The bot's posts in a place as one person sees them, with cards of their own."""
        return [text_of(self.card(user, post)) for post in self.bot_posts(place)]

    def buttons(self, user: str) -> list[str]:
        """The labels of all buttons that a person can press now, the oldest first."""
        return [control.label for control in self.controls(user) if control.label][::-1]

    def controls(self, user: str) -> Iterator[Control]:
        """Everything that a person can press now: the dialog first, then the latest post first."""
        dialog = self.dialog(user)
        if dialog is not None:
            yield from _controls(dialog, dialog.card)
        who = self.world.person(user)
        here = (place for place in self.world.places.values() if who.id in place.roster.people and not place.is_gone)
        posts = (post for place in here for post in _standing(place) if post.app is not None)
        for post in sorted(posts, key=lambda post: post.shown_at, reverse=True):
            yield from _controls(post, self.card(user, post))

    def _writer(self, post: Post) -> str:
        return post.app.name if post.app is not None else self.world.person(post.by).name

    def _read(self, post: Post) -> str:
        return text_of(post.card) if post.app is not None else post.text.replace("<at>", "@").replace("</at>", "")


def text_of_dialog(dialog: Dialog) -> str:
    """Everything that a person reads in a dialog."""
    return f"{dialog.title}\n{text_of(dialog.card, dialog.values)}"


def _controls(on: Post | Dialog, card: Json) -> list[Control]:
    return [Control(on, card, action) for action in actions_of(card)][::-1]


def _standing(place: Place) -> list[Post]:
    return [post for post in place.posts.values() if not post.is_deleted]
