"""The same task written the way people do it with the SDK: a WaterfallDialog that asks four questions in a thread.

Each message answers a question, and is answered with one post: the next question. State is kept for each thread.
"""

import asyncio
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import jsonpickle
from botbuilder.core import (
    ActivityHandler,
    ConversationState,
    MemoryStorage,
    MessageFactory,
    Storage,
    TurnContext,
)
from botbuilder.dialogs import (
    DialogSet,
    DialogTurnResult,
    DialogTurnStatus,
    WaterfallDialog,
    WaterfallStepContext,
)
from botbuilder.dialogs.prompts import PromptOptions, TextPrompt

from storage.sqlite import connect

CHAT, WORDS, SAID = "chat", "words", "said"
QUESTIONS = 4
QUESTION = MessageFactory.text("Thank you, that is kept. What went well?")
TABLE = "CREATE TABLE IF NOT EXISTS states (key TEXT PRIMARY KEY, state TEXT NOT NULL)"


class SqliteStorage(Storage):  # type: ignore[misc]  # the SDK has no types
    """Keeps states in a file, each write durably before it is over; as JSON, as the SDK's own storages do."""

    def __init__(self, path: Path) -> None:
        path.touch()
        self._connection = connect(path)
        self._connection.execute(TABLE).close()
        self._one_at_a_time = asyncio.Lock()

    async def read(self, keys: Sequence[str]) -> dict[str, Any]:
        async with self._one_at_a_time:
            rows = await asyncio.to_thread(self._read, keys)
        return {key: jsonpickle.decode(state) for key, state in rows}  # noqa: S301 -- the SDK's own way, and ours alone

    async def write(self, changes: Mapping[str, Any]) -> None:
        rows = [(key, jsonpickle.encode(state)) for key, state in changes.items()]
        async with self._one_at_a_time:
            await asyncio.to_thread(self._write, rows)

    async def delete(self, keys: Sequence[str]) -> None:
        async with self._one_at_a_time:
            await asyncio.to_thread(self._delete, keys)

    def _read(self, keys: Sequence[str]) -> list[tuple[str, str]]:
        found = (self._connection.execute("SELECT key, state FROM states WHERE key = ?", (key,)) for key in keys)
        return [row for rows in found for row in rows]

    def _write(self, rows: Sequence[tuple[str, str]]) -> None:
        self._connection.executemany("INSERT OR REPLACE INTO states VALUES (?, ?)", rows).close()

    def _delete(self, keys: Sequence[str]) -> None:
        self._connection.executemany("DELETE FROM states WHERE key = ?", [(key,) for key in keys]).close()


class Asking(ActivityHandler):  # type: ignore[misc]  # as above
    """A chat in each thread, again and again."""

    def __init__(self, storage: Storage) -> None:
        super().__init__()
        self.said = 0
        self._state = ConversationState(storage)
        self._counted = self._state.create_property(SAID)
        self._dialogs = DialogSet(self._state.create_property("dialogs"))
        self._dialogs.add(TextPrompt(WORDS))
        self._dialogs.add(WaterfallDialog(CHAT, [_ask] * QUESTIONS + [_again]))

    async def on_message_activity(self, turn_context: TurnContext) -> None:
        await self._counted.set(turn_context, (await self._counted.get(turn_context) or 0) + 1)
        dialogs = await self._dialogs.create_context(turn_context)
        done = await dialogs.continue_dialog()
        if done.status == DialogTurnStatus.Empty:
            await dialogs.begin_dialog(CHAT)
        await self._state.save_changes(turn_context)
        self.said += 1


async def _ask(step: WaterfallStepContext) -> DialogTurnResult:
    """Keep what was said, and ask."""
    if step.index:
        step.values[str(step.index)] = step.result
    return await step.prompt(WORDS, PromptOptions(prompt=QUESTION))


async def _again(step: WaterfallStepContext) -> DialogTurnResult:
    """Begin anew, since more is said than there are questions."""
    return await step.replace_dialog(CHAT)


def in_memory() -> Asking:
    """The bot that loses everything with its process."""
    return Asking(MemoryStorage())


def on_sqlite(path: Path) -> Asking:
    """The bot that keeps every state."""
    return Asking(SqliteStorage(path))


def kept(path: Path) -> int:
    """How many answers the states in a file tell of."""
    connection = connect(path, read_only=True)
    rows: list[tuple[str]] = connection.execute("SELECT state FROM states").fetchall()
    connection.close()
    return sum(jsonpickle.decode(state)[SAID] for (state,) in rows)  # noqa: S301 -- as above
