"""Starts processes quickly: everything is loaded once, and each process is a fork of this one.

`python -m tests.kill.nursery MODULE SOCKET` reads from standard input what to start, one a line. What it starts has a
connection to SOCKET as its standard input and output, and first says there which process it is. Then it is what MODULE
says: `ordered` reads what is asked of it, and `main` does it.
"""

import asyncio
import importlib
import json
import os
import signal
import socket
import sys
from pathlib import Path
from types import ModuleType
from typing import Any


def start(wire: str, module: ModuleType, fields: dict[str, Any]) -> None:
    """Be the process that is asked for, until the end."""
    connection = socket.socket(socket.AF_UNIX)
    connection.connect(wire)
    for standard in (sys.stdin, sys.stdout):
        os.dup2(connection.fileno(), standard.fileno())
    with Path(fields["folder"], f"errors-{fields['name']}.txt").open("ab") as errors:
        os.dup2(errors.fileno(), sys.stderr.fileno())
    os.write(sys.stdout.fileno(), json.dumps({"name": fields["name"], "pid": os.getpid()}).encode() + b"\n")
    asyncio.run(module.main(module.ordered(fields)))


if __name__ == "__main__":
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # nobody waits for them here
    loaded = importlib.import_module(sys.argv[1])
    while line := sys.stdin.readline():
        order = json.loads(line)
        if os.fork() == 0:
            start(sys.argv[2], loaded, order)
            break
