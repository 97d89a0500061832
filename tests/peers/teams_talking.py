"""What people do where they talk: say, edit, delete, react, come and go, install the app and remove it."""

from tests.peers import teams_activities as activities
from tests.peers.teams_activities import Style
from tests.peers.teams_sending import Delivery, Done, Sender
from tests.peers.teams_things import App, Json, Person, Place, Post
from tests.peers.teams_world import World


class Talking:
    """People and what they say. A person or a place is named by id or by name; a person is their chat with the bot."""

    def __init__(self, world: World, sender: Sender) -> None:
        self.world = world
        self.sender = sender

    async def say(
        self,
        user: str,
        place: str,
        text: str,
        *,
        mention: bool | App = False,
        thread: str | None = None,
        style: Style = "plain",
        quoting: str | None = None,
    ) -> Done:
        """Have a person write a message: in a channel it opens a thread, unless `thread` says in which it belongs.

        `mention` puts the bot's name before it. `<at>Name</at>` in the text mentions the bot or a person there. Where
        it is for no app, none hears of it.
        """
        who, where = self._present(user, place)
        app = mention if isinstance(mention, App) else self.world.apps[0]
        post = self._post(who, where, f"<at>{app.name}</at> {text}" if mention else text, thread)
        self._write(post, post.text, quoting)
        self.world.typed.append(text.strip())
        return await self._tell(self._heard(post, who, style), post.id)

    async def edit(self, user: str, place: str, post: str, text: str, *, style: Style = "plain") -> Done:
        """Have a person change a message of theirs; mentions stand in `text` as in `say`."""
        who, where = self._present(user, place)
        found = self._own(who, where, post)
        heard_before = set(self._apps(found))
        self._write(found, text, None)
        self.world.typed.append(text.strip())
        told = self._heard(found, who, style, heard_before)
        return await self._tell([self._changed(one, "editMessage") for one in told], post)

    async def delete(self, user: str, place: str, post: str) -> Done:
        """Have a person delete a message of theirs."""
        who, where = self._present(user, place)
        found = self._own(who, where, post)
        found.is_deleted = True
        told = [Delivery(app, activities.deleted(found, self.common(app, where, who))) for app in self._apps(found)]
        return await self._tell(told, post)

    async def undelete(self, user: str, place: str, post: str, *, style: Style = "plain") -> Done:
        """Have a person bring a message back."""
        who, where = self._present(user, place)
        found = where.posts[post]
        assert found.is_deleted, "this message stands"
        assert found.by == who.id, "people bring back their own messages only"
        found.is_deleted = False
        told = self._heard(found, who, style)
        return await self._tell([self._changed(one, "undeleteMessage") for one in told], post)

    async def react(self, user: str, place: str, post: str, kind: str = "like") -> Done:
        """Have a person react to a post of the bot's."""
        who, where = self._present(user, place)
        found = self.world.post(where, post)
        assert found.app is not None, "apps hear of reactions to their own posts only"
        common = self.common(found.app, where, who)
        told = activities.reaction(kind, found, common, self.world.next_guid())
        return await self._tell([Delivery(found.app, told)], post)

    async def install(self, place: str, by: str = "Ana", app: App | None = None) -> Done:
        """Have a person install the app: in a channel's team, a chat, or, by a person's name, for themself."""
        where, chosen = self.world.place(place), app or self.world.apps[0]
        if where.kind == "personal":
            by = next(iter(where.roster.people))
            where = self.world.personal(chosen, self.world.person(by))
        where.roster.apps.add(chosen.id)
        return await self._moved("membersAdded", "add", where, self.world.person(by), chosen)

    async def uninstall(self, place: str, by: str = "Ana", app: App | None = None) -> Done:
        """Have a person remove the app from where it was installed; calls are refused from now on."""
        where, chosen = self.world.place(place), app or self.world.apps[0]
        who = next(iter(where.roster.people)) if where.kind == "personal" else by
        where.roster.apps.discard(chosen.id)
        where.roster.readers.discard(chosen.id)
        return await self._moved("membersRemoved", "remove", where, self.world.person(who), chosen)

    async def join(self, user: str, place: str) -> Done:
        """Have a person come into a team or a chat."""
        return await self._came_or_went(user, place, "membersAdded")

    async def leave(self, user: str, place: str) -> Done:
        """Have a person leave a team or a chat."""
        return await self._came_or_went(user, place, "membersRemoved")

    async def delete_channel(self, place: str, by: str = "Ana") -> Done:
        """Have a person delete a channel."""
        where, who = self.world.place(place), self.world.person(by)
        assert where.kind == "channel", "only channels are deleted"
        where.is_gone = True
        return await self._tell(
            [
                Delivery(app, activities.channel_deleted(where, self.common(app, where, who), self.world.next_guid()))
                for app in self._installed(where)
            ]
        )

    def block(self, user: str, app: App | None = None) -> None:
        """Have a person block the app's chat with them. Apps hear nothing of it."""
        self.world.person(user).has_blocked.add((app or self.world.apps[0]).id)

    def grant_reading(self, place: str, app: App | None = None) -> None:
        """Have an owner let the app read without a mention (RSC), in all of a channel's team or in a chat."""
        self.world.place(place).roster.readers.add((app or self.world.apps[0]).id)

    def common(self, app: App, place: Place, who: Person) -> Json:
        """Give what every activity of this person here has."""
        return activities.base(app, place, who, self.world.service_url, self.world.clock())

    def _present(self, user: str, place: str) -> tuple[Person, Place]:
        who, where = self.world.person(user), self.world.place(place)
        assert who.id in where.roster.people, f"{who.name} is not in {where.name}"
        assert not where.is_gone, f"{where.name} is gone"
        return who, where

    def _own(self, who: Person, where: Place, post: str) -> Post:
        found = self.world.post(where, post)
        assert found.by == who.id, "people change and delete their own messages only"
        return found

    def _post(self, who: Person, where: Place, text: str, thread: str | None) -> Post:
        assert thread is None or where.kind == "channel", "only channels have threads"
        assert thread is None or where.posts[thread].is_top, "there is no such thread"
        post = Post(id=self.world.next_id(), place=where, by=who.id, root=thread or "", text=text)
        post.root = thread or (post.id if where.kind == "channel" else "")
        post.shown_at = self.world.next_number()
        where.posts[post.id] = post
        return post

    def _write(self, post: Post, text: str, quoting: str | None) -> None:
        quote = ""
        if quoting is not None:
            before = self.world.post(post.place, quoting)
            writer = self.world.person(before.by)
            quote = activities.quoted(before, writer)
        post.text = text
        post.html = activities.as_html(text, quote)
        post.mentions = [self._mention(post.place, name) for name in activities.mentioned(text)]

    def _mention(self, place: Place, name: str) -> Json:
        for app in self._installed(place):
            if app.name == name:
                return activities.mention(app.account, name)
        for person in (self.world.person(one) for one in place.roster.people):
            if person.name == name:
                return activities.mention({"id": person.id, "name": name}, name)
        raise AssertionError(f"nobody called {name} is here to mention")

    def _installed(self, place: Place) -> list[App]:
        return [app for app in self.world.apps if app.id in place.roster.apps or self._is_chat_of(place, app)]

    def _is_chat_of(self, place: Place, app: App) -> bool:
        return place.kind == "personal" and place.id.endswith(f"-{app.number}")

    def _apps(self, post: Post) -> list[App]:
        """List who hears of a message: whom it mentions, who may read everything, and who is alone with a person."""
        named = {one["mentioned"]["id"] for one in post.mentions}
        place = post.place
        return [
            app
            for app in self._installed(place)
            if place.kind == "personal" or app.id in place.roster.readers or app.account["id"] in named
        ]

    def _heard(
        self, post: Post, who: Person, style: Style, also: set[App] | frozenset[App] = frozenset()
    ) -> list[Delivery]:
        apps = [*self._apps(post), *(app for app in also if app not in self._apps(post))]
        return [Delivery(app, activities.message(post, self.common(app, post.place, who), style)) for app in apps]

    def _changed(self, delivery: Delivery, event: str) -> Delivery:
        return Delivery(delivery.app, activities.changed(delivery.activity, event))

    async def _moved(self, change: str, action: str, where: Place, who: Person, app: App) -> Done:
        common = self.common(app, where, who)
        numbers = (self.world.next_guid(), self.world.next_guid())
        came = activities.members(change, [app.account], where, common, numbers[0])
        return await self._tell(
            [Delivery(app, came), Delivery(app, activities.installation(action, where, common, numbers[1]))]
        )

    async def _came_or_went(self, user: str, place: str, change: str) -> Done:
        who, where = self.world.person(user), self.world.place(place)
        assert where.kind != "personal", "nobody comes into somebody's own chat"
        people = where.roster.people
        people.add(who.id) if change == "membersAdded" else people.discard(who.id)
        account = {"id": who.id, "aadObjectId": who.aad}
        return await self._tell(
            [
                Delivery(
                    app,
                    activities.members(change, [account], where, self.common(app, where, who), self.world.next_guid()),
                )
                for app in self._installed(where)
            ]
        )

    async def _tell(self, deliveries: list[Delivery], post: str = "") -> Done:
        await self.sender.send(deliveries)
        return Done(tuple(deliveries), post)
