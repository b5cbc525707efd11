"""Where the outside world is read: the time, chance and the environment have one door each.

Everything else is handed what came in through the door, so that a test decides it.
"""

import ast
from collections.abc import Iterator
from typing import Final

from tools.lints.source import Finding, Source

CLOCK: Final = "src/panope/kit/clock.py"
IDS: Final = "src/panope/kit/ids.py"
CONFIG: Final = "src/panope/config/"

_MODULES: Final = {"random": IDS, "secrets": IDS}
_NAMES: Final = {
    "datetime.datetime.now": CLOCK,
    "datetime.datetime.utcnow": CLOCK,
    "datetime.datetime.today": CLOCK,
    "datetime.date.today": CLOCK,
    "time.time": CLOCK,
    "time.time_ns": CLOCK,
    "os.urandom": IDS,
    "uuid.uuid1": IDS,
    "uuid.uuid4": IDS,
    "uuid.uuid6": IDS,
    "uuid.uuid7": IDS,
    "os.environ": CONFIG,
    "os.environb": CONFIG,
    "os.getenv": CONFIG,
}


def find_effects(source: Source) -> Iterator[Finding]:
    """Uses of the time, of chance and of the environment anywhere but at their door, however they were imported."""
    tree = source.tree
    meanings = {name: meaning for node in ast.walk(tree) for name, meaning in _imports(node)}
    for node in ast.walk(tree):
        for used, door in _uses(node, meanings):
            if not source.path.startswith(door):
                yield source.find(node, f"{used} belongs in {door} and is passed in from there")


def _imports(node: ast.AST) -> Iterator[tuple[str, str]]:
    """What each name that an import binds stands for: `("dt", "datetime.datetime")`."""
    if isinstance(node, ast.Import):
        for alias in node.names:
            top = alias.name.split(".")[0]
            yield (alias.asname, alias.name) if alias.asname else (top, top)
    elif isinstance(node, ast.ImportFrom) and node.module:
        for alias in node.names:
            yield alias.asname or alias.name, f"{node.module}.{alias.name}"


def _uses(node: ast.AST, meanings: dict[str, str]) -> Iterator[tuple[str, str]]:
    """What a node takes from outside, with its door: a whole module where it is imported, a name where it is used."""
    modules = {meaning.split(".")[0] for _, meaning in _imports(node)}
    yield from ((module, _MODULES[module]) for module in modules & _MODULES.keys())
    if isinstance(node, ast.Attribute | ast.Name) and isinstance(node.ctx, ast.Load):
        full = _full_name(node, meanings)
        if full in _NAMES:
            yield full, _NAMES[full]


def _full_name(node: ast.expr, meanings: dict[str, str]) -> str:
    if isinstance(node, ast.Attribute):
        return f"{_full_name(node.value, meanings)}.{node.attr}"
    return meanings.get(node.id, "") if isinstance(node, ast.Name) else ""
