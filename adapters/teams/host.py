"""The SDK's adapter, without what it brings for the web: a turn is run by it, and what the turn answers goes back.

An `Activity` is made of the few things that the SDK needs itself: to make all of it costs 0.7 ms, ten times as much as
everything else here. What was delivered goes to the turn as it came.
"""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Any

from botbuilder.core import InvokeResponse, TurnContext
from botbuilder.core.cloud_adapter_base import CloudAdapterBase
from botbuilder.schema import Activity, ActivityTypes, ChannelAccount, ConversationAccount
from botframework.connector.auth import AuthenticateRequestResult

from adapters.teams.claims import Body


@dataclass(frozen=True, slots=True)
class InvokeAnswer:
    """What is shown to the person who pressed a button or sent a form: it goes back with the acknowledgement."""

    body: Mapping[str, Any] | None = None
    status: int = 200


Turn = Callable[[Body], Awaitable[InvokeAnswer | None]]
"""Does what was delivered. Raises StoreDown or Busy: then Teams has to come again."""


class Host(CloudAdapterBase):  # type: ignore[misc]  # the SDK has no types
    """Runs turns for one app."""

    async def run(self, admitted: AuthenticateRequestResult, body: Body, turn: Turn) -> InvokeAnswer | None:
        """Do one delivery. Raises what `turn` raises. An invoke that nobody answers is answered with 501."""

        async def logic(context: TurnContext) -> None:
            answer = await turn(body)
            if answer is not None:
                given = InvokeResponse(status=answer.status, body=answer.body)
                context.turn_state[self._INVOKE_RESPONSE_KEY] = Activity(
                    type=ActivityTypes.invoke_response, value=given
                )

        answered = await self.process_activity(admitted, activity_of(body), logic)
        return None if answered is None else InvokeAnswer(answered.body, int(answered.status))


def activity_of(body: Body) -> Activity:
    """What the SDK needs to know of a delivery."""
    return Activity(
        type=body.get("type"),
        id=body.get("id"),
        channel_id=body.get("channelId"),
        service_url=body.get("serviceUrl"),
        reply_to_id=body.get("replyToId"),
        from_property=ChannelAccount(id=_id(body, "from")),
        recipient=ChannelAccount(id=_id(body, "recipient")),
        conversation=ConversationAccount(id=_id(body, "conversation")),
    )


def _id(body: Body, name: str) -> str | None:
    said = body.get(name)
    found = said.get("id") if isinstance(said, dict) else None
    return found if isinstance(found, str) else None
