"""What Slack delivers when somebody answers in a thread: as its own deliveries look, signed, at the real time."""

import json
import random
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import count

from slack_sdk.signature import SignatureVerifier

from benchmarks.bots.offering import Delivery
from benchmarks.whole_chats import ABOUT_200_LETTERS

PATH = "/slack/events"
SIGNING_SECRET = "a-signing-secret-of-nobody"  # noqa: S105 -- of this benchmark alone
BOT_USER, BOT = "U0BENCHBOT", "B0BENCHBOT"
"""Who the bot is, the same in every workspace."""
TOKEN = "xoxb-of-nobody"  # noqa: S105 -- as above

MICROSECONDS = 1_000_000


@dataclass(frozen=True, slots=True)
class Thread:
    """The thread of a chat, and who sits in that channel."""

    workspace: str
    channel: str
    ts: str
    people: Sequence[str]


class Post:
    """Writes deliveries, each a new message of a person in one of `threads`, in turns."""

    def __init__(self, threads: Sequence[Thread], seed: int) -> None:
        """Runs with the same seed are about the same threads in the same order."""
        self._threads = threads
        self._chance = random.Random(seed)
        self._number = count(1)
        self._verifier = SignatureVerifier(SIGNING_SECRET)

    def next(self) -> Delivery:
        number = next(self._number)
        thread = self._threads[number % len(self._threads)]
        now = datetime.now(UTC).timestamp()
        ts = f"{now:.0f}.{number % MICROSECONDS:06d}"
        words = ABOUT_200_LETTERS.split()
        self._chance.shuffle(words)
        body = json.dumps(_delivery(thread, self._chance.choice(thread.people), ts, " ".join(words), number)).encode()
        stamp = f"{now:.0f}"
        signature = self._verifier.generate_signature(timestamp=stamp, body=body) or ""
        headers = {
            "Content-Type": "application/json",
            "X-Slack-Request-Timestamp": stamp,
            "X-Slack-Signature": signature,
        }
        return Delivery(PATH, body, headers)


def _delivery(thread: Thread, person: str, ts: str, words: str, number: int) -> dict[str, object]:
    section = {"type": "rich_text_section", "elements": [{"type": "text", "text": words}]}
    event = {
        "user": person,
        "type": "message",
        "ts": ts,
        "client_msg_id": f"00000000-0000-4000-8000-{number:012d}",
        "text": words,
        "team": thread.workspace,
        "thread_ts": thread.ts,
        "parent_user_id": BOT_USER,
        "blocks": [{"type": "rich_text", "block_id": "rt001", "elements": [section]}],
        "channel": thread.channel,
        "event_ts": ts,
        "channel_type": "channel",
    }
    bot = {"enterprise_id": None, "team_id": thread.workspace, "user_id": BOT_USER, "is_bot": True}
    return {
        "token": "an-old-token",
        "team_id": thread.workspace,
        "context_team_id": thread.workspace,
        "context_enterprise_id": None,
        "api_app_id": "A0BENCH",
        "event": event,
        "type": "event_callback",
        "event_id": f"Ev{number:09d}{thread.channel}",
        "event_time": int(ts.partition(".")[0]),
        "authorizations": [bot | {"is_enterprise_install": False}],
        "is_ext_shared_channel": False,
        "event_context": f"4-{number}",
    }
