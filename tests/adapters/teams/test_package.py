"""The package asks for what the bot uses, and for nothing else; Teams takes it."""

import io
import json
import re
import struct
import zlib
from pathlib import Path
from typing import Any
from zipfile import ZipFile

import pytest
from typer.testing import CliRunner, Result

from adapters.cli.commands import main
from adapters.teams.package import COMMANDS, NAME, PERMISSION, BadPackage, manifest, package
from app import App
from conversations.actions import typed
from tests.bot.composing import WORDING

BOT = "01234567-89ab-cdef-0123-456789abcdef"
URL = "https://chats.example.org"
PLACES = {"team", "groupChat", "personal"}


def unpacked(made: bytes) -> dict[str, bytes]:
    """The files of a package, by name."""
    with ZipFile(io.BytesIO(made)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def points(png: bytes) -> tuple[int, list[list[tuple[int, ...]]]]:
    """The width of a picture, and its points in rows, each red, green, blue and opacity."""
    width, height = struct.unpack(">II", png[16:24])
    start = png.index(b"IDAT")
    data = zlib.decompress(png[start + 4 : start + 4 + int.from_bytes(png[start - 4 : start])])
    rows = [data[row * (4 * width + 1) + 1 : (row + 1) * (4 * width + 1)] for row in range(height)]
    return width, [[tuple(row[at : at + 4]) for at in range(0, 4 * width, 4)] for row in rows]


def invoke(*arguments: str) -> Result:
    """Run a command in this process."""
    return CliRunner().invoke(main, ["teams", "package", *arguments], obj=lambda debug: App(debug=debug))


def test_the_package_holds_a_manifest_and_its_icons() -> None:
    """What the manifest names is there, and nothing else."""
    files = unpacked(package(BOT, URL))
    made: dict[str, Any] = json.loads(files["manifest.json"])

    assert made == json.loads(json.dumps(manifest(BOT, URL)))
    assert set(files) == {"manifest.json", made["icons"]["color"], made["icons"]["outline"]}


def test_the_same_app_gives_the_same_package() -> None:
    """Byte by byte, so that whoever checks one knows the other."""
    assert package(BOT, URL) == package(BOT.upper(), f"{URL}/")


def test_the_icons_are_what_teams_wants() -> None:
    """The full one is 192 wide and covers all of it; the outline is 32 wide, white on nothing."""
    files = unpacked(package(BOT, URL))
    full, outline = points(files["color.png"]), points(files["outline.png"])

    assert (full[0], len(full[1]), outline[0], len(outline[1])) == (192, 192, 32, 32)
    assert {point[3] for row in full[1] for point in row} == {255}
    assert {point[:3] for row in outline[1] for point in row} == {(255, 255, 255)}
    assert {0, 255} <= {point[3] for row in outline[1] for point in row}


def test_the_bot_can_be_added_where_teams_talk() -> None:
    """In a team, a group chat and one to one, with words to type."""
    (bot,) = manifest(BOT, URL)["bots"]
    listed = {scope: one["commands"] for one in bot["commandLists"] for scope in one["scopes"]}

    assert bot["botId"] == BOT
    assert set(bot["scopes"]) == set(listed) == PLACES
    assert {scope: [one["title"] for one in told] for scope, told in listed.items()} == {
        scope: list(words) for scope, words in COMMANDS.items()
    }


def test_no_word_is_offered_one_to_one_that_needs_a_room() -> None:
    """A chat starts, and is planned, where a team is."""
    assert {"start", "schedule", "schedules", "status"} <= set(COMMANDS["team"])
    assert set(COMMANDS["personal"]) == {"help", "my answers", "story", "my settings", "privacy", "support"}


@pytest.mark.parametrize("words", COMMANDS["team"])
def test_every_word_that_is_offered_is_understood(words: str) -> None:
    """A mention with it does what it says."""
    assert typed(words, WORDING, addressed=True) is not None


def test_the_one_right_can_be_left_out() -> None:
    """Then the bot reads what mentions it, and answers by form; everything else is the same."""
    asking, without = dict(manifest(BOT, URL)), dict(manifest(BOT, URL, replies=False))
    rights = asking.pop("authorization")
    asking.pop("webApplicationInfo")

    assert rights == {"permissions": {"resourceSpecific": [{"name": PERMISSION, "type": "Application"}]}}
    assert asking == without


def test_it_names_its_server_and_no_other() -> None:
    """Teams opens nothing else for it."""
    made = manifest(BOT, "https://chats.example.org:8443/")

    assert made["validDomains"] == ["chats.example.org:8443"]
    named = set(re.findall(r"https?://([^/\"]+)", json.dumps({**made, "$schema": ""})))
    assert named == {"chats.example.org:8443"}


def test_its_texts_are_as_long_as_teams_shows() -> None:
    """Nothing is cut in the store."""
    made = manifest(BOT, URL)

    assert made["name"]["short"] == NAME
    assert len(NAME) <= 30
    assert len(made["description"]["short"]) <= 80
    assert max(len(told) for words in COMMANDS.values() for told in words.values()) <= 128


@pytest.mark.parametrize("app_id", ["", "team-leeds", f"{BOT}0", f"{{{BOT}}}", BOT.replace("-", "")])
def test_an_id_that_is_none_is_refused(app_id: str) -> None:
    """With a sentence that says where to find it."""
    with pytest.raises(BadPackage, match="--app-id must be the application"):
        package(app_id, URL)


@pytest.mark.parametrize(
    "url",
    [
        *("http://chats.example.org", "chats.example.org", "https://", "https://chats.example.org/bot", f"{URL}?a=b"),
        *("https://chats.example.org:0", "https://chats.example.org:x", "https://me@chats.example.org", "https://[x"),
        *("https://chats example.org", "https://localhost", "https://10.0.0.1", "https://chats..org", "https://-.org"),
        *("https://chäts.example.org", "https://chats.example.org./", "https://[::1]", ""),
    ],
)
def test_an_address_that_teams_would_not_call_is_refused(url: str) -> None:
    """Teams calls https addresses only, and ours has no path of its own."""
    with pytest.raises(BadPackage, match="--url must be the https address where Teams reaches"):
        package(BOT, url)


def test_the_notice_is_shown_beside_the_app() -> None:
    """Whoever is asked to add the app can read what becomes of people's words."""
    made = manifest(BOT, URL, notice="https://www.example.org/privacy?of=chats")

    assert made["developer"]["privacyUrl"] == "https://www.example.org/privacy?of=chats"
    assert made["developer"]["websiteUrl"] == URL


@pytest.mark.parametrize(
    "notice", ["", "www.example.org", "http://example.org", "https://", "https://[x", "https://a b"]
)
def test_a_notice_that_is_none_is_refused(notice: str) -> None:
    """Teams takes https addresses only."""
    with pytest.raises(BadPackage, match="--notice must be the https address of your privacy notice"):
        package(BOT, URL, notice=notice)


def test_a_folder_is_no_file(tmp_path: Path) -> None:
    """The sentence says what to name instead."""
    told = invoke("--app-id", BOT, "--url", URL, "--out", str(tmp_path))

    assert told.exit_code == 1
    assert told.stderr == f"‘{tmp_path}’ is a folder: name a file in it with --out, like {tmp_path / 'package.zip'}.\n"


def test_the_command_writes_a_package(tmp_path: Path) -> None:
    """The file that it names, once."""
    out = tmp_path / "package.zip"

    first = invoke("--app-id", BOT, "--url", URL, "--out", str(out))
    again = invoke("--app-id", BOT, "--url", URL, "--out", str(out))

    assert (first.exit_code, first.stdout) == (0, f"Wrote {out}.\n")
    assert out.read_bytes() == package(BOT, URL)
    assert again.exit_code == 1
    assert again.stderr == f"‘{out}’ is there already: name another file with --out, or move this one away.\n"


def test_the_command_can_leave_the_right_out(tmp_path: Path) -> None:
    """With --without-replies."""
    out = tmp_path / "package.zip"

    done = invoke("--app-id", BOT, "--url", URL, "--out", str(out), "--without-replies")

    assert done.exit_code == 0
    assert out.read_bytes() == package(BOT, URL, replies=False)


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (("--app-id", "odd", "--url", URL), "--app-id must be the application (client) id"),
        (("--app-id", BOT, "--url", "odd"), "--url must be the https address where Teams reaches"),
    ],
)
def test_what_can_be_put_right_is_told_in_a_sentence(tmp_path: Path, arguments: tuple[str, ...], sentence: str) -> None:
    """And nothing is written."""
    out = tmp_path / "package.zip"

    done = invoke(*arguments, "--out", str(out))

    assert (done.exit_code, done.stderr.startswith(sentence), out.exists()) == (1, True, False)


def test_a_place_that_cannot_be_written_is_told(tmp_path: Path) -> None:
    """With what is wrong with it."""
    out = tmp_path / "nowhere" / "package.zip"

    done = invoke("--app-id", BOT, "--url", URL, "--out", str(out))

    assert done.exit_code == 1
    assert done.stderr == f"‘{out}’ can't be written (No such file or directory): name another file with --out.\n"
