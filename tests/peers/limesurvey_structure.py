"""A survey as a file of tab-separated values, as LimeSurvey reads it: settings, texts, groups and questions.

1. A row's class says what it is. A group holds the questions that follow it.
2. Each cell of a question whose column is none of LimeSurvey's own becomes an attribute of that question: `hidden`.
3. A code is a letter and up to 19 more letters and digits, and there once; another is renamed without an error.
4. Dates are not relied upon: who needs one sets it afterwards.

Source: "Tab Separated Value survey structure" in LimeSurvey's manual.
"""

import csv
import io
import re
from typing import Final

from tests.peers.limesurvey_things import Question, Refused, Survey
from tests.peers.limesurvey_world import World

CODE: Final = re.compile(r"[A-Za-z][A-Za-z0-9]{0,19}")
OWN: Final = frozenset(
    {"class", "type/scale", "name", "text", "validation", "relevance", "help", "language", "mandatory", "other"}
    | {"default", "same_default", "same_script"}
)
DATES: Final = frozenset({"expires", "startdate", "datecreated"})
STARTS: Final = {
    "anonymized": "I",
    "datestamp": "I",
    "savetimings": "I",
    "ipaddr": "I",
    "ipanonymize": "I",
    "refurl": "I",
    "alloweditaftercompletion": "I",
    "listpublic": "I",
}


def new_survey(world: World, owner: str, title: str, language: str, wished: int = 0) -> Survey:
    """An empty survey, with the number that was wished for if it is free."""
    sid = wished if wished > 0 and wished not in world.surveys else 100_001 + len(world.surveys)
    fixed = {"sid": str(sid), "active": "N", "language": language, "expires": None, "startdate": None, "owner_id": "1"}
    survey = Survey(sid, owner, title, language, {**STARTS, **fixed})
    world.surveys[sid] = survey
    return survey


def read_survey(world: World, owner: str, text: str, title: str, wished: int) -> Survey:
    """The survey that a file describes. Raises Refused."""
    rows = list(csv.DictReader(io.StringIO(text.removeprefix("\ufeff")), delimiter="\t"))
    if not rows or "class" not in rows[0]:
        raise Refused("Error: This is not a valid LimeSurvey survey structure file.")
    settings = {row["name"]: row["text"] for row in rows if row["class"] == "S" and row["name"] not in DATES}
    titles = [row["text"] for row in rows if row["class"] == "SL" and row["name"] == "surveyls_title"]
    language = settings.get("language") or "en"
    number = wished or int(settings.get("sid") or 0)
    survey = new_survey(world, owner, title or (titles[0] if titles else ""), language, number)
    survey.properties.update({name: value for name, value in settings.items() if name in STARTS})
    group = 0
    for row in rows:
        if row["class"] == "G":
            group = world.number()
            survey.groups[group] = row["name"]
        elif row["class"] == "Q":
            _add(survey, row, group, world.number())
    return survey


def _add(survey: Survey, row: dict[str, str], group: int, qid: int) -> None:
    if group == 0:
        raise Refused("Error: Failed to insert data [question without group]")
    taken = {question.code.lower() for question in survey.questions.values()}
    code = row["name"]
    if not CODE.fullmatch(code) or code.lower() in taken:
        code = f"r{qid}q0"
    attributes = {name: value for name, value in row.items() if name not in OWN and value}
    survey.questions[qid] = Question(qid, group, row["type/scale"], code, row["text"], qid, attributes)
