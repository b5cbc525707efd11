"""Every module and everything public in it says what it is."""

import ast
from collections.abc import Iterator

from tools.lints.source import Finding, Source

_Documented = ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef


def find_undocumented(source: Source) -> Iterator[Finding]:
    """Modules, public classes, functions and methods without a docstring. Overloads and nested functions need none."""
    tree = source.tree
    if tree.body and not ast.get_docstring(tree):
        yield source.find(None, "the module has no docstring")
    yield from _look_into(source, tree, "")


def _look_into(source: Source, parent: ast.Module | ast.ClassDef, prefix: str) -> Iterator[Finding]:
    for node in _definitions(parent.body):
        if node.name.startswith("_") or _is_overload(node):
            continue
        if not ast.get_docstring(node):
            yield source.find(node, f"{prefix}{node.name} has no docstring")
        if isinstance(node, ast.ClassDef):
            yield from _look_into(source, node, f"{prefix}{node.name}.")


def _definitions(body: list[ast.stmt]) -> Iterator[_Documented]:
    """Definitions of a body, those under a condition included."""
    for node in body:
        if isinstance(node, _Documented):
            yield node
        elif isinstance(node, ast.If | ast.Try):
            yield from _definitions([*node.body, *node.orelse])


def _is_overload(node: _Documented) -> bool:
    """Whether another definition carries the documentation: overloads, and the setter beside a property."""
    return any(ast.unparse(decorator).split(".")[-1] in {"overload", "setter"} for decorator in node.decorator_list)
