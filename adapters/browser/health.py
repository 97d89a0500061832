"""Whether this process lives (`/healthz`) and can do its work (`/readyz`), for whoever starts and watches it."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping

from aiohttp import web

SECONDS = 2.0
"""What has not answered by then is not ready."""

Check = Callable[[], Awaitable[bool]]


def routes(checks: Mapping[str, Check], seconds: float = SECONDS) -> list[web.RouteDef]:
    """The two pages. `checks` say by name what has to be ready; one that raises or takes more than `seconds` is not."""

    async def alive(_request: web.Request) -> web.Response:
        return web.json_response({"alive": True})

    async def ready(_request: web.Request) -> web.Response:
        answers = await asyncio.gather(*(_passes(check, seconds) for check in checks.values()))
        missing = [name for name, answer in zip(checks, answers, strict=True) if not answer]
        return web.json_response({"ready": not missing, "waits_for": missing}, status=503 if missing else 200)

    return [web.get("/healthz", alive), web.get("/readyz", ready)]


async def _passes(check: Check, seconds: float) -> bool:
    try:
        async with asyncio.timeout(seconds):
            return await check()
    except Exception:  # noqa: BLE001 -- whatever it is, it is not ready; who waits for it has logged why
        return False
