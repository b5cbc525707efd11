"""Tolerant reading of JSON bytes: what common encoders write although JSON forbids it is repaired, not refused.

Python and other encoders emit `NaN`, halves of surrogate pairs, NUL and integers of any size; stores and strict
readers stumble over each of them. A repair replaces only the offending token and leaves every other byte as it was
sent. No repair builds objects or recurses, so neither large nor deep input hurts.
"""

import math
import re
from enum import StrEnum
from typing import Any, Final

import msgspec
from msgspec import Struct

MAX_DEPTH: Final = 200
"""Arrays and objects within each other in one value."""

MAX_REPAIRED_BYTES: Final = 8 * 1024 * 1024
"""Larger documents have to be right: looking at every token takes half a second a megabyte."""

INT64_MIN: Final = -(2**63)
UINT64_MAX: Final = 2**64 - 1


class RepairCode(StrEnum):
    """What a repair changed."""

    TEXT = "repaired_text"
    """NUL, half a surrogate pair or a byte that is not UTF-8 became U+FFFD; a bare control character was escaped."""
    NUMBER = "repaired_number"
    """NaN, an infinity, or a number beyond 64 bit became its text."""


class Fix(Struct, frozen=True):
    """One repair, at this byte offset of the repaired document."""

    offset: int
    code: RepairCode


_STRING: Final = rb'"[^"\\]*+(?:\\.[^"\\]*+)*+(?:"|\\?\Z)'
"""A string, or one that nothing ends: giving up on it would try every quote inside again."""
_TOKEN: Final = re.compile(
    _STRING + rb"|-?Infinity|NaN|-?[0-9]+(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?",
    re.DOTALL,
)
_UNSAFE: Final = re.compile(
    rb"[\x00-\x1f]|\\u0000|\\u[dD][89abAB][0-9a-fA-F]{2}\\u[dD][c-fC-F][0-9a-fA-F]{2}|\\u[dD][89a-fA-F][0-9a-fA-F]{2}|\\.",
    re.DOTALL,
)
_SUSPECT: Final = re.compile(rb"[\x00-\x1f]|\\u(?:0000|[dD][89a-fA-F])")
"""Whether a string is worth the closer look of `_UNSAFE`, which visits every escape."""
_NUL_OR_ESCAPE: Final = re.compile(rb"\\u0000|\\.", re.DOTALL)
_ESCAPED_PAIR_BYTES: Final = 12
_REPLACEMENT: Final = rb"\ufffd"

_STRUCTURE: Final = re.compile(_STRING + rb"|[\[{]+|[\]}]+", re.DOTALL)
_RUNS: Final = re.compile(rb"\[+|\]+")
_CHEAP_LAYERS: Final = 8
_QUOTE: Final = ord('"')
_OPENERS: Final = b"[{"

# One translation answers every question: digits become 0, so does the plus of an exponent, and brackets are all alike.
_SHAPE: Final = bytes.maketrans(b"123456789+E{", b"0000000000e[")
_LARGE_EXPONENT: Final = b"0e000"
_INT_DIGITS: Final = b"0" * 19
_BRACKETS: Final = bytes(ord("[") if i == ord("{") else ord("]") if i == ord("}") else i for i in range(256))
_NO_BRACKETS: Final = bytes(i for i in range(256) if i not in b"[]{}")


def needs_number_repair(document: bytes) -> bool:
    """Whether a number of a valid document may be beyond 64 bit; cheap, and wrong in that direction only."""
    return _has_large_number(document.translate(_SHAPE), document)


def _has_large_number(shape: bytes, document: bytes) -> bool:
    return _shows_large_number(shape) and _shows_large_number(_outside_strings(document).translate(_SHAPE))


def _shows_large_number(shape: bytes) -> bool:
    """The same, with ids and encoded files taken for numbers that hold something like `4e123`."""
    find = shape.find  # not `in`, which with bytes raises and catches an error each time
    if find(_INT_DIGITS) >= 0 and (find(_INT_DIGITS + b"0") >= 0 or find(b"-" + _INT_DIGITS) >= 0):
        return True
    return find(_LARGE_EXPONENT) >= 0


def _outside_strings(document: bytes) -> bytes:
    """What of a valid document lies outside its strings."""
    if document.find(b"\\") >= 0:
        document = document.replace(rb"\\", b"").replace(rb"\"", b"")
    return b"".join(document.split(b'"')[::2])


def is_plain(document: bytes) -> bool:
    """Whether a document can neither nest too deeply nor hold a number that needs repair; cheap, and often enough."""
    shape = document.translate(_SHAPE)
    if len(document) > 2 * MAX_DEPTH and shape.count(b"[") > MAX_DEPTH:
        return False
    return not _has_large_number(shape, document)


def is_too_deep(document: bytes) -> bool:
    """Whether arrays and objects of a valid document lie more than `MAX_DEPTH` within each other."""
    if len(document) <= 2 * MAX_DEPTH or document[0] == _QUOTE:
        return False
    if document.count(b"[") + document.count(b"{") <= MAX_DEPTH:
        return False
    brackets = _outside_strings(document).translate(_BRACKETS, _NO_BRACKETS)
    for _ in range(_CHEAP_LAYERS):  # each pass takes the innermost layer away, and most of the brackets
        brackets = brackets.replace(b"[]", b"")
    level = 0
    for run in _RUNS.finditer(brackets):
        length = run.end() - run.start()
        level += length if brackets[run.start()] in _OPENERS else -length
        if level > MAX_DEPTH - _CHEAP_LAYERS:
            return True
    return False


def has_nul(document: bytes) -> bool:
    """Whether a string of a valid document holds the character NUL."""
    return any(match.group() == rb"\u0000" for match in _NUL_OR_ESCAPE.finditer(document))


def repair_utf8(document: bytes) -> tuple[bytes, bool]:
    """Replace bytes that are not UTF-8 by U+FFFD and drop a byte order mark; whether anything was replaced."""
    document = document.removeprefix(b"\xef\xbb\xbf")
    try:
        document.decode()
    except UnicodeDecodeError:
        return document.decode(errors="replace").encode(), True
    return document, False


def repair_tokens(document: bytes) -> tuple[bytes, list[Fix]]:
    """Repair strings and numbers of a document that need not be valid JSON otherwise."""
    fixes: list[Fix] = []
    parts: list[bytes] = []
    written = copied = 0
    for match in _TOKEN.finditer(document):
        token = match.group()
        repaired = _repair_string(token) if token[0] == _QUOTE else _repair_number(token)
        if repaired is token:
            continue
        written += match.start() - copied
        fixes.append(Fix(written, RepairCode.TEXT if token[0] == _QUOTE else RepairCode.NUMBER))
        parts += (document[copied : match.start()], repaired)
        written += len(repaired)
        copied = match.end()
    if not fixes:
        return document, fixes
    return b"".join((*parts, document[copied:])), fixes


def _repair_string(token: bytes) -> bytes:
    if not _SUSPECT.search(token):
        return token
    repaired = _UNSAFE.sub(_safe_escape, token)
    return token if repaired == token else repaired


def _safe_escape(match: re.Match[bytes]) -> bytes:
    found = match.group()
    if len(found) == 1:
        return b"\\u%04x" % found[0] if found != b"\x00" else _REPLACEMENT
    if found == rb"\u0000":
        return _REPLACEMENT
    is_lone_half = found[1:2] == b"u" and len(found) > len(rb"\u") and len(found) < _ESCAPED_PAIR_BYTES
    return _REPLACEMENT if is_lone_half else found


def _repair_number(token: bytes) -> bytes:
    if token[-1:].isalpha():
        return b'"%s"' % token
    if token.lstrip(b"-").isdigit():
        is_small = len(token) < len(str(INT64_MIN)) or (
            len(token) <= len(str(UINT64_MAX)) and INT64_MIN <= int(token) <= UINT64_MAX
        )
        return token if is_small else b'"%s"' % token
    return token if math.isfinite(float(token)) else b'"%s"' % token


def prune(document: bytes, depth: int, stump: bytes = b"null") -> bytes:
    """Put a stump in place of whatever lies deeper than `depth`, so that a recursive reader can read the rest."""
    parts: list[bytes] = []
    level = kept_to = 0
    for match in _STRUCTURE.finditer(document):
        token = match.group()
        if token[0] == _QUOTE:
            continue
        is_opening = token[0] in _OPENERS
        after = level + len(token) if is_opening else level - len(token)
        if level <= depth < after:
            parts += (document[kept_to : match.start() + depth - level], stump)
        elif after <= depth < level:
            kept_to = match.end() - (depth - after)
        level = after
    return b"".join((*parts, document[kept_to:])) if level <= depth else b"".join(parts)


def read_text(value: bytes, repairs: list[str]) -> str | None:
    """Read one valid JSON value as text: a string as it is, null as None, anything else as its JSON.

    Appends a `RepairCode` to `repairs` for each kind of repair it needed.
    """
    if value == b"null":
        return None
    if value[0] != _QUOTE:
        if needs_number_repair(value):
            value = _repaired(value, repairs)
        try:
            return value.decode()
        except UnicodeDecodeError:
            return _repaired(value, repairs).decode()
    try:
        return msgspec.json.decode(value, type=str)
    except UnicodeDecodeError:
        return msgspec.json.decode(_repaired(value, repairs), type=str)


def read_value(value: bytes, repairs: list[str]) -> Any:
    """Read one valid JSON value into plain objects, with the same repairs. The caller has ruled out `is_too_deep`."""
    if needs_number_repair(value):
        value = _repaired(value, repairs)
    try:
        return msgspec.json.decode(value)
    except UnicodeDecodeError:
        return msgspec.json.decode(_repaired(value, repairs))


def _repaired(value: bytes, repairs: list[str]) -> bytes:
    if len(value) > MAX_REPAIRED_BYTES:
        raise msgspec.DecodeError("too large to be repaired")
    value, changed = repair_utf8(value)
    if changed:
        repairs.append(RepairCode.TEXT)
    value, fixes = repair_tokens(value)
    repairs += {fix.code for fix in fixes}
    return value
