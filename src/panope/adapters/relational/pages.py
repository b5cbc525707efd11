"""What every list does: keys of the page, then perhaps the total."""

from panope.adapters.relational.listing import ListCompiler
from panope.adapters.relational.payloads import Reading
from panope.query.ast import ListQuery, Node


def page_keys(reading: Reading, compiler: ListCompiler, query: ListQuery) -> list[int]:
    """Keys of the rows of one page, in its order."""
    if query.limit <= 0:
        return []
    sql = compiler.keys(reading.project, query)
    return [record[0] for record in reading.session.execute(sql.text, sql.params)]


def count(reading: Reading, compiler: ListCompiler, where: Node) -> int:
    """How many rows match, exactly."""
    sql = compiler.count(reading.project, where)
    return int(reading.session.execute(sql.text, sql.params)[0][0])
