"""How people answer where Teams keeps their plain replies from the bot: by a button, and the post says so. Pure."""

from dataclasses import replace

from conversations.messages import Button, Buttons, Message, Part, Text
from conversations.wording import Wording

PRIVATELY, OPENLY = "answer_privately", "answer_late"


def by_button(message: Message, wording: Wording) -> Message:
    """A question's post as it has to be where replies can't be seen; every other message as it is."""
    buttons = [button for part in message.parts if isinstance(part, Buttons) for button in part.buttons]
    names = [button.code.partition(":")[0] for button in buttons]
    if PRIVATELY not in names or OPENLY in names:
        return message
    about = buttons[names.index(PRIVATELY)].code.partition(":")[2]
    answer = Button(wording.say("teams.answer"), f"{OPENLY}:{about}")
    parts: list[Part] = []
    texts = 0
    for part in message.parts:
        texts += isinstance(part, Text)
        if isinstance(part, Text) and texts == HOW:
            parts.append(Text(f"{wording.say('teams.use_answer')} {wording.say('teams.who_sees')}"))
        elif isinstance(part, Buttons):
            parts.append(Buttons((answer, *part.buttons)))
        else:
            parts.append(part)
    return replace(message, parts=tuple(parts))


HOW = 2
"""Of the texts of a question's post the first is the question, and the second says how to answer."""
