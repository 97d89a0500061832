"""Logs carry ids; what people wrote never gets into them."""

import io
import json
import logging
import threading
from collections.abc import Iterator
from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID

import pytest
import structlog

from bot import logs
from tests.logging_left import left_as_found

NOW = datetime(2026, 12, 8, 10, 0, tzinfo=UTC)
WORDS = "I was so tired"


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


@pytest.fixture(autouse=True)
def as_before() -> Iterator[None]:
    """Leave logging as it was found."""
    with left_as_found():
        yield


def lines(stream: io.StringIO) -> list[dict[str, Any]]:
    """Read what was logged as JSON."""
    return [json.loads(line) for line in stream.getvalue().splitlines()]


def set_up(level: str = "INFO", form: str = "json", *, debug: bool = False) -> io.StringIO:
    """Log to a stream that can be read."""
    stream = io.StringIO()
    logs.set_up(level, form, lambda: NOW, stream, debug=debug)
    return stream


def fail() -> None:
    """Raise an error whose text quotes somebody."""
    raise ValueError(f"can't store {WORDS!r}")


def test_a_log_is_a_name_with_ids() -> None:
    """One JSON object a line, with the time in UTC."""
    stream = set_up()

    structlog.get_logger().info("answer_kept", id=UUID(int=7), day=date(2026, 12, 8), count=2, fast=True, none=None)

    assert lines(stream) == [
        {
            "timestamp": "2026-12-08T10:00:00.000+00:00",
            "event": "answer_kept",
            "level": "info",
            "id": "00000000-0000-0000-0000-000000000007",
            "day": "2026-12-08",
            "count": 2,
            "fast": True,
            "none": None,
        }
    ]


def test_less_than_the_level_is_not_logged() -> None:
    """A quiet level is quiet."""
    stream = set_up("WARNING")

    structlog.get_logger().info("answer_kept")
    logging.getLogger("some.library").info("hello")

    assert stream.getvalue() == ""


def test_what_is_no_plain_value_is_logged_as_its_type() -> None:
    """Nobody logs a person's words by logging the object that holds them."""
    stream = set_up()

    structlog.get_logger().info("answer_kept", error=ValueError(WORDS), words=[WORDS])

    assert (lines(stream)[0]["error"], lines(stream)[0]["words"]) == ("ValueError", "list")


@pytest.mark.parametrize("form", ["json", "text"])
def test_the_text_of_an_error_is_not_logged(form: str) -> None:
    """An error is its kind and its place; its text may quote somebody."""
    stream = set_up(form=form)

    try:
        fail()
    except ValueError:
        structlog.get_logger().exception("delivery_failed")

    assert WORDS not in stream.getvalue()
    assert "ValueError" in stream.getvalue()
    assert "fail:" in stream.getvalue()


def test_what_a_library_says_is_not_logged() -> None:
    """Libraries quote what they were given, so only who spoke and where is kept."""
    stream = set_up()

    try:
        fail()
    except ValueError:
        logging.getLogger("asyncio").exception("Task exception was never retrieved: %s", WORDS)

    assert WORDS not in stream.getvalue()
    assert lines(stream)[0].items() >= {"event": "library", "logger": "asyncio", "kind": "ValueError"}.items()


@pytest.mark.parametrize("name", [*logs.LIBRARIES, "sqlalchemy.engine", "apscheduler.scheduler"])
def test_libraries_are_heard_from_warnings_up(name: str) -> None:
    """Even at DEBUG nobody reads statements and wake-ups."""
    stream = set_up("DEBUG")

    logging.getLogger(name).info(WORDS)
    logging.getLogger(name).warning(WORDS)

    assert [line["logger"] for line in lines(stream)] == [name]


def test_a_level_without_a_name_is_logged_as_the_one_below() -> None:
    """Some libraries make levels of their own."""
    stream = set_up()

    logging.getLogger("some.library").log(35, "hello")

    assert lines(stream)[0]["level"] == "warning"


def test_debug_shows_everything() -> None:
    """Who looks for a bug may ask for the texts."""
    stream = set_up(debug=True)

    try:
        fail()
    except ValueError:
        structlog.get_logger().exception("delivery_failed")
        logging.getLogger("some.library").warning("about %s", "that")

    assert WORDS in lines(stream)[0]["exception"]
    assert lines(stream)[1]["message"] == "about that"


def test_a_thread_that_fails_is_logged_without_its_text() -> None:
    """Python's own report of a failed thread shows the text; ours does not."""
    stream = set_up()

    thread = threading.Thread(target=fail)
    thread.start()
    thread.join()

    assert lines(stream)[0].items() >= {"event": "thread_failed", "kind": "ValueError"}.items()
    assert WORDS not in stream.getvalue()


def test_what_python_cannot_raise_is_logged_without_its_text() -> None:
    """The same for what fails while an object is thrown away."""
    stream = set_up()

    class Falling:
        def __del__(self) -> None:
            fail()

    falling = Falling()
    del falling

    assert lines(stream)[0].items() >= {"event": "unraisable", "kind": "ValueError"}.items()
    assert WORDS not in stream.getvalue()


def test_auto_suits_the_stream() -> None:
    """People read text on a terminal, programs read JSON elsewhere."""
    terminal = Terminal()
    logs.set_up("INFO", "auto", lambda: NOW, terminal)
    structlog.get_logger().info("answer_kept")
    elsewhere = set_up(form="auto")
    structlog.get_logger().info("answer_kept")

    assert not terminal.getvalue().startswith("{")
    assert lines(elsewhere)[0]["event"] == "answer_kept"
