"""Node programs of ours, and how a test runs them."""

import shutil
import subprocess
from pathlib import Path
from typing import Final

NODE_FOLDER: Final = Path(__file__).parent / "node"


def node() -> str:
    """Where Node is. Raises RuntimeError when it, or what our programs need, is not there."""
    found = shutil.which("node")
    if found is None or not (NODE_FOLDER / "node_modules").is_dir():
        raise RuntimeError("Node, or what our programs need of it, is not here: run make test-peers")
    return found


def printed_by(script: str, *words: str) -> str:
    """What one of our Node programs prints. Raises CalledProcessError when it fails."""
    return subprocess.check_output([node(), NODE_FOLDER / script, *words], text=True)
