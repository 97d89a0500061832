"""What every command line here asks: which databases, where, and how much; and what there is to measure on."""

import argparse
import os
import platform
import sysconfig
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from benchmarks.measuring import MS, synced_write_seconds
from tests.postgres import PostgresServer, running_postgres


def parser(prog: str, about: str | None, *, quick: str, profile: str | None = None) -> argparse.ArgumentParser:
    """The words of a command line; `quick` and `profile` say what these do here, if there is such a thing."""
    made = argparse.ArgumentParser(prog=prog, description=about)
    made.add_argument("--quick", action="store_true", help=quick)
    if profile is None:
        made.set_defaults(profile=False)
    else:
        made.add_argument("--profile", action="store_true", help=profile)
    which = made.add_mutually_exclusive_group()
    which.add_argument("--sqlite", action="store_true", help="only SQLite")
    which.add_argument("--postgres", action="store_true", help="only PostgreSQL, on a server of its own")
    which.add_argument("--all", action="store_true", help="both (the default)")
    usual = tempfile.gettempdir()
    made.add_argument("--folder", default=usual, help=f"where databases are made, on a real disk (default {usual})")
    return made


@contextmanager
def server(words: argparse.Namespace) -> Iterator[PostgresServer | None]:
    """PostgreSQL until the end of the block, if it is asked for."""
    if words.sqlite or words.profile:
        yield None
        return
    with running_postgres(durable=True) as running:
        yield running


def machine(folder: Path) -> str:
    """What there is to measure on; `folder` is on the disk that is used."""
    tuned = "--enable-optimizations" in (sysconfig.get_config_var("CONFIG_ARGS") or "")
    python = f"Python {platform.python_version()} (built with{'' if tuned else 'out'} profile-guided optimisation)"
    synced = f"4 KB are on the disk after {synced_write_seconds(folder) * MS:.2f} ms"
    return f"{os.cpu_count()} cores, {python}, {platform.system()} {platform.machine()}; {synced}"
