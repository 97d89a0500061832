"""How an administrator adds the bot to a workspace or to a whole organisation: two pages, with Slack's between them.

1. bolt's flow does the steps; here is what we want of each of them.
2. Whoever comes back must have begun here, in the same browser, within ten minutes, and once.
3. Who may install is a list. Whoever is not on it gets their token revoked, and nothing is kept.
4. Secrets, and the texts of Slack's errors, are in no page and no log.
"""

import re
from collections.abc import Callable, Sequence
from datetime import datetime
from urllib.parse import urljoin
from uuid import UUID

import structlog
from aiohttp import web
from slack_bolt.adapter.aiohttp import to_aiohttp_response, to_bolt_request
from slack_bolt.oauth.async_callback_options import AsyncCallbackOptions, AsyncFailureArgs, AsyncSuccessArgs
from slack_bolt.oauth.async_oauth_flow import AsyncOAuthFlow
from slack_bolt.oauth.async_oauth_settings import AsyncOAuthSettings
from slack_bolt.request.async_request import AsyncBoltRequest
from slack_bolt.response import BoltResponse
from slack_sdk.oauth.installation_store.async_installation_store import AsyncInstallationStore
from slack_sdk.oauth.installation_store.models.installation import Installation as Granted
from slack_sdk.web.async_client import AsyncWebClient

from adapters.slack.asking import Credentials, Refused, asked, tokens_for
from adapters.slack.granting import Desk, NotAllowed, bot_token
from adapters.slack.pages import page, sealed_off
from adapters.slack.states import LIVES, SealedStates
from adapters.slack.tokens import Tokens
from bot.outside import Busy
from bot.ports import Store, StoreDown
from conversations.wording import Wording

log = structlog.get_logger()

TEAM = re.compile(r"[TE][A-Z0-9]{1,20}")

STATUS = {
    "cancelled": 200,
    "old": 400,
    "no_cookie": 400,
    "not_allowed": 403,
    "refused": 502,
    "slack_away": 503,
    "not_kept": 503,
}
"""What went otherwise, by the sentence that says so."""
REASONS = {
    "access_denied": "cancelled",
    "invalid_browser": "no_cookie",
    "invalid_state": "old",
    "missing_code": "old",
    "invalid_code": "old",
    "code_already_used": "old",
    "code_expired": "old",
}
"""The same, by bolt's and Slack's words for it; everything else is `refused`."""


class Installing:
    """The pages on which one app is installed."""

    def __init__(
        self,
        *,
        name: str,
        credentials: Credentials,
        api_url: str,
        scopes: tuple[str, ...],
        may_install: frozenset[str] | None,
        keys: Sequence[str],
        tokens: Tokens,
        store: Store,
        client: AsyncWebClient,
        wording: Wording,
        clock: Callable[[], datetime],
        fresh: Callable[[], UUID],
    ) -> None:
        """`name` is empty for the unnamed app. `may_install`: ids of workspaces and organisations; None lets any.

        `keys` are Fernet keys, the newest first. `clock` gives UTC, `fresh` random ids. Raises ValueError.
        """
        self._place = f"/slack/{name}" if name else "/slack"
        self._wording = wording
        channel = channel_of(name)
        states = SealedStates(channel=channel, keys=keys, store=store, clock=clock, fresh=fresh)
        settings = AsyncOAuthSettings(
            client_id=credentials.client_id,
            client_secret=credentials.client_secret,
            scopes=scopes,
            user_scopes=(),
            install_path=f"{self._place}/install",
            redirect_uri_path=f"{self._place}/oauth_redirect",
            authorization_url=urljoin(api_url, "../oauth/v2/authorize"),
            installation_store=AsyncInstallationStore(),
            state_store=states,
            state_cookie_name=f"team-leeds-{channel}",
            state_expiration_seconds=int(LIVES.total_seconds()),
            callback_options=AsyncCallbackOptions(success=self._installed, failure=self._failed),
        )
        desk = Desk(channel=channel, may_install=may_install, tokens=tokens, store=store, client=client, clock=clock)
        self._flow = _Flow(settings, client, wording, credentials, desk)

    def routes(self) -> list[web.RouteDef]:
        """The page to begin on, and the one that Slack sends people back to."""
        return [
            web.get(f"{self._place}/install", self.begin, allow_head=False),
            web.get(f"{self._place}/oauth_redirect", self.come_back, allow_head=False),
        ]

    async def begin(self, request: web.Request) -> web.Response:
        """Show the page to begin on."""
        return await _shown(await self._flow.handle_installation(await to_bolt_request(request)))

    async def come_back(self, request: web.Request) -> web.Response:
        """Finish what was begun, or say why not."""
        try:
            answer = await self._flow.handle_callback(await to_bolt_request(request))
        except NotAllowed:
            answer = self._page("not_allowed")
        except Refused as refused:
            answer = self._refused(str(refused))
        except Busy as busy:
            log.warning("slack_install_failed", reason=busy.reason)
            answer = self._page("slack_away")
        except StoreDown as down:
            log.warning("slack_install_failed", reason=str(down))
            answer = self._page("not_kept")
        return await _shown(answer)

    async def _installed(self, done: AsyncSuccessArgs) -> BoltResponse:
        text = "done_everywhere" if done.installation.is_enterprise_install else "done"
        answer = self._page(text, 200, again=False)
        answer.headers["set-cookie"] = [done.settings.state_utils.build_set_cookie_for_deletion()]
        return answer

    async def _failed(self, failed: AsyncFailureArgs) -> BoltResponse:
        return self._refused(failed.reason)

    def _refused(self, reason: str) -> BoltResponse:
        text = REASONS.get(reason, "refused")
        if text == "refused":
            log.error("slack_install_refused", reason=reason if re.fullmatch(r"[a-z_]{1,60}", reason) else "unknown")
        return self._page(text)

    def _page(self, text: str, status: int | None = None, *, again: bool = True) -> BoltResponse:
        say = self._wording.say
        label = say("slack_install.again") if again else None
        html = page(say("slack_install.title"), say(f"slack_install.{text}"), label, f"{self._place}/install")
        return BoltResponse(
            status=status or STATUS[text], body=html, headers={"Content-Type": "text/html; charset=utf-8"}
        )


def channel_of(name: str) -> str:
    """What the app called `name` is called among channels."""
    return f"slack-{name}" if name else "slack"


async def _shown(answer: BoltResponse) -> web.Response:
    return sealed_off(await to_aiohttp_response(answer))


class _Flow(AsyncOAuthFlow):
    """bolt's flow, with our pages, our calls and our store."""

    def __init__(
        self,
        settings: AsyncOAuthSettings,
        client: AsyncWebClient,
        wording: Wording,
        credentials: Credentials,
        desk: Desk,
    ) -> None:
        super().__init__(client=client, settings=settings)
        self._wording = wording
        self._credentials = credentials
        self._desk = desk

    async def build_authorize_url(self, state: str, request: AsyncBoltRequest) -> str:
        team = next((team for team in request.query.get("team", ()) if TEAM.fullmatch(team)), None)
        return self.settings.authorize_url_generator.generate(state=state, team=team)

    async def build_install_page_html(self, url: str, request: AsyncBoltRequest) -> str:  # noqa: ARG002 -- bolt's shape
        say = self._wording.say
        return page(say("slack_install.title"), say("slack_install.start"), say("slack_install.add"), url)

    async def run_installation(self, code: str) -> Granted:
        """What Slack grants for `code`. Raises Refused, Busy."""
        answer = await tokens_for(self.client, self._credentials, code=code)
        token = bot_token(answer)
        return self._desk.read(answer, await asked(self.client.auth_test(token=token)))

    async def store_installation(self, request: AsyncBoltRequest, installation: Granted) -> None:  # noqa: ARG002 -- as above
        await self._desk.take(installation)
