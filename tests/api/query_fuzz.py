"""Strategies for query strings: known names with good, odd and absurd values, and filters of any make."""

import json
from typing import Any
from urllib.parse import quote

from hypothesis import strategies as st

from panope.query.fields import FIELDS, FieldType, View
from panope.query.text.show import print_query
from panope.wire.langfuse.columns import COLUMNS
from tests.support.terms import TERMS

NAMES = """
page limit orderBy fields filter cursor fromTimestamp toTimestamp fromStartTime toStartTime name userId sessionId tags
traceTags environment version release type level parentObservationId traceId observationId scoreIds configId queueId
source dataType value operator valueMin valueMax isRootObservation parseIoAsJson expandMetadata useEventsTable
datasetRunId traceSessionId groupBy bucket percentiles failIfDatabaseUnavailable filter filter filter filter orderBy
q q q
""".split()

ODD_TEXTS = [
    "",
    " ",
    "\0",
    "%",
    "%00",
    "%%%",
    "'",
    '"',
    "\\",
    "null",
    "NaN",
    "Infinity",
    "-Infinity",
    "1e999",
    "0x10",
    "٣",
    "true",
    "FALSE",
    "[]",
    "{}",
    "a,b,,c",
    ",",
    "é",
    "\U0001f600",
    "\u202e",
    "\ud800",
    "\r\n",
    "' OR 1=1 --",
    "(",
    "[",
    "*",
    "_%",
    "x" * 5_000,
    "2027-01-15T08:00:00Z",
    "2027-01-15T08:00:00.000001+23:59",
    "0001-01-01T00:00:00+14:00",
    "9999-12-31T23:59:59.999999-14:00",
    "2027-01-15",
    "timestamp.desc",
    "id.asc",
    "name.DESC",
    "timestamp",
    "DEFAULT",
    "ERROR",
    "GENERATION",
    "SPAN",
    "NUMERIC",
    "core,io,metrics",
    "scores,observations",
    "metadata",
    "=",
    ">=",
    "eyJsYXN0IjoxfQ==",
    "e30=",
    "AAAA",
    "trace-1",
    "default",
    "day",
    "source,configId",
    "50,99.9",
]
NUMBERS = [
    "0",
    "1",
    "-1",
    "50",
    "100",
    "101",
    "1000",
    "1001",
    "1.5",
    str(2**31),
    str(2**53),
    str(2**63),
    str(2**64),
    "9" * 400,
]
TEXTS = st.one_of(st.sampled_from(ODD_TEXTS), st.sampled_from(NUMBERS), st.text(max_size=30))

_NUMBERS = ("=", ">", "<", ">=", "<=")
_TEXTS = ("=", "contains", "does not contain", "starts with", "ends with", "matches")
OPERATORS = {
    "datetime": (">", "<", ">=", "<="),
    "string": _TEXTS,
    "number": _NUMBERS,
    "stringOptions": ("any of", "none of"),
    "categoryOptions": ("any of", "none of"),
    "arrayOptions": ("any of", "none of", "all of"),
    "stringObject": _TEXTS,
    "numberObject": _NUMBERS,
    "booleanObject": ("=", "<>"),
    "boolean": ("=", "<>"),
    "null": ("is null", "is not null"),
    "positionInTrace": ("=",),
}
ACCEPTED = {
    FieldType.STRING: ("string", "stringOptions", "null"),
    FieldType.NUMBER: ("number", "null"),
    FieldType.DATETIME: ("datetime", "null"),
    FieldType.BOOLEAN: ("boolean", "null"),
    FieldType.STRING_LIST: ("arrayOptions", "stringOptions", "null"),
    FieldType.STRING_MAP: ("stringObject", "null"),
    FieldType.NUMBER_MAP: ("numberObject", "null"),
    FieldType.CATEGORY_MAP: ("categoryOptions", "null"),
    FieldType.BOOLEAN_MAP: ("booleanObject", "null"),
}
COLUMN_TYPES = {
    view: [
        (column, kind)
        for column, field in sorted(COLUMNS[view].items())
        if field in FIELDS[view]
        for kind in ACCEPTED[FIELDS[view][field].type]
    ]
    for view in View
    if COLUMNS[view]
}
"""Every pair of a column and a type of condition that it takes."""

JSON_VALUES = st.recursive(
    st.one_of(
        st.none(),
        st.booleans(),
        st.integers(-(2**70), 2**70),
        st.floats(allow_nan=False, allow_infinity=False),
        st.sampled_from(ODD_TEXTS),
        st.text(max_size=10),
    ),
    lambda inner: st.one_of(st.lists(inner, max_size=4), st.dictionaries(st.text(max_size=5), inner, max_size=3)),
    max_leaves=6,
)
_FITTING = {
    "datetime": st.sampled_from([text for text in ODD_TEXTS if "T" in text and ":" in text]),
    "number": st.one_of(st.integers(-(2**70), 2**70), st.floats(allow_nan=False, allow_infinity=False)),
    "numberObject": st.one_of(st.integers(-(2**70), 2**70), st.floats(allow_nan=False, allow_infinity=False)),
    "boolean": st.booleans(),
    "booleanObject": st.booleans(),
    "null": st.just(""),
    **dict.fromkeys(("stringOptions", "categoryOptions", "arrayOptions"), st.lists(TEXTS, max_size=4)),
    **dict.fromkeys(("string", "stringObject"), TEXTS),
}


@st.composite
def conditions(draw: st.DrawFn, view: View) -> Any:
    """One element of a filter: right in five of six cases, as far as its value goes in all types."""
    column, kind = draw(st.sampled_from(COLUMN_TYPES[view]))
    condition = {
        "type": kind,
        "column": column,
        "operator": draw(st.sampled_from(OPERATORS[kind])),
        "value": draw(_FITTING.get(kind, JSON_VALUES)),
        "key": draw(TEXTS),
    }
    if draw(st.integers(0, 5)) == 0:
        spoilt = draw(st.sampled_from(sorted(condition)))
        if draw(st.booleans()):
            del condition[spoilt]
        else:
            condition[spoilt] = draw(JSON_VALUES)
    return condition


FILTERS = {
    view: st.one_of(
        st.lists(conditions(view), min_size=1, max_size=3).map(json.dumps),
        st.lists(conditions(view), min_size=1, max_size=3).map(json.dumps),
        JSON_VALUES.map(json.dumps),
        st.sampled_from(['[{"type":' * 300, "[" * 5_000, "[1e999]", "[NaN]", '["\\ud800"]', "\0", "[{}]" * 50]),
    )
    for view in COLUMN_TYPES
}

_TIMES = st.sampled_from(["2027-01-15T07:00:00Z", "2027-01-15T09:00:00+01:00", "2000-01-01T00:00:00.000001Z"])
_NAMES = st.sampled_from(["bad", "quality", "default", "trace-1", "t", "a,b", "é", "\ufffd", "%", "_", "'"])
_GOOD = {
    "q": st.lists(TERMS, min_size=1, max_size=3).map(print_query),
    "page": st.sampled_from(["1", "2", "1000000"]),
    "limit": st.sampled_from(["1", "2", "50", "100"]),
    "orderBy": st.builds(
        "{}.{}".format,
        st.sampled_from(
            ["timestamp", "id", "name", "userId", "release", "version", "public", "bookmarked", "sessionId"]
        ),
        st.sampled_from(["asc", "desc"]),
    ),
    "fields": st.sampled_from(
        ["core", "core,io,metadata,metrics,scores,observations", "details,subject", "io", "usage"]
    ),
    "type": st.sampled_from(["SPAN", "GENERATION"]),
    "level": st.sampled_from(["DEFAULT", "ERROR"]),
    "dataType": st.sampled_from(["NUMERIC", "CATEGORICAL", "BOOLEAN", "NUMERIC,BOOLEAN"]),
    "source": st.sampled_from(["API", "ANNOTATION,EVAL"]),
    "operator": st.sampled_from(_NUMBERS),
    "value": st.sampled_from(["1", "0.5", "-1e300", "true"]),
    **dict.fromkeys(("isRootObservation", "parseIoAsJson", "useEventsTable"), st.sampled_from(["true", "false"])),
    **dict.fromkeys(("valueMin", "valueMax"), st.sampled_from(["0", "0.5", "-1e308"])),
    **dict.fromkeys(("fromTimestamp", "toTimestamp", "fromStartTime", "toStartTime"), _TIMES),
}


@st.composite
def parameters(draw: st.DrawFn, view: View | None) -> tuple[str, str]:
    """One name and value, already percent-encoded; good in two of three cases, else odd, or bytes that are no text."""
    name = draw(st.sampled_from(NAMES))
    good = FILTERS.get(view, TEXTS) if name == "filter" and view else _GOOD.get(name, _NAMES)
    value = draw(good)
    raw = b""
    if draw(st.integers(0, 2)) == 0:
        name = draw(st.one_of(st.just(name), st.just(name), TEXTS))
        value = draw(TEXTS)
        raw = draw(st.sampled_from([b"", b"", b"\xff", b"\xc3"]))
    return _percent(name.encode("utf-8", "surrogatepass")), _percent(value.encode("utf-8", "surrogatepass") + raw)


def _percent(text: bytes) -> str:
    return quote(text, safe="")


def queries(view: View | None) -> st.SearchStrategy[str]:
    """A whole query string for a list of this view."""
    pairs = st.lists(parameters(view), max_size=4)
    return pairs.map(lambda pairs: "&".join(f"{name}={value}" for name, value in pairs))


PATH_PARTS = st.one_of(
    st.sampled_from(ODD_TEXTS).map(lambda text: _percent(text.encode("utf-8", "surrogatepass")[:2_000])),
    st.binary(max_size=12).map(_percent),
    st.text(max_size=12).map(lambda text: _percent(text.encode("utf-8", "surrogatepass"))),
    st.sampled_from(["%2F", "%252F", "..", ".", "a/b", "//", "%", "%zz", "%2", "a%00b", "%ff", "trace-1", "bad-3"]),
)
HEADERS = st.dictionaries(
    st.sampled_from(
        "accept accept-encoding content-type content-encoding x-request-id x-forwarded-prefix x-forwarded-proto host "
        "origin range if-none-match expect cookie referer x-langfuse-sdk-name x_langfuse_sdk_version".split()
    ),
    st.one_of(
        st.text(st.characters(min_codepoint=32, max_codepoint=126), max_size=40),
        st.sampled_from(
            ["/prefix", "/a/b/../c", "gzip", "bytes=0-1", "a" * 5_000, "\xff\xfe", "http://evil.example", "*/*"]
        ),
    ),
    max_size=4,
)
