"""For tests of what sets up logging, which holds for the whole process."""

import logging
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager

import structlog


@contextmanager
def left_as_found() -> Iterator[None]:
    """Leave logging as it was found."""
    root = logging.getLogger()
    handlers, level, hooks = list(root.handlers), root.level, (threading.excepthook, sys.unraisablehook)
    try:
        yield
    finally:
        structlog.reset_defaults()
        root.handlers[:] = handlers
        root.setLevel(level)
        threading.excepthook, sys.unraisablehook = hooks
