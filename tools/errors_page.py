"""Writes `docs/reference/errors.md` from the errors, refusals and repairs in the source; part of `make docs`."""

import ast
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, Final

from panope.domain import errors
from panope.domain.errors import ErrorKind, PanopeError
from panope.http.errors import render_error, status_of
from panope.wire.jsontext import RepairCode
from tools.lints.source import Source, read_sources

ROOT: Final = Path(__file__).parents[1]
PAGE: Final = ROOT / "docs" / "reference" / "errors.md"

REPAIRS: Final = {
    RepairCode.TEXT.value: "Text held a NUL, half a surrogate pair or bytes that are not UTF-8, now U+FFFD.",
    RepairCode.NUMBER.value: "A number was not finite, or does not fit into 64 bits: it became text.",
    "dropped_completion_start_time": "The time of the first token was no time, and was left out.",
    "dropped_cost": "A cost was negative or no number, and was left out.",
    "dropped_prompt_link": "The version of a prompt was no whole number, and the link to it was left out.",
    "dropped_usage": "A usage was negative or no number, and was left out.",
    "end_before_start": "It ended, or gave its first token, before it began; the times are kept as they were sent.",
    "text_cut": "A name, version, release, model or tag had more than 1,000 characters, and was cut there.",
    "too_many_tags": "A trace had more than 200 tags; those beyond were left out.",
    "unknown_keys": "The body had keys that no event of its type has; they were ignored.",
}
"""What was changed, by the code of the repair; all of them, or `render` fails."""

_AT_THE_START: Final = (
    "src/panope/bootstrap",
    "src/panope/cli/",
    "src/panope/composition",
    "src/panope/config/",
    "src/panope/features/accounts/authenticate",
    "src/panope/features/accounts/keys",
    "src/panope/features/accounts/provision",
    "src/panope/features/accounts/salt",
    "src/panope/features/accounts/users",
    "src/panope/features/diagnosis/",
    "src/panope/features/verification/",
    "src/panope/http/serving",
    "src/panope/adapters/sql/accounts",
    "src/panope/adapters/sql/migrations/",
    "src/panope/adapters/sql/people/users",
    "src/panope/adapters/host/",
    "src/panope/adapters/postgres/catalog",
    "src/panope/adapters/postgres/connection/connect",
    "src/panope/adapters/postgres/migration",
    "src/panope/adapters/postgres/probe",
    "src/panope/adapters/postgres/snapshot",
    "src/panope/adapters/postgres/telemetry",
    "src/panope/adapters/sqlite/catalog",
    "src/panope/adapters/sqlite/directory",
    "src/panope/adapters/sqlite/migration",
    "src/panope/adapters/sqlite/diagnosis/probe",
    "src/panope/adapters/sqlite/snapshot",
)
_REFUSALS: Final = {"RefusedError": (0, 1), "SpanRefusedError": (0, 1), "UnreadableSpan": (1, 2), "Breach": (0, 1)}
"""What refuses one event or span, with the positions of its code and its message."""
_CLASSES: Final = {
    name: value for name, value in vars(errors).items() if isinstance(value, type) and issubclass(value, PanopeError)
}
_MAKERS: Final = {*_CLASSES, *_REFUSALS, "Rejection"}
_BODY_MAKERS: Final = frozenset({"invalid_body", "read_body"})
"""What refuses a body with the places that are wrong, and a code that callers name."""
_UNKNOWN: Final = "…"
_Function = ast.FunctionDef | ast.AsyncFunctionDef

_INTRODUCTION: Final = """# Errors

Every error says what was wrong, where, and what to do; none repeats what was sent. The *code* is a stable word that
stands in the log line of the request and in the metrics. `…` below stands for what differs from case to case.

This page is made from the code: `make docs`.

## Over HTTP

The body is `{"message": …, "error": …}`, where `error` is the name below, or a list of `{"code", "path", "message"}`
when single places of the request are wrong. 401 and 403 have the message alone, OTLP has `{"error": message}`, a
malformed batch `{"message", "errors": […]}`. 429 and 503 come with `Retry-After`: nothing was stored, send it again.
A question that would take too much work (`query_too_broad`) is of the kind invalid with a status of its own, 422, the
`error` `UnprocessableContentError`, and its `code` in the body: ask for a shorter range of time or by an exact value.
An unexpected failure is a 500 that says nothing; its reason is in the log, under the `x-request-id` of the answer.

| Kind | Status | `error` | |
|---|---|---|---|
"""
_IN_BATCHES: Final = """## One event of many

One bad event harms no other. In the answer to a batch it stands under `errors` with its id, a status and the message;
OTLP counts refused spans in `partial_success` and says why. Sent again unchanged it is refused again.

| Code | Message |
|---|---|
"""
_REPAIRED: Final = """## Repairs

What could be stored after changing it was: the ledger counts, for each request, what was changed.

| Code | |
|---|---|
"""
_REQUESTS: Final = """## Whole requests

| Code | Kind | Message |
|---|---|---|
"""
_COMMANDS: Final = """## The start and the command line

| Code | Kind | Message |
|---|---|---|
"""

Found = tuple[str, str, str]
"""Code, name of the class, message."""


def render() -> str:
    """The page as it ought to be. Raises `ValueError` when a repair has no words here, or words stand for none."""
    sources = [source for source in read_sources(ROOT, "src") if "/adapters/memory/" not in source.path]
    told = sorted({code for source in sources for code in _repairs(source)} | {code.value for code in RepairCode})
    if told != sorted(REPAIRS):
        text = f"REPAIRS says {sorted(REPAIRS)}, the source {told}"
        raise ValueError(text)
    refusals = {found for source in sources for found in _calls(source) if found[1] in _REFUSALS}
    early = {found for source in sources if _is_early(source) for found in _calls(source)} - refusals
    late = {found for source in sources if not _is_early(source) for found in _calls(source)} - refusals
    return "\n".join(
        [
            _INTRODUCTION + "".join(_kinds()),
            _REQUESTS + "".join(_with_kind(late)),
            _IN_BATCHES + "".join(sorted({f"| `{code}` | {message} |\n" for code, _, message in refusals})),
            _REPAIRED + "".join(f"| `{code}` | {REPAIRS[code]} |\n" for code in sorted(REPAIRS)),
            _COMMANDS + "".join(_with_kind(early)),
        ]
    )


def _is_early(source: Source) -> bool:
    return source.path.startswith(_AT_THE_START)


def _kinds() -> Iterator[str]:
    by_kind = {error.kind: error for error in _CLASSES.values()}
    for kind in ErrorKind:
        error = by_kind[kind]
        name = bytes(render_error(error("")).body).decode().rpartition('"error":"')[2].split('"')[0]
        summary = "Nobody foresaw it." if error is PanopeError else (error.__doc__ or "").split("\n\n")[0]
        shown = f"`{name}`" if name.endswith("Error") else ""
        yield f"| {kind} | {status_of(error(''))} | {shown} | {' '.join(summary.split())} |\n"


def _with_kind(found: Iterable[Found]) -> Iterator[str]:
    kinds = {name: error.kind for name, error in _CLASSES.items()}
    for code, name, message in sorted(found):
        yield f"| `{code}` | {kinds.get(name, ErrorKind.INVALID)} | {message} |\n"


def _calls(source: Source) -> Iterator[Found]:
    """Every error that a file makes with a code of its own; several when a function of it is told the message."""
    tree, constants = source.tree, _constants(source.tree)
    for function in [tree, *(node for node in ast.walk(tree) if isinstance(node, _Function))]:
        for call in _own_calls(function):
            name = _name(call.func)
            if name not in _MAKERS and name not in _BODY_MAKERS:
                continue
            code, message = _code_and_message(call, name, constants)
            if code and name in _BODY_MAKERS:
                yield code, "InvalidError", "Invalid request data: … (with the places that are wrong)"
                continue
            for text in _texts(message, function, tree) if code else ():
                yield code, "RefusedError" if name == "Rejection" else name, text.replace("|", "\\|")


def _own_calls(function: ast.AST) -> Iterator[ast.Call]:
    """Calls in a function, without those in functions inside of it."""
    pending = list(ast.iter_child_nodes(function))
    while pending:
        node = pending.pop()
        if isinstance(node, _Function):
            continue
        if isinstance(node, ast.Call):
            yield node
        pending.extend(ast.iter_child_nodes(node))


def _code_and_message(call: ast.Call, name: str, constants: Mapping[str, Any]) -> tuple[str, ast.expr | None]:
    """The code, empty when it is known at run time only, and the expression of the message."""
    named = {keyword.arg: keyword.value for keyword in call.keywords}
    at_code, at_message = _REFUSALS.get(name, (None, 0))
    code = named.get("code") if at_code is None else _at(call.args, at_code)
    message = named.get("message") or _at(call.args, at_message)
    if isinstance(code, ast.Name):
        return str(constants.get(code.id, "")), message
    return (str(code.value), message) if isinstance(code, ast.Constant) else ("", message)


def _constants(tree: ast.Module) -> dict[str, Any]:
    """Values of the names that a file gives to constants."""
    return {
        node.target.id: node.value.value
        for node in tree.body
        if isinstance(node, ast.AnnAssign)
        and isinstance(node.target, ast.Name)
        and isinstance(node.value, ast.Constant)
    }


def _at(arguments: Sequence[ast.expr], position: int) -> ast.expr | None:
    return arguments[position] if position < len(arguments) else None


def _texts(node: ast.expr | None, function: ast.AST, tree: ast.Module) -> Iterator[str]:
    """What an expression in a function may say: itself, what its name stands for, or what callers hand over."""
    if not isinstance(node, ast.Name):
        yield _text(node)
        return
    assigned = [each for each in ast.walk(function) if isinstance(each, ast.Assign) and each.lineno < node.lineno]
    given = [each.value for each in assigned if isinstance(each.targets[0], ast.Name) and each.targets[0].id == node.id]
    parameters = [each.arg for each in function.args.args] if isinstance(function, _Function) else []
    if given:
        yield _text(given[-1])
    elif isinstance(function, _Function) and node.id in parameters:
        calls = [each for each in ast.walk(tree) if isinstance(each, ast.Call) and _name(each.func) == function.name]
        yield from {_text(_at(call.args, parameters.index(node.id))) for call in calls} - {_UNKNOWN}
    else:
        yield _UNKNOWN


def _text(node: ast.expr | None) -> str:
    """The text of an expression, with `…` for what is not known before it runs."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return node.value
    if isinstance(node, ast.JoinedStr):
        return "".join(_text(part) for part in node.values)
    return _UNKNOWN


def _repairs(source: Source) -> Iterator[str]:
    constants = _constants(source.tree)
    for call in ast.walk(source.tree):
        if isinstance(call, ast.Call) and isinstance(call.func, ast.Attribute) and call.func.attr in {"add", "append"}:
            owner = call.func.value
            if (owner.attr if isinstance(owner, ast.Attribute) else _name(owner)) != "repairs":
                continue
            code = call.args[0]
            if isinstance(code, ast.Constant):
                yield str(code.value)
            elif isinstance(code, ast.Name) and code.id in constants:
                yield str(constants[code.id])


def _name(node: ast.expr) -> str:
    return node.id if isinstance(node, ast.Name) else getattr(node, "attr", "")


if __name__ == "__main__":
    PAGE.write_text(render(), encoding="utf-8")
