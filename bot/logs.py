"""Logs on standard error: static names with ids. What people wrote never gets here.

1. An exception is logged as its kind and the place it was raised at; its text, which may quote words, only with debug.
2. So is what a library logs: where it said it, and not what it said.
3. What is no plain value is logged as the name of its type.
"""

import json
import logging
import sys
import threading
import traceback
from collections.abc import Callable
from datetime import date, datetime
from types import TracebackType
from typing import TextIO
from uuid import UUID

import structlog
from structlog.typing import EventDict, Processor, WrappedLogger

LIBRARIES = (
    *("aiohttp", "alembic", "apscheduler", "asyncio", "slack_bolt", "slack_sdk", "sqlalchemy"),
    *("azure", "botbuilder", "botframework", "charset_normalizer", "msal", "msrest", "oauthlib", "requests"),
    *("requests_oauthlib", "urllib3"),
)
"""Loggers that are never more talkative than WARNING: below that some show bodies (msrest) or tokens (oauthlib)."""

log = structlog.get_logger()


def set_up(level: str, form: str, clock: Callable[[], datetime], stream: TextIO, *, debug: bool = False) -> None:
    """Send every log of this process to `stream`, from `level` up, as `json`, `text` or what suits it (`auto`).

    `clock` gives UTC. `debug` shows the texts of errors, which may hold people's words.
    """
    on_terminal = stream.isatty()
    as_json = form == "json" or (form == "auto" and not on_terminal)
    structlog.configure(
        processors=[
            structlog.processors.add_log_level,
            _stamp(clock),
            _whole_errors if debug else _bare_errors,
            _plain_values,
            structlog.processors.JSONRenderer(json.dumps, ensure_ascii=False)
            if as_json
            else structlog.dev.ConsoleRenderer(colors=on_terminal, exception_formatter=structlog.dev.plain_traceback),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(logging.getLevelNamesMapping()[level]),
        logger_factory=structlog.WriteLoggerFactory(stream),
    )
    _hear_libraries(level, debug=debug)
    _hear_what_nobody_caught()


def bare(error: BaseException) -> dict[str, str]:
    """The kind of an error and where it was raised, without its text."""
    return {"kind": type(error).__name__, "at": _place(error.__traceback__)}


def _place(raised: TracebackType | None) -> str:
    frames = traceback.extract_tb(raised)
    return f"{frames[-1].name}:{frames[-1].lineno}" if frames else ""


def _hear_libraries(level: str, *, debug: bool) -> None:
    root = logging.getLogger()
    root.handlers[:] = [_Library(debug=debug)]
    root.setLevel(level)
    for name in LIBRARIES:
        logging.getLogger(name).setLevel(logging.WARNING)


def _hear_what_nobody_caught() -> None:
    def in_thread(failed: threading.ExceptHookArgs) -> None:
        log.error("thread_failed", exc_info=failed.exc_value)

    def unraisable(failed: "sys.UnraisableHookArgs") -> None:
        log.error("unraisable", exc_info=failed.exc_value)

    threading.excepthook = in_thread
    sys.unraisablehook = unraisable


class _Library(logging.Handler):
    """What libraries log, in our own way."""

    def __init__(self, *, debug: bool) -> None:
        super().__init__()
        self._debug = debug

    def emit(self, record: logging.LogRecord) -> None:
        said = {"message": record.getMessage()} if self._debug else {}
        raised = record.exc_info[1] if record.exc_info else None
        place = f"{record.funcName}:{record.lineno}"
        level = min(max(record.levelno // 10 * 10, logging.DEBUG), logging.CRITICAL)  # the nearest that has a name
        log.log(level, "library", logger=record.name, said_at=place, exc_info=raised, **said)


def _stamp(clock: Callable[[], datetime]) -> Processor:
    def stamp(_logger: WrappedLogger, _method: str, event: EventDict) -> EventDict:
        return {"timestamp": clock().isoformat(timespec="milliseconds"), **event}

    return stamp


def _bare_errors(_logger: WrappedLogger, _method: str, event: EventDict) -> EventDict:
    error = _error(event)
    return event if error is None else {**event, **bare(error)}


def _whole_errors(_logger: WrappedLogger, _method: str, event: EventDict) -> EventDict:
    error = _error(event)
    return event if error is None else {**event, "exception": "".join(traceback.format_exception(error))}


def _error(event: EventDict) -> BaseException | None:
    """Take the exception out of `event`, in whichever of Python's ways it was given."""
    match event.pop("exc_info", None):
        case BaseException() as error:
            return error
        case (_, BaseException() as error, _):
            return error
        case None | False | (None, None, None):
            return None
        case _:
            return sys.exception()


def _plain_values(_logger: WrappedLogger, _method: str, event: EventDict) -> EventDict:
    return {name: _plain(value) for name, value in event.items()}


def _plain(value: object) -> object:
    match value:
        case str() | bool() | int() | float() | None:
            return value
        case UUID():
            return str(value)
        case date():
            return value.isoformat()
        case _:
            return type(value).__name__
