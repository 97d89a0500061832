"""What organisers do by command line: who organises, rooms, campaigns, calendars; and each thing they can get wrong."""

import asyncio
import csv
import os
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from uuid import UUID, uuid4

import pytest
from sqlalchemy import create_engine, text
from typer.testing import CliRunner, Result

from adapters.cli.commands import main
from app import App
from bot.outside import Address
from bot.ports import Transaction
from bot.timetable import arranged
from conversations.model import Calendar, Pace, Room
from conversations.scheduling import Plan, Repeat, Schedule
from storage.opening import open_store
from tests.logging_left import left_as_found

NOW = datetime(2026, 11, 23, 10, 0, tzinfo=UTC)
ME = f"uid:{os.getuid()}"
AT = "Monday 7 December 2026 9:30am"
HEAD = "platform,workspace,room,team,organisation"


@pytest.fixture(autouse=True)
def database(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """Keep chats in a temporary folder, for a Slack of one workspace; leave logging as it was found."""
    for name in os.environ:
        if name.upper().startswith("TEAM_LEEDS_"):
            monkeypatch.delenv(name)
    monkeypatch.setenv("TEAM_LEEDS_SLACK_SIGNING_SECRET", "s")
    monkeypatch.setenv("TEAM_LEEDS_SLACK_BOT_TOKEN", "xoxb-1")
    monkeypatch.chdir(tmp_path)
    with left_as_found():
        yield tmp_path / "data" / "team-leeds.sqlite"


def invoke(*arguments: str) -> Result:
    """Run a command in this process, on that Monday."""
    return CliRunner().invoke(main, list(arguments), obj=lambda debug: App(debug=debug, clock=lambda: NOW))


def said(*arguments: str) -> list[str]:
    """Run a command that works, and give the lines it prints."""
    result = invoke(*arguments)
    assert (result.exit_code, result.stderr) == (0, "")
    return result.stdout.splitlines()


def refused(*arguments: str) -> str:
    """Run a command that is refused, and give what it says."""
    result = invoke(*arguments)
    assert result.exit_code == 1
    return result.stderr.rstrip("\n")


def audit(database: Path) -> Sequence[tuple[str, str, str]]:
    """Read the audit: who, what, about what."""
    engine = create_engine(f"sqlite:///{database}")
    with engine.connect() as connection:
        rows = connection.execute(text("SELECT who, action, about FROM audit ORDER BY id")).all()
    engine.dispose()
    return [(row[0], row[1], row[2]) for row in rows]


def join(database: Path, *names: str, workspace: str = "T1", team: str = "Ward 7", host: bool = True) -> list[Room]:
    """Let somebody join rooms."""

    def work(tx: Transaction) -> list[Room]:
        rooms = []
        for name in names:
            room = tx.chats.lock_room(Address("slack", workspace, name), "Europe/London")
            ana = tx.chats.person(Address("slack", workspace, "U1"))
            rooms.append(
                replace(room, organisation="Leeds Trust", team=team, host=ana if host else None, joined_at=NOW)
            )
            tx.chats.join_room(rooms[-1])
        return rooms

    async def run() -> list[Room]:
        database.parent.mkdir(exist_ok=True)
        store = await open_store(database, fresh=uuid4)
        rooms = await store.transact(work)
        await store.close()
        return rooms

    return asyncio.run(run())


def plan(database: Path, *rooms: Room) -> None:
    """Plan a chat each Monday in rooms."""
    first = datetime(2026, 11, 30, 9, 30)  # noqa: DTZ001 -- a wall-clock time
    mondays = Plan(guide="team-leeds", pace=Pace.LIVE, first=first, repeat=Repeat.WEEKLY)

    def work(tx: Transaction) -> None:
        for room in rooms:
            made = Schedule(id=uuid4(), room=room.id, plan=mondays, host=room.host)
            tx.schedules.keep(arranged(made, Calendar("Europe/London"), NOW), NOW)

    async def run() -> None:
        store = await open_store(database, fresh=uuid4)
        await store.transact(work)
        await store.close()

    asyncio.run(run())


def rooms_file(*lines: str, head: str = HEAD) -> str:
    """Write a file of rooms."""
    Path("rooms.csv").write_text("\n".join([head, *lines, ""]), encoding="utf-8")
    return "rooms.csv"


def campaign(*options: str, rooms: str = "rooms.csv", at: str = AT) -> list[str]:
    """The words of a command for a campaign."""
    return ["campaign", "--rooms", rooms, "--guide", "team-leeds", "--at", at, *options]


# --- who organises -----------------------------------------------------------------------------------------------


def test_organisers_are_added_listed_and_removed(database: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """In their own workspace, in others, or everywhere; each change is in the audit, once."""
    monkeypatch.setenv("TEAM_LEEDS_ORGANISERS", "slack:T9:U9")
    first = said("organiser", "add", "slack:T1:U1")
    again = said("organiser", "add", "slack:T1:U1")
    more = said("organiser", "add", "slack:T1:U1", "--in", "T2", "--in", "T3")
    analyst = said("organiser", "add", "console:terminal:Ben", "--analyst", "--everywhere")
    listed = said("organiser", "list")
    one = said("organiser", "remove", "slack:T1:U1", "--in", "T2")
    rest = said("organiser", "remove", "slack:T1:U1")

    assert first == ["slack:T1:U1 organises in T1."]
    assert again == ["slack:T1:U1 organises in T1 already; nothing was changed."]
    assert more == ["slack:T1:U1 organises in T2.", "slack:T1:U1 organises in T3."]
    assert analyst == ["console:terminal:ben is an analyst everywhere."]
    assert [line.split(maxsplit=3) for line in listed[1:]] == [
        ["slack:T9:U9", "organiser", "T9", "the settings"],
        ["console:terminal:ben", "analyst", "everywhere", "organiser add"],
        *(["slack:T1:U1", "organiser", where, "organiser add"] for where in ("T1", "T2", "T3")),
    ]
    assert one == ["slack:T1:U1 organises no longer in T2."]
    assert rest == ["slack:T1:U1 organises no longer in T1.", "slack:T1:U1 organises no longer in T3."]
    assert audit(database) == [
        (ME, "organiser_added", "slack:T1:U1 T1"),
        (ME, "organiser_added", "slack:T1:U1 T2"),
        (ME, "organiser_added", "slack:T1:U1 T3"),
        (ME, "analyst_added", "console:terminal:ben everywhere"),
        (ME, "organiser_removed", "slack:T1:U1 T2"),
        (ME, "organiser_removed", "slack:T1:U1 T1"),
        (ME, "organiser_removed", "slack:T1:U1 T3"),
    ]


def test_analysts_are_listed_beside_organisers(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever the settings name, and whoever was added; to take out whom the settings name, it says where."""
    monkeypatch.setenv("TEAM_LEEDS_ORGANISERS", "slack:T9:U9")
    monkeypatch.setenv("TEAM_LEEDS_ANALYSTS", "slack:T9:U9,slack:T1:U1")
    said("organiser", "add", "slack:T1:U1", "--analyst", "--in", "T2")

    listed = said("organiser", "list")
    removed = invoke("organiser", "remove", "slack:T1:U1", "--analyst")

    assert [line.split(maxsplit=3) for line in listed[1:]] == [
        ["slack:T9:U9", "organiser", "T9", "the settings"],
        ["slack:T1:U1", "analyst", "T1", "the settings"],
        ["slack:T9:U9", "analyst", "T9", "the settings"],
        ["slack:T1:U1", "analyst", "T2", "organiser add"],
    ]
    assert removed.stdout == "slack:T1:U1 is an analyst no longer in T2.\n"
    assert removed.stderr == "The settings name slack:T1:U1 too: take them out of TEAM_LEEDS_ANALYSTS.\n"


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (("add", "U1"), "‘U1’ names nobody: write slack:TEAM:USER, teams:TENANT:OBJECT or console:terminal:NAME."),
        (("add", "slack:T1:C1"), "‘slack:T1:C1’ names nobody"),
        (("add", "teams:leeds:ana"), "‘teams:leeds:ana’ names nobody"),
        (("add", "slack:T1:U1", "--in", "leeds"), "‘leeds’ is no workspace of slack: name it by its id, like T1."),
        (("add", "slack:T1:U1", "--in", "T2", "--everywhere"), "Say --everywhere or --in, not both."),
        (("remove", "slack:T1:U1"), "slack:T1:U1 was not given that; `organiser list` shows who was."),
    ],
)
def test_what_names_nobody_is_refused(arguments: tuple[str, ...], says: str) -> None:
    """In one sentence, before anything is changed."""
    assert refused("organiser", *arguments).startswith(says)


def test_who_is_named_by_the_settings_is_not_removed(monkeypatch: pytest.MonkeyPatch) -> None:
    """They would go on organising: the command says where they are named."""
    monkeypatch.setenv("TEAM_LEEDS_ORGANISERS", "slack:T1:U1")

    assert "take them out of TEAM_LEEDS_ORGANISERS" in refused("organiser", "remove", "slack:T1:U1")


def test_nobody_organises_at_first() -> None:
    """Said in words."""
    assert said("organiser", "list") == ["Nobody organises yet: `organiser add` lets somebody."]


# --- rooms -------------------------------------------------------------------------------------------------------


def test_rooms_are_exported_for_a_campaign(database: Path) -> None:
    """A line a room, without anybody; what a spreadsheet would take for a formula is text."""
    join(database, "C1", team="=1+1")
    join(database, "C2", team="Ward 8, East")
    printed = said("rooms", "export")
    told = said("rooms", "export", "--out", "rooms.csv")
    with Path("rooms.csv").open(encoding="utf-8", newline="") as file:
        lines = sorted(csv.reader(file))

    assert told == ["2 rooms are in rooms.csv."]
    assert printed[0] == HEAD
    assert lines == [
        HEAD.split(","),
        ["slack", "T1", "C1", "'=1+1", "Leeds Trust"],
        ["slack", "T1", "C2", "Ward 8, East", "Leeds Trust"],
    ]
    assert audit(database) == [(ME, "rooms_exported", "all")] * 2
    assert refused("rooms", "export", "--out", "rooms.csv").startswith("‘rooms.csv’ is there already")
    assert said("rooms", "export", "--out", "rooms.csv", "--force") == told
    assert said(*campaign("--rehearse"))[-1] == "Every room can be reached."


def test_nothing_is_written_to_a_folder(tmp_path: Path) -> None:
    """Nor where nobody may write."""
    assert refused("rooms", "export", "--out", str(tmp_path)).endswith("is a folder: name a file in it with --out.")
    assert "nothing was" in refused("rooms", "export", "--out", "nowhere/rooms.csv")


# --- calendars ---------------------------------------------------------------------------------------------------


def test_schedules_are_exported_for_calendars(database: Path) -> None:
    """Of all workspaces, or of those that are named."""
    plan(database, *join(database, "C1"), *join(database, "C2", workspace="T2"))
    every = said("schedules", "export")
    one = said("schedules", "export", "--out", "t2.ics", "--workspace", "T2")

    assert every == ["2 schedules are in schedules.ics."]
    assert one == ["1 schedule is in t2.ics."]
    assert Path("schedules.ics").read_text(encoding="utf-8").count("BEGIN:VEVENT") == 2
    assert "slack T2 C2" in Path("t2.ics").read_text(encoding="utf-8")
    assert refused("schedules", "export").startswith("‘schedules.ics’ is there already")
    assert audit(database) == [(ME, "schedules_exported", "all"), (ME, "schedules_exported", "T2")]


# --- campaigns ---------------------------------------------------------------------------------------------------


def test_a_rehearsal_shows_the_plan_and_keeps_nothing(database: Path) -> None:
    """Who, how many, when, how fast, and that nothing stands in the way."""
    join(database, "C1", "C2", "C3")
    join(database, "C4", host=False)
    rooms_file(*(f"slack,T1,C{n}," for n in range(1, 5)), head="platform,workspace,room,team")
    shown = said(*campaign("--rehearse", "--spread", "2h"))

    assert shown[0] == "Rehearsal: nothing is sent, and nothing is written."
    assert "Guide     Team Leeds Hearts and Minds (team-leeds, version 1)" in shown
    assert any(line.startswith("Rooms     4 of 4 in 1 workspace; 1 have no host") for line in shown)
    assert any(line.startswith("When      Monday 7 December 2026, 9:30am to 1") for line in shown)
    assert any(line.startswith("Told      a day before, from Sunday 6 December 2026, 9:") for line in shown)
    assert any(line.split()[:5] == ["slack", "T1", "4", "1", "240"] for line in shown)
    assert said("campaign", "list") == ["There is no campaign yet."]
    assert audit(database) == []


def test_a_campaign_is_begun_shown_and_cancelled(database: Path) -> None:
    """With its id, and each time in the audit."""
    join(database, "C1", "C2")
    rooms_file("slack,T1,C1,,", "slack,T1,C2,,", "slack,T1,C3,,")
    begun = said(*campaign("--leave-out", "--reminder", "none"))
    id_ = UUID(begun[-2].split()[1])
    listed = said("campaign", "list")
    shown = said("campaign", "show", str(id_)[:6])
    every = said("campaign", "show", str(id_), "--every-room")
    again = refused(*campaign("--leave-out"))
    cancelled = said("campaign", "cancel", str(id_))
    twice = refused("campaign", "cancel", str(id_))

    assert begun[-2].endswith("is planned, in 2 rooms.")
    assert listed[1].split() == [str(id_)[:8], "2026-12-07", "09:30", "Europe/London", "team-leeds", "live", "2", "-"]
    assert shown[1:] == ["  waiting: 2", "  started: 0", "  skipped: 0", "  failed: 0"]
    assert sorted(line.split(",")[2] for line in every[1:]) == ["C1", "C2"]
    assert again.startswith(f"2 rooms of these begin a campaign on that day already: {str(id_)[:8]}.")
    assert cancelled == ["2 chats will not begin. What has begun goes on."]
    assert twice == "It was cancelled before; nothing was changed."
    assert "    cancelled: 2 (slack T1 C" in "\n".join(said("campaign", "show", str(id_)))
    assert audit(database) == [
        (ME, "campaign_begun", f"{id_} 2 rooms"),
        (ME, "campaign_cancelled", f"{id_} 2 chats"),
    ]


@pytest.mark.parametrize(
    ("lines", "says"),
    [
        (["slack,T1,C1,,", "slack,T1,C1,,"], "line 3: the same room as in line 2.\n"),
        (["slack,T1,,,"], "line 2: room is empty"),
        (["slack,T1"], "line 2: it has 2 cells, and the first line has 5.\nNothing was written."),
        (["slack;T1;C1;;"], "line 2: it has 1 cell, and the first line has 5.\n"),
        (["sms,T1,C1,,"], "line 2: ‘sms’ is no platform: it is slack, teams or console"),
        (["slack,leeds,C1,,"], "line 2: ‘leeds’ is no workspace of slack: it is an id, as `rooms export` writes it.\n"),
        (["teams,T1,C1,,"], "line 2: ‘T1’ is no workspace of teams"),
        (["", 'slack,T1,"C1\nx",,', "slack,,C2,,"], "line 5: workspace is empty"),
        ([f"slack,T1,{'C' * 501},,"], "line 2: room is too long"),
        (["sms,T1,C1,,"] * 7, "2 more lines are wrong.\nNothing"),
        (["sms,T1,C1,,"] * 6, "1 more line is wrong.\nNothing"),
        ([], "rooms.csv names no room."),
        (['slack,T1,"C1'], "rooms.csv is not CSV ("),
    ],
)
def test_a_wrong_line_is_named(lines: list[str], says: str, database: Path) -> None:
    """With what is wrong in it; nothing is written."""
    rooms_file(*lines)

    assert says in refused(*campaign())
    assert not database.exists()


@pytest.mark.parametrize(
    ("written", "says"),
    [
        (b"room,team\nC1,x\n", "rooms.csv, line 1: there is no column ‘platform’; the first line must be plat"),
        (b"platform,workspace,room,person\n", "rooms.csv, line 1: there is a column ‘person’; the first line must be"),
        (b"platform,workspace,room,room\n", "rooms.csv, line 1: there are two columns ‘room’; the first line must be"),
        (b"platform;workspace;room\n", "rooms.csv, line 1: there are no commas between the columns; the first line"),
        (b"", "rooms.csv, line 1: it is empty; the first line must be platform,workspace,room,team,organisation."),
        (b"platform,workspace,room\nslack,T1,\xff\n", "rooms.csv is not UTF-8: save it as “CSV UTF-8”."),
    ],
)
def test_a_wrong_file_is_refused(written: bytes, says: str) -> None:
    """As a whole."""
    Path("rooms.csv").write_bytes(written)

    assert refused(*campaign()).startswith(says)


def test_a_file_as_spreadsheets_save_it_is_read(database: Path) -> None:
    """With a mark at its start, line ends of its own, and empty lines at its end."""
    join(database, "C1")
    Path("rooms.csv").write_bytes("\ufeffPlatform,Workspace,Room\r\nslack, T1 ,C1\r\n,,\r\n".encode())

    assert said(*campaign("--rehearse"))[-1] == "Every room can be reached."


@pytest.mark.parametrize(
    ("options", "at", "says"),
    [
        ((), "soon", "--at must be a day and a time, like “Monday 7 December 2026 9:30am”."),
        ((), "7 Dec", "--at: At what time of day?"),
        ((), "Monday 8 December 2026 9:30am", "--at: That date is Tuesday 8 December 2026."),
        ((), "1 November 2026 9:30am", "--at: That time is already past."),
        ((), "25 December 2026 9:30am", "Friday 25 December 2026 is a bank holiday: choose another day."),
        (("--spread", "foo"), AT, "--spread must be a length of time up to 7 days, like 2h, 45m or 1h30m."),
        (("--spread", ""), AT, "--spread must be a length of time"),
        (("--spread", "8d"), AT, "--spread must be a length of time"),
        (("--guide", "nothing"), AT, "--guide must be one of team-leeds, team-leeds-today."),
    ],
)
def test_what_cannot_be_is_refused(options: tuple[str, ...], at: str, says: str, database: Path) -> None:
    """In a sentence that says what to do; nothing is planned."""
    join(database, "C1")
    rooms_file("slack,T1,C1,,")

    assert refused(*campaign(*options, at=at)).startswith(says)
    assert said("campaign", "list") == ["There is no campaign yet."]


def test_a_spread_that_is_too_short_says_how_long_it_has_to_be(database: Path) -> None:
    """At the rate that the platform takes."""
    join(database, *(f"C{n}" for n in range(500)))
    rooms_file(*(f"slack,T1,C{n},," for n in range(500)))

    assert "so many rooms take 3 minutes at the rates that are allowed." in refused(*campaign("--spread", "2m"))
    assert said(*campaign("--spread", "3m"))[-2].endswith("is planned, in 500 rooms.")


def test_rooms_that_cannot_be_reached_are_left_out_only_when_that_is_said(database: Path) -> None:
    """The rehearsal names their lines, and the reasons."""
    join(database, "C1")
    rooms_file("slack,T1,C1,,", "slack,T1,C9,,", "teams,12345678-90ab-cdef-1234-567890abcdef,19:x,,")
    rehearsed = invoke(*campaign("--rehearse"))

    assert rehearsed.exit_code == 1
    assert rehearsed.stderr.startswith("It would be refused.\n2 rooms can't be reached")
    assert rehearsed.stdout.splitlines()[-3:] == [
        "2 rooms can’t be reached:",
        "  nobody has joined the room: 1 (line 3)",
        "  no app of that name is set up here: 1 (line 4)",
    ]
    assert refused(*campaign()).startswith("2 rooms can't be reached: take them out, or add --leave-out.")
    assert said(*campaign("--leave-out"))[-2].endswith("is planned, in 1 room.")


def test_support_entries_have_to_last_until_the_end(
    database: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The rehearsal and the campaign are refused, and say which."""
    join(database, "C1")
    rooms_file("slack,T1,C1,,")
    support = tmp_path / "support.yaml"
    support.write_text(
        "entries:\n- name: Listening line\n  for_whom: all\n  contact: '0113'\n  hours: 9 to 5\n  owner: Dev\n"
        "  checked_on: 2026-01-05\n  expires_on: 2026-12-06\n  scope: local\n"
    )
    monkeypatch.setenv("TEAM_LEEDS_SUPPORT_FILE", str(support))
    rehearsed = invoke(*campaign("--rehearse"))

    assert "‘Listening line’ (Sunday 6 December 2026); check them" in rehearsed.stderr
    assert "Support   ‘Listening line’ expires on Sunday 6 December 2026" in rehearsed.stdout
    assert "Support entries expire before it ends" in refused(*campaign())
    assert said("campaign", "list") == ["There is no campaign yet."]


def test_a_rehearsal_of_many_rooms_is_a_page(database: Path) -> None:
    """Totals and exceptions: somebody reads it before 3,000 teams are written to."""
    for n in range(30):
        join(database, *(f"C{m}" for m in range(10)), workspace=f"T{n}")
    rooms_file(*(f"slack,T{n},C{m},," for n in range(30) for m in range(12)))
    shown = invoke(*campaign("--rehearse")).stdout.splitlines()

    assert len(shown) < 32
    assert any(line.startswith("and 18 smaller workspaces") for line in shown)
    assert shown[-1].startswith("  nobody has joined the room: 60 (lines 12, 13, 24, 25, 36 and 55 more)")


def test_a_campaign_that_is_not_there_is_refused() -> None:
    """As one whose id is not told whole enough, and one without its options."""
    assert refused("campaign", "show", "77") == "There is no such campaign; `campaign list` shows them."
    assert refused("campaign", "cancel", " ") == "There is no such campaign; `campaign list` shows them."
    assert refused("campaign").startswith("Say --rooms and --at")
    assert refused("campaign", "--rooms", "nowhere.csv", "--at", AT, "--guide", "team-leeds") == (
        "nowhere.csv can't be read (No such file or directory)."
    )


SPANS = ("90m", "1h30m", "1h 30min", "1H30M", "90 minutes", "1 hour 30 minutes")


def test_spreads_are_read_as_people_write_them(database: Path) -> None:
    """Hours, minutes, both."""
    join(database, "C1", "C2")
    rooms_file("slack,T1,C1,,", "slack,T1,C2,,")
    shown = [said(*campaign("--rehearse", "--spread", span)) for span in SPANS]

    assert shown[1:] == shown[:1] * (len(SPANS) - 1)
