"""What people do with cards and dialogs: press, fill in, send, close, and look, which refreshes a card by itself."""

from collections.abc import Mapping
from copy import deepcopy
from dataclasses import dataclass

from tests.peers import teams_activities as activities
from tests.peers import teams_answering as answering
from tests.peers import teams_fields as fields
from tests.peers.teams_cards import MOST_VIEWS, actions_of, elements_of, text_of
from tests.peers.teams_seeing import Control, Seeing
from tests.peers.teams_sending import Delivery, Done, Sender
from tests.peers.teams_talking import Talking
from tests.peers.teams_things import App, Dialog, Json, Person, Post
from tests.peers.teams_world import World


@dataclass(frozen=True, slots=True)
class Sure:
    """A question that stood under a button before it did anything."""

    user: str
    label: str
    text: str


class Pressing:
    """People and the bot's cards. A person or a place is named by id or by name."""

    def __init__(self, world: World, sender: Sender, talking: Talking, seeing: Seeing) -> None:
        self.asked: list[Sure] = []
        """What people were asked under a button that folds out."""
        self.opened: list[str] = []
        """The pages that people were sent to."""
        self.world = world
        self.sender = sender
        self.talking = talking
        self.seeing = seeing

    async def press(
        self,
        user: str,
        label: str,
        where: str | None = None,
        *,
        values: Mapping[str, str] | None = None,
        sure: bool = True,
    ) -> Done:
        """Have a person press the latest button with this label; `values` are typed into the card's fields first.

        `where` is "dialog", a place, or a post's id. What a button folds out is noted in `asked`, and the button in
        there is pressed if the person is `sure`.
        """
        control, who = self._found(user, label, where), self.world.person(user)
        if control.action["type"] == "Action.ShowCard":
            self.asked.append(Sure(who.id, label, text_of(control.action["card"])))
            if not sure:
                return Done()
            control = _agreed(control)
        if self._stays_here(who, control):
            return Done()
        if isinstance(control.on, Dialog):
            return await self._submit(who, control.on, control.action, values or {})
        typed = fields.filled(control.card, fields.standing(control.card), values or {})
        return await self._act(who, control.on, control, typed)

    def _stays_here(self, who: Person, control: Control) -> bool:
        """Do what Teams' client does without the app."""
        match str(control.action["type"]):
            case "Action.OpenUrl":
                self.opened.append(control.action["url"])
            case "Action.ToggleVisibility":
                toggled = _toggle(deepcopy(control.card), control.action)
                if isinstance(control.on, Dialog):
                    control.on.card = toggled
                else:
                    control.on.views[who.id] = toggled
            case _:
                return False
        return True

    def fill(self, user: str, values: Mapping[str, str]) -> Dialog:
        """Have a person fill in fields of the dialog before them, by label or id, and not send it yet."""
        dialog = self.seeing.dialog(user)
        assert dialog is not None, f"{user} has no dialog open"
        dialog.values = fields.filled(dialog.card, dialog.values, values)
        return dialog

    async def submit(self, user: str, values: Mapping[str, str] | None = None, label: str | None = None) -> Done:
        """Have a person fill in the dialog before them and send it, by its first button unless one is named."""
        dialog = self.fill(user, {})
        controls = [control for control in self.seeing.controls(user) if control.on is dialog][::-1]
        found = [one for one in controls if one.action["type"] == "Action.Submit" and label in {None, one.label}]
        assert found, f"the dialog has no button to send it: {[one.label for one in controls]}"
        return await self._submit(self.world.person(user), dialog, found[0].action, values or {})

    def close_dialog(self, user: str) -> None:
        """Have a person close the dialog before them. Apps hear nothing of it."""
        assert self.world.dialogs.pop(self.world.person(user).id, None) is not None, f"{user} has no dialog open"

    async def look(self, user: str, post: str | None = None) -> Done:
        """Have a person look at a post of the bot's, or at all: cards that are to be fresh for them are fetched."""
        who = self.world.person(user)
        here = [place for place in self.world.places.values() if who.id in place.roster.people and not place.is_gone]
        posts = [one for place in here for one in place.posts.values() if post in {None, one.id}]
        told = [one for one in posts if one.app is not None and not one.is_deleted and _is_fresh_for(who, one)]
        done = [await self._execute(who, one, one.card["refresh"]["action"], {}, "automatic") for one in told]
        return Done(tuple(delivery for one in done for delivery in one.deliveries), post or "")

    async def refresh(self, user: str, post: str) -> Done:
        """Have a person ask for a fresh card by its menu."""
        who = self.world.person(user)
        found = next(one for place in self.world.places.values() for one in place.posts.values() if one.id == post)
        return await self._execute(who, found, found.card["refresh"]["action"], {}, "manual")

    def _found(self, user: str, label: str, where: str | None) -> Control:
        is_place = where is not None and where != "dialog" and not where.isdigit()
        named = self.world.place(where).id if where is not None and is_place else where
        for control in self.seeing.controls(user):
            places = {"dialog"} if isinstance(control.on, Dialog) else {control.on.place.id, control.on.id}
            if control.label == label and (named is None or named in places):
                return control
        raise AssertionError(f"{user} sees no button «{label}»: {self.seeing.buttons(user)}")

    async def _act(self, who: Person, post: Post, control: Control, typed: Mapping[str, str]) -> Done:
        action = control.action
        self._check(control.card, typed)
        self.world.typed += [value.strip() for value in typed.values()]
        if action["type"] == "Action.Execute":
            return await self._execute(who, post, action, typed, "manual")
        return await self._send(who, post, fields.sent(action, typed))

    async def _execute(self, who: Person, post: Post, action: Json, typed: Mapping[str, str], trigger: str) -> Done:
        kept = {key: action[key] for key in ("type", "id", "title", "verb") if key in action}
        value: Json = {"action": {**kept, "data": fields.sent(action, typed)}, "trigger": trigger}
        delivery = self._invoke("adaptiveCard/action", value, who, post)
        await self.sender.send([delivery])
        answering.after_action(self.world, who, post, delivery.answers[-1])
        return Done((delivery,), post.id)

    async def _send(self, who: Person, post: Post, data: Json) -> Done:
        if data.get("msteams", {}).get("type") != "task/fetch":
            app = self._app(post)
            common = self.talking.common(app, post.place, who)
            delivery = Delivery(app, activities.submitted(data, post, common, self.world.next_id()))
            await self.sender.send([delivery])
            return Done((delivery,), post.id)
        delivery = self._invoke("task/fetch", {"data": data, "context": {"theme": "default"}}, who, post)
        await self.sender.send([delivery])
        answering.after_fetch(self.world, who, post, delivery.answers[-1])
        return Done((delivery,), post.id)

    async def _submit(self, who: Person, dialog: Dialog, action: Json, values: Mapping[str, str]) -> Done:
        self.fill(who.id, values)
        self._check(dialog.card, dialog.values)
        self.world.typed += [value.strip() for value in dialog.values.values()]
        data = fields.sent(action, dialog.values)
        delivery = self._invoke("task/submit", {"data": data, "context": {"theme": "default"}}, who, dialog.post)
        await self.sender.send([delivery])
        answering.after_submit(self.world, who, dialog, delivery.answers[-1])
        return Done((delivery,), dialog.post.id)

    def _check(self, card: Json, values: Mapping[str, str]) -> None:
        wrong = fields.lacking(card, values)
        assert not wrong, f"Teams does not send this: {', '.join(wrong)}"

    def _invoke(self, name: str, value: Json, who: Person, post: Post) -> Delivery:
        app = self._app(post)
        common = self.talking.common(app, post.place, who)
        return Delivery(app, activities.invoke(name, value, post, common, self.world.next_guid()))

    def _app(self, post: Post) -> App:
        assert post.app is not None, "people's own messages have no buttons"
        return post.app


def _agreed(control: Control) -> Control:
    inside = list(actions_of(control.action["card"]))
    assert len(inside) == 1, f"«{control.label}» folds out more than one button"
    return Control(control.on, control.card, inside[0])


def _is_fresh_for(who: Person, post: Post) -> bool:
    refresh = post.card.get("refresh")
    if refresh is None:
        return False
    everybody = len(post.place.roster.people) <= MOST_VIEWS
    return who.id in refresh["userIds"] if "userIds" in refresh else everybody


def _toggle(card: Json, action: Json) -> Json:
    named = {one if isinstance(one, str) else one["elementId"] for one in action["targetElements"]}
    for thing in elements_of(card):
        if thing.get("id") in named:
            thing["isVisible"] = thing.get("isVisible") is False
    return card
