"""What a machine lacks for the peers is told, and what they need of Node is pinned."""

import json
import os
from pathlib import Path

import pytest

from tests.peers import needed
from tests.peers.programs import NODE_FOLDER


@pytest.mark.parametrize("version", ["v18.20.8", "v9.0.0", "", "nonsense"])
def test_an_old_node_is_too_old(version: str) -> None:
    """The oldest Node that will do is 20, and what has no version will not."""
    assert needed.too_old(version)


@pytest.mark.parametrize("version", ["v20.0.0", "v24.1.0", "v100.0.0"])
def test_a_newer_node_will_do(version: str) -> None:
    """Nobody is held to one version of Node."""
    assert not needed.too_old(version)


def test_what_is_missing_is_said_in_one_sentence(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A machine with nothing on it hears what to install."""
    monkeypatch.setenv("PATH", str(tmp_path))

    assert needed.node_problem() == "Peers need Node 20 or newer with npm, and it is not here."
    assert needed.chromium_problem() == (
        "Pictures need Chromium and the font Lato and the font Noto Color Emoji: "
        "on Debian, apt-get install chromium fonts-lato fonts-noto-color-emoji."
    )


def test_who_can_install_nothing_is_told_and_stopped(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What is missing fails the run: it is never skipped."""
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setattr(os, "geteuid", lambda: 1000)

    with pytest.raises(SystemExit, match="Node 20 or newer"):
        needed.main()


def test_what_is_needed_of_node_is_pinned_by_version_and_sum() -> None:
    """The lock file says what is installed, and not from where: any mirror will do."""
    lock = json.loads((NODE_FOLDER / "package-lock.json").read_text())
    packages = [package for name, package in lock["packages"].items() if name]

    assert packages
    assert all("resolved" not in package for package in packages)
    assert all(package["version"] and package["integrity"] for package in packages)
