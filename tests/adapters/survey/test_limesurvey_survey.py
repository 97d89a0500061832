"""`survey limesurvey setup` makes a survey that takes responses, and `check` says in plain words what is wrong."""

import asyncio
from collections.abc import AsyncIterator, Callable
from dataclasses import replace

import pytest

from adapters.survey.limesurvey import Config, LimeSurvey
from adapters.survey.limesurvey_checks import CannotReachLimeSurvey, Check
from adapters.survey.limesurvey_survey import (
    AWAY,
    INSECURE,
    NO_LIMESURVEY,
    OFF,
    OTHERWISE,
    WHY,
    Access,
    check,
    set_up,
)
from bot.outbox import Status
from tests.adapters.survey.events import response
from tests.adapters.survey.limesurvey_stage import PASSWORD, QUESTIONS, USER
from tests.peers.limesurvey import LimeSurveyPeer, limesurvey_peer
from tests.peers.limesurvey_access import LOCKED
from tests.peers.limesurvey_faults import (
    DropAfterAccepting,
    Fails,
    Fault,
    Redirects,
    Says,
    ServerError,
    Unreadable,
)
from tests.peers.limesurvey_things import Survey
from tests.peers.slack_stage import Clock

Break = Callable[[Survey], None]


@pytest.fixture
async def peer() -> AsyncIterator[LimeSurveyPeer]:
    """An installation without a survey."""
    async with limesurvey_peer(Clock()) as made:
        made.account(USER, PASSWORD)
        yield made


def access(peer: LimeSurveyPeer) -> Access:
    """How it is reached."""
    return Access(url=peer.url, user=USER, password=PASSWORD)


async def made(peer: LimeSurveyPeer) -> int:
    """The number of a survey that `setup` made."""
    return await asyncio.to_thread(set_up, access(peer), "Chats", QUESTIONS)


async def checked(peer: LimeSurveyPeer, survey: int) -> tuple[Check, ...]:
    """What `check` says of it."""
    return tuple(await asyncio.to_thread(check, access(peer), survey, tuple(QUESTIONS), Clock()))


async def test_the_survey_that_is_made_is_right(peer: LimeSurveyPeer) -> None:
    """In every point, by what LimeSurvey itself says of it."""
    survey = await made(peer)
    found = await checked(peer, survey)

    assert [one.says for one in found if not one.is_right] == []
    assert [one.says for one in found] == [
        "It is active.",
        "It keeps the response key.",
        "It keeps dates.",
        "Responses can be changed later.",
        "It keeps no IP addresses.",
        "It keeps no referring pages.",
        "It is not listed in public.",
        "People can't fill it in: its end is in the past.",
        "It has the question “qq1”, for long texts.",
        "It has the question “qq2”, for long texts.",
        "It has the question “qq3”, for long texts.",
        "It has the question “qreflection”, for long texts.",
        "It has the 21 fields for what belongs to them.",
        "Those fields are hidden from people.",
    ]


async def test_the_survey_that_is_made_asks_the_questions(peer: LimeSurveyPeer) -> None:
    """As their guide words them, for long texts; everything else is hidden."""
    await made(peer)

    shown = {one.code: (one.text, one.type) for one in peer.survey.questions.values() if not one.attributes}
    assert shown == {f"q{key}": (wording, "T") for key, wording in QUESTIONS.items()}
    assert peer.survey.title == "Chats"


async def test_the_survey_that_is_made_takes_responses(peer: LimeSurveyPeer) -> None:
    """From the destination, with that number."""
    survey = await made(peer)
    store = LimeSurvey(Config(url=peer.url, user=USER, password=PASSWORD, survey=survey), Clock())
    try:
        assert await store.submit(response(1, "Well.")) is Status.SENT
    finally:
        await store.close()


async def test_nobody_stays_logged_in(peer: LimeSurveyPeer) -> None:
    """After either command."""
    await checked(peer, await made(peer))

    assert peer.access.sessions == {}


async def test_wordings_of_several_lines_are_one_line(peer: LimeSurveyPeer) -> None:
    """And quotation marks and tabs do no harm."""
    await asyncio.to_thread(set_up, access(peer), "Chats", {"one": 'Say "what"\nyou\tlike?'})

    assert {one.text for one in peer.survey.questions.values() if one.code == "qone"} == {'Say "what" you like?'}


def _set(name: str, value: str | None) -> Break:
    def change(survey: Survey) -> None:
        survey.properties[name] = value

    return change


def _show(survey: Survey) -> None:
    next(one for one in survey.questions.values() if one.code == "tlrevision").attributes.clear()


@pytest.mark.parametrize(
    ("breaks", "to_do"),
    [
        (_set("active", "N"), "Activate it in LimeSurvey."),
        (_set("anonymized", "Y"), "It is anonymous: make a new one with `setup`."),
        (_set("datestamp", "N"), "It is not date-stamped: make a new one with `setup`."),
        (
            _set("alloweditaftercompletion", "I"),
            "In LimeSurvey set “Allow multiple responses or update responses” to On.",
        ),
        (_set("ipaddr", "Y"), "It keeps IP addresses: make a new one with `setup`."),
        (_set("refurl", "Y"), "It keeps referring pages: make a new one with `setup`."),
        (_set("listpublic", "Y"), "In LimeSurvey set “List survey publicly” to Off."),
        (
            _set("expires", None),
            "In LimeSurvey set “Expiry date/time” to a day in the past. The bot can write all the same.",
        ),
        (
            _set("expires", "2027-01-01 00:00:00"),
            "In LimeSurvey set “Expiry date/time” to a day in the past. The bot can write all the same.",
        ),
        (
            lambda survey: survey.rename("qq1", "first"),
            "It has no long-text question “qq1”: rename it back, or add it as docs/survey-store.md says.",
        ),
        (
            lambda survey: survey.rename("pq1", "first"),
            "These are missing: pq1. Rename them back, or add them as docs/survey-store.md says.",
        ),
        (_show, "In LimeSurvey set “Always hide this question” to On for: tlrevision."),
    ],
    ids=[
        "closed",
        "anonymous",
        "dateless",
        "fixed",
        "addresses",
        "pages",
        "listed",
        "endless",
        "not yet over",
        "a question",
        "a field",
        "shown",
    ],
)
async def test_what_is_wrong_is_told_with_what_to_do(peer: LimeSurveyPeer, breaks: Break, to_do: str) -> None:
    """One thing at a time."""
    survey = await made(peer)
    breaks(peer.survey)

    assert [one.to_do for one in await checked(peer, survey) if not one.is_right] == [to_do]


@pytest.mark.parametrize(
    ("fault", "why"),
    [
        (Says("Invalid user name or password"), WHY["unauthorised"]),
        (Says(LOCKED), WHY["locked_out"]),
        (Fails("CDbCommand failed: SQLSTATE[HY000]: Secret"), OTHERWISE),
        (ServerError(502), NO_LIMESURVEY),
        (Unreadable(), NO_LIMESURVEY),
        (Redirects("https://elsewhere.example.org/"), NO_LIMESURVEY),
        (DropAfterAccepting(), AWAY),
    ],
    ids=repr,
)
async def test_what_goes_wrong_is_one_sentence_of_ours(peer: LimeSurveyPeer, fault: Fault, why: str) -> None:
    """That says what to do, and quotes nothing."""
    peer.faults.add("get_session_key", fault)

    with pytest.raises(CannotReachLimeSurvey) as refused:
        await made(peer)

    assert str(refused.value) == why
    assert refused.value.__cause__ is None


async def test_an_interface_that_is_off_is_told(peer: LimeSurveyPeer) -> None:
    """It is where new installations start."""
    peer.is_on = False

    with pytest.raises(CannotReachLimeSurvey) as refused:
        await made(peer)

    assert str(refused.value) == OFF


async def test_an_account_without_the_right_is_told(peer: LimeSurveyPeer) -> None:
    """And so is a number that is no survey's."""
    peer.access.accounts[USER].may_create = False
    with pytest.raises(CannotReachLimeSurvey) as no_right:
        await made(peer)
    with pytest.raises(CannotReachLimeSurvey) as no_survey:
        await checked(peer, 77)

    assert str(no_right.value) == WHY["no_permission"]
    assert str(no_survey.value) == WHY["no_such_survey"]


async def test_the_password_travels_encrypted_or_not_at_all(peer: LimeSurveyPeer) -> None:
    """And is shown nowhere."""
    told = replace(access(peer), url="http://survey.example.org/admin/remotecontrol")
    with pytest.raises(CannotReachLimeSurvey) as refused:
        await asyncio.to_thread(set_up, told, "Chats", QUESTIONS)

    assert str(refused.value) == INSECURE
    assert PASSWORD not in repr(told)
