"""How long from the start of the program until it has taken an answer: the terminal, on a new data directory."""

import os
import subprocess
import sys
import tempfile
from pathlib import Path
from statistics import median
from time import perf_counter

from benchmarks.crowd import Lost
from benchmarks.report import Report, under
from benchmarks.works import house
from storage.sqlite import connect

WANTED_SECONDS = 1.0
PROGRAM = Path(__file__).parent.parent / "app.py"
TYPED = ("Ana > start team-leeds live", "Ana > begin", "Ana: We met the nurses of the care home every Friday.")


def starting(folder: Path, report: Report, *, times: int) -> None:
    """Print the seconds from the start of the process until the first answer's receipt is shown. Raises Lost."""
    report.heading(f"From the start of `python app.py chat` to the first answer's receipt; the median of {times}")
    took = [_once(folder) for _ in range(times + 1)][1:]  # the first compiles, and is not counted
    middle = median(took)
    shown = f"{middle:.2f} s (from {min(took):.2f} s to {max(took):.2f} s)"
    report.wanted("from start to first answer", shown, middle, under(WANTED_SECONDS, " s"))


def _once(folder: Path) -> float:
    receipt = house().wording.say("receipt.heard_by_team")[:20]
    with tempfile.TemporaryDirectory(dir=folder) as data:
        environment = {**os.environ, "TEAM_LEEDS_DATA_DIR": data}
        began = perf_counter()
        with subprocess.Popen(
            (sys.executable, PROGRAM, "chat"),
            env=environment,
            cwd=data,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        ) as process:
            shown = _until(process, receipt)
            seconds = perf_counter() - began
            process.communicate()
        if not shown or process.returncode != 0 or _answers(Path(data)) != 1:
            raise Lost("the terminal took no answer")
    return seconds


def _until(process: subprocess.Popen[str], words: str) -> bool:
    """Type the lines, and read until `words` are shown."""
    assert process.stdin is not None
    assert process.stdout is not None
    process.stdin.write("\n".join(TYPED) + "\n")
    process.stdin.flush()
    return any(words in line for line in process.stdout)


def _answers(data: Path) -> int:
    (database,) = data.glob("*.sqlite")
    connection = connect(database, read_only=True)
    count: int = connection.execute("SELECT count(*) FROM answers").fetchone()[0]
    connection.close()
    return count
