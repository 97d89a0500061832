"""Our program or a peer in a process of its own. `benchmarks.slack` starts it."""

import argparse

from benchmarks.bots.serving import Peer, main, site_of
from benchmarks.slack.events import PATH
from benchmarks.slack.guarded import routes_that_do_nothing
from benchmarks.slack.peers import WithADict, WithTheOrm
from benchmarks.slack.stage import BOLT, DICT, GUARD, ORM


def made(given: argparse.Namespace) -> Peer:
    """The peer that was asked for."""
    match given.who:
        case "dict" | "orm":
            bot = WithADict(given.api_url) if given.who == DICT else WithTheOrm(given.api_url, given.database)
            return Peer(bot.bolt.web_app(PATH), lambda: bot.said)
        case who:
            return Peer(site_of(routes_that_do_nothing(with_bolt=who == BOLT)))


if __name__ == "__main__":
    parser = argparse.ArgumentParser(prog="python -m benchmarks.slack.served", description=__doc__)
    parser.add_argument("--api-url", default="")
    parser.add_argument("--database", default="")
    main(parser, (DICT, ORM, BOLT, GUARD), made)
