"""The package as people get it: a source distribution, the wheel made of it, and the command installed somewhere."""

import os
import subprocess
import sys
import tarfile
import venv
import zipfile
from pathlib import Path

import pytest

from panope import __version__
from tests.support.server import RunningServer, free_port

ROOT = Path(__file__).parents[2]
_TIMEOUT_S = 120
_NEEDED = (
    "panope/py.typed",
    "panope/features/pricing/managed_prices.json",
    "panope/adapters/sqlite/schema.sql",
    "panope/adapters/postgres/schema.sql",
    "panope/adapters/sql/migrations/catalog/r0001_initial.py",
    "panope/adapters/sql/migrations/catalog/initial/base.sqlite.sql",
    "panope/adapters/sql/migrations/catalog/initial/base.postgres.sql",
    "panope/adapters/sql/migrations/telemetry/r0001_initial.py",
    "panope/web/index.html",
)
"""What is no module that something imports, and yet nothing works without."""


def run(*command: object, folder: Path) -> str:
    """Run a command with nothing of this process's environment but the way to programs; return what it printed."""
    bare = {name: os.environ[name] for name in ("PATH", "HOME", "LANG") if name in os.environ}
    done = subprocess.run(
        [str(part) for part in command],
        cwd=folder,
        env={**bare, "PIP_NO_INDEX": "1", "PIP_DISABLE_PIP_VERSION_CHECK": "1"},
        capture_output=True,
        text=True,
        timeout=_TIMEOUT_S,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


@pytest.fixture(scope="module")
def source_distribution(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("sdist")
    run(sys.executable, "-m", "hatchling", "build", "--target", "sdist", "--directory", folder, folder=ROOT)
    (archive,) = folder.glob("*.tar.gz")
    return archive


@pytest.fixture(scope="module")
def wheel(source_distribution: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A wheel that was built from the unpacked source distribution, and so of nothing else."""
    folder = tmp_path_factory.mktemp("wheel")
    build = ("--no-build-isolation", "--no-deps", "--wheel-dir", folder)
    run(sys.executable, "-m", "pip", "wheel", *build, source_distribution, folder=folder)
    (archive,) = folder.glob("*.whl")
    return archive


@pytest.fixture(scope="module")
def command(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The command in an environment where nothing else is installed; what it depends on is this environment's."""
    home = tmp_path_factory.mktemp("environment")
    venv.create(home)
    python = home / "bin" / "python"
    run(sys.executable, "-m", "pip", "--python", python, "install", "--no-deps", wheel, folder=home)
    packages = next((home / "lib").glob("python*/site-packages"))
    ours = [Path(entry) for entry in sys.path if entry.endswith("site-packages")]
    (packages / "dependencies.pth").write_text("".join(f"{entry}\n" for entry in ours))
    return home / "bin" / "panope"


def test_the_source_distribution_holds_the_package_and_nothing_else(source_distribution: Path) -> None:
    with tarfile.open(source_distribution) as archive:
        names = {name.partition("/")[2] for name in archive.getnames()}
    assert {"pyproject.toml", "README.md", "LICENSE", "CHANGELOG.md"} < names
    assert {f"src/{name}" for name in _NEEDED} < names
    assert {name.split("/")[0] for name in names if "/" in name} == {"src"}
    assert not [name for name in names if "__pycache__" in name or name.endswith(".pyc")]


def test_the_wheel_holds_every_module_and_what_the_modules_read(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        names = set(archive.namelist())
        metadata = archive.read(f"panope-{__version__}.dist-info/METADATA").decode()
    assert set(_NEEDED) < names
    modules = {path.relative_to(ROOT / "src").as_posix() for path in (ROOT / "src/panope").rglob("*.py")}
    assert modules <= names
    assert {name.split("/")[0] for name in names} == {"panope", f"panope-{__version__}.dist-info"}
    assert "Requires-Python: >=3.11" in metadata
    assert "License-Expression: Apache-2.0" in metadata
    assert "# panope" in metadata


def test_the_installed_command_is_the_wheels_and_serves_from_an_empty_directory(command: Path, tmp_path: Path) -> None:
    where = run(command.with_name("python"), "-c", "import panope; print(panope.__file__)", folder=tmp_path)
    assert Path(where.strip()).is_relative_to(command.parents[1])
    assert run(command, "--version", folder=tmp_path) == f"panope {__version__}\n"
    port, log = free_port(), tmp_path / "log"
    with log.open("wb") as output:
        process = subprocess.Popen(
            [str(command), "serve", "--port", str(port)],
            cwd=tmp_path,
            stdout=output,
            stderr=subprocess.STDOUT,
            env={name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ},
        )
    server = RunningServer(process, port, log)
    try:
        server.wait_until_healthy()
        credentials = (tmp_path / "panope-data" / "credentials.env").read_text()
        pair = dict(line.split("=", 1) for line in credentials.splitlines())
        server.public_key, server.secret_key = pair["LANGFUSE_PUBLIC_KEY"], pair["LANGFUSE_SECRET_KEY"]
        status, models = server.request("GET", "/api/public/models?limit=100")
        assert (status, len(models["data"])) == (200, 100)
        assert server.request("POST", "/api/public/traces", {"id": "t", "name": "installed"})[0] == 200
        assert server.request("GET", "/api/public/traces/t")[1]["name"] == "installed"
    finally:
        assert server.stop() == 0, server.output()[-2000:]
    assert "pending" not in run(command, "db", "status", folder=tmp_path)
