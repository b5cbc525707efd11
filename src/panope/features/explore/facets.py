"""What the values of a field are among the rows that match, and how numbers are spread."""

from collections import Counter
from typing import Final

from msgspec import Struct

from panope.domain.errors import InvalidError, Issue
from panope.domain.ids import ProjectId
from panope.domain.scores import ScoreDataType
from panope.features.explore.asking import Asking
from panope.features.explore.rows import list_rows
from panope.ports.exploration import Asked, ValueCount
from panope.ports.telemetry import TelemetryReader
from panope.query.ast import ListQuery, Node, Sort
from panope.query.fields import APART, View
from panope.query.question import TIMES, Listing, Question, bound
from panope.query.spread import Bin, Counted, Number, rank, spread
from panope.query.text.errors import QueryError
from panope.query.text.fields import BY_USAGE, TEXT_FIELDS, Kind, TextField
from panope.query.text.parse import parse_query
from panope.query.text.terms import Present

_NEWEST: Final = 100_000
"""Rows that are looked at."""
_NEWEST_DEAR: Final = 10_000
"""The same where each row leads to others, or to its payload."""
_NEWEST_KEYS: Final = 200
"""Rows whose metadata is looked through for keys."""
_MAX_NUMBERS: Final = 100_000
_NUMBERS: Final = frozenset({Kind.NUMBER, Kind.COUNT, Kind.DURATION, Kind.MONEY, Kind.VALUE})
_WITH_KEYS: Final = ("meta", "score")
_OF_SCORE: Final = {
    ScoreDataType.NUMERIC: "scores_avg",
    ScoreDataType.CATEGORICAL: "score_categories",
    ScoreDataType.BOOLEAN: "score_booleans",
}


class Facet(Struct, frozen=True, kw_only=True):
    """The values of a field, or the spread of its numbers: one of both."""

    values: list[ValueCount] | None = None
    bins: list[Bin] | None = None
    kind: Kind
    is_partial: bool
    """Only the newest rows were looked at, and there are more."""


class Facets:
    """Facets of one engine."""

    def __init__(self, reader: TelemetryReader, asking: Asking) -> None:
        self._reader = reader
        self._asking = asking

    async def open(self, project_id: ProjectId, question: Question, name: str) -> Facet:
        """The values of a field, as the query language calls it, without the conditions on the field itself."""
        field, key = read_name(name)
        if key is None and field.kind in (Kind.MAP, Kind.SCORE):
            return await self._keys(project_id, question, field)
        asked = await self._asked(project_id, question, field, key)
        if asked is None:
            return Facet(values=[], kind=field.kind, is_partial=False)
        where = await self._asking.where(project_id, question, without=(field.name, key))
        is_number = _is_number(field, asked)
        limit = _MAX_NUMBERS if is_number else question.limit
        found, is_partial = await self._count(project_id, question, where, asked, limit)
        if not is_number:
            return Facet(values=found, kind=field.kind, is_partial=is_partial)
        numbers = in_order(found)
        return Facet(bins=spread(numbers) if numbers else [], kind=field.kind, is_partial=is_partial)

    async def threshold(self, project_id: ProjectId, question: Question, name: str, percent: float) -> Number | None:
        """The value of a numeric field that so many percent of the rows that match do not exceed; None without any."""
        field, key = read_name(name)
        asked = await self._asked(project_id, question, field, key) if key or field.kind is not Kind.SCORE else None
        if not _is_number(field, asked) and (asked is not None or field.kind is not Kind.SCORE):
            raise _no_field(f"{name} is no number, and only numbers have thresholds")
        where = await self._asking.where(project_id, question)
        found, _ = await self._count(project_id, question, where, asked, _MAX_NUMBERS) if asked else ([], False)
        numbers = in_order(found)
        return rank(numbers, percent) if numbers else None

    async def _count(
        self, project_id: ProjectId, question: Question, where: Node, asked: Asked, limit: int
    ) -> tuple[list[ValueCount], bool]:
        """The values, and whether there are rows that were not looked at."""
        view = question.listing.view
        newest = _NEWEST_DEAR if asked.of_parts or asked.key is not None else _NEWEST
        found = await self._reader.count_values(project_id, view, where, asked, newest=newest, limit=limit)
        counted = await self._reader.count_rows(project_id, view, where, newest)
        return found, not counted.is_exact or counted.count > newest

    async def _asked(
        self, project_id: ProjectId, question: Question, field: TextField, key: str | None
    ) -> Asked | None:
        """What to ask the engine for; None when nothing can have a value."""
        view = question.listing.view
        place = field.places.get(view)
        if place is None or place.depth > 1 or field.kind is Kind.MOMENT or place.column in APART[view]:
            raise _no_field(f"{field.name} cannot be counted on {question.listing}")
        if field.kind is Kind.SCORE:
            types = await self._asking.score_types(project_id, [key or ""])
            column = _OF_SCORE.get(ScoreDataType(types[key])) if key in types else None
            return None if column is None else Asked(column, key)
        if field.name in BY_USAGE:
            named = BY_USAGE[field.name].get(key)
            return Asked(place.column, key) if named is None else Asked(named)
        return Asked(place.column, key, of_parts=place.depth == 1)

    async def _keys(self, project_id: ProjectId, question: Question, field: TextField) -> Facet:
        """The keys of a field that has some: names of scores, or keys of the metadata of the newest rows."""
        if field.kind is Kind.SCORE:
            # Scores of the same time, whatever they are on: which names there are, not how many rows have them.
            scores = Question(
                listing=Listing.SCORES,
                environments=question.environments,
                from_us=question.from_us,
                until_us=question.until_us,
                sort=Sort("timestamp"),
                limit=question.limit,
            )
            found, is_partial = await self._count(project_id, scores, bound(scores), Asked("name"), question.limit)
            return Facet(values=found, kind=field.kind, is_partial=is_partial)
        where = await self._asking.where(project_id, question)
        keys = await self._metadata_keys(project_id, question.listing.view, where)
        listed = [ValueCount(key, count) for key, count in sorted(keys.items(), key=lambda one: (-one[1], one[0]))]
        return Facet(values=listed[: question.limit], kind=field.kind, is_partial=True)

    async def _metadata_keys(self, project_id: ProjectId, view: View, where: Node) -> Counter[str]:
        query = ListQuery(where=where, sort=Sort(TIMES[view]), limit=_NEWEST_KEYS, with_payload=True, with_ids=False)
        payloads = [getattr(found, "payload", None) for found in await list_rows(self._reader, project_id, view, query)]
        return Counter(key for payload in payloads if payload is not None for key in payload.metadata)


def read_name(name: str) -> tuple[TextField, str | None]:
    """A field as the query language calls it, its key apart; raises `InvalidError`. A map may come without a key."""
    if name in _WITH_KEYS:
        return TEXT_FIELDS[name], None
    parsed = parse_query(f"has:{name}")
    if isinstance(parsed, QueryError):
        raise _no_field(parsed.message)
    term = parsed.terms[0] if len(parsed.terms) == 1 else None
    if term is None or term.field not in TEXT_FIELDS or not isinstance(term.value, Present):
        raise _no_field("must be the name of one field of the query language")
    return TEXT_FIELDS[term.field], term.key


def _no_field(message: str) -> InvalidError:
    return InvalidError(f"Invalid field: {message}", code="no_facet", issues=(Issue(("field",), message),))


def _is_number(field: TextField, asked: Asked | None) -> bool:
    return field.kind in _NUMBERS or (asked is not None and asked.field == "scores_avg")


def in_order(counts: list[ValueCount]) -> Counted:
    """Numbers with their counts, rising."""
    return sorted((one.value, one.count) for one in counts if not isinstance(one.value, str))
