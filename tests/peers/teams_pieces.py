"""Cards, buttons, fields and answers that the tests of the stand-in Teams show to people."""

from tests.peers.teams_stage import card
from tests.peers.teams_things import ADAPTIVE, Json

BEGIN: Json = {"type": "Action.Execute", "title": "Begin", "verb": "act", "data": {"code": "begin"}}
ANSWER: Json = {"type": "Action.Submit", "title": "Answer", "data": {"msteams": {"type": "task/fetch"}, "code": "ask"}}
SEND: Json = {"type": "Action.Submit", "title": "Send", "data": {"code": "send"}}
WORDS: Json = {"type": "Input.Text", "id": "words", "label": "Your answer", "isMultiline": True}
CHOICE: Json = {
    "type": "Input.ChoiceSet",
    "id": "may",
    "label": "The programme may",
    "choices": [{"title": "Read it", "value": "themes"}, {"title": "Quote it", "value": "quote"}],
    "value": "themes",
}


def saying(text: str, *actions: Json, **more: object) -> Json:
    """Give a card that says something."""
    return card({"type": "TextBlock", "text": text}, actions=actions, **more)


def shown(given: Json, status: int = 200) -> Json:
    """Give the answer that shows a person a card of their own."""
    return {"statusCode": status, "type": ADAPTIVE, "value": given}


def dialog(*body: Json, **more: object) -> Json:
    """Give the answer that opens a dialog."""
    form = card(*body or (WORDS, CHOICE), actions=(SEND,))
    value = {"title": "Answer", "height": "medium", "width": 400, "card": {"contentType": ADAPTIVE, "content": form}}
    return {"task": {"type": "continue", "value": {**value, **more}}}


def toast(text: str) -> Json:
    """Give the answer that says something to one person."""
    return {"statusCode": 200, "type": "application/vnd.microsoft.activity.message", "value": text}
