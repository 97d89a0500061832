"""How our program and the others are started for Teams."""

from collections.abc import Sequence
from pathlib import Path

from benchmarks.bots.subjects import OURS, Bot, Platform
from benchmarks.teams.activities import named
from tests.peers.teams_things import App

MEMORY, SQLITE, MENDED = "memory", "sqlite", "mended"
NAMES = {
    OURS: "our program",
    MEMORY: "a waterfall in memory",
    SQLITE: "a waterfall on SQLite",
    MENDED: "the same, retries mended",
}
MODULE = "benchmarks.teams.served"


def ours(database_url: str, config: Path, *words: str) -> Bot:
    """Our program, with the apps that are written down in the file `config`."""
    settings = {"DATABASE_URL": database_url, "CONFIG": str(config)}
    return Bot(who=OURS, module=MODULE, words=words, settings=settings)


def write_down(config: Path, apps: Sequence[App], platform: Platform) -> None:
    """Write our program's settings for `apps`: one registration for each organisation, as there is for each."""
    with config.open("w") as file:
        for app in apps:
            told = {
                "name": named(app.number),
                "app_id": app.id,
                "tenant_id": app.tenant,
                "app_password": app.secret,
                "login_url": f"{platform.address}/",
                "openid_url": _openid_url(platform),
            }
            file.writelines(("[[teams_apps]]\n", *(f'{name} = "{value}"\n' for name, value in told.items())))


def peer(who: str, platform: Platform, file: Path) -> Bot:
    """One of the others, which keeps states in `file` if it keeps any."""
    return Bot(who=who, module=MODULE, words=("--openid-url", _openid_url(platform), "--file", str(file)))


def _openid_url(platform: Platform) -> str:
    return f"{platform.address}/v1/.well-known/openidconfiguration"
