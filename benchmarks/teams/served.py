"""Our program or a peer in a process of its own. `benchmarks.teams` starts it."""

import argparse
from pathlib import Path

from aiohttp import web

from benchmarks.bots.serving import Peer, main, site_of
from benchmarks.teams.activities import PATH
from benchmarks.teams.hosting import hosted, mend_retries
from benchmarks.teams.peers import in_memory, on_sqlite
from benchmarks.teams.subjects import MEMORY, MENDED, SQLITE


def made(given: argparse.Namespace) -> Peer:
    """The peer that was asked for."""
    if given.who == MENDED:
        mend_retries()
    bot = in_memory() if given.who == MEMORY else on_sqlite(given.file)
    return Peer(site_of([web.post(PATH, hosted(bot, given.openid_url).take)]), lambda: bot.said)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(prog="python -m benchmarks.teams.served", description=__doc__)
    parser.add_argument("--openid-url", default="")
    parser.add_argument("--file", type=Path, help="where states are kept")
    main(parser, (MEMORY, SQLITE, MENDED), made)
