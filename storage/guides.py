"""Guides from a folder of YAML files: who edits them learns the file, the line and what to do."""

from collections.abc import Mapping
from pathlib import Path
from typing import Annotated

from pydantic import Field, StringConstraints

from conversations.model import Guide, Kind, Question
from storage.yaml_files import BadFile, Document, Strict, check, read

Key = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_-]*$", max_length=40)]
Title = Annotated[str, StringConstraints(min_length=1, max_length=100)]
Words = Annotated[str, StringConstraints(min_length=1, max_length=1000)]


class _Question(Strict):
    key: Key
    wording: Words
    purpose: Words
    kind: Annotated[Kind, Field(strict=False)]
    minutes: Annotated[int, Field(ge=1, le=120)]


class _Guide(Strict):
    key: Key
    version: Annotated[int, Field(ge=1)]
    title: Title
    opening: Words
    closing: Words
    asks_feelings: bool
    open_days: Annotated[int, Field(ge=1, le=30)]
    questions: Annotated[list[_Question], Field(min_length=1, max_length=12)]


def load_guides(folder: Path) -> Mapping[str, Guide]:
    """The newest version of every guide in `folder`, by key and in the order of keys. Raises BadFile."""
    return {guide.key: guide for guide in load_all_versions(folder)}


def load_all_versions(folder: Path) -> tuple[Guide, ...]:
    """Every guide in the `*.yaml` of `folder`, by key and version. Raises BadFile."""
    if not folder.is_dir():
        raise BadFile(folder, None, "there is no such folder; check its name")
    found: dict[tuple[str, int], tuple[Path, Guide]] = {}
    for path in sorted(folder.glob("*.yaml")):
        document = read(path)
        guide = _guide(document)
        other, _ = found.setdefault((guide.key, guide.version), (path, guide))
        if other is not path:
            reason = (
                f"‘{guide.key}’ version {guide.version} is in {other.name} too; raise the version or change the key"
            )
            raise document.bad(("version",), reason)
    if not found:
        raise BadFile(folder, None, "there is no guide in this folder; add a file whose name ends in .yaml")
    return tuple(guide for _, (_, guide) in sorted(found.items()))


def load_guide(path: Path) -> Guide:
    """One guide from its file. Raises BadFile."""
    return _guide(read(path))


def _guide(document: Document) -> Guide:
    said = check(_Guide, document)
    first: dict[str, int] = {}
    for number, question in enumerate(said.questions):
        before = first.setdefault(question.key, number)
        if before != number:
            reason = f"‘{question.key}’ is the key of question {before + 1} too; give this question another"
            raise document.bad(("questions", number, "key"), reason)
    return Guide(
        key=said.key,
        version=said.version,
        title=said.title,
        opening=said.opening,
        closing=said.closing,
        asks_feelings=said.asks_feelings,
        open_days=said.open_days,
        questions=tuple(Question(q.key, q.wording, q.purpose, q.kind, q.minutes) for q in said.questions),
    )
