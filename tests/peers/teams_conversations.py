"""What a bot can do in conversations: open one, post, change in place, delete. And what it must not."""

from typing import Final

from tests.peers.teams_cards import MOST_BYTES, broken_card, crowds, size_of, text_of
from tests.peers.teams_things import ADAPTIVE, App, Call, Json, Place, Post, Refused
from tests.peers.teams_world import World

WORDS_AT_LEAST: Final = 12
"""Shorter things that people say may stand in a summary by chance."""


def find(world: World, name: str) -> tuple[Place, str]:
    """Find a conversation, and the thread in it that is meant. Raises Refused."""
    place_id, marker, root = name.partition(";messageid=")
    place = world.places.get(place_id)
    if place is None or place.is_gone:
        raise Refused(404, "ConversationNotFound")
    if marker and (place.kind != "channel" or root not in place.posts or not place.posts[root].is_top):
        raise Refused(404, "ConversationNotFound")
    return place, root


def allowed(world: World, name: str, by: App) -> tuple[Place, str]:
    """Find a conversation that the app may write in. Raises Refused."""
    place, root = find(world, name)
    if place.kind == "personal":
        person = world.person(next(iter(place.roster.people)))
        if by.id in person.has_blocked:
            raise Refused(403, "ConversationBlockedByUser")
        if place is not world.personal(by, person) or not world.can_reach(by, person):
            raise Refused(403, "BotNotInConversationRoster")
    elif by.id not in place.roster.apps:
        raise Refused(403, "BotNotInConversationRoster")
    return place, root


def create(world: World, call: Call, by: App) -> Json:
    """POST /v3/conversations: a thread in a channel, or the chat of one person and the app. Raises Refused."""
    given = call.body
    channel = given.get("channelData", {}).get("channel", {}).get("id")
    members = given.get("members") or []
    if channel is not None:
        return _thread(world, call, str(channel), by)
    tenant = given.get("tenantId") or given.get("channelData", {}).get("tenant", {}).get("id")
    if len(members) != 1 or given.get("isGroup") or tenant is None:
        world.broken("neither a thread in a channel nor a chat with one person of a tenant", call.name)
        raise Refused(400, "BadSyntax")
    if given.get("activity"):
        world.broken("an activity that nobody sees: it comes with a chat with one person", call.name)
        raise Refused(400, "BadSyntax")
    name = members[0].get("id")
    person = next((one for one in world.people.values() if name in {one.id, one.aad}), None)
    if person is None or person.tenant != tenant:
        raise Refused(404, "MemberNotFound")
    if by.id in person.has_blocked or not world.can_reach(by, person):
        blocked = by.id in person.has_blocked
        raise Refused(403, "ConversationBlockedByUser" if blocked else "BotNotInConversationRoster")
    return {"id": world.personal(by, person).id}


def _thread(world: World, call: Call, channel: str, by: App) -> Json:
    place, _ = allowed(world, channel, by)
    if place.kind != "channel" or not call.body.get("isGroup"):
        world.broken("a thread outside channels, or one that is no group", call.name)
        raise Refused(400, "BadSyntax")
    made = _posted(world, place, "", by, checked(world, call, call.body.get("activity")))
    world.notified.append(call.body["activity"]["summary"])
    return {"id": f"{place.id};messageid={made.id}", "activityId": made.id}


def post(world: World, call: Call, by: App) -> Json:
    """POST …/activities: to a thread, a chat, or a channel, where it opens a thread. Raises Refused."""
    place, root = allowed(world, call.conversation, by)
    made = _posted(world, place, root, by, checked(world, call, call.body))
    world.notified.append(call.body["summary"])
    return {"id": made.id}


def update(world: World, call: Call, by: App) -> Json:
    """PUT …/activities/ID: a card of the app's own, by a card. Raises Refused."""
    found = own(world, call, by)
    found.card = checked(world, call, call.body)
    found.views.clear()
    _shown_alone(world, found)
    return {"id": found.id}


def delete(world: World, call: Call, by: App) -> Json:
    """DELETE …/activities/ID: a post of the app's own. Raises Refused."""
    own(world, call, by).is_deleted = True
    return {}


def members(world: World, call: Call, by: App) -> Json:
    """GET …/members: who is there is none of the bot's business. Raises Refused."""
    world.broken("a membership list: none is read", f"{call.name} by {by.name}")
    raise Refused(403, "Forbidden")


def own(world: World, call: Call, by: App) -> Post:
    """Find the post of the app's own that a call is about. Raises Refused."""
    place, root = allowed(world, call.conversation, by)
    found = place.posts.get(call.activity)
    if found is None or found.is_deleted or (root and found.root != root):
        raise Refused(404, "ActivityNotFoundInConversation")
    if found.app is not by:
        world.broken("a message of somebody else", call.name)
        raise Refused(403, "Forbidden")
    return found


def _posted(world: World, place: Place, root: str, by: App, card: Json) -> Post:
    made = Post(id=world.next_id(), place=place, by=by.id, root=root, app=by, card=card)
    made.root = root or (made.id if place.kind == "channel" else "")
    made.shown_at = world.next_number()
    place.posts[made.id] = made
    _shown_alone(world, made)
    return made


def _shown_alone(world: World, post: Post) -> None:
    if post.place.kind == "personal":
        world.show(next(iter(post.place.roster.people)), text_of(post.card))


def checked(world: World, call: Call, activity: object) -> Json:
    """Give the one card of an activity. Raises Refused."""
    if not isinstance(activity, dict):
        world.broken("no activity", call.name)
        raise Refused(400, "BadSyntax")
    if size_of(activity) > MOST_BYTES:
        world.broken("more than 80 KB", call.name)
        raise Refused(413, "MessageSizeTooBig")
    wrong = _broken_activity(activity) or broken_card(activity["attachments"][0].get("content"))
    for rule in wrong:
        world.broken(rule, call.name)
    if wrong:
        raise Refused(400, "BadSyntax")
    _check_summary(world, call, str(activity["summary"]))
    card: Json = activity["attachments"][0]["content"]
    return card


def _broken_activity(activity: Json) -> list[str]:
    attachments = activity.get("attachments")
    found = [] if activity.get("type") == "message" else ["an activity that is no message"]
    if activity.get("text"):
        found.append("text beside a card: Teams parts them and gives no id")
    if not isinstance(attachments, list) or len(attachments) != 1 or attachments[0].get("contentType") != ADAPTIVE:
        found.append("not exactly one Adaptive Card")
    summary = activity.get("summary")
    if not isinstance(summary, str) or not summary.strip():
        found.append("no summary: telephones and screen readers have nothing to say")
    found += [f"a mention of more than one person: {one}" for one in crowds(activity.get("entities") or [])]
    return found


def _check_summary(world: World, call: Call, summary: str) -> None:
    long = (words for words in world.typed if len(words) >= WORDS_AT_LEAST and " " in words)
    if any(words.casefold() in summary.casefold() for words in long):
        world.broken("a person's words in a summary", call.name)
