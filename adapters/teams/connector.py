"""Teams' connector: one call at a time, and every way it can end as what the caller does next.

1. A second POST is a second post. What may have arrived is Unseen and never tried again here; what puts something in
   place, or takes it away, does no harm twice, and is Busy.
2. An error's text may quote what was sent. Only Teams' own name for the error is kept; so what is raised here is raised
   outside of what was caught.
3. What Teams would not take is not sent: a message may be 80 KB, counted as UTF-16.
4. Each call waits its turn (pace.py). Where Teams said when to come again, it is not called before that.

Source: learn.microsoft.com, "Bot Connector REST API"; "Rate limiting for bots"; "Format your bot messages".
"""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

import structlog
from aiohttp import ClientConnectorError, ClientResponse, ClientSession, ConnectionTimeoutError, InvalidURL
from yarl import URL

from adapters.teams.credentials import Credentials
from adapters.teams.pace import MAKING, Pace
from adapters.teams.wire import NOBODY_SAW, read, seconds_to_wait
from bot.outside import AtFault, Busy, Poison, RoomGone, Unseen
from bot.registers import Reference

log = structlog.get_logger()

MOST_BYTES = 80_000
GONE = frozenset(
    {"ConversationNotFound", "BotNotInConversationRoster", "ConversationBlockedByUser", "MessageWritesBlocked"}
    | {"MemberNotFound", "TenantNotFound", "UserNotFound", "BotDisabledByAdmin", "InvalidBotId"}
)
"""Teams' names for a room or a person that is out of reach, whatever the status."""
POST_NOT_FOUND, POST_GONE = frozenset({"ActivityNotFoundInConversation", "MessageNotFound"}), "post_gone"
DONE = range(200, 300)
BAD_REQUEST, UNAUTHORIZED, FORBIDDEN, NOT_FOUND, TIMED_OUT = 400, 401, 403, 404, 408
CONFLICT, TOO_LARGE, THROTTLED, SERVER_FAILED, NOT_OFFERED = 412, 413, 429, 500, 501
NAME = re.compile(r"[A-Za-z0-9_]{1,60}")
SECONDS_FOR_A_TOKEN = 1.0
"""How soon to come again with a new token."""

Activity = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Place:
    """A conversation, or a thread of one, and the service that serves it, as Teams wrote it."""

    service_url: str
    conversation: str


@dataclass(frozen=True, slots=True)
class Thread:
    """A thread that was begun: its conversation, and the post that begins it."""

    conversation: str
    activity: str


def text_of(activity: Activity) -> str:
    """An activity as it is sent, in plain characters. Raises Poison when Teams would not take it."""
    text = json.dumps(activity, separators=(",", ":"))
    if 2 * len(text) > MOST_BYTES and size_of(activity) > MOST_BYTES:
        raise Poison("too_large")
    return text


def size_of(activity: Activity) -> int:
    """What an activity weighs at Teams: the bytes of its JSON in UTF-16."""
    text = json.dumps(activity, separators=(",", ":"), ensure_ascii=False)
    return len(text.encode("utf-16-le", "surrogatepass"))


class Connector:
    """Calls of one app. Without credentials, as for a trial on one machine, no token is shown."""

    def __init__(self, through: ClientSession, credentials: Credentials | None, pace: Pace | None = None) -> None:
        """Without a `pace` calls go as they come."""
        self._through = through
        self._credentials = credentials
        self._pace = pace

    async def create_thread(self, reference: Reference, activity: Activity) -> Thread:
        """Begin a thread in a channel with `activity`. Raises RoomGone, Busy, Unseen, Poison, AtFault."""
        begins = {
            "isGroup": True,
            "bot": {"id": reference.bot_id},
            "channelData": {"channel": {"id": reference.channel_id}},
            "tenantId": reference.at.workspace,
        }
        text = f'{json.dumps(begins)[:-1]},"activity":{text_of(activity)}}}'
        said = await self._call("POST", _url(reference.service_url), text, reference.channel_id or "")
        return Thread(_named(said, "id"), _named(said, "activityId"))

    async def create_personal(self, reference: Reference) -> str:
        """The conversation of the bot and one person, the same each time. Raises RoomGone, Busy, Poison, AtFault."""
        with_one = {
            "isGroup": False,
            "bot": {"id": reference.bot_id},
            "members": [{"id": reference.user_id}],
            "channelData": {"tenant": {"id": reference.at.workspace}},
            "tenantId": reference.at.workspace,
        }
        said = await self._call("POST", _url(reference.service_url), json.dumps(with_one), MAKING, harmless=True)
        return _named(said, "id", harmless=True)

    async def send(self, place: Place, activity: Activity) -> str:
        """Post `activity`; returns its id. Raises RoomGone, Busy, Unseen, Poison, AtFault."""
        url = _url(place.service_url, place.conversation, "activities")
        said = await self._call("POST", url, text_of(activity), place.conversation)
        return _named(said, "id")

    async def update(self, place: Place, ref: str, activity: Activity) -> None:
        """Put `activity` in the place of the post `ref`. Raises RoomGone, Busy, Poison (`post_gone`), AtFault."""
        url = _url(place.service_url, place.conversation, "activities", ref)
        await self._call("PUT", url, text_of({**activity, "id": ref}), place.conversation, harmless=True)

    async def delete(self, place: Place, ref: str) -> None:
        """Take the post `ref` away, if it is there. Raises RoomGone, Busy, Poison, AtFault."""
        url = _url(place.service_url, place.conversation, "activities", ref)
        try:
            await self._call("DELETE", url, None, place.conversation, harmless=True)
        except Poison as refused:
            if str(refused) != POST_GONE:
                raise

    async def _call(
        self, verb: str, url: URL, text: str | None, where: str, *, harmless: bool = False
    ) -> Mapping[str, Any]:
        """Do it once, in its turn. `where`: the conversation. `harmless`: a second time would do no harm.

        Raises RoomGone, Busy, Unseen, Poison, AtFault.
        """
        if self._pace is not None:
            await self._pace.turn(where)
        try:
            return await self._called(verb, url, text, harmless=harmless)
        except Busy as busy:
            if self._pace is not None and busy.throttled:
                self._pace.close(where, busy.retry_after)
            raise

    async def _called(self, verb: str, url: URL, text: str | None, *, harmless: bool) -> Mapping[str, Any]:
        token = None if self._credentials is None else await self._credentials.token()
        headers = {} if text is None else {"Content-Type": "application/json; charset=utf-8"}
        if token is not None:
            headers["Authorization"] = f"Bearer {token}"
        trouble: Exception
        try:
            async with self._through.request(verb, url, data=text, headers=headers, allow_redirects=False) as response:
                said = await read(response)
                if response.status in DONE:
                    return said
                trouble = self._meaning(response, said, token, harmless=harmless)
        except (ClientConnectorError, ConnectionTimeoutError):
            trouble = Busy("unreachable")
        except InvalidURL:
            trouble = Poison("bad_address")
        except NOBODY_SAW:
            trouble = _unseen("connection_lost", harmless=harmless)
        raise trouble

    def _meaning(
        self, response: ClientResponse, said: Mapping[str, Any], token: str | None, *, harmless: bool
    ) -> Exception:
        """What an answer that is none of success asks for."""
        status, code = response.status, _code(said)
        if status == THROTTLED:
            return Busy("throttled", seconds_to_wait(response), throttled=True)
        if status == CONFLICT:
            return Busy("conflict", seconds_to_wait(response))
        if status == NOT_OFFERED:
            return Poison("not_offered")
        if status == TIMED_OUT or status >= SERVER_FAILED or status < BAD_REQUEST:
            return _unseen("server_failed", harmless=harmless)
        if status == UNAUTHORIZED:
            return self._unauthorized(token)
        log.warning("teams_refuses", status=status, error=code)
        if status == TOO_LARGE or code == "MessageSizeTooBig":
            return Poison("too_large")
        if code in POST_NOT_FOUND:
            return Poison(POST_GONE)
        if status in {FORBIDDEN, NOT_FOUND} or code in GONE:
            return RoomGone(code or "gone")
        return Poison(code or "refused")

    def _unauthorized(self, token: str | None) -> Exception:
        log.warning("teams_refuses_token")
        if self._credentials is None or token is None:
            return AtFault("no_token")
        self._credentials.dropped(token)
        return Busy("token_refused", SECONDS_FOR_A_TOKEN)


def _url(service_url: str, *parts: str) -> URL:
    """Where conversations are, or one of them. Raises Poison."""
    path = "/".join(quote(part, safe="") for part in parts)
    try:
        return URL(f"{service_url.rstrip('/')}/v3/conversations{'/' if path else ''}{path}", encoded=True)
    except ValueError:
        pass
    raise Poison("bad_address")


def _named(said: Mapping[str, Any], name: str, *, harmless: bool = False) -> str:
    """An id in an answer. Raises Unseen, or Busy where it does no harm to ask again."""
    found = said.get(name)
    if not isinstance(found, str) or not found:
        raise _unseen("no_id", harmless=harmless)
    return found


def _code(said: Mapping[str, Any]) -> str:
    """Teams' name for an error; nothing else gets through."""
    error = said.get("error")
    code = error.get("code") if isinstance(error, dict) else None
    return code if isinstance(code, str) and NAME.fullmatch(code) else ""


def _unseen(reason: str, *, harmless: bool) -> Exception:
    return Busy(reason) if harmless else Unseen(reason)
