"""What a slice of work took: time, processors, and what other programs took of them meanwhile."""

import gc
import os
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from time import perf_counter, process_time
from typing import Generic, TypeVar

from benchmarks.places import Kind

T = TypeVar("T")

MS = 1000.0
LOOPS = 200_000


@dataclass(frozen=True, slots=True)
class Slice(Generic[T]):
    """Seconds on the clock, of this process and of the server.

    `others` is how many processors other programs kept, and `pace` the seconds of a loop that is always the same, run
    just before: a machine that is shared is not always as fast.
    """

    result: T
    seconds: float
    cpu: float
    server_cpu: float | None
    others: float | None
    pace: float


async def measured(kind: Kind, work: Callable[[], Awaitable[T]]) -> Slice[T]:
    """Do `work`. What was made before it is no garbage of its own."""
    gc.collect()
    gc.freeze()
    pace = _pace_seconds()
    machine, server, cpu, began = _machine_cpu_seconds(), kind.server_cpu_seconds(), process_time(), perf_counter()
    result = await work()
    seconds, cpu = perf_counter() - began, process_time() - cpu
    server_after, machine_after = kind.server_cpu_seconds(), _machine_cpu_seconds()
    gc.unfreeze()
    served = None if server is None or server_after is None else server_after - server
    others = None
    if machine is not None and machine_after is not None:
        others = max(0.0, (machine_after - machine - cpu - (served or 0.0)) / seconds)
    return Slice(result, seconds, cpu, served, others, pace)


def middle(values: Sequence[float | None]) -> float | None:
    """The median; None when somebody could not say."""
    known = [value for value in values if value is not None]
    return median(known) if values and len(known) == len(values) else None


def percentile(values: Sequence[float], hundredth: int) -> float:
    """The value that so many of a hundred do not exceed."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, len(ordered) * hundredth // 100)]


def synced_write_seconds(folder: Path) -> float:
    """How long a small write to a file in `folder` takes until it is on the disk: the median of many."""
    place = folder / "synced"
    took = []
    with place.open("wb", buffering=0) as file:
        for _ in range(100):
            began = perf_counter()
            file.write(bytes(4096))
            os.fdatasync(file.fileno())
            took.append(perf_counter() - began)
    place.unlink()
    return median(took)


def resident_bytes(*, most: bool = False) -> int | None:
    """What this process keeps in memory now, or (`most`) the most that it ever did. Linux only."""
    wanted = "VmHWM" if most else "VmRSS"
    try:
        lines = Path("/proc/self/status").read_text().splitlines()
    except OSError:
        return None
    return next((int(line.split()[1]) * 1024 for line in lines if line.startswith(wanted)), None)


def _pace_seconds() -> float:
    began, count = perf_counter(), 0
    for number in range(LOOPS):
        count += number
    return perf_counter() - began


def _machine_cpu_seconds() -> float | None:
    """What all programs used of all processors since the machine started: see proc(5). Linux only."""
    try:
        line = Path("/proc/stat").read_text().splitlines()[0].split()
    except OSError:
        return None
    user, nice, system, _idle, _waiting, irq, softirq, *rest = map(int, line[1:])
    return (user + nice + system + irq + softirq + sum(rest[:1])) / os.sysconf("SC_CLK_TCK")
