"""From a question to conditions that every engine can answer."""

from collections.abc import Iterable

from msgspec.structs import replace

from panope.domain.ids import ProjectId
from panope.features.tracing.remarks import Remarks
from panope.kit.clock import Clock
from panope.ports.telemetry import TelemetryReader
from panope.query.ast import And, Condition, ListQuery, Node, Op, Sort
from panope.query.fields import View
from panope.query.question import Question, bound
from panope.query.text.errors import InvalidTextError, QueryError
from panope.query.text.lower import lower
from panope.query.text.parse import parse_query
from panope.query.text.terms import Query
from panope.query.validate import validate_query, validate_where

Name = tuple[str, str | None]
"""A field of the query language, and its key."""


class Asking:
    """Reads questions. The data types of the scores that a text names come from the project."""

    def __init__(self, reader: TelemetryReader, remarks: Remarks, clock: Clock) -> None:
        self._reader = reader
        self._remarks = remarks
        self._clock = clock

    async def where(self, project_id: ProjectId, question: Question, *, without: Name | None = None) -> Node:
        """Every condition of a question, valid; `without` names a field whose own conditions are left out.

        Raises `InvalidError` for a text that cannot be read.
        """
        node = And(
            (
                bound(question, in_any_environment=without == ENVIRONMENT),
                await self._text(project_id, question, without),
            )
        )
        validate_where(question.listing.view, node)
        return node

    async def query(self, project_id: ProjectId, question: Question) -> ListQuery:
        """The page that a question asks for, with one more row that tells whether another page follows."""
        query = ListQuery(
            where=await self.where(project_id, question),
            sort=question.sort,
            limit=question.limit + 1,
            after=question.after,
            with_ids=False,
        )
        validate_query(question.listing.view, query)
        return query

    async def pin(self, project_id: ProjectId, question: Question) -> Question:
        """The same question, which means tomorrow what it means now. Raises `InvalidError` as `where` does."""
        types = await self.score_types(project_id, _named_scores(read_text(question.text)))
        return replace(question, now_us=self._clock(), score_types=types)

    async def score_types(self, project_id: ProjectId, names: Iterable[str]) -> dict[str, str]:
        """The data type of the newest score of each name; names without scores are left out."""
        types = {}
        for name in sorted(names):
            query = ListQuery(where=Condition("name", Op.EQ, name), sort=Sort("timestamp"), limit=1)
            validate_query(View.SCORES, query)
            for scored in (await self._reader.list_scores(project_id, query)).rows:
                types[name] = scored.row.data_type
        return types

    async def _text(self, project_id: ProjectId, question: Question, without: Name | None) -> Node:
        parsed = read_text(question.text)
        if without is not None:
            parsed = replace(parsed, terms=tuple(term for term in parsed.terms if (term.field, term.key) != without))
        types, now_us = question.score_types, question.now_us
        if types is None:
            types = await self.score_types(project_id, _named_scores(parsed))
        view = question.listing.view
        node = lower(parsed, view, types, self._clock() if now_us is None else now_us)
        return await self._remarks.resolve(project_id, view, node)


ENVIRONMENT: Name = ("env", None)


def _named_scores(parsed: Query) -> set[str]:
    return {term.key for term in parsed.terms if term.field == "score" and term.key}


def read_text(text: str) -> Query:
    """The terms of a text; raises `InvalidTextError`."""
    parsed = parse_query(text)
    if isinstance(parsed, QueryError):
        raise InvalidTextError(parsed)
    return parsed
