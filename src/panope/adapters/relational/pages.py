"""What every list does: keys of the page, then perhaps the total."""

from panope.adapters.relational.listing import ListCompiler
from panope.adapters.relational.payloads import Reading
from panope.query.ast import ListQuery, Node


def page_keys(reading: Reading, compiler: ListCompiler, query: ListQuery) -> list[int]:
    """Keys of the rows of one page, in its order."""
    if query.limit <= 0:
        return []
    sql = compiler.keys(reading.project, query, has_few_scores=_has_few_scores(reading, compiler, query.where))
    run = reading.session.scan if compiler.is_scan(sql, query.sort) else reading.session.execute
    return [record[0] for record in run(sql.text, sql.params)]


def count(reading: Reading, compiler: ListCompiler, where: Node, *, limit: int | None = None) -> int:
    """How many rows match, exactly, or up to a limit that only the counters go beyond."""
    has_few_scores = _has_few_scores(reading, compiler, where)
    sql = compiler.count(reading.project, where, has_few_scores=has_few_scores, limit=limit)
    run = reading.session.scan if compiler.is_scan(sql) else reading.session.execute
    return int(run(sql.text, sql.params)[0][0])


def _has_few_scores(reading: Reading, compiler: ListCompiler, where: Node) -> bool:
    """Whether the query asks for scores of a name that few have: then those lead to its rows."""
    probe = compiler.probe(reading.project, where)
    return probe is not None and compiler.is_few(int(reading.session.execute(probe.text, probe.params)[0][0]))
