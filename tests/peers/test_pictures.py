"""What people see in Slack and Teams is drawn, so that whoever changes it can look at it."""

import json
import subprocess
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from adapters.teams.forms import Context, dialog, form_card
from adapters.teams.render import activity
from conversations.actions import button
from conversations.messages import Buttons, DateField, Form, Heading, Message, Quote, WordsField
from tests.bot.composing import WORDING
from tests.peers.pictures import DRAWN, PLATFORMS, catch_up, contents, draw, drawn
from tests.peers.slack_things import Json

pytestmark = pytest.mark.peers

MOST_BYTES = 25_000


def plain(text: str) -> Json:
    """A text object."""
    return {"type": "plain_text", "text": text}


BLOCKS: list[Json] = [
    {"type": "header", "text": plain("Question 1 of 4")},
    {"type": "section", "text": {"type": "mrkdwn", "text": "*How has it felt for you?* <@U0ANA> asks."}},
    {
        "type": "actions",
        "elements": [{"type": "button", "action_id": "1", "text": plain("Answer privately"), "value": "1"}],
    },
    {
        "type": "rich_text",
        "elements": [{"type": "rich_text_quote", "elements": [{"type": "text", "text": "It felt long."}]}],
    },
]
OPTIONS = [{"text": plain("Together now"), "value": "live"}, {"text": plain("Over days"), "value": "open"}]
ELEMENTS: list[Json] = [
    {"type": "plain_text_input", "action_id": "a", "multiline": True, "initial_value": "It felt long."},
    {"type": "plain_text_input", "action_id": "a", "placeholder": plain("Your name")},
    {"type": "static_select", "action_id": "a", "options": OPTIONS, "initial_option": OPTIONS[0]},
    {"type": "radio_buttons", "action_id": "a", "options": OPTIONS, "initial_option": OPTIONS[1]},
    {"type": "checkboxes", "action_id": "a", "options": OPTIONS, "initial_options": OPTIONS},
    {"type": "datepicker", "action_id": "a", "initial_date": "2026-12-08"},
    {"type": "conversations_select", "action_id": "a", "default_to_current_conversation": True},
]
CANCEL = Buttons((button(WORDING, "cancel"),))
FORM = Form("Start", "form_start::", (), (WordsField("words", "Words"), DateField("on", "Day")), "Start")
SAMPLES: dict[str, Any] = {
    "message": {"text": "Question 1 of 4", "blocks": BLOCKS},
    "ephemeral": {"text": "Got it. The team sees this."},
    "modal": {
        "type": "modal",
        "title": plain("Start a chat"),
        "submit": plain("Start"),
        "close": plain("Close"),
        "blocks": [
            BLOCKS[1],
            *({"type": "input", "label": plain(element["type"]), "element": element} for element in ELEMENTS),
        ],
    },
    "home": {"type": "home", "blocks": BLOCKS},
    "activity": activity(Message("New", (Heading("Question 1 of 4"), Quote("*It* felt long."), CANCEL))),
    "dialog": dialog("Start a chat", form_card(FORM, Context(), WORDING)),
}


def golden(folder: Path, name: str, kind: str, payload: Mapping[str, Any]) -> Path:
    """Write a golden file."""
    folder.mkdir(exist_ok=True)
    path = folder / f"{name}.json"
    path.write_text(json.dumps({"kind": kind, "payload": payload}))
    return path


def size_of(picture: Path) -> tuple[int, int]:
    """The width and height that a PNG says it has."""
    head = picture.read_bytes()[:24]
    assert head[:8] == b"\x89PNG\r\n\x1a\n"
    return int.from_bytes(head[16:20]), int.from_bytes(head[20:24])


@pytest.mark.parametrize("golden_files", PLATFORMS, ids=lambda folder: folder.parent.name)
def test_every_golden_file_has_a_picture_of_what_stands_in_it(golden_files: Path) -> None:
    """Who changes what people see looks at it, too: `make pictures` draws it."""
    pictures = PLATFORMS[golden_files]

    assert drawn(pictures) == contents(golden_files)
    assert {path.stem for path in pictures.glob("*.png")} == set(contents(golden_files))


def test_everything_that_slack_and_teams_show_can_be_drawn(tmp_path: Path) -> None:
    """Messages, what is for one person, forms with every field and the home give small pictures with something on."""
    made = draw([golden(tmp_path, kind, kind, payload) for kind, payload in SAMPLES.items()], tmp_path / "pictures")

    assert [picture.name for picture in made] == list(SAMPLES)
    for picture in made:
        assert picture.width == 480
        assert 80 < picture.height < 1_000
        assert picture.bytes < MOST_BYTES
        assert picture.range > 200, "this is blank"
        assert size_of(tmp_path / "pictures" / f"{picture.name}.png") == (picture.width, picture.height)


def test_only_what_changed_is_drawn_again(tmp_path: Path) -> None:
    """A picture stays as it is as long as what it shows does, and goes with it."""
    goldens, pictures = tmp_path / "golden", tmp_path / "pictures"
    gone = golden(goldens, "gone", "ephemeral", SAMPLES["ephemeral"])
    golden(goldens, "kept", "ephemeral", SAMPLES["ephemeral"])
    first = catch_up(goldens, pictures)
    gone.unlink()
    golden(goldens, "new", "ephemeral", {"text": "Thank you."})
    second = catch_up(goldens, pictures)

    assert [picture.name for picture in first] == ["gone", "kept"]
    assert [picture.name for picture in second] == ["new"]
    assert sorted(path.name for path in pictures.iterdir()) == [DRAWN, "kept.png", "new.png"]


def test_what_slack_does_not_have_is_not_drawn(tmp_path: Path) -> None:
    """A golden file of an unknown kind is a mistake, not an empty picture."""
    with pytest.raises(subprocess.CalledProcessError):
        draw([golden(tmp_path, "odd", "window", {})], tmp_path)
