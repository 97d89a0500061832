"""How an administrator adds the bot to a workspace of either peer, in a browser."""

from html import unescape
from http import HTTPStatus

from aiohttp import ClientResponse, ClientSession, DummyCookieJar

from tests.peers.either import Peer, consent


async def installed(peer: Peer, url: str, known_as: str) -> None:
    """Have Ana go the whole way. The bot listens at `url`, and Slack knows it by another address, `known_as`."""
    async with ClientSession(cookie_jar=DummyCookieJar()) as browser:
        async with browser.get(f"{url}/slack/install") as page:
            link = unescape((await page.text()).partition('<a href="')[2].partition('"')[0])
            kept = _cookies(page)
        back = await consent(peer, link)
        assert back.startswith(known_as)
        async with browser.get(f"{url}{back.removeprefix(known_as)}", headers=kept) as done:
            assert "Team Leeds Chats is in your Slack now." in await done.text()


def _cookies(page: ClientResponse) -> dict[str, str]:
    """What a browser sends back over https, as a reverse proxy passes it on."""
    assert page.status == HTTPStatus.OK
    return {"Cookie": "; ".join(f"{name}={morsel.value}" for name, morsel in page.cookies.items())}
