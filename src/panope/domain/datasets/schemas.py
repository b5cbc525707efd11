"""JSON Schemas of items: checked when they are set, kept to by every item.

Nothing is ever fetched: a schema refers to its own parts alone. Patterns match in linear time. A schema whose
references unfold to too much is refused, as a few lines of it could ask for more work than any machine does.
"""

import re
from collections.abc import Iterator
from functools import lru_cache
from itertools import islice
from typing import Any, Final, NoReturn

import msgspec

from panope.domain.errors import InvalidError, Issue

MAX_SCHEMA_BYTES: Final = 256 * 1024
MAX_UNFOLDED: Final = 10_000
"""Parts of a schema, each counted as often as references lead there."""
_MAX_ISSUES: Final = 5
"""Places that are named of one value."""
_MAX_TRACED: Final = 300
"""Work beyond which a broken rule is not looked for: only that the value breaks the schema is told."""
_MAX_WORK: Final = 20_000_000
"""Parts of a schema times values within an item: half a second at worst, during which nobody else is served."""
_MASK: Final = "the value"
"""What messages say instead of repeating a value."""
_MAX_MESSAGE_CHARS: Final = 200
_ESCAPED: Final = re.compile(rb"%([0-9a-fA-F]{2})")
_INVALID: Final = "invalid_schema"
_PATTERN_BYTES: Final = 1024 * 1024


class _Rules(msgspec.Struct, frozen=True):
    """A schema made ready."""

    validator: Any
    parts: int
    """Parts of the schema, each counted as often as references lead there."""
    recursions: int
    """Places at which the schema leads back into itself."""


def check_schema(schema: str, place: tuple[str | int, ...]) -> None:
    """Raise `InvalidError` unless a JSON text is a schema that items can be held to, saying what is wrong where."""
    try:
        _compiled(schema)
    except _SchemaError as error:
        text = f"{'.'.join(map(str, place))}: {error}"
        raise InvalidError(text, code=_INVALID, issues=(Issue((*place, *error.path), str(error), _INVALID),)) from None


def problems(schema: str, value: str, place: tuple[str | int, ...]) -> Iterator[Issue]:
    """Where a JSON text breaks a schema, at most a few places; no message repeats what the text says."""
    try:
        rules = _compiled(schema)
    except _SchemaError:
        return  # a schema that a newer release no longer understands harms nobody
    decoded = msgspec.json.decode(value)
    if rules.parts * len(value) > _MAX_WORK and rules.parts * _count(decoded) > _MAX_WORK:
        yield Issue(place, "holds too many values for the schema of the dataset: simplify either", "schema_too_costly")
        return
    if rules.validator.is_valid(decoded):
        return
    if rules.recursions > 1 and rules.recursions ** _depth(decoded) > _MAX_TRACED:
        yield Issue(place, "does not keep to the schema of the dataset", "schema_violation")
        return
    for error in islice(rules.validator.iter_errors(decoded), _MAX_ISSUES):
        yield Issue((*place, *error.instance_path), error.message[:_MAX_MESSAGE_CHARS], "schema_violation")


class _SchemaError(ValueError):
    def __init__(self, message: str, path: tuple[str | int, ...] = ()) -> None:
        super().__init__(message)
        self.path = path


@lru_cache(maxsize=256)
def _compiled(schema: str) -> _Rules:
    if len(schema.encode()) > MAX_SCHEMA_BYTES:
        raise _SchemaError(f"A schema must have at most {MAX_SCHEMA_BYTES} bytes")
    decoded = msgspec.json.decode(schema)
    if not isinstance(decoded, dict):
        raise _SchemaError("A schema must be a JSON object")
    import jsonschema_rs  # noqa: PLC0415 - 3 MB, for those who have schemas

    patterns = jsonschema_rs.RegexOptions(size_limit=_PATTERN_BYTES, dfa_size_limit=_PATTERN_BYTES)
    unfolding = _Unfolding(decoded)
    recursions = unfolding.count_recursions()
    try:
        validator = jsonschema_rs.validator_for(
            decoded, retriever=_refuse, pattern_options=patterns, mask=_MASK, validate_formats=False
        )
    except jsonschema_rs.ValidationError as error:
        raise _SchemaError(f"This is no JSON Schema: {error.message}", tuple(error.instance_path)) from None
    except (ValueError, RecursionError):
        raise _SchemaError("This schema nests too deeply") from None
    return _Rules(validator, unfolding.parts, recursions)


def _refuse(_uri: str) -> NoReturn:
    raise ValueError("a schema may refer to its own parts alone")


class _Unfolding:
    """Follows every reference of a schema, as far as a bound."""

    def __init__(self, root: dict[str, Any]) -> None:
        self._root = root
        self._left = MAX_UNFOLDED
        self._recursions = 0
        self._anchors: dict[str, Any] = {}
        is_old = re.search(r"/draft-0[34]/", str(root.get("$schema")))
        self._id_keywords = ("$id", "id") if is_old else ("$id",)
        self._find_anchors(root, is_root=True)

    @property
    def parts(self) -> int:
        """Parts that were visited so far."""
        return MAX_UNFOLDED - self._left

    def count_recursions(self) -> int:
        """Places that lead back into what is being unfolded; raises `_SchemaError` when there is no end to it."""
        self._visit(self._root, frozenset({id(self._root)}))
        return self._recursions

    def _find_anchors(self, node: Any, *, is_root: bool = False) -> None:
        if isinstance(node, dict):
            if not is_root and any(isinstance(node.get(keyword), str) for keyword in self._id_keywords):
                raise _SchemaError("A $id may stand at the root of a schema alone: name parts by $defs")
            for keyword in ("$anchor", "$dynamicAnchor"):
                if isinstance(node.get(keyword), str):
                    self._anchors[node[keyword]] = node
        parts = node.values() if isinstance(node, dict) else node if isinstance(node, list) else ()
        for part in parts:
            self._find_anchors(part)

    def _visit(self, node: Any, inside: frozenset[int]) -> None:
        self._left -= 1
        if self._left < 0:
            raise _SchemaError(f"The references of this schema unfold to more than {MAX_UNFOLDED} parts: use fewer")
        if isinstance(node, list):
            for part in node:
                self._visit(part, inside)
        elif isinstance(node, dict):
            for key, part in node.items():
                if key in {"$ref", "$dynamicRef", "$recursiveRef"} and isinstance(part, str):
                    self._follow(part, inside)
                else:
                    self._visit(part, inside)

    def _follow(self, reference: str, inside: frozenset[int]) -> None:
        target = self._resolve(reference)
        if id(target) in inside:
            self._recursions += 1
        else:
            self._visit(target, inside | {id(target)})

    def _resolve(self, reference: str) -> Any:
        if not reference.startswith("#"):
            raise _SchemaError("A $ref must point into the schema itself, as #/$defs/name does: nothing is fetched")
        plain = _ESCAPED.sub(lambda found: bytes.fromhex(found[1].decode()), reference[1:].encode())
        fragment = plain.decode(errors="replace")
        if not fragment.startswith("/"):
            target = self._anchors.get(fragment) if fragment else self._root
        else:
            target = self._root
            for step in fragment[1:].split("/"):
                target = _part(target, step.replace("~1", "/").replace("~0", "~"))
        if target is None:
            raise _SchemaError("A $ref points to a part that is not in the schema")
        return target


def _part(node: Any, step: str) -> Any:
    if isinstance(node, dict):
        return node.get(step)
    is_index = step.isascii() and step.isdecimal() and len(step) <= len(str(MAX_SCHEMA_BYTES))
    if isinstance(node, list) and is_index and int(step) < len(node):
        return node[int(step)]
    return None


def _count(value: Any) -> int:
    """How many values there are within a value, itself included."""
    waiting = [value]
    count = 0
    while waiting:
        node = waiting.pop()
        count += 1
        waiting.extend(node.values() if isinstance(node, dict) else node if isinstance(node, list) else ())
    return count


def _depth(value: Any) -> int:
    """How many arrays and objects of a value lie within each other."""
    parts: Any = value.values() if isinstance(value, dict) else value if isinstance(value, list) else None
    return 0 if parts is None else 1 + max(map(_depth, parts), default=0)
