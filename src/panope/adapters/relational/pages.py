"""What every list does: keys of the page, then what hangs on them, perhaps with the total."""

from collections.abc import Iterator, Sequence
from typing import Final

from msgspec.structs import replace

from panope.adapters.relational.listing import WALKED, ListCompiler
from panope.adapters.relational.payloads import Reading
from panope.adapters.relational.session import Record, Sql
from panope.adapters.relational.sources import conjuncts
from panope.adapters.relational.text.candidates import find_candidates
from panope.query.ast import And, Condition, ListQuery, Node, Sort
from panope.query.fields import View

_FEW: Final = 300
"""Rows that are asked at once, wherever they come in the order."""
_SORTED: Final = 2_000
_WALKED_AT_ONCE: Final = 4_000


def open_list(reading: Reading, view: View, where: Node) -> ListCompiler:
    """The compiler for queries of one condition, which knows the rows that the index of texts names."""
    return ListCompiler(reading.dialect, view, find_candidates(reading, view, where))


def open_page(reading: Reading, view: View, where: Node) -> ListCompiler:
    """The same for a page or a number of rows; it also knows whether to start from the scores of a name."""
    compiler = open_list(reading, view, where)
    probe = compiler.probe(reading.project, where)
    if probe is not None:
        compiler.has_few_scores = compiler.is_few(int(reading.session.execute(probe.text, probe.params)[0][0]))
    return compiler


def page_keys(reading: Reading, compiler: ListCompiler, query: ListQuery) -> list[int]:
    """Keys of the rows of one page, in its order."""
    return [key for key, *_ in page_places(reading, compiler, query)]


def page_places(
    reading: Reading, compiler: ListCompiler, query: ListQuery, *, with_values: bool = False, with_ids: bool = False
) -> Sequence[Record]:
    """Likewise; if asked for, each with the value of the sort where it takes parts, or with the id of the row."""
    if query.limit <= 0:
        return []
    if compiler.among is not None and len(compiler.among) > _FEW and query.sort.field in WALKED:
        return _first_among(reading, compiler, compiler.among, query, with_ids=with_ids)
    return _places(reading, compiler, query, with_values=with_values, with_ids=with_ids)


def find_with_total(
    reading: Reading, compiler: ListCompiler, query: ListQuery, *asked: Sequence[Sql]
) -> tuple[list[list[Record]], int | None]:
    """What hangs on the rows of a page, as `Reading.find` has it, and how many rows match if that is asked for."""
    if not query.with_total:
        return reading.find(*asked), None
    *found, [(total,)] = reading.find(*asked, [compiler.count(reading.project, query.where)])
    return found, int(total)


def _first_among(
    reading: Reading, compiler: ListCompiler, among: Sequence[int], query: ListQuery, *, with_ids: bool
) -> list[Record]:
    """The same of many rows that may match: put in order first, and then asked in that order until the page is full.

    Whether a row matches takes its texts, which cost more than its place in the order.
    """
    wanted, found = query.offset + query.limit, list[Record]()
    for some in _in_order(reading, compiler, among, query):
        if some:
            asking = ListCompiler(reading.dialect, compiler.view, some)
            rest = replace(query, limit=wanted - len(found), offset=0)
            found += _places(reading, asking, rest, with_ids=with_ids)
        if len(found) >= wanted:
            break
    return found[query.offset :]


def _in_order(reading: Reading, compiler: ListCompiler, among: Sequence[int], query: ListQuery) -> Iterator[list[int]]:
    """These rows in the order of a query, some at a time: sorted when they are few, else met on a walk."""
    bounds = And(tuple(node for node in conjuncts(query.where) if _is_bound(node, query.sort)))
    if len(among) <= _SORTED:
        ordered = _keys(reading, compiler, replace(query, where=bounds, limit=len(among), offset=0))
        yield from (ordered[start : start + _FEW] for start in range(0, len(ordered), _FEW))
        return
    everything, known = ListCompiler(reading.dialect, compiler.view), frozenset(among)
    start, size = 0, _WALKED_AT_ONCE
    while True:
        met = _keys(reading, everything, replace(query, where=bounds, limit=size, offset=start))
        hits = [key for key in met if key in known]
        yield from (hits[at : at + _FEW] for at in range(0, len(hits), _FEW))
        if len(met) < size:
            return
        start, size = start + size, 2 * size


def _is_bound(node: Node, sort: Sort) -> bool:
    """Whether a condition bounds the walk."""
    return isinstance(node, Condition) and node.field == sort.field


def _keys(reading: Reading, compiler: ListCompiler, query: ListQuery) -> list[int]:
    return [record[0] for record in _places(reading, compiler, query)]


def _places(
    reading: Reading, compiler: ListCompiler, query: ListQuery, *, with_values: bool = False, with_ids: bool = False
) -> list[Record]:
    [places] = reading.find([compiler.keys(reading.project, query, with_values=with_values, with_ids=with_ids)])
    return places


def count_matching(reading: Reading, view: View, where: Node, *, limit: int | None = None) -> int:
    """How many rows match, exactly, or up to a limit that only the counters go beyond."""
    compiler = open_page(reading, view, where)
    [[(count,)]] = reading.find([compiler.count(reading.project, where, limit=limit)])
    return int(count)
