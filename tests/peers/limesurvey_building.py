"""What RemoteControl of the stand-in LimeSurvey does with surveys: make, describe, set and activate them."""

import base64
from collections.abc import Callable, Mapping
from typing import Final

from tests.peers.limesurvey_structure import new_survey, read_survey
from tests.peers.limesurvey_things import ACTIVATION, Json, Question, Refused, Survey
from tests.peers.limesurvey_world import NO_PERMISSION, Asked, World, whole

FIXED: Final = frozenset({"sid", "active", "language", "additional_languages"})
ONCE_ACTIVE: Final = frozenset({"anonymized", "datestamp", "savetimings", "ipaddr", "refurl"})
NOT_EDITABLE: Final = "Error:Survey is active and not editable"
VERSION: Final = "6.13.0"


def get_site_settings(asked: Asked) -> object:
    """Give a setting of the site, to those who run it."""
    if asked.by.superadmin and asked.at(0) == "versionnumber":
        return VERSION
    raise Refused("Invalid setting")


def list_surveys(asked: Asked) -> object:
    """List the surveys that the account may use."""
    found = [
        {
            "sid": asked.world.given(survey.sid),
            "surveyls_title": survey.title,
            "startdate": survey.properties["startdate"],
            "expires": survey.properties["expires"],
            "active": survey.properties["active"],
        }
        for survey in asked.world.visible(asked.by)
    ]
    if not found:
        raise Refused("No surveys found")
    return found


def add_survey(asked: Asked) -> object:
    """Make an empty survey: wished number, title, language."""
    if not asked.by.may_create:
        raise Refused(NO_PERMISSION)
    title, language = asked.at(1), asked.at(2)
    if not title or language != "en" or (asked.at(3) or "G") not in {"A", "G", "S"}:
        raise Refused("Faulty parameters")
    return new_survey(asked.world, asked.by.name, str(title), str(language), whole(asked.at(0) or 0)).sid


def import_survey(asked: Asked) -> object:
    """Make a survey of a file of tab-separated values; the other kinds of file are not stood in for."""
    if not asked.by.may_create:
        raise Refused(NO_PERMISSION)
    if asked.at(1) not in {"lsa", "csv", "txt", "lss"}:
        raise Refused("Invalid extension")
    if asked.at(1) != "txt":
        raise Refused("Error: this stand-in reads tab-separated values only")
    text = base64.b64decode(str(asked.at(0))).decode()
    return read_survey(asked.world, asked.by.name, text, str(asked.at(2) or ""), whole(asked.at(3) or 0)).sid


def delete_survey(asked: Asked) -> object:
    """Take a survey away, with everything in it."""
    found = asked.survey(NO_PERMISSION)
    del asked.world.surveys[found.sid]
    return {"status": "OK"}


def get_survey_properties(asked: Asked) -> object:
    """Give properties as they are set: `I` where a survey inherits."""
    properties = asked.survey().properties
    found = {name: properties[name] for name in asked.names(1) or properties if name in properties}
    if not found:
        raise Refused("No valid Data")
    return found


def set_survey_properties(asked: Asked) -> object:
    """Set what may be set; what may not is left out without a word."""
    survey = asked.survey()
    refused = FIXED | ONCE_ACTIVE if survey.is_active else FIXED
    may = {name: value for name, value in asked.data(1).items() if name in survey.properties and name not in refused}
    if not may:
        raise Refused("No valid Data")
    survey.properties.update(may)
    return dict.fromkeys(may, True)


def add_group(asked: Asked) -> object:
    """Add an empty group of questions."""
    survey = asked.survey()
    if survey.is_active:
        raise Refused(NOT_EDITABLE)
    number = asked.world.number()
    survey.groups[number] = str(asked.at(1))
    return number


def list_groups(asked: Asked) -> object:
    """List the groups of a survey."""
    survey, given = asked.survey(), asked.world.given
    if not survey.groups:
        raise Refused("No groups found")
    return [{"gid": given(gid), "sid": given(survey.sid), "group_name": name} for gid, name in survey.groups.items()]


def list_questions(asked: Asked) -> object:
    """List the questions of a survey, or of one group of it."""
    survey, group = asked.survey(), asked.at(1)
    questions = [one for one in survey.questions.values() if group is None or one.gid == whole(group)]
    if not questions:
        raise Refused("No questions found")
    return [_listed(asked.world, survey, one) for one in questions]


def _listed(world: World, survey: Survey, question: Question) -> Json:
    return {
        "id": world.given(question.qid),
        "qid": world.given(question.qid),
        "gid": world.given(question.gid),
        "sid": world.given(survey.sid),
        "parent_qid": world.given(0),
        "type": question.type,
        "title": question.code,
        "question": question.text,
        "question_order": world.given(question.order),
        "mandatory": "N",
    }


def get_question_properties(asked: Asked) -> object:
    """Give properties of a question; its attributes are one of them."""
    survey, question = _question(asked)
    attributes: object = dict(sorted(question.attributes.items())) or "No available attributes"
    found = {**_listed(asked.world, survey, question), "attributes": attributes}
    given = {name: found[name] for name in asked.names(1) or found if name in found}
    if not given:
        raise Refused("No valid Data")
    return given


def set_question_properties(asked: Asked) -> object:
    """Set what is a column of questions; attributes are none, and are left out without a word."""
    _, question = _question(asked)
    title = asked.data(1).get("title")
    if title is None:
        raise Refused("No valid Data")
    question.code = str(title)
    return {"title": True}


def _question(asked: Asked) -> tuple[Survey, Question]:
    number = whole(asked.at(0))
    for survey in asked.world.surveys.values():
        if number in survey.questions:
            return asked.world.survey(asked.by, survey.sid), survey.questions[number]
    raise Refused("Error: Invalid questionid")


def get_fieldmap(asked: Asked) -> object:
    """Give the fields of a survey by column. A token is none of them without a table of participants."""
    return asked.survey().field_map()


def activate_survey(asked: Asked) -> object:
    """Make the table of responses, after settling what can't be changed from then on."""
    survey, given = asked.survey(NO_PERMISSION), asked.data(1)
    if survey.is_active:
        raise Refused("Error: Survey already active")
    if not survey.groups or not survey.questions:
        raise Refused("Error: Survey does not pass consistency check")
    for name in ACTIVATION:
        wanted = given.get(name)
        survey.properties[name] = wanted if wanted in {"Y", "N"} else survey.says(name)
    survey.activate()
    return {"status": "OK", "pluginFeedback": None, "isAllowRegister": False}


def get_summary(asked: Asked) -> object:
    """Count the responses."""
    name = asked.at(1) or "all"
    if name not in {"all", "completed_responses", "incomplete_responses", "full_responses"}:
        raise Refused("Invalid summary key")
    survey = asked.survey("Invalid surveyid")
    if survey.columns is None:
        if name == "all":
            return []  # as PHP writes an array of nothing
        raise Refused("No available data")
    done = sum(row["submitdate"] is not None for row in survey.rows.values())
    counts = {"completed_responses": done, "incomplete_responses": len(survey.rows) - done}
    given = {key: asked.world.given(count) for key, count in {**counts, "full_responses": len(survey.rows)}.items()}
    return given if name == "all" else given[str(name)]


METHODS: Final[Mapping[str, tuple[Callable[[Asked], object], int]]] = {
    "get_site_settings": (get_site_settings, 1),
    "list_surveys": (list_surveys, 0),
    "add_survey": (add_survey, 3),
    "import_survey": (import_survey, 2),
    "delete_survey": (delete_survey, 1),
    "get_survey_properties": (get_survey_properties, 1),
    "set_survey_properties": (set_survey_properties, 2),
    "add_group": (add_group, 2),
    "list_groups": (list_groups, 1),
    "list_questions": (list_questions, 1),
    "get_question_properties": (get_question_properties, 1),
    "set_question_properties": (set_question_properties, 2),
    "get_fieldmap": (get_fieldmap, 1),
    "activate_survey": (activate_survey, 1),
    "get_summary": (get_summary, 1),
}
"""By name: what is done, and how many arguments it can't do without."""
