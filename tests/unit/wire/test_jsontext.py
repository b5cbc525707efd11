"""Tolerant reading of JSON text."""

import json
import math
from typing import Any

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from panope.wire.jsontext import (
    INT64_MIN,
    MAX_DEPTH,
    UINT64_MAX,
    Fix,
    RepairCode,
    is_plain,
    is_too_deep,
    needs_number_repair,
    prune,
    read_text,
    read_value,
    repair_tokens,
    repair_utf8,
)


@pytest.mark.parametrize(
    ("sent", "expected"),
    [
        (b"NaN", b'"NaN"'),
        (b'{"a":-Infinity,"b":Infinity}', b'{"a":"-Infinity","b":"Infinity"}'),
        (b"[18446744073709551616]", b'["18446744073709551616"]'),
        (b"[-9223372036854775809]", b'["-9223372036854775809"]'),
        (b"[1e400,-1E400,1.5e+400]", b'["1e400","-1E400","1.5e+400"]'),
        (rb'"\u0000"', rb'"\ufffd"'),
        (b'"\x00\x01\n"', rb'"\ufffd\u0001\u000a"'),
        (rb'"\ud800"', rb'"\ufffd"'),
        (rb'"\udfff\ud83d\ude00\uD800\uDBFF"', rb'"\ufffd\ud83d\ude00\ufffd\ufffd"'),
        (rb'{"\ud800":"NaN 1e999"}', rb'{"\ufffd":"NaN 1e999"}'),
    ],
)
def test_offending_token_is_replaced_and_the_rest_stays(sent: bytes, expected: bytes) -> None:
    repaired, fixes = repair_tokens(sent)
    assert repaired == expected
    assert fixes
    assert repair_tokens(repaired) == (repaired, [])


@pytest.mark.parametrize(
    "sent",
    [
        b"[18446744073709551615,-9223372036854775808,1.7976931348623157e308,1e-999]",
        rb'"\\u0000 \\ud800 \" \\"',
        rb'"\ud83d\ude00"',
        b'"12345678901234567890123"',
        b'{"a":[1,2.50,true,null]}',
    ],
)
def test_valid_document_stays_byte_for_byte(sent: bytes) -> None:
    assert repair_tokens(sent) == (sent, [])


def test_fix_tells_where_it_lies_in_the_repaired_document() -> None:
    repaired, fixes = repair_tokens(rb'["\ud800", NaN, "ok", 1e999]')
    assert fixes == [
        Fix(repaired.index(rb'"\ufffd"'), RepairCode.TEXT),
        Fix(repaired.index(b'"NaN"'), RepairCode.NUMBER),
        Fix(repaired.index(b'"1e999"'), RepairCode.NUMBER),
    ]


def test_bytes_that_are_not_utf8_are_replaced() -> None:
    assert repair_utf8(b'"\xff"') == ('"\ufffd"'.encode(), True)
    assert repair_utf8('"é"'.encode()) == ('"é"'.encode(), False)
    assert repair_utf8(b'\xef\xbb\xbf"a"') == (b'"a"', False)


@pytest.mark.parametrize("depth", [1, 199, 200, 201, 202, 5_000])
@pytest.mark.parametrize(("opening", "closing"), [("[", "]"), ('{"[[[]":', "}"), ('[{"a":0},[],', "]")])
def test_depth_is_counted_outside_of_strings(depth: int, opening: str, closing: str) -> None:
    document = (opening * depth + "0" + closing * depth).encode()
    levels = depth + (opening.startswith("[{"))
    assert is_too_deep(document) is (levels > 200)


def test_many_brackets_side_by_side_are_not_deep() -> None:
    assert not is_too_deep(json.dumps([[], {}] * 5_000).encode())
    assert not is_too_deep(json.dumps("[" * 5_000).encode())


@pytest.mark.parametrize(
    ("sent", "expected"),
    [
        (b'{"a":[[1]],"b":[2]}', b'{"a":[null],"b":[2]}'),
        (b'[[[[]]],"]",[1]]', b'[[null],"]",[1]]'),
        (b'[{"a":{"b":{}}},{}]', b'[{"a":null},{}]'),
        (b"[[[[[[", b"[[null"),
        (b"[[1]]", b"[[1]]"),
        (b'{"a":{"b":[]}}', b'{"a":{"b":null}}'),
    ],
)
def test_what_lies_deeper_is_cut_out(sent: bytes, expected: bytes) -> None:
    assert prune(sent, 2) == expected


JSON = st.recursive(
    st.none() | st.booleans() | st.integers(INT64_MIN, UINT64_MAX) | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=4), inner, max_size=4),
    max_leaves=20,
)


def cut(value: Any, depth: int) -> Any:
    if not isinstance(value, list | dict):
        return value
    if depth == 0:
        return None
    if isinstance(value, list):
        return [cut(entry, depth - 1) for entry in value]
    return {key: cut(entry, depth - 1) for key, entry in value.items()}


@given(value=JSON, depth=st.integers(1, 4))
def test_pruning_equals_cutting_the_objects(value: Any, depth: int) -> None:
    assert json.loads(prune(json.dumps(value).encode(), depth)) == cut(value, depth)


@given(value=JSON, ascii_only=st.booleans())
def test_valid_values_are_read_as_they_are(value: Any, ascii_only: bool) -> None:  # noqa: FBT001 - drawn
    document = msgspec.json.encode(value) if not ascii_only else json.dumps(value).encode()
    if b"\\u0000" in document or b"\x00" in document:
        return
    repairs: list[str] = []
    assert read_value(document, repairs) == value
    text = read_text(document, repairs)
    assert text == (value if isinstance(value, str) or value is None else document.decode())
    assert repairs == []


WILD = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(st.characters(), max_size=8),
    lambda inner: (
        st.lists(inner, max_size=4) | st.dictionaries(st.text(st.characters(), max_size=4), inner, max_size=4)
    ),
    max_leaves=20,
)


@settings(deadline=None)
@given(value=WILD)
def test_whatever_pythons_encoder_writes_can_be_read_after_repair(value: Any) -> None:
    repaired, _ = repair_tokens(json.dumps(value).encode())
    strict = msgspec.json.decode(repaired)
    assert "\x00" not in str(strict)
    assert not any(isinstance(leaf, float) and not math.isfinite(leaf) for leaf in leaves(strict))
    assert all(INT64_MIN <= leaf <= UINT64_MAX for leaf in leaves(strict) if isinstance(leaf, int))


def leaves(value: Any) -> list[Any]:
    if isinstance(value, list):
        return [leaf for entry in value for leaf in leaves(entry)]
    if isinstance(value, dict):
        return [leaf for entry in value.values() for leaf in leaves(entry)]
    return [value]


@given(
    number=st.integers() | st.floats(allow_nan=False, allow_infinity=False),
    sign=st.sampled_from(["", "-"]),
    before=st.sampled_from(["", "[", "[1,", '["a4e123", ', '{"a":', '{"a":\n', '["0e000 1e2", "x9e999",']),
    mark=st.sampled_from(["e", "E", "e+", "E+", "e-"]),
)
def test_gate_lets_no_number_pass_that_needs_repair(number: float, sign: str, before: str, mark: str) -> None:
    for told in (f"{sign}{abs(number)}", f"{sign}{abs(number)}{mark}{abs(int(number)) % 2000}"):
        text = before + told
        try:
            bad = repair_tokens(text.encode())[1]
        except ValueError:
            continue
        assert not bad or needs_number_repair(text.encode())


@pytest.mark.parametrize(
    ("document", "expected"),
    [
        (b'{"id": "a94e1234", "of": "0f77e999"}', False),
        (b'"' + b"x4e123 " * 10 + b'"', False),
        (b'{"id": "a94e1234", "number": 1e999}', True),
        (b'["a94e1234", -1.5E+400]', True),
        (b"1e400", True),
        (b'"' + b"x4e123" * 1000 + b'"', False),
        (rb'["a \" 1e999 \\", 1]', False),
        (rb'["\\", 1e999, "\\\"", 1]', True),
        (rb'{"\"": "' + b"1" * 40 + rb'\\"}', False),
        (b"[" + b"0" * 100 + b"e400]", True),
        (b"[1e-07, 12.5e10]", False),
    ],
)
def test_gate_passes_ids_that_look_like_exponents(document: bytes, *, expected: bool) -> None:
    assert needs_number_repair(document) is expected


@given(st.lists(st.booleans(), min_size=1, max_size=2 * MAX_DEPTH), st.sampled_from([1, 2**64 - 1, 2**64]))
def test_what_is_plain_is_neither_too_deep_nor_in_need_of_repair(objects: list[bool], number: int) -> None:
    opened = "".join('{"a":' if is_object else "[" for is_object in objects)
    closed = "".join("}" if is_object else "]" for is_object in reversed(objects))
    document = f"{opened}{number}{closed}".encode()
    assert is_plain(document) is (number < 10**18 and len(objects) <= MAX_DEPTH)
    assert not (is_plain(document) and is_too_deep(document))


@given(st.binary(max_size=60) | st.text('[]{}",:\\u0d8NaInfity01e-.', max_size=60).map(str.encode))
def test_repairs_take_any_bytes(sent: bytes) -> None:
    repair_tokens(repair_utf8(prune(sent, 3))[0])
    is_too_deep(sent or b"0")
