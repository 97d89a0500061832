"""What people do with the app: commands, presses, forms, shortcuts, its home."""

from dataclasses import dataclass

from tests.peers import slack_forms as forms
from tests.peers import slack_payloads as payloads
from tests.peers.slack_posts import author, message
from tests.peers.slack_replying import Replying
from tests.peers.slack_seeing import Control, Seeing
from tests.peers.slack_sending import Delivery, Done, Sender, command_delivery, interaction_delivery
from tests.peers.slack_telling import Telling
from tests.peers.slack_things import Installation, Json, Post, Trigger, User, View, Whisper, Workspace
from tests.peers.slack_views import described
from tests.peers.slack_world import World, reaches


@dataclass(frozen=True, slots=True)
class Sure:
    """A question that Slack asked a person before it let a press through."""

    user: str
    label: str
    title: str
    text: str
    confirm: str
    deny: str


class Pressing:
    """People and the app. A person or a channel is named by id or by name; an app by its name."""

    def __init__(self, world: World, sender: Sender, telling: Telling, seeing: Seeing, replying: Replying) -> None:
        self.asked: list[Sure] = []
        """What Slack asked people before it let a press through."""
        self.world = world
        self.sender = sender
        self.telling = telling
        self.seeing = seeing
        self.replying = replying

    async def command(
        self, user: str, channel: str, text: str = "", *, name: str = "/teamleeds", thread_ts: str | None = None
    ) -> Done:
        """Have a person type a slash command. In a thread Slack itself refuses it, and the app hears nothing."""
        who, where = self.world.user(user), self.world.channel(channel)
        assert who.id in where.members, f"{who.name} is not in {where.name}"
        if thread_ts is not None:
            self.world.show(who.id, f"{name} is not supported in threads. Sorry!")
            return Done()
        bots = [bot for bot in self.world.within(self._space(who)) if name in bot.app.commands]
        if not bots or where.team != who.team:
            self.world.show(who.id, f"{name} is not a valid command.")
            return Done()
        bot = bots[0]
        how = {
            "command": name,
            "text": text,
            "response_url": self.replying.make(bot, who.id, where.id),
            "trigger_id": self.trigger(bot, who, channel=where.id),
        }
        delivery = command_delivery(bot.app, payloads.command(bot, who, where, self._space(who), how))
        done = await self._deliver(delivery)
        self._said_back(bot, who, where.id, done)
        return done

    async def press(self, user: str, label: str, where: str | None = None, *, sure: bool = True) -> Done:
        """Have a person press the latest button with this label.

        `where` is "view", "home", a channel or a message's ts. Slack's own question, where there is one, is noted in
        `asked` and answered with `sure`.
        """
        control = self._found(user, label, where)
        confirm = control.element.get("confirm")
        if confirm is not None:
            texts = (confirm[key]["text"] for key in ("title", "text", "confirm", "deny"))
            self.asked.append(Sure(self.world.user(user).id, label, *texts))
            if not sure:
                return Done()
        return await self._act(self.world.user(user), control)

    def fill(self, user: str, values: dict[str, str]) -> View:
        """Have a person fill in fields of the form before them, by label or block id, and not send it yet."""
        view = self.seeing.view(user)
        assert view is not None, f"{user} has no form open"
        for name, text in values.items():
            forms.fill(self.world, view, name, text)
        return view

    async def submit(self, user: str, values: dict[str, str] | None = None) -> Done:
        """Have a person fill in fields of the form before them, by label or block id, and send it."""
        view = self.fill(user, values or {})
        assert "submit" in view.given, "this form has no button to send it"
        empty = forms.lacking(view)
        assert not empty, f"Slack does not send this form: {', '.join(empty)}"
        who = self.world.user(user)
        sent = {
            "trigger_id": self.trigger(view.bot, who, view=view.id, channel=view.channel),
            "view": described(self.world, view),
        }
        base = payloads.interaction("view_submission", view.bot, who, self._space(who))
        done = await self._deliver(interaction_delivery(view.bot.app, {**base, **sent, "response_urls": []}))
        forms.after_submit(self.world, view, done.answers[-1])
        return done

    async def close_view(self, user: str) -> Done:
        """Have a person close the form before them; the app hears of it if it asked to."""
        who, view = self.world.user(user), self.seeing.view(user)
        assert view is not None, f"{user} has no form open"
        stack = self.world.views[who.id]
        is_cleared = bool(view.given.get("clear_on_close"))
        stack.remove(view)
        if is_cleared:
            stack.clear()
        if not view.given.get("notify_on_close"):
            return Done()
        base = payloads.interaction("view_closed", view.bot, who, self._space(who))
        told = {**base, "view": described(self.world, view), "is_cleared": is_cleared}
        return await self._deliver(interaction_delivery(view.bot.app, told))

    async def shortcut(self, user: str, callback_id: str) -> Done:
        """Have a person choose a global shortcut."""
        who = self.world.user(user)
        bot = self._offering(who, callback_id)
        base = payloads.interaction("shortcut", bot, who, self._space(who))
        chosen = {"callback_id": callback_id, "trigger_id": self.trigger(bot, who), "action_ts": self.world.next_ts()}
        return await self._deliver(interaction_delivery(bot.app, {**base, **chosen}))

    async def message_shortcut(self, user: str, callback_id: str, channel: str, ts: str) -> Done:
        """Have a person choose a shortcut on a message, in a thread or not."""
        who, where = self.world.user(user), self.world.channel(channel)
        bot = self._offering(who, callback_id)
        post = where.posts[ts]
        by = author(self.world, post)
        base = payloads.interaction("message_action", bot, who, self._space(who))
        chosen = {
            "callback_id": callback_id,
            "trigger_id": self.trigger(bot, who, channel=where.id),
            "action_ts": self.world.next_ts(),
            "message_ts": ts,
            "channel": {"id": where.id, "name": "privategroup" if where.is_private else where.name},
            "message": message(post, by.team if by is not None else where.team),
            "response_url": self.replying.make(bot, who.id, where.id, post),
        }
        return await self._deliver(interaction_delivery(bot.app, {**base, **chosen}))

    async def open_home(self, user: str) -> Done:
        """Have a person open the app's home."""
        who = self.world.user(user)
        found: list[Delivery] = []
        for bot in self.world.within(self._space(who)):
            view = described(self.world, bot.homes[who.id]) if who.id in bot.homes else None
            inner = payloads.home_opened(who.id, self.world.direct(bot, who.id).id, view, self.world.next_ts())
            found += self.telling.event((bot, self._space(who)), "app_home_opened", inner, who)
        await self.sender.send(found)
        return Done(tuple(found))

    def trigger(self, bot: Installation, user: User, *, view: str | None = None, channel: str | None = None) -> str:
        """Make a trigger."""
        name = f"{self.world.next_number()}.{bot.workspace.id}.{user.id}"
        self.world.triggers[name] = Trigger(user.id, bot, self.world.clock(), view, channel)
        return name

    def reload(self, user: str) -> None:
        """Have a person reload Slack: ephemeral messages and forms are gone."""
        who = self.world.user(user).id
        self.world.whispers = [whisper for whisper in self.world.whispers if whisper.user != who]
        self.world.views.pop(who, None)

    def go_away(self, user: str) -> None:
        """Have a person leave Slack: ephemeral messages to them are lost from now on."""
        self.world.away.add(self.world.user(user).id)

    def _offering(self, who: User, callback_id: str) -> Installation:
        for bot in self.world.within(self._space(who)):
            if bot.app.shortcuts is None or callback_id in bot.app.shortcuts:
                return bot
        raise AssertionError(f"{who.name} sees no shortcut {callback_id}")

    def _space(self, user: User) -> Workspace:
        return next(space for space in self.world.workspaces.values() if user.id in space.users)

    def _found(self, user: str, label: str, where: str | None) -> Control:
        if where is not None and where not in {"view", "home"} and "." not in where:
            where = self.world.channel(where).id
        for control in self.seeing.controls(user):
            ts = "" if isinstance(control.spot.on, View) else control.spot.on.ts
            if control.label == label and where in {None, control.spot.place, ts}:
                return control
        raise AssertionError(f"{user} sees no button «{label}»: {self.seeing.buttons(user)}")

    async def _act(self, who: User, control: Control) -> Done:
        spot, on = control.spot, control.spot.on
        view = on.id if isinstance(on, View) and spot.place == "view" else None
        channel = on.channel if spot.place != "home" else None
        told = {
            **payloads.interaction("block_actions", spot.bot, who, self._seen_from(spot.bot, who, on)),
            **self._source(spot.bot, who, on),
            "trigger_id": self.trigger(spot.bot, who, view=view, channel=channel),
            "actions": [payloads.action(control.element, control.block, self.world.next_ts())],
        }
        return await self._deliver(interaction_delivery(spot.bot.app, told))

    def _seen_from(self, bot: Installation, who: User, on: Post | Whisper | View) -> Workspace:
        space = self._space(who)
        return space if isinstance(on, View) or reaches(bot, space) else bot.workspace

    def _source(self, bot: Installation, who: User, on: Post | Whisper | View) -> Json:
        if isinstance(on, View):
            return payloads.from_view(on, described(self.world, on))
        channel = self.world.channel(on.channel)
        source = payloads.from_post(on, channel) if isinstance(on, Post) else payloads.from_whisper(on, channel)
        return {**source, "response_url": self.replying.make(bot, who.id, channel.id, on)}

    async def _deliver(self, delivery: Delivery) -> Done:
        await self.sender.send([delivery])
        return Done((delivery,))

    def _said_back(self, bot: Installation, who: User, channel: str, done: Done) -> None:
        answer = done.answers[-1]
        if not answer.is_good:
            self.world.show(who.id, "The command failed.")
        elif answer.body.strip():
            self.replying.at_once(bot, who.id, channel, forms.read(answer.body) or {"text": answer.body})
