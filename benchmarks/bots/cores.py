"""Which processor what is measured runs on, and which one everything around it, where the machine lets us say so."""

import os


def two_cores() -> tuple[int | None, int | None]:
    """For what is measured, and for the rest; none where there is one alone, or where nobody can say."""
    may_use = sorted(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else []
    return (may_use[0], may_use[-1]) if len(may_use) > 1 else (None, None)


def pin(core: int | None) -> None:
    """Keep this process on one processor, and what it starts from now on."""
    if core is not None:
        os.sched_setaffinity(0, {core})
