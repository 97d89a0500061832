"""How bots of the SDK are served, as `botbuilder-integration-aiohttp` does it: they look at each token themselves.

Their own token is given to them. The SDK's way asks for two documents each turn, with the event loop waiting.
"""

from aiohttp import web
from botbuilder.core import ActivityHandler, CloudAdapterBase
from botbuilder.schema import Activity
from botframework.connector.auth import (
    AppCredentials,
    BotFrameworkAuthentication,
    BotFrameworkAuthenticationFactory,
    PasswordServiceClientCredentialFactory,
)
from msrest.universal_http.requests import ClientRetryPolicy

from benchmarks.teams.activities import app_of
from tests.peers.teams_access import RESOURCE
from tests.peers.teams_keys import ISSUER

CREATED = 201


class Hosted(CloudAdapterBase):  # type: ignore[misc]  # the SDK has no types
    """A bot behind HTTP."""

    def __init__(self, bot: ActivityHandler, authentication: BotFrameworkAuthentication) -> None:
        super().__init__(authentication)
        self._bot = bot

    async def take(self, request: web.Request) -> web.Response:
        """Answer one delivery."""
        activity = Activity().deserialize(await request.json())
        try:
            await self.process_activity(request.headers.get("Authorization", ""), activity, self._bot.on_turn)
        except PermissionError:
            raise web.HTTPUnauthorized from None
        return web.Response(status=CREATED)


class _Given(AppCredentials):  # type: ignore[misc]  # as above
    """A token that is there."""

    def get_access_token(self, force_refresh: bool = False) -> str:  # noqa: ARG002, FBT001, FBT002 -- the SDK's
        return "of-nobody"


class _Giving(PasswordServiceClientCredentialFactory):  # type: ignore[misc]  # as above
    """Gives it, to the app of any organisation."""

    async def is_valid_app_id(self, app_id: str) -> bool:
        return bool(app_id == app_of(int(app_id[-4:])).id)

    async def create_credentials(
        self,
        app_id: str,
        oauth_scope: str,
        login_endpoint: str,  # noqa: ARG002 -- the SDK's
        validate_authority: bool,  # noqa: ARG002, FBT001 -- as above
    ) -> AppCredentials:
        return _Given(app_id, oauth_scope=oauth_scope)


def hosted(bot: ActivityHandler, openid_url: str) -> Hosted:
    """A bot that lets in what is signed with the keys at `openid_url`."""
    authentication = BotFrameworkAuthenticationFactory.create(
        to_channel_from_bot_login_url="https://login.example.org/",
        to_channel_from_bot_oauth_scope=RESOURCE,
        to_bot_from_channel_token_issuer=ISSUER,
        to_bot_from_channel_open_id_metadata_url=openid_url,
        credential_factory=_Giving(app_of(1).id, app_of(1).secret),
    )
    return Hosted(bot, authentication)


def mend_retries() -> None:
    """Look statuses up in a set: msrest searches a list of 500 for each of 999, twice a turn."""
    ClientRetryPolicy.safe_codes = frozenset(ClientRetryPolicy.safe_codes)  # type: ignore[assignment]  # a set does as well
