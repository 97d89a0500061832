"""A page of the handbook, followed to the letter: its own commands, typed into a shell."""

import asyncio
import re
import shlex
import sys
from asyncio.subprocess import PIPE
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from textwrap import dedent

from tests.peers.serving import ROOT, environment


@dataclass(frozen=True, slots=True)
class Page:
    """What an administrator reads."""

    text: str

    def section(self, heading: str) -> "Page":
        """What stands under a heading."""
        return Page(self.text.partition(f"## {heading}\n")[2].partition("\n## ")[0])

    def commands(self) -> list[str]:
        """The lines of its blocks of code, in order."""
        blocks = re.findall(r"```\w*\n(.*?)```", self.text, re.DOTALL)
        return [line for block in blocks for line in dedent(block).splitlines()]

    def command(self, words: str) -> str:
        """The one command with these words in it."""
        (found,) = (line for line in self.commands() if words in line)
        return found

    def said(self, pattern: str) -> str:
        """The one thing within a line that looks like this."""
        (found,) = set(re.findall(pattern, self.text))
        return str(found)

    def exports(self, values: Mapping[str, str]) -> list[str]:
        """Its settings, filled in by the ends of their names; those without a value are left out."""
        names = re.findall(r"^export (\w+)=", "\n".join(self.commands()), re.MULTILINE)
        found = {name: value for name in names for end, value in values.items() if name.endswith(end)}
        return [f"export {name}={shlex.quote(value)}" for name, value in found.items()]


def page(name: str) -> Page:
    """A page of docs/, by its file's name."""
    return Page((ROOT / "docs" / name).read_text())


def check_out(folder: Path) -> None:
    """Put the project into a folder as an administrator has it: nobody else's data, and its environment."""
    for name in ("adapters", "app.py", "bot", "conversations", "storage"):
        (folder / name).symlink_to(ROOT / name)
    (folder / ".venv").symlink_to(sys.prefix)


async def shell(folder: Path, line: str) -> str:
    """Type a line into a shell; gives what it prints."""
    process = await asyncio.create_subprocess_exec(
        "bash", "-c", line, cwd=folder, env=environment({}), stdout=PIPE, stderr=PIPE
    )
    out, err = await process.communicate()
    assert process.returncode == 0, err.decode()
    return out.decode()
