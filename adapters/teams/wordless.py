"""What may stand in somebody's own chat with the bot, which an employer may keep and read: nobody's words. Pure."""

from conversations.actions import button, decode
from conversations.messages import Buttons, Message, Quote, Text
from conversations.wording import Wording


def wordless(message: Message, wording: Wording) -> Message:
    """`message` with a button that opens it in place of people's words, where it has any.

    What it offers as a whole stands beside that button; what it offers for single words stays with those.
    """
    if not any(isinstance(part, Quote) for part in message.parts):
        return message
    rows = [part.buttons for part in message.parts if isinstance(part, Buttons)]
    offered = rows[0] if len(rows) == 1 else ()
    chat = next((decode(one.code).chat for one in offered), None)
    opens = button(wording, "read_back" if offered else "my_answers", chat)
    return Message(message.summary, (Text(message.summary), Buttons((opens, *offered))))
