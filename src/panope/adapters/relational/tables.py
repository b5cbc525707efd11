"""Rows of the domain ⇄ records of the tables. A column has the name of the field that it holds."""

from collections.abc import Sequence
from functools import lru_cache
from operator import attrgetter
from typing import Any, Final

import msgspec
from msgspec import Struct

from panope.adapters.relational.session import Record
from panope.domain.experiments.links import ExperimentLink
from panope.domain.ledger import BY_PEOPLE, Receipt
from panope.domain.scores import ScoreRow
from panope.domain.tracing import NO_DETAIL, ObservationDetail, ObservationRow, SessionRow, TraceRow, TraceTotals

_encode_json = msgspec.json.Encoder().encode
_decode_detail = msgspec.json.Decoder(ObservationDetail).decode
_decode_texts = msgspec.json.Decoder(list[str]).decode
_decode_counts = msgspec.json.Decoder(dict[str, int]).decode


class Table(Struct, frozen=True):
    """Where one kind of row lives."""

    name: str
    alias: str
    columns: tuple[str, ...]
    """Columns that hold the row, in the order of its records."""
    indexed: tuple[str, ...]
    """Those that an index holds besides `project` and `id`."""
    sparse_from: tuple[str, ...] = ()
    """Where groups of columns begin, each up to the next one or the end, that hold nothing in most rows."""

    def select(self, *, alias: str | None = None) -> str:
        """The columns for a SELECT."""
        return _select(alias or self.alias, self.columns)


@lru_cache(maxsize=64)
def _select(alias: str, columns: tuple[str, ...]) -> str:
    return ", ".join(f"{alias}.{column}" for column in columns)


TOTALS: Final = TraceTotals.__struct_fields__
_TRACE_OWN: Final = tuple(name for name in TraceRow.__struct_fields__ if name != "totals")
_STATUS_MESSAGE: Final = "status_message"

TRACES: Final = Table(
    "trace", "t", (*_TRACE_OWN, *TOTALS), ("timestamp_us", "name", "user_id", "session_id", "environment")
)
OBSERVATIONS: Final = Table(
    "observation",
    "o",
    (*ObservationRow.__struct_fields__, _STATUS_MESSAGE),
    ("trace_id", "start_us"),
    sparse_from=("model", "completion_start_us"),
)
SCORES: Final = Table(
    "score",
    "s",
    ScoreRow.__struct_fields__,
    ("timestamp_us", "name", "trace_id", "observation_id", "session_id", "dataset_run_id"),
)
SESSIONS: Final = Table("session", "n", SessionRow.__struct_fields__, ("created_us",))
LINKS: Final = ExperimentLink.__struct_fields__
"""Columns of `observation_experiment` and `trace_experiment`, besides the key of the row that they say it of."""
RECEIPTS: Final = Table("ledger", "l", Receipt.__struct_fields__, ("received_us",))
FROM_CLIENTS: Final = f"l.protocol NOT IN ({', '.join(map(repr, BY_PEOPLE))})"
"""Of a receipt: whether a client sent what it is of."""

_TOTALS_AT: Final = len(_TRACE_OWN)
_TRACE_BOOLEANS: Final = ("public", "bookmarked", "has_state")
_OBSERVATION_FIELDS: Final = ObservationRow.__struct_fields__
_OBSERVATION_BOOLEANS: Final = ("is_app_root", "clock_skew")
_TAGS_AT: Final = _TRACE_OWN.index("tags")
_TRACE_BOOLEANS_AT: Final = tuple(TRACES.columns.index(name) for name in _TRACE_BOOLEANS)
_IS_ITEM_ROOT_AT: Final = LINKS.index("is_item_root")
_DETAIL_AT: Final = _OBSERVATION_FIELDS.index("detail")
_APP_ROOT_AT, _SKEW_AT = (_OBSERVATION_FIELDS.index(name) for name in _OBSERVATION_BOOLEANS)

_trace_values = attrgetter(*_TRACE_OWN)
_totals_values = attrgetter(*TOTALS)
_astuple, _replace = msgspec.structs.astuple, msgspec.structs.replace
_score_values = attrgetter(*SCORES.columns)
_session_values = attrgetter(*SESSIONS.columns)
_receipt_values = attrgetter(*RECEIPTS.columns)


def write_trace(row: TraceRow) -> list[object]:
    """A trace as a record."""
    record = [*_trace_values(row), *_totals_values(row.totals)]
    record[_TAGS_AT] = write_tags(row.tags)
    for at in _TRACE_BOOLEANS_AT:
        record[at] = 1 if record[at] else 0
    return record


def read_trace(record: Record) -> TraceRow:
    """The inverse of `write_trace`."""
    values = dict(zip(_TRACE_OWN, record, strict=False))
    values["tags"] = read_tags(values["tags"])
    _booleans(values, _TRACE_BOOLEANS)
    return TraceRow(**values, totals=TraceTotals(**dict(zip(TOTALS, record[_TOTALS_AT:], strict=False))))


def write_observation(row: ObservationRow) -> list[object]:
    """An observation as a record; the status message leaves the detail for a column of its own."""
    detail = row.detail
    message = detail.status_message
    if message is not None:
        detail = _replace(detail, status_message=None)
    record: list[object] = [*_astuple(row), message]
    record[_DETAIL_AT] = None if detail is NO_DETAIL or detail == NO_DETAIL else _encode_json(detail)
    record[_APP_ROOT_AT], record[_SKEW_AT] = 1 if row.is_app_root else 0, 1 if row.clock_skew else 0
    return record


def read_observation(record: Record) -> ObservationRow:
    """The inverse of `write_observation`."""
    values = dict(zip(_OBSERVATION_FIELDS, record, strict=False))
    detail, message = read_detail(values["detail"]), record[len(_OBSERVATION_FIELDS)]
    values["detail"] = detail if message is None else _replace(detail, status_message=message)
    _booleans(values, _OBSERVATION_BOOLEANS)
    return ObservationRow(**values)


def read_detail(stored: Any) -> ObservationDetail:
    """The detail of an observation as its column holds it, without the status message."""
    return NO_DETAIL if stored is None else _decode_detail(stored)


def write_link(link: ExperimentLink) -> list[object]:
    """A link as a record."""
    record: list[object] = list(_astuple(link))
    record[_IS_ITEM_ROOT_AT] = 1 if link.is_item_root else 0
    return record


def read_link(record: Record) -> ExperimentLink:
    """The inverse of `write_link`."""
    values = dict(zip(LINKS, record, strict=False))
    _booleans(values, ("is_item_root",))
    return ExperimentLink(**values)


def write_score(row: ScoreRow) -> list[object]:
    """A score as a record."""
    return list(_score_values(row))


def read_score(record: Record) -> ScoreRow:
    """The inverse of `write_score`."""
    return ScoreRow(**dict(zip(SCORES.columns, record, strict=False)))


def write_session(row: SessionRow) -> list[object]:
    """A session as a record."""
    return list(_session_values(row))


def read_session(record: Record) -> SessionRow:
    """The inverse of `write_session`."""
    return SessionRow(**dict(zip(SESSIONS.columns, record, strict=False)))


def write_receipt(receipt: Receipt) -> list[object]:
    """A receipt as a record."""
    values = _receipt_values(receipt)
    return [_encode_json(value).decode() if isinstance(value, dict) else value for value in values]


def read_receipt(record: Record) -> Receipt:
    """The inverse of `write_receipt`."""
    values = dict(zip(RECEIPTS.columns, record, strict=False))
    for name in ("reasons", "repairs"):
        values[name] = _decode_counts(values[name])
    return Receipt(**values)


def write_tags(tags: Sequence[str]) -> str | None:
    """Tags as one text; null without any."""
    return _encode_json(tags).decode() if tags else None


def read_tags(text: str | None) -> list[str]:
    """The inverse of `write_tags`."""
    return _decode_texts(text) if text else []


def _booleans(values: dict[str, Any], names: Sequence[str]) -> None:
    for name in names:
        values[name] = bool(values[name])
