"""Walks lists page by page, as a program that exports everything does."""

EVERY_FIELD = "core,basic,time,io,metadata,model,usage,prompt,metrics,trace_context"
EVERY_SCORE_FIELD = "details,subject,annotation"


def walk(fetch, **filters):
    """All rows of a list with cursors, and the sizes of its pages."""
    rows, sizes, cursor = [], [], None
    while not sizes or cursor:
        page = fetch(cursor=cursor, **filters)
        rows += page.data
        sizes.append(len(page.data))
        cursor = page.meta.cursor
    return rows, sizes


def walked_ids(fetch, **filters):
    """Ids in the order of the list, and the sizes of its pages."""
    rows, sizes = walk(fetch, **filters)
    ids = [row["id"] if isinstance(row, dict) else row.id for row in rows]  # generation 3 leaves the rows as they came
    return {"ids": ids, "sizes": sizes}
