"""YAML files that people edit: read with the place of everything, so that a refusal says where and what to do.

1. What YAML would settle in silence is refused: a key written twice, an anchor, a tag, a second document.
2. Only `true`, `false`, whole numbers and days such as 2026-12-08 are more than words: `yes` and 10:30 stay words.
3. A refusal speaks to who edits the file; it never shows our names of types.
"""

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import TypeVar

import yaml
from pydantic import BaseModel, ConfigDict, ValidationError
from pydantic_core import ErrorDetails

MOST_BYTES = 256 * 1024

DEEPEST = 8
"""Lists and groups inside one another; our files need four."""

INVISIBLE = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\ufffe\uffff")
"""They turn the direction of writing round, so that what is shown is not what is there; or they are no characters."""

Place = tuple[str | int, ...]

M = TypeVar("M", bound=BaseModel)


class BadFile(Exception):
    """A file can't be used. `line` counts from 1; None when it is about the whole file."""

    def __init__(self, path: Path, line: int | None, reason: str) -> None:
        """`reason` says what is wrong and what to do, in half a sentence."""
        super().__init__(path, line, reason)
        self.path = path
        self.line = line
        self.reason = reason

    def __str__(self) -> str:
        """One sentence: where, what is wrong and what to do."""
        where = str(self.path) if self.line is None else f"{self.path}, line {self.line}"
        return f"{where}: {self.reason}."


class Strict(BaseModel):
    """A group of fields in a file: no other fields, nothing converted, white space around words taken off."""

    model_config = ConfigDict(strict=True, extra="forbid", str_strip_whitespace=True)


@dataclass(frozen=True, slots=True)
class Document:
    """What a file says, and the line of everything in it."""

    path: Path
    data: object
    lines: Mapping[Place, int]

    def bad(self, place: Place, reason: str) -> BadFile:
        """A refusal of what stands at `place`, or of the nearest thing round it that is there."""
        return BadFile(self.path, self.lines[self._nearest(place)], reason)

    def _nearest(self, place: Place) -> Place:
        """Leaves out what the file doesn't have: a field that is missing, or our own name for one of two shapes."""
        found: Place = ()
        for step in place:
            if (*found, step) in self.lines:
                found = (*found, step)
        return found


def read(path: Path) -> Document:
    """Read one YAML file whose top is a group of fields. Raises BadFile."""
    loader = _Loader(_text(path))
    try:
        node = loader.get_single_node()
    except _Refused as refused:
        raise BadFile(path, refused.line, refused.reason) from None
    except yaml.MarkedYAMLError as error:
        unclosed = "end of stream" in (error.problem or "") or "flow" in (error.context or "")
        mark = (error.context_mark if unclosed else None) or error.problem_mark
        reason = f"this is not YAML ({error.problem}); check the indentation, colons and quotation marks"
        raise BadFile(path, mark.line + 1 if mark else None, reason) from None
    finally:
        loader.dispose()
    if node is None:
        raise BadFile(path, None, "the file is empty; fill it in or take it away")
    lines: dict[Place, int] = {(): node.start_mark.line + 1}
    if not isinstance(node, yaml.MappingNode):
        raise BadFile(path, lines[()], "the file must be made of fields, each a name, a colon and what it holds")
    try:
        return Document(path, _value(node, (), lines), lines)
    except _Refused as refused:
        raise BadFile(path, refused.line, refused.reason) from None


def check(model: type[M], document: Document) -> M:
    """What `document` says, if it has the fields that `model` asks for. Raises BadFile for the first that is wrong."""
    try:
        return model.model_validate(document.data)
    except ValidationError as error:
        found = [document.bad(problem["loc"], _reason(problem)) for problem in error.errors(include_url=False)]
        raise min(found, key=lambda bad: bad.line or 0) from None


def _text(path: Path) -> str:
    try:
        with path.open("rb") as file:
            raw = file.read(MOST_BYTES + 1)
    except FileNotFoundError:
        raise BadFile(path, None, "there is no such file; check its name") from None
    except OSError as error:
        raise BadFile(path, None, f"the file can't be read ({error.strerror}); check what it is and who may") from None
    if len(raw) > MOST_BYTES:
        raise BadFile(path, None, f"the file is larger than {MOST_BYTES // 1024} KB; make it smaller")
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = raw.count(b"\n", 0, error.start) + 1
        raise BadFile(path, line, "this is not UTF-8; save the file with the encoding UTF-8") from None
    for number, line_text in enumerate(text.split("\n"), start=1):
        if _has_control(line_text.removesuffix("\r")):
            raise BadFile(path, number, _CONTROL)
    return text


_CONTROL = "there is an invisible control character; delete it and type the words anew"


def _has_control(text: str) -> bool:
    return any(
        letter in INVISIBLE or (letter not in "\t\n" and unicodedata.category(letter) in {"Cc", "Cs"})
        for letter in text
    )


class _Refused(Exception):
    def __init__(self, line: int, reason: str) -> None:
        super().__init__(line, reason)
        self.line = line
        self.reason = reason


class _Loader(yaml.SafeLoader):
    """Composes nodes only: nothing in a file is ever constructed by its tag."""

    yaml_implicit_resolvers: dict[str, list[tuple[str, re.Pattern[str]]]] = {}  # noqa: RUF012 - PyYAML's own place
    depth = 0

    def compose_node(self, parent: yaml.Node | None, index: int) -> yaml.Node | None:
        event = self.peek_event()  # type: ignore[no-untyped-call]
        line = event.start_mark.line + 1
        if isinstance(event, yaml.AliasEvent) or getattr(event, "anchor", None) is not None:
            raise _Refused(line, "anchors and aliases (& and *) are not used here; put words that start so in quotes")
        if getattr(event, "tag", None) is not None:
            raise _Refused(line, "tags (!) are not used here; put words that start so in quotes")
        if self.depth == DEEPEST:
            raise _Refused(line, f"there are more than {DEEPEST} levels; use fewer")
        self.depth += 1
        node = super().compose_node(parent, index)
        self.depth -= 1
        return node


for _tag, _pattern, _first in (
    ("null", r"~|null|", ["~", "n", ""]),
    ("bool", r"true|false", ["t", "f"]),
    ("int", r"[-+]?[0-9]{1,18}", list("-+0123456789")),
    ("timestamp", r"[0-9]{4}-[0-9]{2}-[0-9]{2}", list("0123456789")),
):
    _Loader.add_implicit_resolver(f"tag:yaml.org,2002:{_tag}", re.compile(f"^(?:{_pattern})$"), _first)


def _value(node: yaml.Node, place: Place, lines: dict[Place, int]) -> object:
    if isinstance(node, yaml.MappingNode):
        return {key: _value(value, (*place, key), lines) for key, value in _pairs(node, place, lines)}
    if isinstance(node, yaml.SequenceNode):
        for number, item in enumerate(node.value):
            lines[*place, number] = item.start_mark.line + 1
        return [_value(item, (*place, number), lines) for number, item in enumerate(node.value)]
    return _scalar(node)


def _pairs(node: yaml.MappingNode, place: Place, lines: dict[Place, int]) -> list[tuple[str, yaml.Node]]:
    pairs: list[tuple[str, yaml.Node]] = []
    for key, value in node.value:
        line = key.start_mark.line + 1
        if not isinstance(key, yaml.ScalarNode):
            raise _Refused(line, "the name of a field must be one word; correct it")
        if _has_control(key.value):
            raise _Refused(line, _CONTROL)
        before = lines.setdefault((*place, key.value), line)
        if any(key.value == name for name, _ in pairs):
            raise _Refused(line, f"‘{key.value}’ is written twice, first on line {before}; keep one of them")
        pairs.append((key.value, value))
    return pairs


def _scalar(node: yaml.Node) -> object:
    line = node.start_mark.line + 1
    text: str = node.value
    if _has_control(text):
        raise _Refused(line, _CONTROL)
    match node.tag.rpartition(":")[2]:
        case "null":
            return None
        case "bool":
            return text == "true"
        case "int":
            return int(text)
        case "timestamp":
            try:
                return date.fromisoformat(text)
            except ValueError:
                raise _Refused(line, f"there is no day {text}; write year, month and day, such as 2026-12-08") from None
        case _:
            return text


_REASONS = {
    "missing": "is missing; add it",
    "extra_forbidden": "is not a field that belongs here; correct its spelling or take it out",
    "string_type": "must be words; put it in quotation marks",
    "int_type": "must be a whole number, without quotation marks",
    "bool_type": "must be true or false",
    "date_type": "must be a day, written such as 2026-12-08",
    "list_type": "must be a list, each item after a hyphen",
    "dict_type": "must be a group of fields, each on its own line",
    "model_type": "must be a group of fields, each on its own line",
    "string_too_short": "is empty; write something",
    "string_too_long": "is longer than {max_length} characters; shorten it",
    "string_pattern_mismatch": "must be small letters, digits, - and _ only, a letter first; correct it",
    "greater_than_equal": "must be {ge} or more; correct it",
    "less_than_equal": "must be {le} or less; correct it",
    "too_short": "needs at least {min_length}; add some",
    "too_long": "may have {max_length} at most; take some out",
    "enum": "must be {expected}; choose one",
}
"""What is said for pydantic's kinds of error. A kind that is not here would show our names of types."""


def _reason(problem: ErrorDetails) -> str:
    if problem["type"] == "value_error":
        return str(problem["ctx"]["error"])
    name = next((step for step in reversed(problem["loc"]) if isinstance(step, str)), "the file")
    if problem["input"] is None and problem["type"] != "missing":
        return f"‘{name}’ has nothing after it; write it or take the line out"
    said = _REASONS.get(problem["type"], "can't be used as it is; compare it with a file that works")
    return f"‘{name}’ {said.format(**problem.get('ctx', {}))}"
