"""The import contracts in `pyproject.toml` are kept, and each of them can be broken."""

import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

ROOT = Path(__file__).parents[2]

BREACHES = {
    "a module imports only from layers below its own": ("domain", "import panope.ports"),
    "storage engines know nothing of each other": ("adapters/memory", "import panope.adapters.sqlite"),
    "only bootstrap, assembly and composition know the adapters": ("features", "import panope.adapters"),
    "no database driver outside the adapters": ("wire", "import psycopg"),
    "domain and query are pure: no framework, no I/O, no clock, no chance": ("query", "import time"),
    "kit knows no framework": ("kit", "import starlette"),
    "codecs and use cases know no framework and no network": ("ports", "import pydantic"),
    "the hot lane pays for no framework": ("http/fast", "import fastapi"),
    "slices and packages have no cycles": ("features/breach_a", "import panope.features.breach_b"),
}
"""One line that each contract forbids, and the package whose `__init__` gets it."""


def lint_imports(root: Path) -> subprocess.CompletedProcess[str]:
    command = [
        str(Path(sys.executable).with_name("lint-imports")),
        "--no-cache",
        "--config",
        str(root / "pyproject.toml"),
    ]
    environment = {"PYTHONPATH": str(root / "src"), "PYTHONDONTWRITEBYTECODE": "1", "COLUMNS": "200"}
    return subprocess.run(command, cwd=root, env=environment, capture_output=True, text=True, check=False)


def contract_names() -> list[str]:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    return [contract["name"] for contract in project["tool"]["importlinter"]["contracts"]]


def test_every_contract_is_kept() -> None:
    outcome = lint_imports(ROOT)
    assert outcome.returncode == 0, outcome.stdout + outcome.stderr
    assert f"Contracts: {len(contract_names())} kept, 0 broken." in outcome.stdout


def test_every_contract_breaks_on_one_forbidden_line(tmp_path: Path) -> None:
    assert sorted(BREACHES) == sorted(contract_names())
    shutil.copytree(ROOT / "src", tmp_path / "src", ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    for package, line in [*BREACHES.values(), ("features/breach_b", "import panope.features.breach_a")]:
        module = tmp_path / "src" / "panope" / package / "__init__.py"
        module.parent.mkdir(parents=True, exist_ok=True)
        with module.open("a") as text:
            text.write(f"\n{line}\n")
    (tmp_path / "src/panope/adapters/sqlite").mkdir(exist_ok=True)
    (tmp_path / "src/panope/adapters/sqlite/__init__.py").touch()
    outcome = lint_imports(tmp_path)
    broken = [line.removesuffix(" BROKEN") for line in outcome.stdout.splitlines() if line.endswith(" BROKEN")]
    assert sorted(broken) == sorted(BREACHES), outcome.stdout + outcome.stderr


def test_unknown_layer_is_refused(tmp_path: Path) -> None:
    shutil.copytree(ROOT / "src", tmp_path / "src", ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    (tmp_path / "src/panope/services").mkdir()
    (tmp_path / "src/panope/services/__init__.py").touch()
    outcome = lint_imports(tmp_path)
    assert outcome.returncode != 0
    assert "services" in outcome.stdout
