"""What no linter knows about this house: the pure core, one clock, honest tests, and nothing of anybody's machine.

Layers, vendors and settings are import-linter's (pyproject.toml). Every check here is shown to fail on a bad sample.
"""

import ast
import os
import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
NOT_OURS = {".git", ".venv", ".hypothesis", ".mypy_cache", ".pytest_cache", ".ruff_cache", ".import_linter_cache",
            ".idea", ".vscode", "__pycache__", "node_modules", "data", "export"}  # fmt: skip
OWN_SETTINGS = {".env", "team-leeds.toml"}

CORE_MAY_IMPORT = {"__future__", "collections", "conversations", "dataclasses", "datetime", "enum", "functools", "re",
                   "typing", "uuid", "zoneinfo"}  # fmt: skip
CLOCKS = {
    "date": {"today"},
    "datetime": {"now", "today", "utcnow"},
    "func": {"current_timestamp", "localtimestamp", "now"},
    "time": {"gmtime", "localtime", "time", "time_ns"},
    "uuid": {"uuid1", "uuid4"},
}
MOCKING = {"mock", "mocker", "patch", "Mock", "MagicMock", "AsyncMock"}
SKIPPING = {"importorskip", "skip", "skipif", "xfail"}

# In pieces, so that this file does not contain what it looks for.
REGISTRIES = re.compile("|".join(name + "[.]" + end for name, end in [
    ("pypi", "org"), ("pythonhosted", "org"), ("npmjs", "org"), ("yarnpkg", "com"), ("golang", "org"),
    ("crates", "io"), ("debian", "org"), ("conda", "io"),
]))  # fmt: skip
MACHINE_PATHS = re.compile(r"(?<![\w.~:/-])/" + "(?:home|root|work|opt|Users)" + r"/\w")


def files(*places: str, ending: str = "") -> list[Path]:
    """List the files of this project in `places`, or everywhere."""
    found = []
    for place in places or (".",):
        for folder, folders, names in os.walk(ROOT / place):
            folders[:] = [name for name in folders if name not in NOT_OURS]
            found += [Path(folder, name) for name in names if name.endswith(ending) and name not in OWN_SETTINGS]
    return sorted(found)


def complaints(check: Callable[[str], Iterator[str]], among: list[Path]) -> list[str]:
    """Hold every file against `check`, and say what is wrong and where."""
    return [
        f"{path.relative_to(ROOT)}: {complaint}"
        for path in among
        for complaint in check(path.read_text(encoding="utf-8", errors="replace"))
    ]


def foreign_imports(source: str) -> Iterator[str]:
    """Name what a file of the core imports beside the few standard modules it may."""
    for node in ast.walk(ast.parse(source)):
        match node:
            case ast.Import(names=names):
                modules = [name.name for name in names]
            case ast.ImportFrom(module=str(module), level=0):
                modules = [module]
            case _:
                continue
        yield from (f"imports {name}" for name in modules if name.partition(".")[0] not in CORE_MAY_IMPORT)


def clocks_and_chance(source: str) -> Iterator[str]:
    """Name where a file asks a clock or makes an id of chance; both are parameters."""
    for node in ast.walk(ast.parse(source)):
        match node:
            case ast.Attribute(value=ast.Name(id=owner) | ast.Attribute(attr=owner), attr=name):
                asked = [(owner, name)]
            case ast.ImportFrom(module=str(module), names=names):
                asked = [(module, name.name) for name in names]
            case _:
                continue
        yield from (f"line {node.lineno} uses {owner}.{name}" for owner, name in asked if name in CLOCKS.get(owner, ()))


def mocks(source: str) -> Iterator[str]:
    """Name where a test puts something false in place of our own parts."""
    for node in ast.walk(ast.parse(source)):
        match node:
            case ast.alias(name=name) | ast.arg(arg=name) | ast.Name(id=name) if name.split(".")[-1] in MOCKING:
                yield f"line {node.lineno} uses {name}"
            case ast.Attribute(value=ast.Name(id="monkeypatch"), attr="setattr" | "setitem" as name):
                yield f"line {node.lineno} uses monkeypatch.{name}"
            case _:
                pass


def sleeps_and_skips(source: str) -> Iterator[str]:
    """Name where a test waits for the clock, or where it can be passed over."""
    for node in ast.walk(ast.parse(source)):
        match node:
            case ast.Call(func=ast.Attribute(attr="sleep") | ast.Name(id="sleep"), args=[ast.Constant(value=0)]):
                pass  # lets other tasks have their turn
            case ast.Call(func=ast.Attribute(attr="sleep") | ast.Name(id="sleep")):
                yield f"line {node.lineno} sleeps"
            case ast.Attribute(value=ast.Name(id="pytest") | ast.Attribute(attr="mark"), attr=name) if name in SKIPPING:
                yield f"line {node.lineno} skips"
            case _:
                pass


def traces_of_a_machine(text: str) -> Iterator[str]:
    """Name the package registries and the private paths in `text`."""
    yield from (f"names {found[0]}" for found in REGISTRIES.finditer(text))
    yield from (f"has the path {found[0]}…" for found in MACHINE_PATHS.finditer(text))


def loose_requirements(lock: str) -> Iterator[str]:
    """Name what a lock file does not pin by version and hash, and every address in it."""
    for requirement in re.findall(r"^[^\s#].*(?:\n[ \t].*)*", lock, re.MULTILINE):
        name = requirement.split()[0]
        if not re.match(r"[\w.-]+(\[[\w,.-]+\])?==[\w.!+]+$", name):
            yield f"{name} is not pinned"
        if not re.search(r"--hash=sha256:[0-9a-f]{64}\b", requirement):
            yield f"{name} has no hash"
    yield from (f"names an address: {found}" for found in re.findall(r"\S*://\S*", lock))


def test_the_core_needs_only_the_standard_library() -> None:
    """The engine can be read, tested and trusted without knowing any platform or database."""
    assert complaints(foreign_imports, files("conversations", ending=".py")) == []


def test_time_ids_and_chance_are_parameters() -> None:
    """There is one real clock, in app.py, so that a test can be at any moment."""
    assert complaints(clocks_and_chance, files("conversations", "bot", "storage", ending=".py")) == []


def test_the_engine_and_the_bot_are_tested_without_mocks() -> None:
    """Tests of the engine and the bot use the real parts."""
    assert complaints(mocks, files("tests/conversations", "tests/bot", ending=".py")) == []


def test_no_test_sleeps_or_is_skipped() -> None:
    """A green run means that every test ran, and no test depends on how fast the machine is."""
    assert complaints(sleeps_and_skips, files("tests", ending=".py")) == []


def test_nothing_of_anybodys_machine_is_in_the_files() -> None:
    """The project builds anywhere: no registry, no mirror, no private path stands in it."""
    assert complaints(traces_of_a_machine, files()) == []


def test_lock_files_pin_everything_by_hash() -> None:
    """What is installed is what was tested, wherever it is fetched from."""
    locks = files(ending=".lock")

    assert {path.name for path in locks} == {"requirements.lock", "requirements-dev.lock"}
    assert complaints(loose_requirements, locks) == []


HASH = "--hash=sha256:" + "0" * 64


@pytest.mark.parametrize(
    ("check", "good", "bad"),
    [
        (foreign_imports, "from conversations.model import Chat\nimport re\nfrom collections.abc import Set", sample)
        for sample in ("import os", "import yaml.nodes", "from bot import ports", "def late():\n    import json")
    ]
    + [
        (clocks_and_chance, "def tick(now: datetime): return now + datetime.min.time()", sample)
        for sample in (
            "datetime.now(UTC)",
            "datetime.datetime.utcnow()",
            "field(default_factory=datetime.now)",
            "date.today()",
            "time.time()",
            "from time import time",
            "update(chats).values(at=func.now())",
            "uuid.uuid4()",
        )
    ]
    + [
        (mocks, "def test_words(monkeypatch): monkeypatch.setenv('TEAM_LEEDS_DATA_DIR', 'here')", sample)
        for sample in (
            "from unittest import mock",
            "from unittest.mock import AsyncMock",
            "import unittest.mock",
            "def test_words(mocker): ...",
            "monkeypatch.setattr(engine, 'decide', None)",
        )
    ]
    + [
        (sleeps_and_skips, "await asyncio.sleep(0)\npytest.mark.long", sample)
        for sample in (
            "await asyncio.sleep(0.1)",
            "time.sleep(1)",
            "pytest.skip('no server')",
            "@pytest.mark.skipif(True)\ndef test(): ...",
            "pytest.importorskip('asyncpg')",
        )
    ]
    + [
        (traces_of_a_machine, "see https://example.org/home/1 and docs/home/2 and /usr/bin/env", sample)
        for sample in ("https://files.pythonhosted" + ".org/a", "pypi" + ".org", "in /" + "root/x", "'/" + "home/me'")
    ]
    + [
        (loose_requirements, f"# made by make\na==1.0 ; python_version < '3.12' \\\n    {HASH}\n    # via b\n", sample)
        for sample in ("a==1.0", f"a>=1.0 \\\n    {HASH}", f"a @ https://example.org/a.whl {HASH}", "--index-url x")
    ],
)
def test_each_check_can_fail(check: Callable[[str], Iterator[str]], good: str, bad: str) -> None:
    """A check that nothing can fail protects nothing."""
    assert list(check(good)) == []
    assert list(check(bad)) != []
