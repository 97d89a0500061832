"""On whose clock people are written to: the time zone of their profile at Slack. Nothing else of it is read or kept.

1. It is read after somebody did something in a chat, beside what they are shown: nobody waits for it.
2. A person's is read once a week at most, and not of who chose a zone or wants no asking.
3. Where Slack does not tell it, the room's counts: an older installation has no scope for it.
"""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from slack_sdk.web.async_client import AsyncWebClient

from adapters.slack.web import SlackError, Web
from bot.lately import Lately
from bot.outside import Address, AtFault, Busy, Poison, RoomGone, Unseen
from bot.ports import Store, Transaction
from bot.typed_times import known_zone
from conversations.refusals import NotNow

WEEK, DAY, MINUTE = timedelta(weeks=1), timedelta(days=1), timedelta(minutes=1)
NOT_GRANTED = frozenset({"missing_scope"})


class Profiles:
    """Reads time zones of one app's people, by the method of `client` through `web`; `clock` gives UTC."""

    def __init__(self, store: Store, client: AsyncWebClient, web: Web, clock: Callable[[], datetime]) -> None:
        self._store = store
        self._client = client
        self._web = web
        self._clock = clock
        self._today = Lately()
        self._not_before: dict[str, datetime] = {}

    def wants(self, who: Address) -> bool:
        """Whether it is time to look at somebody's; it is not any more from now on."""
        now = self._clock()
        if now < self._not_before.get(who.workspace, now):
            return False
        return self._today.meets((who, now.date()))

    async def read(self, who: Address) -> None:
        """Read somebody's time zone and remember it, unless that was done lately. Raises StoreDown."""
        now = self._clock()
        if not await self._store.read(lambda tx: _is_of_use(tx, who, now)):
            return
        try:
            said = await self._web.call(self._client.users_info, who.workspace, expects=NOT_GRANTED, user=who.address)
        except SlackError:
            self._not_before[who.workspace] = now + DAY
        except Busy as busy:
            wait = MINUTE if busy.retry_after is None else timedelta(seconds=busy.retry_after)
            self._not_before[who.workspace] = now + wait
        except (RoomGone, Unseen, Poison, AtFault):
            return  # perhaps tomorrow
        else:
            zone = _zone(said.get("user"))
            await self._store.transact(lambda tx: tx.chats.in_zone(who, zone, now))


def _is_of_use(tx: Transaction, who: Address, now: datetime) -> bool:
    wishes, read_at = tx.reading.wishes(who), tx.reading.profile_read_at(who)
    return not wishes.stopped and wishes.zone is None and (read_at is None or now - read_at >= WEEK)


def _zone(user: Any) -> str | None:  # noqa: ANN401 -- what came as JSON
    said = user.get("tz") if isinstance(user, dict) else None
    try:
        return known_zone(said) if isinstance(said, str) else None
    except NotNow:
        return None
