"""Which processor what is measured runs on, and which one everything around it, where the machine lets us say so."""

import os

MEASURED, DRIVING = 0, -1
"""The first processor that we may use, and the last."""


def pin(place: int) -> None:
    """Keep this process, and what it starts from now on, on one processor. Nothing happens where there is one alone."""
    if not hasattr(os, "sched_setaffinity"):
        return
    may_use = sorted(os.sched_getaffinity(0))
    if len(may_use) > 1:
        os.sched_setaffinity(0, {may_use[place]})


def all_of_them() -> set[int]:
    """The processors that this process may use now; none where nobody can say."""
    return os.sched_getaffinity(0) if hasattr(os, "sched_getaffinity") else set()


def pin_to(processors: set[int]) -> None:
    """Let this process use `processors` again."""
    if processors:
        os.sched_setaffinity(0, processors)
