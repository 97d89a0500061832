"""What Teams delivers when somebody answers in a thread: as its own deliveries look, signed, at the real time."""

import json
import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import count, cycle
from uuid import UUID

from benchmarks.bots.offering import Delivery
from benchmarks.whole_chats import ABOUT_200_LETTERS
from tests.peers import teams_activities as written
from tests.peers.teams_things import App, Json, Person, Place, Post

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


@dataclass(frozen=True, slots=True, kw_only=True)
class Thread:
    """The thread of a chat, and who sits in that channel."""

    app: App
    place: Place
    root: str
    people: Sequence[Person]
    chat: UUID


class Replies:
    """Writes deliveries, each a new message of a person in one of `threads`, in turns; nobody mentions the bot."""

    def __init__(self, threads: Sequence[Thread], proofs: Proofs, seed: int) -> None:
        """Runs with the same seed are about the same threads in the same order."""
        self._threads = cycle(threads)
        self._chance = random.Random(seed)
        self._ids = count(int(datetime.now(UTC).timestamp() * MS))
        self._proofs = proofs

    def next(self) -> Delivery:
        """The next one."""
        thread, person, text = self.somebody()
        return self.delivery(thread, self.message(thread, person, text))

    def somebody(self) -> tuple[Thread, Person, str]:
        """Where somebody answers next, who it is, and what they say."""
        thread, words = next(self._threads), ABOUT_200_LETTERS.split()
        self._chance.shuffle(words)
        return thread, self._chance.choice(thread.people), " ".join(words)

    def message(self, thread: Thread, person: Person, text: str) -> Json:
        """A message as an app is told of it."""
        post = Post(id=f"{next(self._ids)}", place=thread.place, by=person.id, root=thread.root, text=text)
        post.html = written.as_html(text)
        post.mentions = [written.mention(thread.app.account, name) for name in written.mentioned(text)]
        return written.message(post, self._common(thread, person), "plain")

    def invoke(self, thread: Thread, person: Person, name: str, data: Json) -> Json:
        """What a person does with the thread's card or its dialog."""
        post = Post(id=thread.root, place=thread.place, by=thread.app.id, root=thread.root)
        return written.invoke(name, {"data": data}, post, self._common(thread, person), f"{next(self._ids)}")

    def delivery(self, thread: Thread, activity: Json) -> Delivery:
        """An activity as it is sent to an app."""
        headers = {"Content-Type": "application/json", "Authorization": self._proofs.headers[thread.app.id]}
        return Delivery(thread.app.path, json.dumps(activity).encode(), headers)

    def _common(self, thread: Thread, person: Person) -> Json:
        return written.base(thread.app, thread.place, person, self._proofs.service_url, datetime.now(UTC))


class Mentions(Replies):
    """The same, and everybody speaks to the bot by its name."""

    def message(self, thread: Thread, person: Person, text: str) -> Json:
        return super().message(thread, person, f"<at>{thread.app.name}</at> {text}")
