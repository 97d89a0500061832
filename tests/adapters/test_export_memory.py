"""However much there is, little of it is in memory. benchmarks/exports.py measures whole commands with 100,000."""

import tracemalloc
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from uuid import UUID

import pytest

from adapters.export.lines import line_of
from adapters.export.reading import reading
from adapters.export.writing import Order, write
from bot.exported import Form
from bot.outside import SurveyEvent
from tests.adapters.survey.events import response, story

NOW = datetime(2026, 12, 8, 10, 0, tzinfo=UTC)
FEW, MANY = 900, 2_700
KILOBYTES = 1024
KEY_BYTES = 250
"""What the key of a line that was read may need, in a table that may just have doubled."""


def held(count: int) -> Iterator[SurveyEvent]:
    """Make responses and a few stories, each when it is asked for."""
    words = "We met, and wrote one rota. " * 20
    for number in range(1, count + 1):
        made = response(1, words, words) if number % 10 else story(title=words, what_happened=words)
        yield replace(made, subject=UUID(int=number))


def peak(work: Callable[[], object]) -> int:
    """Say the most memory that `work` needed at once, in bytes; what it loads for the first time does not count."""
    tracemalloc.start()
    try:
        work()
        return tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()


@pytest.mark.parametrize("form", Form)
def test_writing_needs_no_more_for_more(form: Form, tmp_path: Path) -> None:
    """Three times as many, and not a tenth of what they are; the collector of garbage has had its turn before."""

    def export(count: int) -> None:
        order = Order(form=form, folder=tmp_path / str(count), force=True)
        assert write(order, held(count), NOW, lambda _: None).stories == count // 10

    export(FEW)
    few, many = peak(lambda: export(FEW)), peak(lambda: export(MANY))

    assert many - few < 100 * KILOBYTES
    assert sum(path.stat().st_size for path in (tmp_path / str(MANY)).iterdir()) > 100 * KILOBYTES


def test_reading_keeps_the_keys_alone(tmp_path: Path) -> None:
    """Sixteen bytes each, and what a table needs around them."""
    files = {count: tmp_path / f"{count}.jsonl" for count in (FEW, MANY)}
    for count, file in files.items():
        file.write_text("".join(f"{line_of(event)}\n" for event in held(count)))

    def read(count: int) -> None:
        with reading(files[count]) as lines:
            assert lines.check() == count
            assert sum(len(batch) for batch in lines.batches(10)) == count

    read(FEW)
    few, many = peak(lambda: read(FEW)), peak(lambda: read(MANY))

    assert many - few < (MANY - FEW) * KEY_BYTES
    assert files[MANY].stat().st_size > MANY * KEY_BYTES * 2
