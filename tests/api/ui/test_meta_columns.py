"""Columns of lists that the metadata and the scores make."""

import csv
import io
import json
from typing import Any

from tests.api.ui.conftest import Web
from tests.support.told import score, trace

KEYS = ("a,b%", "n", "nested")


async def tell(web: Web) -> None:
    await web.tell(
        trace("t1", 1, metadata={"a,b%": '"x"', "n": 5, "nested": {"k": [1]}, "other": "not asked for"}),
        trace("t2", 2),
        score("s1", 1, trace_id="t1", name="tone, all", number=1.0),
        score("s2", 2, trace_id="t1", name="tone, all", number=0.0),
    )


async def test_rows_carry_the_metadata_that_is_asked_for(web: Web) -> None:
    await tell(web)
    rows = (await web.get("/traces", orderBy="id-ASC", meta=list(KEYS)))["rows"]
    assert [row["meta"] for row in rows] == [{"a,b%": "x", "n": 5, "nested": {"k": [1]}}, {}]
    assert all("meta" not in row for row in (await web.get("/traces"))["rows"])
    assert (await web.refusal("/traces", meta=[str(at) for at in range(11)]))[0] == 400
    assert (await web.refusal("/sessions", meta="a"))[0] == 400


async def test_a_file_holds_them_too(web: Web) -> None:
    await tell(web)
    columns = "id,meta.a%2Cb%25,meta.nested,score.tone%2C all"
    asked: dict[str, Any] = {"orderBy": "id-ASC", "columns": columns}
    response = await web.ask("/traces/export", format="csv", **asked)
    assert list(csv.DictReader(io.StringIO(response.text))) == [
        {"id": "t1", "meta.a,b%": "x", "meta.nested": '{"k":[1]}', "score.tone, all": "0.5"},
        {"id": "t2", "meta.a,b%": "", "meta.nested": "", "score.tone, all": ""},
    ]
    response = await web.ask("/traces/export", format="jsonl", **asked)
    assert json.loads(response.text.splitlines()[0])["score.tone, all"] == 0.5
    assert (await web.refusal("/users/export", format="csv", columns="meta.a"))[0] == 400
