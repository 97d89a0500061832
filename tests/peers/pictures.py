"""Pictures of what Slack and Teams show: every golden message and form, drawn by Chromium. `make pictures` does it.

A golden file is `{"kind": …, "payload": …}`, the payload as the platform is sent it. Kinds are `message`, `ephemeral`,
`modal` and `home` in Slack, `activity` and `dialog` in Teams.
`drawn.json` beside the pictures remembers which content each was drawn from, so that only what changed is drawn again.
"""

import argparse
import json
import subprocess
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Final

from tests.peers.programs import NODE_FOLDER, node

ROOT: Final = Path(__file__).parents[2]
GOLDEN: Final = ROOT / "tests" / "fixtures" / "slack" / "golden"
PICTURES: Final = ROOT / "docs" / "pictures" / "slack"
PLATFORMS: Final = {
    GOLDEN: PICTURES,
    ROOT / "tests" / "fixtures" / "teams" / "golden": ROOT / "docs" / "pictures" / "teams",
}
"""Golden files, and where their pictures are."""
DRAWN: Final = "drawn.json"


@dataclass(frozen=True, slots=True)
class Picture:
    """A PNG that was drawn. `range` is how far apart its lightest and its darkest point are, of 255."""

    name: str
    width: int
    height: int
    bytes: int
    range: int


def draw(goldens: Sequence[Path], into: Path) -> list[Picture]:
    """Draw these golden files into a folder. Raises CalledProcessError when one can't be drawn."""
    if not goldens:
        return []
    printed = subprocess.check_output([node(), NODE_FOLDER / "draw.mjs", into, *goldens], text=True)
    return [Picture(**json.loads(line)) for line in printed.splitlines()]


def contents(golden: Path) -> Mapping[str, str]:
    """What stands in each golden file of a folder, as a short sum, by name."""
    return {path.stem: sha256(path.read_bytes()).hexdigest()[:16] for path in sorted(golden.glob("*.json"))}


def drawn(pictures: Path) -> Mapping[str, str]:
    """What each picture of a folder was drawn from, by name. A picture that is not there was not drawn."""
    known = pictures / DRAWN
    remembered: dict[str, str] = json.loads(known.read_text()) if known.exists() else {}
    return {name: content for name, content in remembered.items() if (pictures / f"{name}.png").exists()}


def catch_up(golden: Path, pictures: Path, *, everything: bool = False) -> list[Picture]:
    """Draw what changed, take away the pictures of what is gone, and remember it."""
    wanted, there = contents(golden), {} if everything else drawn(pictures)
    for picture in pictures.glob("*.png"):
        if picture.stem not in wanted:
            picture.unlink()
    changed = [golden / f"{name}.json" for name, content in wanted.items() if there.get(name) != content]
    made = draw(changed, pictures)
    pictures.mkdir(parents=True, exist_ok=True)
    (pictures / DRAWN).write_text(json.dumps(wanted, indent=2) + "\n")
    return made


def main() -> None:
    """Draw, and say what was drawn."""
    parser = argparse.ArgumentParser(description="Draws what Slack and Teams show")
    parser.add_argument("--all", action="store_true", help="draw what has not changed, too")
    everything = parser.parse_args().all
    for golden, pictures in PLATFORMS.items():
        for picture in catch_up(golden, pictures, everything=everything):
            name = f"{pictures.name}/{picture.name}.png"
            print(f"{name}: {picture.width} × {picture.height}, {picture.bytes:,} bytes")  # noqa: T201 -- a program


if __name__ == "__main__":
    main()
