"""What holds for every file of the repository: no machine's own places, exact pins, no word on where they come from."""

import json
import subprocess
import tomllib
from pathlib import Path

import pytest

from tools.lints.pins import find_loose_pins, read_pins
from tools.lints.source import Source
from tools.lints.texts import find_machine_paths

ROOT = Path(__file__).parents[2]
HASH = "--hash=sha256:" + "0" * 64
CONSTRAINTS = ("build", "runtime", "dev", "node")


def repository_files() -> list[Path]:
    """Files that are or could be committed; everything below the root where there is no Git."""
    command = ["git", "ls-files", "--cached", "--others", "--exclude-standard", "-z"]
    listed = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
    return [path for name in listed.stdout.split("\0") if name and (path := ROOT / name).is_file()]


def constraints(name: str) -> Source:
    path = f"constraints/{name}.txt"
    return Source(path, (ROOT / path).read_text(encoding="utf-8"))


def test_no_file_names_a_place_on_one_machine() -> None:
    files = repository_files()
    assert ROOT / "pyproject.toml" in files
    sources = [Source(path.relative_to(ROOT).as_posix(), path.read_text(errors="replace")) for path in files]
    found = [str(finding) for source in sources for finding in find_machine_paths(source)]
    assert not found, "\n".join(found)


@pytest.mark.parametrize("name", CONSTRAINTS)
def test_pins_are_exact_hashed_and_silent_on_their_origin(name: str) -> None:
    source = constraints(name)
    assert read_pins(source.text)
    found = [str(finding) for finding in find_loose_pins(source)]
    assert not found, "\n".join(found)


def test_the_smaller_pin_files_are_parts_of_the_development_pins() -> None:
    dev = read_pins(constraints("dev").text)
    for name in ("build", "runtime"):
        pins = read_pins(constraints(name).text)
        assert pins == {package: dev.get(package) for package in pins}, f"constraints/{name}.txt: run `make lock`"


def test_every_declared_dependency_is_pinned() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    groups = project["dependency-groups"]
    declared = {
        "runtime": project["project"]["dependencies"],
        "build": groups["build"],
        "node": groups["node"],
        "dev": [entry for entry in groups["dev"] if isinstance(entry, str)],
    }
    for name, requirements in declared.items():
        missing = {requirement_name(text) for text in requirements} - read_pins(constraints(name).text).keys()
        assert not missing, f"constraints/{name}.txt: run `make lock`"


def test_the_web_apps_pins_name_no_registry() -> None:
    lock = json.loads((ROOT / "web/package-lock.json").read_text(encoding="utf-8"))
    packages = {name: package for name, package in lock["packages"].items() if name}
    assert packages
    assert not [name for name, package in packages.items() if "resolved" in package]
    loose = [name for name, package in packages.items() if not {"integrity", "inBundle"} & package.keys()]
    assert not loose
    wanted = {**lock["packages"][""]["dependencies"], **lock["packages"][""]["devDependencies"]}
    assert not {name: version for name, version in wanted.items() if not version[0].isdigit()}


def requirement_name(requirement: str) -> str:
    end = next((at for at, letter in enumerate(requirement) if letter in "[<>=!~; "), len(requirement))
    return requirement[:end]


@pytest.mark.parametrize(
    "line",
    ["see " + "/ho" + "me/ann/notes", "cd '/wo" + "rk/main'", 'x = "/ro' + 'ot/.cache"', "(/t" + "mp/out)"],
)
def test_machine_path_is_found(line: str) -> None:
    findings = list(find_machine_paths(Source("docs/a.md", f"first\n{line}\n")))
    assert [(finding.path, finding.line) for finding in findings] == [("docs/a.md", 2)]


@pytest.mark.parametrize("line", ["GET /api/public/traces", "https://example.com/home/x", "./some/work", "/etc/panope"])
def test_other_path_is_left_alone(line: str) -> None:
    assert list(find_machine_paths(Source("docs/a.md", line))) == []


@pytest.mark.parametrize(
    ("text", "word"),
    [
        ("left==1.0\n", "no hash"),
        (f"left>=1.0 {HASH}\n", "exact"),
        (f"--index-url https://pins.example\nleft==1.0 {HASH}\n", "registry"),
        (f"--find-links wheels\nleft==1.0 {HASH}\n", "registry"),
        (f"left @ https://pins.example/left.whl {HASH}\n", "registry"),
    ],
)
def test_loose_pin_is_found(text: str, word: str) -> None:
    (finding,) = find_loose_pins(Source("constraints/a.txt", text))
    assert word in finding.message


def test_pins_are_read_across_continued_lines() -> None:
    text = f"# note\nleft==1.0 ; sys_platform == 'linux' \\\n    {HASH} \\\n    {HASH}\nright==2.0 \\\n    {HASH}\n"
    assert read_pins(text) == {"left": "1.0", "right": "2.0"}
    assert list(find_loose_pins(Source("constraints/a.txt", text))) == []
