"""Calls of the connector, and every way they can end as what delivery does next."""

import asyncio
import json
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, replace
from typing import Any

import pytest
from aiohttp import ClientSession, web
from structlog.testing import capture_logs

from adapters.browser.listening import listening
from adapters.teams.connector import MOST_BYTES, Connector, Place, size_of
from adapters.teams.wire import session
from bot.outside import AtFault, Busy, Poison, RoomGone, Unseen
from tests.adapters.teams.microsoft import Clock, card, credentials_of, reference
from tests.peers.teams import TeamsPeer, teams_peer
from tests.peers.teams_faults import (
    DropAfterAccepting,
    DropBeforeAccepting,
    FailsAfterAccepting,
    Fault,
    Forbidden,
    NotFound,
    PreconditionFailed,
    RateLimited,
    ServerError,
)

MARK = "canary7f3a"


@dataclass(frozen=True, slots=True)
class Line:
    """A connector on a stand-in Teams."""

    peer: TeamsPeer
    connector: Connector
    through: ClientSession
    clock: Clock

    @property
    def team(self) -> Place:
        """The channel."""
        return Place(self.peer.service_url, self.peer.world.place("team").id)

    async def begun(self) -> tuple[Place, str]:
        """A thread, and the post that begins it."""
        thread = await self.connector.create_thread(reference(self.peer), card("The first."))
        return Place(self.peer.service_url, thread.conversation), thread.activity

    def standing(self) -> list[str]:
        """What stands in the channel."""
        posts = self.peer.world.place("team").posts.values()
        return [post.card["body"][0]["text"] for post in posts if not post.is_deleted]


@pytest.fixture
async def line() -> AsyncIterator[Line]:
    """Call a stand-in Teams."""
    clock = Clock()
    async with teams_peer(clock) as peer, session() as through:
        yield Line(peer, Connector(through, credentials_of(peer, through, clock)), through, clock)


async def test_a_thread_with_its_posts(line: Line) -> None:
    """A thread is begun, written in, changed in place and tidied up."""
    thread, first = await line.begun()
    second = await line.connector.send(thread, card("The second."))
    await line.connector.send(thread, card("The third."))
    await line.connector.update(thread, first, card("The first, changed."))
    await line.connector.delete(thread, second)
    await line.connector.delete(thread, second)

    assert thread.conversation == f"{line.team.conversation};messageid={first}"
    assert line.standing() == ["The first, changed.", "The third."]


async def test_a_chat_with_one_person(line: Line) -> None:
    """The same conversation however often it is asked for; what is written there one person sees."""
    ana = [await line.connector.create_personal(reference(line.peer, who="Ana")) for _ in "ab"]

    await line.connector.send(Place(line.peer.service_url, ana[0]), card("For Ana."))

    assert ana == [line.peer.personal("Ana")] * 2
    assert line.standing() == []


async def test_one_connection_is_kept(line: Line) -> None:
    """A hundred posts one after the other are one connection and one token."""
    before = line.peer.connections
    thread, _ = await line.begun()
    for _ in range(100):
        await line.connector.send(thread, card())

    assert line.peer.connections == before + 1
    assert line.peer.count("token") == 1


@pytest.mark.parametrize("end", ["/", ""])
async def test_the_service_is_called_where_it_says(end: str, line: Line) -> None:
    """With a stroke at its end or without, and whatever stands in an id."""
    place = replace(line.team, service_url=line.peer.service_url.rstrip("/") + end)

    assert await line.connector.send(place, card()) in line.peer.world.place("team").posts
    with pytest.raises(RoomGone, match="ConversationNotFound"):
        await line.connector.send(replace(place, conversation="19:b?c#d% é+"), card())
    assert line.peer.calls[-1].conversation == "19:b?c#d% é+"


Call = Callable[[Line, Place, str], Awaitable[object]]


async def post(line: Line, thread: Place, _: str) -> object:
    """Write in a thread."""
    return await line.connector.send(thread, card(MARK))


async def begin(line: Line, _: Place, __: str) -> object:
    """Begin a thread."""
    return await line.connector.create_thread(reference(line.peer), card(MARK))


async def ask(line: Line, _: Place, __: str) -> object:
    """Ask for the conversation with one person."""
    return await line.connector.create_personal(reference(line.peer))


async def change(line: Line, thread: Place, first: str) -> object:
    """Change the first post."""
    await line.connector.update(thread, first, card(MARK))
    return None


async def tidy(line: Line, thread: Place, first: str) -> object:
    """Take the first post away."""
    await line.connector.delete(thread, first)
    return None


CALLS: list[tuple[str, Call]] = [
    ("post", post),
    ("create", begin),
    ("create", ask),
    ("update", change),
    ("delete", tidy),
]
HARMFUL = (post, begin)


@pytest.mark.parametrize(
    ("fault", "end"),
    [
        (RateLimited(7), Busy("throttled")),
        (PreconditionFailed(), Busy("conflict")),
        (NotFound(), RoomGone("ConversationNotFound")),
        (Forbidden(), RoomGone("BotNotInConversationRoster")),
        (Forbidden("ConversationBlockedByUser"), RoomGone("ConversationBlockedByUser")),
        (ServerError(403), RoomGone("gone")),
        (ServerError(404), RoomGone("gone")),
        (ServerError(413), Poison("too_large")),
        (ServerError(400), Poison("refused")),
        (ServerError(400, json.dumps({"error": {"code": "BadSyntax"}})), Poison("BadSyntax")),
        (ServerError(400, json.dumps({"error": {"code": "MessageSizeTooBig"}})), Poison("too_large")),
        (ServerError(400, json.dumps({"error": {"code": "MemberNotFound"}})), RoomGone("MemberNotFound")),
        (ServerError(400, json.dumps({"error": {"code": f"it was: {MARK}"}})), Poison("refused")),
        (ServerError(400, json.dumps({"error": MARK})), Poison("refused")),
        (ServerError(501), Poison("not_offered")),
        (ServerError(451), Poison("refused")),
    ],
)
@pytest.mark.parametrize(("name", "call"), CALLS, ids=lambda call: getattr(call, "__name__", ""))
async def test_a_refusal_means_the_same_whatever_was_asked(
    name: str, call: Call, fault: Fault, end: Exception, line: Line
) -> None:
    """Wait, give up on the room or on the message: by the status and the code, with no text of the other side."""
    thread, first = await line.begun()
    line.peer.fail(name, fault)

    with capture_logs() as logs, pytest.raises(type(end)) as raised:
        await call(line, thread, first)

    assert str(raised.value) == str(end)
    assert raised.value.__context__ is None
    assert MARK not in str(logs)
    assert line.standing() == ["The first."]
    if isinstance(raised.value, Busy):
        throttled = isinstance(fault, RateLimited)
        assert (raised.value.retry_after, raised.value.throttled) == (7 if throttled else None, throttled)


@pytest.mark.parametrize("status", [408, 500, 502, 503, 504, 302])
@pytest.mark.parametrize(("name", "call"), CALLS, ids=lambda call: getattr(call, "__name__", ""))
async def test_what_may_have_happened_is_not_done_twice(name: str, call: Call, status: int, line: Line) -> None:
    """A new post that may stand is Unseen and never sent again here; what does no harm twice may be tried again."""
    thread, first = await line.begun()
    line.peer.fail(name, FailsAfterAccepting(status))

    with pytest.raises(Unseen if call in HARMFUL else Busy, match="server_failed") as raised:
        await call(line, thread, first)

    assert raised.value.__context__ is None
    assert line.standing().count(MARK) == (call not in {ask, tidy})
    assert line.peer.count(name) == 1 + (call is begin or call is ask)


@pytest.mark.parametrize("fault", [DropAfterAccepting(), DropBeforeAccepting()])
@pytest.mark.parametrize(("name", "call"), CALLS, ids=lambda call: getattr(call, "__name__", ""))
async def test_a_lost_connection_is_not_tried_again(name: str, call: Call, fault: Fault, line: Line) -> None:
    """Nobody can tell on which side of the loss it was, so a new post is not sent a second time."""
    thread, first = await line.begun()
    line.peer.fail(name, fault, fault)  # of what does no harm twice, aiohttp makes a second try itself

    with pytest.raises(Unseen if call in HARMFUL else Busy, match="connection_lost") as raised:
        await call(line, thread, first)

    assert raised.value.__context__ is None
    if call in HARMFUL:
        assert line.peer.count(name) == 1 + (call is begin)
        assert line.standing().count(MARK) == isinstance(fault, DropAfterAccepting)


@pytest.mark.parametrize(
    ("url", "meaning", "reason"),
    [
        ("http://127.0.0.1:9/", Busy, "unreachable"),
        ("http://[", Poison, "bad_address"),
        ("nowhere", Poison, "bad_address"),
        ("", Poison, "bad_address"),
    ],
)
async def test_what_was_never_sent_may_be_tried_again(
    url: str, meaning: type[Exception], reason: str, line: Line
) -> None:
    """Nobody listens there, or it is no address at all."""
    with pytest.raises(meaning, match=reason) as raised:
        await line.connector.send(replace(line.team, service_url=url), card())

    assert raised.value.__context__ is None


async def test_a_post_that_is_gone_is_not_the_room(line: Line) -> None:
    """Somebody deleted the question: this change is given up, and the chat goes on."""
    thread, first = await line.begun()
    await line.connector.delete(thread, first)

    with pytest.raises(Poison, match="post_gone"):
        await line.connector.update(thread, first, card())


async def test_a_refused_token_is_dropped(line: Line) -> None:
    """Once Teams refuses it the next call has a new one."""
    thread, _ = await line.begun()
    line.peer.forget_tokens()

    with pytest.raises(Busy, match="token_refused") as busy:
        await line.connector.send(thread, card())

    assert busy.value.retry_after == 1
    assert await line.connector.send(thread, card())
    assert line.peer.count("token") == 2


async def test_without_a_token_nothing_is_sent(line: Line) -> None:
    """What Microsoft says of the token is what the call says: nothing was posted."""
    line.peer.fail("token", ServerError(401, '{"error": "invalid_client"}'), ServerError())

    for meaning in (AtFault, Busy):
        with pytest.raises(meaning):
            await line.connector.send(line.team, card())

    assert (line.peer.count("post"), line.standing()) == (0, [])


async def test_a_bot_that_is_removed_mid_chat(line: Line) -> None:
    """The room is gone, for posts and for changes, until the bot is there again."""
    thread, first = await line.begun()
    line.peer.world.place("team").roster.apps.clear()

    for call in (post, change, begin):
        with pytest.raises(RoomGone, match="BotNotInConversationRoster"):
            await call(line, thread, first)


def of_size(size: int, letter: str) -> dict[str, Any]:
    """An activity of that many bytes."""
    width = len(letter.encode("utf-16-le", "surrogatepass"))
    rest, odd = divmod(size - size_of(card("")), width)
    return card(letter * rest + "a" * (odd // 2))


@pytest.mark.parametrize("letter", ["a", "é", "漢", "🙂", "\ud800"])
async def test_what_teams_would_not_take_is_not_sent(letter: str, line: Line) -> None:
    """80 KB in UTF-16 are taken, and not two bytes more, whatever people write with."""
    thread, first = await line.begun()
    fits, too_large = of_size(MOST_BYTES, letter), of_size(MOST_BYTES + 2, letter)
    assert (size_of(fits), size_of(too_large)) == (MOST_BYTES, MOST_BYTES + 2)

    assert await line.connector.send(thread, fits)
    calls: list[Awaitable[object]] = [
        line.connector.send(thread, too_large),
        line.connector.create_thread(reference(line.peer), too_large),
        line.connector.update(thread, first, too_large),
    ]
    for call in calls:
        with pytest.raises(Poison, match="too_large"):
            await call

    assert len(line.standing()) == 2


async def test_an_answer_that_says_nothing(line: Line) -> None:
    """A success without an id: the post may stand, and nobody knows under what name."""
    thread, _ = await line.begun()
    for body in ("", "{}", "[]", '{"id": 7}', "<html>"):
        line.peer.fail("post", ServerError(201, body))
        with pytest.raises(Unseen, match="no_id"):
            await line.connector.send(thread, card())
    line.peer.fail("create", ServerError(201, "{}"))
    with pytest.raises(Busy, match="no_id"):
        await line.connector.create_personal(reference(line.peer))


async def test_a_trial_shows_no_token() -> None:
    """Without authentication nothing is asked of Microsoft, and who wants a token is told that there is none."""
    seen: list[str | None] = []

    async def answer(request: web.Request) -> web.Response:
        seen.append(request.headers.get("Authorization"))
        status = 200 if len(seen) == 1 else 401
        return web.json_response({"id": "1"}, status=status)

    routes = [web.post("/v3/conversations/a/activities", answer)]
    async with session() as through, listening(routes, "127.0.0.1", 0) as port:
        place = Place(f"http://127.0.0.1:{port}", "a")
        connector = Connector(through, None)
        assert await connector.send(place, card()) == "1"
        with pytest.raises(AtFault, match="no_token"):
            await connector.send(place, card())

    assert seen == [None, None]


async def test_thirty_posts_at_once(line: Line) -> None:
    """Each is sent once, with one token."""
    thread, _ = await line.begun()

    sent = await asyncio.gather(*(line.connector.send(thread, card(f"Number {n}.")) for n in range(30)))

    assert len(set(sent)) == 30
    assert line.peer.count("token") == 1
