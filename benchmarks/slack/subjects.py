"""How our program and the others are started for Slack."""

from benchmarks.bots.subjects import Bot
from benchmarks.slack.events import SIGNING_SECRET


def bot(who: str, api_url: str, database_url: str = "", *words: str, key: str = "") -> Bot:
    """One of those that `benchmarks.slack.served` can be, with what it is told."""
    settings = {
        "DATABASE_URL": database_url,
        "SLACK_SIGNING_SECRET": SIGNING_SECRET,
        "SLACK_CLIENT_ID": "1.2",
        "SLACK_CLIENT_SECRET": "a-client-secret-of-nobody",
        "SLACK_TEAMS": "any",
        "SLACK_API_URL": api_url,
        "SECRET_KEYS": key,
    }
    said = ("--api-url", api_url, "--database", database_url, *words)
    return Bot(who=who, module="benchmarks.slack.served", words=said, settings=settings)
