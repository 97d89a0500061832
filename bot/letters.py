"""Letters that belong to no chat: one private message that stays, sent once."""

from collections.abc import Callable

from bot.outbox import Claim, Settlement, Status
from bot.outside import Address, Channel, InDoubt
from conversations.messages import Message


async def send(message: Message, to: Address, channel_of: Callable[[str], Channel], claim: Claim) -> Settlement:
    """Send a letter, unless an earlier attempt may have. Raises RoomGone, Busy, Unseen, Poison, AtFault."""
    channel = channel_of(to.channel)
    if claim.doubtful and channel.in_doubt is not InDoubt.AGAIN:
        return Settlement(status=Status.UNKNOWN, reason="outcome_unseen")
    await channel.direct(message, to, claim.key)
    return Settlement(status=Status.SENT)
