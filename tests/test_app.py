"""The program as a process: exit codes, signals, waiting for a database, and starting quickly."""

import csv
import json
import os
import signal
import stat
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO
from urllib.error import HTTPError
from urllib.request import urlopen

import pytest

from tests.postgres import PostgresServer

ROOT = Path(__file__).parent.parent
COMMAND = [sys.executable, str(ROOT / "app.py")]
TRANSCRIPT = ROOT / "tests" / "transcripts" / "team-leeds.txt"


def environment(**settings: str) -> dict[str, str]:
    """Make the environment of a process that knows nothing of ours, but for `settings`."""
    kept = {name: value for name, value in os.environ.items() if not name.upper().startswith("TEAM_LEEDS_")}
    return kept | {f"TEAM_LEEDS_{name.upper()}": value for name, value in settings.items()}


def run(folder: Path, *arguments: str, typed: str = "", **settings: str) -> subprocess.CompletedProcess[str]:
    """Run the program in `folder` to its end."""
    return subprocess.run(
        [*COMMAND, *arguments],
        cwd=folder,
        env=environment(**settings),
        input=typed,
        capture_output=True,
        text=True,
        check=False,
        timeout=100,
    )


@contextmanager
def started(folder: Path, *arguments: str, **settings: str) -> Iterator[subprocess.Popen[str]]:
    """Start the program in `folder`; at the end of the block it is gone."""
    pipe = subprocess.PIPE
    process = subprocess.Popen(
        [*COMMAND, *arguments], cwd=folder, env=environment(**settings), stdin=pipe, stdout=pipe, stderr=pipe, text=True
    )
    try:
        with process:
            yield process
            process.kill()
    finally:
        process.kill()


def heard(process: subprocess.Popen[str], event: str) -> dict[str, object]:
    """Read the process's log up to `event`."""
    for line in error_of(process):
        logged: dict[str, object] = json.loads(line)
        if logged["event"] == event:
            return logged
    raise AssertionError(f"the process ended without {event}")


def error_of(process: subprocess.Popen[str]) -> IO[str]:
    """The process's standard error."""
    assert process.stderr is not None
    return process.stderr


def asked(port: object, page: str) -> int:
    """Ask a page, and say the status of the answer."""
    try:
        with urlopen(f"http://127.0.0.1:{port}/{page}") as answer:
            return int(answer.status)
    except HTTPError as refused:
        return refused.code


# --- starting ----------------------------------------------------------------------------------------------------


def test_help_is_for_people(tmp_path: Path) -> None:
    """Whoever has only the program learns what it can do."""
    shown = run(tmp_path, "--help")

    assert (shown.returncode, shown.stderr) == (0, "")
    for command in ("chat", "serve", "export", "status", "campaign", "organiser", "outbox", "rooms", "schedules", "db"):
        assert f"\n  {command} " in shown.stdout
    assert list(tmp_path.iterdir()) == []


def loaded(folder: Path, *arguments: str) -> set[str]:
    """Name the packages that a run of the program loads."""
    traced = subprocess.run(
        [sys.executable, "-X", "importtime", *COMMAND[1:], *arguments],
        cwd=folder,
        env=environment(),
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=True,
    )
    modules = (line.rpartition("|")[2].strip() for line in traced.stderr.splitlines() if line.startswith("import time"))
    return {module.partition(".")[0] for module in modules}


def test_help_loads_no_more_than_it_shows(tmp_path: Path) -> None:
    """Help is there at once."""
    assert not loaded(tmp_path, "--help") & {"sqlalchemy", "pydantic", "aiohttp", "apscheduler", "structlog", "rich"}


def test_a_chat_loads_no_more_than_it_uses(tmp_path: Path) -> None:
    """The first answer is taken within a second: what takes long to load is loaded when it is used."""
    run(tmp_path, "db", "upgrade")

    assert not loaded(tmp_path, "chat") & {"alembic", "asyncpg", "aiohttp", "holidays"}


def test_a_command_that_is_none_is_a_mistake_in_the_command(tmp_path: Path) -> None:
    """Exit code 2, and the command that was perhaps meant."""
    done = run(tmp_path, "exprot")

    assert done.returncode == 2
    assert "Did you mean 'export'?" in done.stderr


def test_what_cannot_be_done_is_one_sentence(tmp_path: Path) -> None:
    """Exit code 1; nobody has to read a traceback to learn what to do."""
    done = run(tmp_path, "status", prot="1")

    assert done.returncode == 1
    assert (
        done.stderr == "TEAM_LEEDS_PROT is not a setting; did you mean TEAM_LEEDS_PORT? docs/settings.md lists them.\n"
    )


# --- chat and export ---------------------------------------------------------------------------------------------


def test_a_whole_chat_is_held_and_exported(tmp_path: Path) -> None:
    """What a team said is in the files, once, but for what somebody withdrew or kept."""
    held = run(tmp_path, "chat", typed=TRANSCRIPT.read_text())
    exported = run(tmp_path, "export", "--format", "csv", "--out", "out")

    assert (held.returncode, held.stderr) == (0, "")
    assert (exported.returncode, exported.stderr) == (0, "")
    with (tmp_path / "out" / "responses.csv").open(newline="") as file:
        rows = list(csv.DictReader(file))
    words = [row["verbatim"] for row in rows if row["verbatim"]]
    assert len(words) == len(set(words)) > 5
    assert any("We met the care home's nurses every Friday." in said for said in words)
    assert not any("It was hard. I missed seeing people" in said for said in words)  # kept in the team

    # Nothing was set: a fresh clone keeps its chats in ./data, where nobody else on the machine can look.
    assert stat.S_IMODE((tmp_path / "data").stat().st_mode) == 0o700
    assert stat.S_IMODE((tmp_path / "data" / "team-leeds.sqlite").stat().st_mode) == 0o600
    assert "data" in {line.strip("/") for line in (ROOT / ".gitignore").read_text().splitlines()}


def test_an_export_on_a_terminal_shows_how_far_it_is(tmp_path: Path) -> None:
    """Long work shows progress to people, on standard error, and says its result on standard output."""
    run(tmp_path, "chat", typed=TRANSCRIPT.read_text())
    ours, theirs = os.openpty()
    with subprocess.Popen(
        [*COMMAND, "export", "--format", "jsonl", "--out", "out"],
        cwd=tmp_path,
        env=environment(),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=theirs,
        text=True,
    ) as process:
        said, _ = process.communicate()
    shown = os.read(ours, 65_536).decode()
    os.close(ours)
    os.close(theirs)

    assert process.returncode == 0
    assert said.endswith(f"responses are in {Path('out') / 'responses.jsonl'}.\n")
    assert "responses" in shown


def test_a_chat_goes_on_after_a_kill(tmp_path: Path) -> None:
    """What was answered before is there after."""
    with started(tmp_path, "chat") as process:
        assert process.stdin is not None
        assert process.stdout is not None
        process.stdin.write("Ana > start team-leeds live\nAna > begin\nBen: We held on together.\n")
        process.stdin.flush()
        for line in process.stdout:
            if "1 person has answered" in line:
                break
        process.send_signal(signal.SIGKILL)

    again = run(tmp_path, "chat", typed="Ben > my answers\n")

    assert "We held on together." in again.stdout


def test_several_may_start_at_once(tmp_path: Path) -> None:
    """The tables are made once; whoever comes second waits and goes on."""
    with started(tmp_path, "db", "upgrade") as one, started(tmp_path, "db", "upgrade") as other:
        said = [process.communicate()[0] for process in (one, other)]

    assert said == ["The database is up to date.\n"] * 2


# --- serve -------------------------------------------------------------------------------------------------------


def test_serve_hands_people_what_is_kept_about_them(tmp_path: Path) -> None:
    """The page is there once it is ready; a link that was never given gives nothing."""
    with started(tmp_path, "serve", "--port", "0", public_url="http://127.0.0.1:3978") as process:
        port = heard(process, "serving")["port"]
        heard(process, "ready")

        with pytest.raises(HTTPError) as gone:
            urlopen(f"http://127.0.0.1:{port}/mine/{'0' * 64}")
        assert "This link has been used, or is too old." in gone.value.read().decode()
        gone.value.close()

        process.terminate()
        assert process.wait() == 0


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_serve_tells_when_it_is_ready_and_stops_when_told(number: signal.Signals, tmp_path: Path) -> None:
    """Whoever runs it can start, watch and stop it."""
    with started(tmp_path, "serve", "--port", "0") as process:
        port = heard(process, "serving")["port"]
        heard(process, "ready")
        assert (asked(port, "healthz"), asked(port, "readyz"), asked(port, "")) == (200, 200, 404)

        process.send_signal(number)
        heard(process, "stopped")

        assert process.wait() == 0


def test_dates_can_be_read_soon_after_it_is_ready(tmp_path: Path) -> None:
    """What reads dates takes a second to load: beside everything else, and nobody waits for it to be ready."""
    with started(tmp_path, "serve", "--port", "0") as process:
        port = heard(process, "serving")["port"]
        heard(process, "ready")
        assert asked(port, "readyz") == 200

        heard(process, "ready_to_read_dates")

        process.terminate()
        assert process.wait() == 0


def test_serve_waits_for_the_database_and_goes_on(own_postgres_server: PostgresServer, tmp_path: Path) -> None:
    """A database that comes later is waited for; meanwhile the process is alive and not ready."""
    url = own_postgres_server.url(own_postgres_server.create())
    own_postgres_server.stop()
    with started(tmp_path, "serve", "--port", "0", database_url=url) as process:
        port = heard(process, "serving")["port"]
        waits = heard(process, "store_awaited")
        assert (asked(port, "healthz"), asked(port, "readyz")) == (200, 503)

        own_postgres_server.start()
        heard(process, "ready")

        assert asked(port, "readyz") == 200
        assert password_of(url) not in str(waits)
        process.terminate()
        assert process.wait() == 0


def test_serve_can_be_stopped_while_it_waits(tmp_path: Path) -> None:
    """Nobody has to kill a server that never got its database."""
    with started(tmp_path, "serve", "--port", "0", database_url="postgresql://u:sesame@127.0.0.1:1/d") as process:
        heard(process, "store_awaited")

        process.terminate()

        assert "sesame" not in error_of(process).read()
        assert process.wait() == 0


def test_a_chat_waits_for_the_database_and_goes_on(own_postgres_server: PostgresServer, tmp_path: Path) -> None:
    """In a terminal too, with a message."""
    url = own_postgres_server.url(own_postgres_server.create())
    own_postgres_server.stop()
    with started(tmp_path, "chat", database_url=url) as process:
        waits = error_of(process).readline()
        own_postgres_server.start()
        shown, said = process.communicate("Ana > start team-leeds live\n")

        assert process.returncode == 0
    assert "trying again in" in waits
    assert said.endswith("The database answers.\n")
    assert password_of(url) not in waits + said
    assert "[Begin]" in shown


def test_a_command_that_waits_stops_at_ctrl_c(tmp_path: Path) -> None:
    """With the exit code that says so, and without a traceback."""
    with started(tmp_path, "status", database_url="postgresql://u:sesame@127.0.0.1:1/d") as process:
        error_of(process).readline()

        process.send_signal(signal.SIGINT)

        said = error_of(process).read()
        assert process.wait() == 130
    assert "Traceback" not in said


def password_of(url: str) -> str:
    """The password in a database's address."""
    return url.split(":")[2].split("@", maxsplit=1)[0]
