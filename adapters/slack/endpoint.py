"""The way in from Slack: bolt finds out what a delivery is, and `Turns` does it before it is acknowledged.

1. What is done is done before the acknowledgement (`process_before_response`). What failed gets a 5xx, and Slack
   delivers it again; the inbox makes that harmless.
2. A workspace that we do not know gets a 5xx too: the installation may be on its way. bolt would say 200.
3. What Slack never writes gets a 200 and a line in the log: it would never succeed.
4. Whose workspace it is decides nothing but the installation: a guest of a shared channel belongs where the room is.
"""

import logging
import re
from collections.abc import Awaitable, Callable, Mapping
from typing import Any, TypeVar

import structlog
from aiohttp import web
from slack_bolt.adapter.aiohttp import to_aiohttp_response, to_bolt_request
from slack_bolt.async_app import AsyncApp
from slack_bolt.authorization import AuthorizeResult
from slack_bolt.context.ack.async_ack import AsyncAck
from slack_bolt.context.async_context import AsyncBoltContext
from slack_bolt.middleware.async_middleware import AsyncMiddleware
from slack_bolt.request.async_request import AsyncBoltRequest
from slack_bolt.response import BoltResponse
from slack_sdk.web.async_client import AsyncWebClient

from adapters.slack.forms import FORM, Context
from adapters.slack.guard import Unreadable
from adapters.slack.interactions import order_of, press_of, shortcut_of, submission_of
from adapters.slack.manifest import COMMAND, NOT_AN_ANSWER, SCHEDULE, START, STORY
from adapters.slack.parse import parse
from adapters.slack.render import Dialog, render
from adapters.slack.shape import looks_like_slacks
from adapters.slack.tokens import NotInstalled, Tokens
from adapters.slack.turns import Turns
from adapters.slack.uninstalling import heed
from bot.logs import bare
from bot.outside import Busy
from bot.ports import Store, StoreDown
from bot.registers import Installation
from conversations.commands import Panel
from conversations.wording import Wording

log = structlog.get_logger()

EVENTS = ("message", "app_mention", "app_home_opened", "member_joined_channel")
NOT_SLACKS = (KeyError, ValueError, TypeError, AttributeError, IndexError, RecursionError)

T = TypeVar("T")

ANYTHING = re.compile(".*")

Body = Mapping[str, Any]


class Endpoint:
    """Takes what Slack delivers to one app, over HTTP or Socket Mode."""

    def __init__(
        self,
        *,
        name: str,
        client: AsyncWebClient,
        tokens: Tokens,
        store: Store,
        turns: Turns,
        wording: Wording,
    ) -> None:
        """`name` is the channel's; `client` is bolt's to copy: nothing is called with it."""
        self._name = name
        self._tokens = tokens
        self._store = store
        self._turns = turns
        self._dialog = Dialog.of(wording)
        self.bolt = self._made(client)

    async def take(self, request: web.Request) -> web.Response:
        """Answer a delivery that is known to come from Slack. Raises Unreadable."""
        try:
            asked = await to_bolt_request(request)
        except NOT_SLACKS:
            raise Unreadable from None
        if not looks_like_slacks(asked.body):
            raise Unreadable
        return await to_aiohttp_response(await self.bolt.async_dispatch(asked))

    def _made(self, client: AsyncWebClient) -> AsyncApp:
        async def authorize(
            context: AsyncBoltContext, enterprise_id: str | None, team_id: str | None, user_id: str | None
        ) -> AuthorizeResult:  # bolt takes no method here
            return await self._authorize(context, enterprise_id, team_id, user_id)

        quiet = logging.getLogger("slack_bolt.ours")
        quiet.setLevel(logging.CRITICAL)  # bolt quotes what it was given; what matters is logged here, by name
        bolt = AsyncApp(
            name=self._name,
            client=client,
            logger=quiet,
            authorize=authorize,
            before_authorize=_First(self._before),
            process_before_response=True,
            request_verification_enabled=False,  # the guard did, on the raw bytes
            ignoring_self_events_enabled=False,  # our own posts tell us that they arrived
            ssl_check_enabled=False,
            url_verification_enabled=False,
            attaching_function_token_enabled=False,
            attaching_conversation_kwargs_enabled=False,
        )
        for kind in EVENTS:
            bolt.event(kind)(self._event)
        bolt.event(ANYTHING)(_nothing)
        bolt.action(ANYTHING)(self._action)
        bolt.view(FORM)(self._view)
        bolt.command(COMMAND)(self._command)
        bolt.shortcut(START)(self._start)
        bolt.shortcut(SCHEDULE)(self._schedule)
        bolt.shortcut(STORY)(self._story)
        bolt.shortcut(NOT_AN_ANSWER)(self._not_an_answer)
        bolt.error(self._failed)
        return bolt

    # --- whose it is ---

    async def _before(self, context: AsyncBoltContext, body: Body) -> BoltResponse | None:
        """Keep what says whose delivery it is where bolt's own reading may be wrong: in a shared channel.

        Who lets the bot go says so twice, and is unknown the second time.
        """
        if await heed(body, self._tokens):
            return BoltResponse(status=200)
        view = body.get("view") or {}
        try:
            context["kept"] = Context.read(view.get("private_metadata") or "{}").workspace
        except ValueError:
            context["kept"] = ""
        # Of an organisation's installation bolt names no workspace.
        context["where"] = body.get("context_team_id") or body.get("team_id")
        channel, container = body.get("channel"), body.get("container") or {}
        context["room"] = (channel or {}).get("id") if isinstance(channel, dict) else container.get("channel_id")
        return None

    async def _authorize(
        self, context: AsyncBoltContext, enterprise_id: str | None, team_id: str | None, user_id: str | None
    ) -> AuthorizeResult:
        """Who the bot is where this was done. Raises NotInstalled, Busy, StoreDown: then Slack has to come again."""
        workspace, installation = await self._installed(context, enterprise_id, team_id)
        context["workspace"], context["installation"] = workspace, installation
        return AuthorizeResult(
            enterprise_id=enterprise_id,
            team_id=workspace,
            user_id=user_id,
            bot_id=installation.bot,
            bot_user_id=installation.bot_user,
            bot_token=installation.token,
        )

    async def _installed(
        self, context: AsyncBoltContext, enterprise: str | None, team: str | None
    ) -> tuple[str, Installation]:
        kept, room = context["kept"], context["room"]
        if kept:
            return kept, await self._tokens.of(kept)
        workspace = team or context["where"] or enterprise or ""
        try:
            return workspace, await self._tokens.of(workspace, enterprise)
        except NotInstalled:
            found = await self._store.read(lambda tx: tx.reading.workspace_of(self._name, room)) if room else None
            if found is None:
                raise
            return found, await self._tokens.of(found)

    # --- what was done ---

    async def _event(self, context: AsyncBoltContext, body: Body) -> None:
        installation: Installation = context["installation"]
        heard = parse(body["event"], installation.bot_user, installation.bot)
        if heard is not None:
            await self._turns.heard(context["workspace"], heard, str(body.get("event_id", "")))

    async def _action(self, ack: AsyncAck, context: AsyncBoltContext, body: Body) -> None:
        press = _read(press_of, body)
        if press is not None:
            await self._turns.pressed(context["workspace"], press)
        await ack()

    async def _view(self, ack: AsyncAck, context: AsyncBoltContext, body: Body) -> None:
        sent = _read(submission_of, body)
        await ack(**(await self._turns.submitted(context["workspace"], sent) if sent is not None else {}))

    async def _command(self, ack: AsyncAck, context: AsyncBoltContext, body: Body) -> None:
        order = _read(order_of, body)
        answer = await self._turns.ordered(context["workspace"], order) if order is not None else None
        if answer is None:
            await ack()
        else:
            await ack(response_type="ephemeral", **render(answer, self._dialog))

    async def _start(self, ack: AsyncAck, context: AsyncBoltContext, body: Body) -> None:
        shortcut = _read(shortcut_of, body)
        if shortcut is not None:
            await self._turns.shortcut(context["workspace"], shortcut, Panel.START)
        await ack()

    async def _schedule(self, ack: AsyncAck, context: AsyncBoltContext, body: Body) -> None:
        shortcut = _read(shortcut_of, body)
        if shortcut is not None:
            await self._turns.shortcut(context["workspace"], shortcut, Panel.SCHEDULE)
        await ack()

    async def _story(self, ack: AsyncAck, context: AsyncBoltContext, body: Body) -> None:
        shortcut = _read(shortcut_of, body)
        if shortcut is not None:
            await self._turns.shortcut(context["workspace"], shortcut, Panel.STORY)
        await ack()

    async def _not_an_answer(self, ack: AsyncAck, context: AsyncBoltContext, body: Body) -> None:
        shortcut = _read(shortcut_of, body)
        if shortcut is not None:
            await self._turns.not_an_answer(context["workspace"], shortcut)
        await ack()

    async def _failed(self, error: Exception) -> BoltResponse:
        if isinstance(error, NotInstalled):
            log.warning("slack_not_installed", app=self._name, workspace=str(error))
        elif isinstance(error, (StoreDown, Busy)):
            log.warning("slack_put_off", app=self._name, reason=str(error))
        else:
            log.error("slack_failed", app=self._name, **bare(error))
            return BoltResponse(status=500)
        return BoltResponse(status=503)


class _First(AsyncMiddleware):
    """What is done with every delivery first, which may answer it.

    A plain function would be given all that bolt has; to put that together takes longer than what is done.
    """

    def __init__(self, work: Callable[[AsyncBoltContext, Body], Awaitable[BoltResponse | None]]) -> None:
        self._work = work

    async def async_process(
        self,
        *,
        req: AsyncBoltRequest,
        resp: BoltResponse,  # noqa: ARG002 -- as bolt calls it
        next: Callable[[], Awaitable[BoltResponse]],  # noqa: A002 -- as above
    ) -> BoltResponse | None:
        return await self._work(req.context, req.body) or await next()


async def _nothing() -> None:
    """What nobody asked Slack for, and what is not for us: taken, and forgotten."""


def _read(reading: Callable[[Body], T], body: Body) -> T | None:
    """What Slack delivered; None for what it never writes, which is counted and would never succeed."""
    try:
        return reading(body)
    except NOT_SLACKS:
        log.warning("slack_unreadable", kind=reading.__name__)
        return None
