"""What peers and pictures need of this machine: Node, Chromium and its fonts.

`python -m tests.peers.needed` sees to it:

1. What is missing ends the run with one sentence; nothing is skipped.
2. As root on Debian, Chromium and the fonts are installed. Node and its npm have to be there.
"""

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from typing import Final

OLDEST_NODE: Final = 20
PACKAGES: Final = ("chromium", "fonts-lato", "fonts-noto-color-emoji")
FONTS: Final = ("Lato", "Noto Color Emoji")


def too_old(version: str) -> bool:
    """Whether Node's own word for its version, such as `v20.20.2`, is older than what we need."""
    major = re.match(r"v(\d+)\.", version)
    return major is None or int(major[1]) < OLDEST_NODE


def node_problem() -> str | None:
    """What is wrong with Node here, in one sentence."""
    node, npm = shutil.which("node"), shutil.which("npm")
    if node is None or npm is None:
        return f"Peers need Node {OLDEST_NODE} or newer with npm, and it is not here."
    version = subprocess.check_output([node, "--version"], text=True).strip()
    return f"Peers need Node {OLDEST_NODE} or newer, and this is {version}." if too_old(version) else None


def chromium_problem() -> str | None:
    """What is wrong with Chromium or its fonts here, in one sentence."""
    missing = list(_missing_for_pictures())
    if not missing:
        return None
    return f"Pictures need {' and '.join(missing)}: on Debian, apt-get install {' '.join(PACKAGES)}."


def _missing_for_pictures() -> Iterator[str]:
    if shutil.which("chromium") is None:
        yield "Chromium"
    lister = shutil.which("fc-list")
    families = subprocess.check_output([lister, ":", "family"], text=True) if lister else ""
    yield from (f"the font {font}" for font in FONTS if font not in families)


def install_chromium() -> None:
    """Install Chromium and its fonts with apt-get."""
    quietly = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    for words in (["update"], ["install", "--yes", "--no-install-recommends", *PACKAGES]):
        subprocess.run(["apt-get", "-qq", *words], env=quietly, check=True, stdout=subprocess.DEVNULL)  # noqa: S607 -- wherever Debian has it


def main() -> None:
    """Make sure that all is there, or say what is not and stop."""
    if chromium_problem() and os.geteuid() == 0 and shutil.which("apt-get"):
        install_chromium()
    problem = node_problem() or chromium_problem()
    if problem is not None:
        sys.exit(problem)


if __name__ == "__main__":
    main()
