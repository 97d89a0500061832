"""What Teams delivers when somebody answers in a thread: as its own deliveries look, signed, at the real time."""

import json
import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import count

from benchmarks.bots.offering import Delivery
from benchmarks.whole_chats import ABOUT_200_LETTERS
from tests.peers import teams_activities as written
from tests.peers.teams_things import App, Person, Place, Post

PATH = "/api/{name}/messages"
"""Where an app's deliveries go."""
MS = 1_000


def app_of(number: int) -> App:
    """The registration of one organisation of many."""
    return App(
        id=f"00000000-0000-4000-8000-0000000c{number:04d}",
        name="Team Leeds Chats",
        tenant=f"00000000-0000-4000-8000-{number:012d}",
        secret="a-client-secret-of-nobody",  # noqa: S106 -- of this benchmark alone
        path=PATH.format(name=named(number)),
        number=number,
    )


def named(number: int) -> str:
    """What that app is called in the settings."""
    return f"org{number}"


@dataclass(frozen=True, slots=True)
class Proofs:
    """What deliveries to each app show, and the service that answers go to."""

    headers: Mapping[str, str]
    service_url: str


@dataclass(frozen=True, slots=True)
class Thread:
    """The thread of a chat, and who sits in that channel."""

    app: App
    place: Place
    root: str
    people: Sequence[Person]


class Replies:
    """Writes deliveries, each a new message of a person in one of `threads`, in turns; nobody mentions the bot."""

    def __init__(self, threads: Sequence[Thread], proofs: Proofs, seed: int) -> None:
        """Runs with the same seed are about the same threads in the same order."""
        self._threads = threads
        self._chance = random.Random(seed)
        self._number = count(1)
        self._proofs = proofs
        self._first = int(datetime.now(UTC).timestamp() * MS)

    def next(self) -> Delivery:
        number = next(self._number)
        thread = self._threads[number % len(self._threads)]
        person = self._chance.choice(thread.people)
        words = ABOUT_200_LETTERS.split()
        self._chance.shuffle(words)
        text = " ".join(words)
        post = Post(id=f"{self._first + number}", place=thread.place, by=person.id, root=thread.root, text=text)
        post.html = written.as_html(text)
        common = written.base(thread.app, thread.place, person, self._proofs.service_url, datetime.now(UTC))
        body = json.dumps(written.message(post, common, "plain")).encode()
        headers = {"Content-Type": "application/json", "Authorization": self._proofs.headers[thread.app.id]}
        return Delivery(thread.app.path, body, headers)
