"""`/mine/…`: where somebody is handed all that is kept about them, by a link that was given to them alone.

1. The secret in the address is all there is: it is in no log, and the page tells no other server where it was opened.
2. Looking uses nothing up (programs look at links before people do). A file is taken by pressing its button, once.
3. Nothing is kept by whatever stands between us and the browser.
"""

import re
from collections.abc import Callable
from datetime import datetime
from html import escape

from aiohttp import web

from bot.downloads import PATH, File, fingerprint
from bot.handing_over import Handed, files, handed
from bot.house import House
from bot.ports import Store, StoreDown, Transaction
from conversations.wording import Wording

SAFE = {
    "Cache-Control": "no-store",
    "Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'; form-action 'self'; "
    "frame-ancestors 'none'; base-uri 'none'",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "X-Robots-Tag": "noindex, nofollow",
}
TYPES = {File.TEXT: "text/plain", File.JSON: "application/json"}
NAME = "what-we-keep-about-you"
_SECRET = re.compile(r"[0-9a-f]{64}")
_STYLE = (
    "body{font:1.125rem/1.5 sans-serif;margin:3rem auto;max-width:34rem;padding:0 1rem;color:#212b32}"
    "button{font:inherit;padding:.5rem 1rem;margin:0 1rem 1rem 0;border:0;border-radius:.25rem;"
    "background:#005eb8;color:#fff}button:focus{outline:.25rem solid #212b32}form{display:inline}"
)
NOT_FOUND, UNAVAILABLE = 404, 503


class Mine:
    """The page and its files, once there is a store."""

    def __init__(self, wording: Wording, clock: Callable[[], datetime]) -> None:
        """`clock` gives UTC."""
        self._wording = wording
        self._clock = clock
        self._open: tuple[Store, House] | None = None

    def open(self, store: Store, house: House) -> None:
        """From now on files are handed out."""
        self._open = (store, house)

    def routes(self) -> list[web.RouteDef]:
        """The page, and what its buttons send."""
        return [web.get(f"{PATH}/{{secret}}", self._look), web.post(f"{PATH}/{{secret}}/{{file}}", self._take)]

    async def _look(self, request: web.Request) -> web.Response:
        secret = request.match_info["secret"]
        if self._open is None:
            return self._said("download.away", UNAVAILABLE)
        if _SECRET.fullmatch(secret) is None:
            return self._said("download.gone", NOT_FOUND)
        store, now = self._open[0], self._clock()
        try:
            left = await store.read(lambda tx: tx.downloads.left(fingerprint(secret), now))
        except StoreDown:
            return self._said("download.away", UNAVAILABLE)
        if not left:
            return self._said("download.gone", NOT_FOUND)
        buttons = "".join(
            f'<form method="post" action="{secret}/{file}">'
            f"<button>{escape(self._wording.say(f'download.{file}'))}</button></form>"
            for file in left
        )
        return self._page(escape(self._wording.say("download.choose")), buttons)

    async def _take(self, request: web.Request) -> web.Response:
        secret, name = request.match_info["secret"], request.match_info["file"]
        if self._open is None:
            return self._said("download.away", UNAVAILABLE)
        if _SECRET.fullmatch(secret) is None or name not in set(File):
            return self._said("download.gone", NOT_FOUND)
        (store, house), file, now = self._open, File(name), self._clock()

        def take(tx: Transaction) -> Handed | None:
            who = tx.downloads.take(fingerprint(secret), file, now)
            whole = None if who is None else handed(tx, house, who)
            if whole is not None:
                tx.upkeep.note("person_downloaded", f"{whole.kept.person} {file}", "themselves", now)
            return whole

        try:
            whole = await store.transact(take)
        except StoreDown:
            return self._said("download.away", UNAVAILABLE)
        if whole is None:
            return self._said("download.gone", NOT_FOUND)
        attached = {"Content-Disposition": f'attachment; filename="{NAME}.{file}"'}
        text = files(whole, house, now)[file]
        return web.Response(text=text, content_type=TYPES[file], charset="utf-8", headers=SAFE | attached)

    def _said(self, key: str, status: int) -> web.Response:
        return self._page(escape(self._wording.say(key)), status=status)

    def _page(self, text: str, buttons: str = "", status: int = 200) -> web.Response:
        title = escape(self._wording.say("download.page"))
        body = (
            '<!doctype html><html lang="en-GB"><head><meta charset="utf-8">'
            '<meta name="viewport" content="width=device-width, initial-scale=1">'
            f"<title>{title}</title><style>{_STYLE}</style></head>"
            f"<body><main><h1>{title}</h1><p>{text}</p>{buttons}</main></body></html>"
        )
        return web.Response(text=body, status=status, content_type="text/html", charset="utf-8", headers=SAFE)
