"""A survey for responses as a file that LimeSurvey reads: the questions, and hidden fields for all the rest. Pure.

The file is tab-separated values. Each cell of a question whose column is none of LimeSurvey's own becomes an attribute
of that question: `hidden`.

Source: "Tab Separated Value survey structure" in LimeSurvey's manual.
"""

import csv
import io
from collections.abc import Iterable, Iterator, Mapping
from typing import Final

from adapters.survey.limesurvey_rows import HIDDEN, NONRESPONSE, PERMISSION, REFLECTION, WORDS, code
from conversations.model import Guide

LANGUAGE: Final = "en"
LONG_TEXT, SHORT_TEXT = "T", "S"
PAST: Final = "2000-01-01 00:00:00"
"""When the survey ended for people: they are refused, and RemoteControl is not."""
SETTINGS: Final[Mapping[str, str]] = {
    "anonymized": "N",
    "datestamp": "Y",
    "alloweditaftercompletion": "Y",
    "savetimings": "N",
    "ipaddr": "N",
    "refurl": "N",
    "listpublic": "N",
}
COLUMNS: Final = ("class", "type/scale", "name", "relevance", "text", "language", "mandatory", "other", "hidden")
ABOUT: Final = {WORDS: "", PERMISSION: "May be used as: ", NONRESPONSE: "Why there is no answer: "}


def questions_of(guides: Iterable[Guide]) -> Mapping[str, str]:
    """The wordings by key of all that can be forwarded from `guides`; of a key, as the first of them words it."""
    found: dict[str, str] = {}
    for guide in guides:
        for question in guide.questions:
            found.setdefault(question.key, question.wording)
    return {**found, REFLECTION: "What the host wrote for the team as a whole"}


def structure(title: str, questions: Mapping[str, str]) -> bytes:
    """The file, for `questions` by key, in order."""
    text = io.StringIO()
    writer = csv.DictWriter(text, COLUMNS, delimiter="\t", restval="", lineterminator="\n")
    writer.writeheader()
    writer.writerows(_rows(title, questions))
    return text.getvalue().encode()


def _rows(title: str, questions: Mapping[str, str]) -> Iterator[Mapping[str, str]]:
    for name, value in {"language": LANGUAGE, "format": "A", **SETTINGS}.items():
        yield {"class": "S", "name": name, "text": value}
    yield {"class": "SL", "name": "surveyls_title", "text": _line(title), "language": LANGUAGE}
    yield _group("Answers")
    for key, wording in questions.items():
        yield _question(LONG_TEXT, code(WORDS, key), wording)
    yield _group("About them")
    for name in HIDDEN:
        yield _question(SHORT_TEXT, name, name.removeprefix("tl"), hidden="1")
    for key in questions:
        for kind in (PERMISSION, NONRESPONSE):
            yield _question(SHORT_TEXT, code(kind, key), f"{ABOUT[kind]}{key}", hidden="1")


def _group(name: str) -> Mapping[str, str]:
    return {"class": "G", "name": name, "language": LANGUAGE}


def _question(kind: str, name: str, text: str, hidden: str = "") -> Mapping[str, str]:
    return {
        "class": "Q",
        "type/scale": kind,
        "name": name,
        "relevance": "1",
        "text": _line(text),
        "language": LANGUAGE,
        "mandatory": "N",
        "other": "N",
        "hidden": hidden,
    }


def _line(text: str) -> str:
    return " ".join(text.split())
