"""The command line: what it shows and how it refuses. The process itself is tested in tests/test_app.py."""

import asyncio
import os
import socket
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, NoReturn
from uuid import uuid4

import pytest
from sqlalchemy import create_engine, text
from typer.testing import CliRunner, Result

from adapters.cli import reports
from adapters.cli.commands import hoisted, main
from app import App, is_loopback
from bot.outbox import OutboxCount, Outgoing, Settlement, Status
from bot.ports import Counts, Transaction
from conversations.model import Stage
from storage.opening import OpenStore, open_store
from tests.logging_left import left_as_found

NOW = datetime(2026, 1, 5, 10, 0, tzinfo=UTC)
WORDS = "I was so tired"


@pytest.fixture(autouse=True)
def database(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """Keep chats in a temporary folder, and leave logging as it was found: the commands set it up."""
    for name in os.environ:
        if name.upper().startswith("TEAM_LEEDS_"):
            monkeypatch.delenv(name)
    monkeypatch.chdir(tmp_path)
    with left_as_found():
        yield tmp_path / "data" / "team-leeds.sqlite"


def invoke(*arguments: str) -> Result:
    """Run a command in this process."""
    return CliRunner().invoke(main, list(arguments), obj=lambda debug: App(debug=debug))


def said(*arguments: str) -> list[str]:
    """Run a command that works, and give the lines it prints."""
    result = invoke(*arguments)
    assert (result.exit_code, result.stderr) == (0, "")
    return result.stdout.splitlines()


def refused(*arguments: str) -> tuple[int, str]:
    """Run a command that does not work, and give its exit code and what it says."""
    result = invoke(*arguments)
    return result.exit_code, result.stderr


def with_store(database: Path, work: Callable[[OpenStore], Any]) -> Any:  # noqa: ANN401 -- whatever `work` returns
    """Do something to the database."""

    async def run() -> Any:  # noqa: ANN401 -- as above
        store = await open_store(database, fresh=uuid4)
        try:
            return await work(store)
        finally:
            await store.close()

    return asyncio.run(run())


def outgoing(key: str) -> Outgoing:
    """Make a row about a response for the embedded survey store."""
    return Outgoing(
        key=key,
        lane=f"embedded:{key}",
        gate="embedded",
        effect={"do": "forward", "destination": "embedded", "subject": key},
        due_at=NOW - timedelta(hours=3),
        priority=20,
    )


@pytest.fixture
def dead(database: Path) -> tuple[int, ...]:
    """Give two rows that were given up, beside one that waits."""

    def add(tx: Transaction) -> None:
        tx.outbox.add([outgoing("first"), outgoing("second")])
        for claim in tx.outbox.claim(NOW, timedelta(seconds=30), 9, lambda _: None):
            tx.outbox.settle(claim, Settlement(status=Status.DEAD, reason="poison data"), NOW)
        tx.outbox.add([outgoing("third")])

    with_store(database, lambda store: store.transact(add))
    lines = with_store(database, lambda store: store.read(lambda tx: tx.outbox.listed([Status.DEAD], 9)))
    return tuple(line.id for line in lines)


def statuses(database: Path) -> dict[str, str]:
    """Say where every row of the outbox stands, by key."""
    lines = with_store(database, lambda store: store.read(lambda tx: tx.outbox.listed(Status, 99)))
    return {line.key: str(line.status) for line in lines}


def audit(database: Path) -> Sequence[tuple[str, str, str, str | None]]:
    """Read the audit: who, what, about what, why."""
    engine = create_engine(f"sqlite:///{database}")
    with engine.connect() as connection:
        rows = connection.execute(text("SELECT who, action, about, why FROM audit ORDER BY id")).all()
    engine.dispose()
    return [(row[0], row[1], row[2], row[3]) for row in rows]


ME = f"uid:{os.getuid()}"


# --- status ------------------------------------------------------------------------------------------------------


def test_status_before_the_first_chat() -> None:
    """Nothing there is said in words."""
    assert said("status") == [
        "Chats",
        "  none yet",
        "People who took part",
        "  fewer than 5",
        "Deliveries",
        "  nothing waits, nothing failed",
    ]


@pytest.mark.usefixtures("dead")
def test_status_shows_what_waits_and_what_failed() -> None:
    """Whoever looks after deliveries sees what is old."""
    lines = said("status")

    assert [line.rpartition(",")[0] for line in lines[5:]] == [
        "  forward to embedded: 1 waiting",
        "  forward to embedded: 2 failed",
    ]
    assert all("the oldest for" in line for line in lines[5:])


def test_status_names_stages_in_the_order_of_a_chat() -> None:
    """A chat that is over comes last; what is not due yet has no age."""
    later = OutboxCount(kind="direct", destination="console:terminal", status=Status.READY, count=2, oldest_due_at=None)
    sent = OutboxCount(kind="say", destination="console:terminal", status=Status.SENT, count=9, oldest_due_at=NOW)
    counts = Counts({Stage.CLOSED: 3, Stage.ASKING: 1}, 7, [later, sent])

    assert reports.status(counts, NOW) == [
        "Chats",
        "  asking: 1",
        "  closed: 3",
        "People who took part",
        "  5 to 10",
        "Deliveries",
        "  direct to console:terminal: 2 waiting, none due yet",
    ]


@pytest.mark.parametrize(
    ("people", "band"),
    [(0, "fewer than 5"), (4, "fewer than 5"), (5, "5 to 10"), (10, "5 to 10"), (11, "11 to 20"), (20, "11 to 20"),
     (21, "over 20"), (5000, "over 20")],
)  # fmt: skip
def test_people_are_counted_in_bands(people: int, band: str) -> None:
    """Nobody can be counted out of a small team."""
    assert reports.band(people) == band


@pytest.mark.parametrize(
    ("span", "words"),
    [
        (timedelta(seconds=-5), "less than a minute"),
        (timedelta(seconds=59), "less than a minute"),
        (timedelta(minutes=1), "1 minute"),
        (timedelta(minutes=59), "59 minutes"),
        (timedelta(minutes=119), "1 hour"),
        (timedelta(days=2, hours=5), "2 days"),
    ],
)
def test_ages_are_said_in_their_largest_unit(span: timedelta, words: str) -> None:
    """An age is to be taken in at a glance."""
    assert reports.age(span) == words


# --- outbox ------------------------------------------------------------------------------------------------------


def test_list_shows_what_is_not_done(dead: tuple[int, ...]) -> None:
    """Ids, reasons and ages, and never a word of anybody."""
    lines = said("outbox", "list")

    assert lines[0].split() == ["id", "status", "kind", "destination", "attempts", "due", "(UTC)", "reason", "key"]
    assert [line.split()[0] for line in lines[1:3]] == [str(id_) for id_ in dead]
    assert lines[1].endswith("dead    forward  embedded     1         2026-01-05 10:00  poison data  first")
    assert len(lines) == 4


@pytest.mark.usefixtures("dead")
def test_list_shows_the_statuses_that_are_asked_for() -> None:
    """Each status can be looked at, several together too."""
    assert [line.split()[-1] for line in said("outbox", "list", "--status", "ready")[1:]] == ["third"]
    assert said("outbox", "list", "--status", "sent", "--status", "expired") == ["There is nothing to show."]


def test_replay_tries_again_and_is_in_the_audit(dead: tuple[int, ...], database: Path) -> None:
    """The same row under the same key, and who did it."""
    assert said("outbox", "replay", str(dead[1])) == ["1 of 1 will be tried again."]

    assert statuses(database) == {"first": "dead", "second": "ready", "third": "ready"}
    assert audit(database) == [(ME, "outbox_replayed", f"outbox:{dead[1]}", None)]


def test_one_row_is_shown_whole(dead: tuple[int, ...]) -> None:
    """Why it failed, how often it was tried and since when it waits: ids and classes, no words."""
    shown = dict(line.split(maxsplit=1) for line in said("outbox", "show", str(dead[0])) if not line.startswith("due "))

    assert (shown["key"], shown["status"], shown["destination"]) == ("first", "dead", "embedded")
    assert "ago" in next(line for line in said("outbox", "show", str(dead[0])) if line.startswith("due at first"))


def test_a_row_that_is_not_there_is_said(dead: tuple[int, ...]) -> None:
    """Nobody reads an empty table as "all is well"."""
    assert refused("outbox", "show", f"{dead[-1] + 99}") == (
        1,
        f"There is no row {dead[-1] + 99}: see `outbox list`.\n",
    )


def test_one_destination_is_listed_and_replayed_by_itself(dead: tuple[int, ...], database: Path) -> None:
    """Whoever mends one survey store need not wake another."""
    assert said("outbox", "list", "--destination", "webhook") == ["There is nothing to show."]
    assert said("outbox", "replay", "--all-dead", "--destination", "webhook") == ["0 will be tried again."]
    assert said("outbox", "replay", "--all-dead", "--destination", "embedded") == [f"{len(dead)} will be tried again."]
    assert refused("outbox", "replay", "1", "--destination", "embedded")[0] == 2

    assert set(statuses(database).values()) == {"ready"}


def test_replay_of_all_that_is_dead(dead: tuple[int, ...], database: Path) -> None:
    """After an outage one command is enough."""
    assert said("outbox", "replay", "--all-dead") == ["2 will be tried again."]
    assert said("outbox", "replay", "--all-dead") == ["0 will be tried again."]

    assert set(statuses(database).values()) == {"ready"}
    assert [about for _, _, about, _ in audit(database)] == [f"outbox:{id_}" for id_ in dead]


def test_what_cannot_be_replayed_is_said(dead: tuple[int, ...], database: Path) -> None:
    """Half done is not done: the exit code says so, and what could be done was."""
    code, said_ = refused("outbox", "replay", str(dead[0]), "999")

    assert (code, said_) == (1, "Only what is dead, unknown or expired can be tried again: see `outbox list`.\n")
    assert statuses(database)["first"] == "ready"


@pytest.mark.parametrize("arguments", [("replay",), ("replay", "1", "--all-dead"), ("discard", "1", "--why", " ")])
def test_half_a_command_is_refused(arguments: tuple[str, ...]) -> None:
    """A mistyped command does nothing: exit code 2."""
    assert refused("outbox", *arguments)[0] == 2


def test_discard_needs_a_reason_and_keeps_it(dead: tuple[int, ...], database: Path) -> None:
    """What is given up by hand can be explained later."""
    assert refused("outbox", "discard", str(dead[0]))[0] == 2
    assert said("outbox", "discard", str(dead[0]), "--why", "sent by hand") == ["1 of 1 discarded."]

    assert statuses(database)["first"] == "cancelled"
    assert audit(database) == [(ME, "outbox_discarded", "first", "sent by hand")]
    assert refused("outbox", "discard", str(dead[0]), "--why", "again")[0] == 1


# --- guides, db --------------------------------------------------------------------------------------------------


def test_guides_check_lists_what_is_right() -> None:
    """The guides that ship are right."""
    assert said("guides", "check") == [
        "team-leeds, version 1: Team Leeds Hearts and Minds. 4 questions, 30 minutes.",
        "team-leeds-today, version 1: Team Leeds today. 4 questions, 30 minutes.",
    ]


def test_guides_check_says_where_a_file_is_wrong(tmp_path: Path) -> None:
    """Who writes a guide learns the file, the line and what to do."""
    (tmp_path / "mine.yaml").write_text("key: mine\nversion: one\n")

    code, said_ = refused("guides", "check", str(tmp_path))

    assert (code, said_.count("\n")) == (1, 1)
    assert "mine.yaml, line" in said_


def test_a_guide_of_ours_cannot_be_replaced_in_silence(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Answers to one wording are never filed under another."""
    shipped = Path(__file__).parents[2] / "conversations" / "guides" / "team-leeds.yaml"
    own = tmp_path / "guides"
    own.mkdir()
    (own / "mine.yaml").write_text(shipped.read_text())
    monkeypatch.setenv("TEAM_LEEDS_GUIDES_DIR", str(own))

    assert "‘team-leeds’ version 1 comes with the bot; raise the version" in refused("guides", "check")[1]

    (own / "mine.yaml").write_text(shipped.read_text().replace("version: 1", "version: 2"))
    assert [line.partition(":")[0] for line in said("guides", "check")] == [
        "team-leeds, version 1",
        "team-leeds-today, version 1",
        "team-leeds, version 2",
    ]


def test_upgrade_makes_the_database(database: Path) -> None:
    """A database can be made ready before anything is started."""
    assert said("db", "upgrade") == ["The database is up to date."]
    assert database.exists()


# --- refusals ----------------------------------------------------------------------------------------------------


def test_a_wrong_setting_stops_every_command(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing runs on settings that nobody meant."""
    monkeypatch.setenv("TEAM_LEEDS_PROT", "3978")

    assert refused("status") == (
        1,
        "TEAM_LEEDS_PROT is not a setting; did you mean TEAM_LEEDS_PORT? docs/settings.md lists them.\n",
    )


def test_a_database_that_is_none_is_one_sentence(database: Path) -> None:
    """Not a traceback."""
    database.parent.mkdir()
    database.write_text("this is no database" * 100)

    code, said_ = refused("status")

    assert (code, said_.count("\n")) == (1, 1)
    assert str(database.relative_to(Path.cwd())) in said_


ANYWHERE = "0.0.0.0"  # noqa: S104 -- it is refused
TERMS = {"CONTROLLER": "Leeds", "CONTACT": "0113", "NOTICE_URL": "https://example.org"}
DAYS = {
    "KEEP_LINK_DAYS": "90",
    "KEEP_WORDS_DAYS": "730",
    "KEEP_CONTACT_DAYS": "30",
    "KEEP_AUDIT_DAYS": "365",
    "KEEP_TRAFFIC_DAYS": "30",
}


@pytest.mark.parametrize(
    ("host", "inside"),
    [("127.0.0.1", True), ("127.8.8.8", True), ("::1", True), ("localhost", True), (ANYWHERE, False), ("::", False),
     ("10.0.0.1", False), ("example.org", False), ("localhost.example.org", False)],
)  # fmt: skip
def test_only_loopback_is_this_machine(host: str, *, inside: bool) -> None:
    """Whatever might be reached by others needs a controller."""
    assert is_loopback(host) is inside


@pytest.mark.parametrize(
    ("settings", "missing"),
    [
        ({}, "first set TEAM_LEEDS_CONTROLLER, TEAM_LEEDS_CONTACT, TEAM_LEEDS_NOTICE_URL, TEAM_LEEDS_KEEP_LINK_DAYS"),
        (
            TERMS,
            f"first set TEAM_LEEDS_KEEP_LINK_DAYS, {', '.join(f'TEAM_LEEDS_{name}' for name in [*DAYS][1:])}; docs",
        ),
        (TERMS | DAYS | {"CONTACT": ""}, "first set TEAM_LEEDS_CONTACT; docs"),
    ],
)
def test_serving_others_needs_a_controller_and_decisions(
    settings: dict[str, str], missing: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Beyond this machine somebody answers for the words and has decided how long they are kept: a default is none."""
    for name, value in settings.items():
        monkeypatch.setenv(f"TEAM_LEEDS_{name}", value)

    code, said_ = refused("serve", "--host", ANYWHERE)

    assert (code, said_.count("\n")) == (1, 1)
    assert said_.startswith("To be reached at 0.0.0.0, ")
    assert missing in said_


def test_without_authentication_nobody_else_is_served(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever else is set: beyond this machine anybody could pretend to be Teams."""
    for name, value in (TERMS | DAYS | {"TEAMS_AUTH": "off"}).items():
        monkeypatch.setenv(f"TEAM_LEEDS_{name}", value)

    code, said_ = refused("serve", "--host", ANYWHERE)

    assert (code, said_.count("\n")) == (1, 1)
    assert said_.startswith("To be reached at 0.0.0.0, first take out TEAM_LEEDS_TEAMS_AUTH=off: ")


def test_an_address_that_cannot_be_listened_on_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    """A port that is taken, or an address that is another machine's."""
    for name, value in (TERMS | DAYS).items():
        monkeypatch.setenv(f"TEAM_LEEDS_{name}", value)
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]

        assert f"127.0.0.1, port {port} can't be listened on" in refused("serve", "--port", str(port))[1]
    assert "192.0.2.1, port 0 can't be listened on" in refused("serve", "--host", "192.0.2.1", "--port", "0")[1]


def test_a_default_guide_that_is_none_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    """Who mistypes it learns which there are, at the start and not at the first chat."""
    monkeypatch.setenv("TEAM_LEEDS_DEFAULT_GUIDE", "team-leds")

    assert refused("chat") == (
        1,
        "TEAM_LEEDS_DEFAULT_GUIDE must be the key of a guide: team-leeds, team-leeds-today.\n",
    )


class Broken(App):
    """The program with a bug."""

    def guides(self, folder: Path | None) -> NoReturn:
        raise ValueError(f"can't make sense of {WORDS!r} in {folder}")


def test_a_bug_is_told_without_its_text() -> None:
    """Who meets a bug is asked to report it; what people wrote stays out of the report."""
    result = CliRunner().invoke(main, ["guides", "check"], obj=lambda debug: Broken(debug=debug))

    assert result.exit_code == 1
    assert "This is a mistake in the program (ValueError in test_cli.py:" in result.stderr
    assert WORDS not in result.output


def test_debug_shows_a_traceback() -> None:
    """Who looks for the bug may see everything."""
    result = CliRunner().invoke(main, ["--debug", "guides", "check"], obj=lambda debug: Broken(debug=debug))

    assert "Traceback" in result.stderr
    assert WORDS in result.stderr


def test_debug_may_stand_anywhere() -> None:
    """People add it at the end of the line that failed."""
    assert hoisted(["guides", "check", "--debug"]) == ["--debug", "guides", "check"]
    assert hoisted(["guides", "check"]) == ["guides", "check"]


@pytest.mark.parametrize("command", ["", "outbox", "guides", "db"])
def test_every_group_says_what_it_can_do(command: str) -> None:
    """Whoever types half a command is shown the rest."""
    result = invoke(*command.split(), "--help")

    assert result.exit_code == 0
    assert "Commands:" in result.stdout
