"""Every stage against every command: what happens, or why it can't."""

from typing import get_args

import pytest

from conversations import commands as do
from conversations.commands import Command, Which
from conversations.engine import ALLOWED
from conversations.model import Permission, Progress, Stage
from conversations.refusals import NotNow
from tests.conversations.chats import ANA, BEN, BY_STAGE, HOST

OWN = Which(question="first")

WHO_SAYS_WHAT: dict[type[Command], tuple[object, Command]] = {
    do.Start: (HOST, do.Start("two")),
    do.Begin: (HOST, do.Begin()),
    do.SitOut: (BEN, do.SitOut()),
    do.Answer: (ANA, do.Answer("words")),
    do.Edit: (ANA, do.Edit(OWN, "words")),
    do.Mask: (ANA, do.Mask(OWN)),
    do.Move: (ANA, do.Move(OWN, "second")),
    do.Withdraw: (ANA, do.Withdraw(OWN)),
    do.NotAnAnswer: (ANA, do.NotAnAnswer(OWN)),
    do.SetPermission: (ANA, do.SetPermission(Permission.QUOTE, OWN)),
    do.Pass: (BEN, do.Pass()),
    do.MoveOn: (HOST, do.MoveOn()),
    do.GoBack: (HOST, do.GoBack()),
    do.Pause: (HOST, do.Pause()),
    do.Resume: (HOST, do.Resume()),
    do.TakeOver: (ANA, do.TakeOver()),
    do.Finish: (HOST, do.Finish()),
    do.Reflect: (HOST, do.Reflect("words")),
    do.WithdrawReflection: (HOST, do.WithdrawReflection()),
    do.StepDown: (HOST, do.StepDown()),
    do.Send: (HOST, do.Send(sure=True)),
    do.Cancel: (HOST, do.Cancel(sure=True)),
    do.Yes: (HOST, do.Yes()),
    do.SendMine: (BEN, do.SendMine()),
    do.SetCheckBack: (ANA, do.SetCheckBack(weeks=2)),
    do.FollowUp: (ANA, do.FollowUp(Progress.DONE)),
    do.RemindMe: (ANA, do.RemindMe(do.RemindWhen.LATER)),
    do.PostAgain: (HOST, do.PostAgain("opening")),
    do.Tick: (None, do.Tick()),
}

# gathering | asking (first of two questions) | reviewing | closed | cancelled; "-" is: nothing happens
EXPECTED = """
Start          already_open   already_open      already_open     already_open  already_open
Begin          QuestionAsked  already_begun     already_begun    already_begun already_begun
SitOut         SatOut         SatOut            already_finished over          over
Answer         not_begun      Answered          Answered         over          over
Edit           not_begun      AnswerEdited      AnswerEdited     AnswerEdited+ResponseDue AnswerEdited
Mask           not_begun      AnswerEdited      AnswerEdited     AnswerEdited+ResponseDue AnswerEdited
Move           not_begun      not_asked_yet     not_asked_yet    not_asked_yet not_asked_yet
Withdraw       not_begun      AnswerWithdrawn   AnswerWithdrawn  AnswerWithdrawn+ResponseDue AnswerWithdrawn
NotAnAnswer    not_begun      AnswerWithdrawn   AnswerWithdrawn  AnswerWithdrawn+ResponseDue AnswerWithdrawn
SetPermission  not_begun      PermissionSet     PermissionSet    PermissionSet+ResponseDue PermissionSet
Pass           not_begun      PassedOn          PassedOn         over          over
MoveOn         not_begun      QuestionAsked     already_finished over          over
GoBack         not_begun      first_question    QuestionAsked    over          over
Pause          not_begun      Paused            already_finished over          over
Resume         not_begun      -                 already_finished over          over
TakeOver       host_is_here   host_is_here      host_is_here     over          over
Finish         not_begun      Finished          already_finished over          over
Reflect        not_begun      still_asking      Reflected        over          over
WithdrawReflection not_begun  -                 -                -             -
StepDown       HostLeft       HostLeft          HostLeft         over          over
Send           not_begun      still_asking      Closed+ResponseDue+ResponseDue over over
Cancel         Cancelled      Cancelled         Cancelled        over          over
Yes            nothing_to_confirm nothing_to_confirm nothing_to_confirm over over
SendMine       not_begun      still_asking      already_finished over          ResponseDue
SetCheckBack   not_begun      no_step_yet       no_step_yet      no_step_yet   no_step_yet
FollowUp       not_begun      no_check_back     no_check_back    no_check_back no_check_back
RemindMe       not_begun      remind_live       already_finished over          over
PostAgain      PostWanted     PostWanted        PostWanted       PostWanted    PostWanted
Tick           -              -                 -                over          over
"""

ROWS = [line.split() for line in EXPECTED.strip().splitlines()]
CASES = [
    pytest.param(stage, getattr(do, name), expected, id=f"{stage}-{name}")
    for name, *cells in ROWS
    for stage, expected in zip(Stage, cells, strict=True)
]


@pytest.mark.parametrize(("stage", "kind", "expected"), CASES)
def test_each_stage_answers_each_command(stage: Stage, kind: type[Command], expected: str) -> None:
    """What a command does at each stage is written down here; a refusal leaves the chat exactly as it was."""
    table = BY_STAGE[stage]()
    person, command = WHO_SAYS_WHAT[kind]
    before = table.chat

    try:
        events = table.play(person, command)  # type: ignore[arg-type]
    except NotNow as refusal:
        outcome = refusal.key
        assert table.chat == before
    else:
        outcome = "+".join(type(event).__name__ for event in events) or "-"

    assert outcome == expected


def test_the_table_knows_every_command() -> None:
    """A new command can't be added without saying what it does at each stage."""
    assert {row[0] for row in ROWS} == {kind.__name__ for kind in get_args(Command)}


def test_every_stage_has_its_row() -> None:
    """No stage is without a list of what is allowed in it, and nothing but Start is allowed nowhere."""
    assert set(ALLOWED) == set(Stage)
    everywhere = frozenset[type[Command]]().union(*ALLOWED.values())
    assert set(get_args(Command)) - everywhere == {do.Start}
