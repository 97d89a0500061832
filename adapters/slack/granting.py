"""What Slack grants at the end of an installation: kept, or given back when it is not to be."""

from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from functools import partial
from typing import Any

import structlog
from slack_sdk.oauth.installation_store.models.installation import Installation as Granted
from slack_sdk.web.async_client import AsyncWebClient

from adapters.slack.asking import Refused, asked
from adapters.slack.tokens import Tokens
from bot.outside import Busy
from bot.ports import Store, Transaction
from bot.registers import Installation

log = structlog.get_logger()

Answer = Mapping[str, Any]


class NotAllowed(Exception):
    """The workspace is not on the list of those that may install the bot. Nothing was kept."""


class Desk:
    """Takes new installations of one app in, or turns them away."""

    def __init__(
        self,
        *,
        channel: str,
        may_install: frozenset[str] | None,
        tokens: Tokens,
        store: Store,
        client: AsyncWebClient,
        clock: Callable[[], datetime],
    ) -> None:
        """`may_install`: ids of workspaces and organisations; None lets any. `clock` gives UTC."""
        self._channel = channel
        self._may_install = may_install
        self._tokens = tokens
        self._store = store
        self._client = client
        self._clock = clock

    def read(self, answer: Answer, whoami: Answer) -> Granted:
        """What Slack said, in its SDK's form. Raises Refused."""
        return granted(answer, whoami, self._clock())

    async def take(self, new: Granted) -> None:
        """Keep what Slack granted. Raises NotAllowed, StoreDown."""
        installation = as_kept(new, self._channel)
        if self._may_install is not None and not self._may_install & {new.team_id, new.enterprise_id}:
            log.warning("slack_install_not_allowed", channel=self._channel, workspace=installation.workspace)
            await self._give_back(installation)
            raise NotAllowed
        await self._store.transact(partial(_keep, installation=installation, now=self._clock()))
        self._tokens.dropped_token(installation.workspace)
        log.info("slack_installed", channel=self._channel, workspace=installation.workspace)

    async def _give_back(self, installation: Installation) -> None:
        try:
            await asked(self._client.auth_revoke(token=installation.token))
        except (Refused, Busy) as trouble:
            log.warning("slack_token_not_revoked", workspace=installation.workspace, reason=str(trouble))


def _keep(tx: Transaction, installation: Installation, now: datetime) -> None:
    """Keep an installation; what the workspace was to be shown while it had let us go is shown now."""
    tx.installations.keep(installation, now)
    tx.outbox.revive(installation.channel, installation.workspace, None, now)


def bot_token(answer: Answer) -> str:
    """The bot's token in what Slack answers. Raises Refused when there is none."""
    token = answer.get("access_token")
    if answer.get("token_type") != "bot" or not isinstance(token, str) or not token:
        raise Refused("no_bot_token")
    return token


def granted(answer: Answer, whoami: Answer, now: datetime) -> Granted:
    """What Slack said, in its SDK's form. Raises Refused when half of it is missing."""
    team, enterprise = answer.get("team") or {}, answer.get("enterprise") or {}
    org_wide, lasts = answer.get("is_enterprise_install") is True, answer.get("expires_in")
    bot_user, bot = answer.get("bot_user_id"), whoami.get("bot_id")
    if not (bot_user and bot and (enterprise if org_wide else team).get("id")):
        raise Refused("half_an_answer")
    return Granted(
        app_id=answer.get("app_id"),
        enterprise_id=enterprise.get("id"),
        team_id=team.get("id"),
        bot_token=bot_token(answer),
        bot_id=bot,
        bot_user_id=bot_user,
        bot_scopes=answer.get("scope") or "",
        bot_refresh_token=answer.get("refresh_token"),
        bot_token_expires_at=None if lasts is None else int(now.timestamp()) + int(lasts),
        user_id="",  # who installed it is nobody's business
        is_enterprise_install=org_wide,
    )


def as_kept(new: Granted, channel: str) -> Installation:
    """What is kept of it, as an installation of the app called `channel` among channels."""
    ends = new.bot_token_expires_at
    return Installation(
        channel=channel,
        workspace=str(new.enterprise_id if new.is_enterprise_install else new.team_id),
        org_wide=bool(new.is_enterprise_install),
        bot_user=str(new.bot_user_id),
        bot=str(new.bot_id),
        token=str(new.bot_token),
        refresh_token=new.bot_refresh_token,
        scopes=tuple(new.bot_scopes or ()),
        expires_at=None if ends is None else datetime.fromtimestamp(ends, UTC),
    )
