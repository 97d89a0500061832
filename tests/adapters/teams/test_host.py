"""The SDK's own ways go by ours: who is let in, what a turn sends, and what it is answered with."""

from collections.abc import AsyncIterator
from dataclasses import dataclass

import pytest
from botbuilder.core import TurnContext
from botbuilder.schema import Activity, ConversationReference
from botframework.connector.auth import ClaimsIdentity

from adapters.teams.authentication import TeamsAuthentication
from adapters.teams.claims import NotAllowed, NotAuthentic
from adapters.teams.connector import Connector
from adapters.teams.host import Host, activity_of
from adapters.teams.wire import session
from bot.outside import RoomGone
from tests.adapters.teams.microsoft import Clock, card, credentials_of, guarded, keys_of
from tests.peers.teams import TeamsPeer, teams_peer
from tests.peers.teams_founding import ELSEWHERE, HERE


@dataclass(frozen=True, slots=True)
class Sdk:
    """An app as the SDK sees it."""

    peer: TeamsPeer
    authentication: TeamsAuthentication
    host: Host


@pytest.fixture
async def sdk() -> AsyncIterator[Sdk]:
    """Put an app together on a stand-in Teams."""
    clock = Clock()
    async with teams_peer(clock) as peer, session() as through:
        keys = keys_of(peer, through, clock)
        connector = Connector(through, credentials_of(peer, through, clock))
        authentication = TeamsAuthentication(guarded(peer, keys, clock), connector)
        yield Sdk(peer, authentication, Host(authentication))
        await keys.close()


def heard(peer: TeamsPeer, tenant: str = HERE) -> Activity:
    """A message in the channel, as the SDK has it."""
    activity = activity_of(
        {
            "type": "message",
            "id": "1",
            "channelId": "msteams",
            "serviceUrl": peer.service_url,
            "conversation": {"id": peer.world.place("team").id},
        }
    )
    activity.channel_data = {"tenant": {"id": tenant}}
    return activity


def token(peer: TeamsPeer) -> str:
    """A good token."""
    return str(peer.keys.header(peer.app.id, peer.service_url, "good"))


async def test_what_a_turn_sends_goes_by_our_connector(sdk: Sdk) -> None:
    """The SDK's own sending, changing and deleting are calls of ours, with our token and our errors."""
    said: list[str] = []
    room = sdk.peer.world.place("team")

    async def turn(context: TurnContext) -> None:
        sent = await context.send_activity(Activity().deserialize(card("One.")))
        await context.update_activity(Activity(id=sent.id, **activity_parts(card("Two."))))
        said.append(room.posts[sent.id].card["body"][0]["text"])
        here = context.activity.conversation
        await context.delete_activity(ConversationReference(activity_id=sent.id, conversation=here))
        room.roster.apps.clear()
        await context.send_activity(Activity().deserialize(card("Three.")))

    with pytest.raises(RoomGone):
        await sdk.host.process_activity(token(sdk.peer), heard(sdk.peer), turn)

    assert said == ["Two."]
    assert [post.is_deleted for post in room.posts.values()] == [True]
    assert sdk.peer.count("token") == 1


def activity_parts(activity: dict[str, object]) -> dict[str, object]:
    """What the SDK takes of an activity by name."""
    whole = Activity().deserialize(activity)
    return {"type": whole.type, "summary": whole.summary, "attachments": whole.attachments}


async def test_the_sdk_lets_in_whom_we_let_in(sdk: Sdk) -> None:
    """Asked in its own way, the answer is ours: by the token, by the organisation."""
    admitted = await sdk.authentication.authenticate_request(heard(sdk.peer), token(sdk.peer))
    assert admitted.claims_identity.is_authenticated

    with pytest.raises(NotAuthentic, match="no_token"):
        await sdk.authentication.authenticate_request(heard(sdk.peer), "")
    with pytest.raises(NotAllowed, match="other_tenant"):
        await sdk.authentication.authenticate_request(heard(sdk.peer, ELSEWHERE), token(sdk.peer))
    with pytest.raises(NotAuthentic, match="streaming"):
        await sdk.authentication.authenticate_streaming_request(token(sdk.peer), "msteams")


async def test_a_post_that_nobody_asked_for(sdk: Sdk) -> None:
    """What the SDK starts by itself goes by our connector too."""
    room = sdk.peer.world.place("team")

    async def turn(context: TurnContext) -> None:
        await context.send_activity(Activity().deserialize(card("On Friday.")))

    await sdk.host.process_proactive(ClaimsIdentity({}, is_authenticated=True), heard(sdk.peer), "", turn)

    assert [post.card["body"][0]["text"] for post in room.posts.values()] == ["On Friday."]
