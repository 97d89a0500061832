"""The one token of an app that is in one workspace: the settings hold it, and Slack says whose it is."""

import asyncio
from collections.abc import Mapping
from datetime import datetime
from typing import Any

import structlog
from slack_sdk.web.async_client import AsyncWebClient

from adapters.slack.asking import Refused, asked
from adapters.slack.tokens import NotInstalled, heard
from bot.outside import Busy
from bot.registers import Installation

log = structlog.get_logger()


class OwnToken:
    """Fills `Tokens` from the settings. Slack is asked once whose token it is, when somebody first needs it."""

    def __init__(self, *, channel: str, token: str, client: AsyncWebClient) -> None:
        """`channel` is the app's name among channels."""
        self._channel = channel
        self._token = token
        self._client = client
        self._asking: asyncio.Task[Installation] | None = None

    async def of(self, workspace: str, enterprise: str | None = None) -> Installation:
        found = await self._known(workspace)
        if found.workspace not in ({workspace, enterprise} if found.org_wide else {workspace}):
            raise NotInstalled(workspace)
        return found

    async def fresh(self, workspace: str) -> Installation:
        found = await self._known(workspace)
        if not found.org_wide and found.workspace != workspace:
            raise NotInstalled(workspace)
        return found

    async def greet(self) -> None:
        """Ask whose token it is at the start: a wrong one is in the log then, and not first when a team begins."""
        try:
            found = await self._known("")
        except (NotInstalled, Busy) as trouble:
            log.warning("slack_not_reached", channel=self._channel, kind=type(trouble).__name__)
        else:
            log.info("slack_connected", channel=self._channel, workspace=found.workspace)

    async def forget(self, workspace: str, said_at: datetime | None = None) -> None:  # noqa: ARG002 -- nothing is kept
        self.dropped_token(workspace)
        log.warning("slack_uninstalled", channel=self._channel, workspace=workspace)

    def dropped_token(self, workspace: str) -> None:  # noqa: ARG002 -- there is one
        if self._asking is not None and self._asking.done():
            self._asking = None

    async def close(self) -> None:
        if self._asking is not None:
            await asyncio.wait({self._asking})

    async def _known(self, workspace: str) -> Installation:
        """Who asks while Slack is being asked waits for the same answer; after a failure the next one asks again."""
        if self._asking is None or _failed(self._asking):
            self._asking = asyncio.create_task(self._ask())
            self._asking.add_done_callback(heard)
        try:
            return await asyncio.shield(self._asking)
        except Refused as refused:
            log.error("slack_token_refused", channel=self._channel, reason=str(refused))  # noqa: TRY400 -- no text
        raise NotInstalled(workspace)

    async def _ask(self) -> Installation:
        return whose(self._channel, self._token, await asked(self._client.auth_test(token=self._token)))


def _failed(asking: "asyncio.Task[Installation]") -> bool:
    return asking.done() and (asking.cancelled() or asking.exception() is not None)


def whose(channel: str, token: str, answer: Mapping[str, Any]) -> Installation:
    """Who the bot is. Raises Refused for the token of a person, Busy for an answer that says nothing."""
    org_wide = answer.get("is_enterprise_install") is True
    match answer.get("enterprise_id" if org_wide else "team_id"), answer.get("user_id"), answer.get("bot_id"):
        case str(workspace), str(bot_user), str(bot):
            return Installation(
                channel=channel, workspace=workspace, org_wide=org_wide, bot_user=bot_user, bot=bot, token=token
            )
        case str(), str(), None:
            raise Refused("not_a_bots_token")
        case _:
            raise Busy("slack_away")
