"""Starts worker processes quickly: everything is loaded once, and each process is a fork of this one.

`python -m tests.kill.nursery SOCKET` reads from standard input what to start, one a line. What it starts has a
connection to SOCKET as its standard input and output, and first says there which process it is.
"""

import asyncio
import json
import os
import signal
import socket
import sys
from pathlib import Path

from tests.kill.worker import Death, Order, main, tell


def start(wire: str, order: Order) -> None:
    """Be the worker that is asked for, until the end."""
    connection = socket.socket(socket.AF_UNIX)
    connection.connect(wire)
    for standard in (sys.stdin, sys.stdout):
        os.dup2(connection.fileno(), standard.fileno())
    with Path(order.folder, f"errors-{order.name}.txt").open("ab") as errors:
        os.dup2(errors.fileno(), sys.stderr.fileno())
    tell(name=order.name, pid=str(os.getpid()))
    asyncio.run(main(order))


if __name__ == "__main__":
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # nobody waits for them here
    while line := sys.stdin.readline():
        fields = json.loads(line)
        if os.fork() == 0:
            start(sys.argv[1], Order(**fields | {"death": Death(**fields["death"])}))
            break
