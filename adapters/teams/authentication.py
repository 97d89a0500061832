"""Who is let in, and the SDK's abstract classes for it, filled with ours.

1. The token is looked at before what came with it is read: what a stranger sent is not even parsed.
2. Teams shows the same token for about an hour. It is proved once, and after that only its key and its times are looked
   at: to prove it costs 0.2 ms, ten times as much as the rest. Only good ones are remembered.
3. Without authentication (a trial on one machine) answers go to this machine only, and show no token.

The SDK's own way blocks the event loop, takes tokens without an end, and lets everybody in when there is no app id.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from ipaddress import ip_address
from typing import Any, Protocol
from urllib.parse import urlsplit

import structlog
from botbuilder.schema import Activity, ResourceResponse
from botframework.connector.auth import (
    AuthenticateRequestResult,
    BotFrameworkAuthentication,
    ClaimsIdentity,
    ConnectorFactory,
)

from adapters.teams.claims import (
    Body,
    NotAllowed,
    NotAuthentic,
    check_sender,
    check_shape,
    check_tenant,
    check_times,
    key_named_in,
    proven,
    token_in,
)
from adapters.teams.connector import Connector, Place
from adapters.teams.identities import RESOURCE
from adapters.teams.keys import Key, Keys

log = structlog.get_logger()

MOST_REMEMBERED = 16
"""Tokens. Teams has one at a time for each region."""


@dataclass(frozen=True, slots=True)
class Proof:
    """What a token proved, before anything was read of what came with it. No key: nothing had to be proved."""

    claims: Body = field(repr=False)
    key: Key | None = None
    kid: str = ""


class Gate(Protocol):
    """Says who may deliver to an app."""

    async def proven(self, header: str | None) -> Proof:
        """What the Authorization header proves. Raises NotAuthentic, and Busy while nobody can say."""
        ...

    def check(self, proof: Proof, body: Body) -> None:
        """See that a delivery fits its proof, and is of people who may use the app. Raises NotAuthentic, NotAllowed."""
        ...


class Guarded:
    """Lets in what Teams signed for this app, of organisations that may use it."""

    def __init__(self, app_id: str, tenants: frozenset[str], keys: Keys, clock: Callable[[], datetime]) -> None:
        """`clock` gives UTC."""
        self._app_id = app_id
        self._tenants = tenants
        self._keys = keys
        self._clock = clock
        self._good: dict[str, Proof] = {}

    async def proven(self, header: str | None) -> Proof:
        token = token_in(header)
        known = self._good.get(token)
        kid = key_named_in(token) if known is None else known.kid
        key = await self._keys.of(kid)
        if key is None:
            raise NotAuthentic("unknown_key")
        now = self._clock()
        if known is not None and known.key is key:
            check_times(known.claims, now)
            return known
        found = Proof(proven(token, key, self._app_id, now), key, kid)
        self._remember(token, found)
        return found

    def _remember(self, token: str, proof: Proof) -> None:
        if len(self._good) >= MOST_REMEMBERED:
            self._good.clear()
        self._good[token] = proof

    def check(self, proof: Proof, body: Body) -> None:
        if proof.key is None:
            raise NotAuthentic("no_token")
        check_sender(proof.claims, proof.key, body)
        check_tenant(body, self._tenants)


class Unguarded:
    """Lets in whatever says that it is of Teams, and that answers go to this machine. It says so in the log."""

    def __init__(self, name: str) -> None:
        """`name` is the channel's."""
        log.warning("teams_lets_everybody_in", app=name)

    async def proven(self, header: str | None) -> Proof:  # noqa: ARG002 -- nothing has to be proved
        return Proof({})

    def check(self, proof: Proof, body: Body) -> None:  # noqa: ARG002 -- as above
        check_shape(body)
        if not _is_here(body["serviceUrl"]):
            raise NotAllowed("not_this_machine")


def _is_here(url: str) -> bool:
    try:
        host = urlsplit(url).hostname or ""
    except ValueError:
        return False
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


class TeamsAuthentication(BotFrameworkAuthentication):  # type: ignore[misc]  # the SDK has no types
    """The SDK's questions about who may come in, and by what to answer."""

    def __init__(self, gate: Gate, connector: Connector) -> None:
        self.gate = gate
        self._factory = _Factory(connector)

    def admitted(self, proof: Proof, body: Body) -> AuthenticateRequestResult:
        """The delivery as one that may come in. Raises NotAuthentic, NotAllowed."""
        self.gate.check(proof, body)
        result = AuthenticateRequestResult()
        result.claims_identity = ClaimsIdentity(dict(proof.claims), is_authenticated=proof.key is not None)
        result.audience = RESOURCE
        result.connector_factory = self._factory
        return result

    async def authenticate_request(self, activity: Activity, auth_header: str) -> AuthenticateRequestResult:
        body = {
            "channelId": activity.channel_id,
            "serviceUrl": activity.service_url,
            "channelData": activity.channel_data,
        }
        return self.admitted(await self.gate.proven(auth_header), body)

    async def authenticate_streaming_request(
        self,
        auth_header: str,  # noqa: ARG002 -- the SDK's
        channel_id_header: str,  # noqa: ARG002 -- as above
    ) -> AuthenticateRequestResult:
        raise NotAuthentic("streaming")

    def create_connector_factory(self, claims_identity: ClaimsIdentity) -> ConnectorFactory:  # noqa: ARG002 -- as above
        return self._factory

    async def create_user_token_client(self, claims_identity: ClaimsIdentity) -> None:  # noqa: ARG002 -- nobody signs in
        return None


class _Factory(ConnectorFactory):  # type: ignore[misc]  # the SDK has no types
    """Gives the SDK our own connector, whoever it is for."""

    def __init__(self, connector: Connector) -> None:
        self._connector = connector

    async def create(self, service_url: str, audience: str) -> "SdkConnector":  # noqa: ARG002 -- the SDK's
        return SdkConnector(self._connector, service_url)


class SdkConnector:
    """Our connector under the names by which the SDK calls its own. It is not msrest's: that one blocks and repeats."""

    def __init__(self, connector: Connector, service_url: str) -> None:
        self._connector = connector
        self._service_url = service_url

    @property
    def conversations(self) -> "SdkConnector":
        """Where the SDK looks for the calls."""
        return self

    async def send_to_conversation(self, conversation_id: str, activity: Activity) -> ResourceResponse:
        """Post. Raises what `Connector.send` raises."""
        return ResourceResponse(id=await self._connector.send(self._place(conversation_id), _plain(activity)))

    async def reply_to_activity(
        self,
        conversation_id: str,
        activity_id: str,  # noqa: ARG002 -- the conversation names the thread
        activity: Activity,
    ) -> ResourceResponse:
        """As above."""
        return await self.send_to_conversation(conversation_id, activity)

    async def update_activity(self, conversation_id: str, activity_id: str, activity: Activity) -> ResourceResponse:
        """Put in place. Raises what `Connector.update` raises."""
        await self._connector.update(self._place(conversation_id), activity_id, _plain(activity))
        return ResourceResponse(id=activity_id)

    async def delete_activity(self, conversation_id: str, activity_id: str) -> None:
        """Take away. Raises what `Connector.delete` raises."""
        await self._connector.delete(self._place(conversation_id), activity_id)

    def _place(self, conversation_id: str) -> Place:
        return Place(self._service_url, conversation_id)


def _plain(activity: Activity) -> dict[str, Any]:
    plain: dict[str, Any] = activity.serialize()
    return plain
