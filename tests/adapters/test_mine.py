"""The page by which somebody is handed what is kept about them: each file once, and kept by nobody on the way."""

import json
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from datetime import timedelta
from io import StringIO
from pathlib import Path
from typing import TypeVar
from uuid import uuid4

import pytest
from aiohttp import ClientResponse, web
from aiohttp.test_utils import TestClient, TestServer

from adapters.browser.mine import Mine
from bot import logs
from bot.downloads import PATH
from bot.ports import StoreDown, Transaction
from conversations import commands as do
from conversations.messages import Link, Message
from storage.opening import open_store
from tests.bot.composing import WORDING, Bot, answer, composed
from tests.logging_left import left_as_found

T = TypeVar("T")

WORDS = 'She said <b>"no"</b> & left'
ADDRESS = "https://chats.leeds.example"


class Away:
    """A store that can't be reached."""

    async def transact(self, work: Callable[[Transaction], T]) -> T:
        raise StoreDown("the database can't be reached")

    async def read(self, work: Callable[[Transaction], T]) -> T:
        raise StoreDown("the database can't be reached")

    async def close(self) -> None:
        pass


@dataclass(slots=True)
class Page:
    """The bot, its page, and a browser before it."""

    bot: Bot
    mine: Mine
    browser: TestClient[web.Request, web.Application]

    async def link(self, who: str = "ana") -> str:
        """The path of a new link of somebody's."""
        reply = await self.bot.say(who, do.Download())
        assert isinstance(reply.show, Message)
        return next(part.address.removeprefix(ADDRESS) for part in reply.show.parts if isinstance(part, Link))

    async def look(self, path: str) -> tuple[int, str]:
        """What somebody sees there."""
        async with self.browser.get(path) as answer:
            assert_sealed(answer)
            return answer.status, await answer.text()

    async def take(self, path: str, file: str) -> tuple[int, str]:
        """What pressing a button there gives."""
        async with self.browser.post(f"{path}/{file}") as answer:
            assert_sealed(answer)
            if answer.status == 200:
                name = f'attachment; filename="what-we-keep-about-you.{file}"'
                assert answer.headers["Content-Disposition"] == name
            return answer.status, await answer.text()


def assert_sealed(answer: ClientResponse) -> None:
    """Nobody between keeps it, and no other server is told where it was opened."""
    assert answer.headers["Cache-Control"] == "no-store"
    assert answer.headers["Referrer-Policy"] == "no-referrer"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert "default-src 'none'" in answer.headers["Content-Security-Policy"]


@pytest.fixture
async def page(tmp_path: Path) -> AsyncIterator[Page]:
    """Serve the page of a bot to which Ana said something."""
    store = await open_store(tmp_path / "chats.sqlite", fresh=uuid4)
    bot = composed(store, public_url=ADDRESS)
    await bot.begun()
    await bot.accepted("ana", answer(WORDS))
    mine = Mine(WORDING, bot.clock)
    mine.open(store, bot.house)
    site = web.Application()
    site.add_routes(mine.routes())
    async with TestClient(TestServer(site)) as browser:
        yield Page(bot, mine, browser)
    await store.close()


async def test_both_files_are_there_until_they_are_taken(page: Page) -> None:
    """Looking uses nothing up, a file goes once, and then the link is dead."""
    path = await page.link()
    for _ in range(3):
        status, seen = await page.look(path)
        assert (status, seen.count("<button>")) == (200, 2)
    status, whole = await page.take(path, "json")
    assert (status, json.loads(whole)["chats"][0]["answers"][0]["words"]) == (200, WORDS)
    assert (await page.look(path))[1].count("<button>") == 1
    assert (await page.take(path, "json"))[0] == 404
    status, text = await page.take(path, "txt")

    assert (status, f"> {WORDS}" in text) == (200, True)
    status, seen = await page.look(path)
    assert (status, "This link has been used, or is too old." in seen) == (404, True)


async def test_a_button_sends_what_its_form_says(page: Page) -> None:
    """Relative, so that it works behind an address with a path."""
    path = await page.link()
    _, seen = await page.look(path)

    assert f'action="{path.removeprefix(f"{PATH}/")}/json"' in seen


async def test_after_ten_minutes_it_is_too_late(page: Page) -> None:
    """For looking and for taking."""
    path = await page.link()
    page.bot.clock.now += timedelta(minutes=10)

    assert [(await page.look(path))[0], (await page.take(path, "txt"))[0]] == [404, 404]


@pytest.mark.parametrize("secret", ["", "0", "0" * 64, "A" * 64, "0" * 63 + "/", "%00" * 64, "..%2f..%2fetc", "é" * 64])
async def test_guesses_give_nothing(page: Page, secret: str) -> None:
    """And they all look alike."""
    async with page.browser.get(f"{PATH}/{secret}") as answer:
        assert answer.status == 404
    async with page.browser.post(f"{PATH}/{secret}/json") as answer:
        assert answer.status in {404, 405}


async def test_files_that_there_are_not(page: Page) -> None:
    """The link stays as it was."""
    path = await page.link()

    assert (await page.take(path, "exe"))[0] == 404
    assert (await page.look(path))[1].count("<button>") == 2


async def test_nobody_elses_words_are_handed_over(page: Page) -> None:
    """A link is one person's."""
    await page.bot.accepted("ben", answer("his words"))
    path = await page.link("ben")

    assert "Ana" not in (await page.take(path, "json"))[1]
    assert WORDS not in (await page.take(path, "txt"))[1]


async def test_a_store_that_is_away_uses_nothing_up(page: Page) -> None:
    """The link works when it is back."""
    path = await page.link()
    page.mine.open(Away(), page.bot.house)
    assert [(await page.look(path))[0], (await page.take(path, "json"))[0]] == [503, 503]
    page.mine.open(page.bot.store, page.bot.house)

    assert (await page.take(path, "json"))[0] == 200


async def test_before_there_is_a_store(page: Page) -> None:
    """The process has only begun."""
    site = web.Application()
    site.add_routes(Mine(WORDING, page.bot.clock).routes())
    async with TestClient(TestServer(site)) as browser, browser.get(f"{PATH}/{'0' * 64}") as answer:
        assert answer.status == 503


async def test_neither_the_secret_nor_a_word_is_logged_or_kept(page: Page) -> None:
    """Nor is the secret in the audit, which says that somebody took their file."""
    logged = StringIO()
    with left_as_found():
        logs.set_up("DEBUG", "json", page.bot.clock, logged)
        path = await page.link()
        await page.look(path)
        await page.take(path, "json")
    secret = path.removeprefix(f"{PATH}/")
    everything = await page.bot.everything()

    assert secret not in logged.getvalue()
    assert WORDS not in logged.getvalue()
    assert secret not in repr(everything)
    assert "person_downloaded" in repr(everything["audit"])
    assert "ana" not in repr(everything["audit"])
