"""`q` narrows every question of the web app."""

import pytest

from tests.api.ui.conftest import Web
from tests.api.ui.test_lists import tell_one
from tests.support.told import score, trace


@pytest.mark.parametrize(
    ("q", "expected"),
    [
        ("", ["t", "u"]),
        ("user:ann", ["t"]),
        ("-user:ann", ["u"]),
        ("tag:(a AND b)", ["t"]),
        ("score.quality:>0.4", ["t"]),
        ("score.tone:good", ["t"]),
        ("score.flag:true", ["u"]),
        ("score.none:1", []),
        ("latency:>59s", ["t"]),
        ("model:unknown-model", ["t"]),
        ("other", ["u"]),
    ],
)
async def test_a_text_narrows_lists_and_counts(web: Web, q: str, expected: list[str]) -> None:
    await tell_one(web)
    await web.tell(
        trace("u", 5, name="other"), score("c9", 5, trace_id="u", name="flag", number=1, data_type="BOOLEAN")
    )
    assert sorted(await web.ids("/traces", q=q)) == expected
    assert (await web.get("/traces/count", q=q))["count"] == len(expected)


async def test_a_text_that_cannot_be_read_is_refused_with_its_place(web: Web) -> None:
    for path in ("/traces", "/traces/count"):
        response = await web.ask(path, q="user:ann nofield:1")
        assert response.status_code == 400
        [issue] = response.json()["issues"]
        assert (issue["path"], issue["code"]) == (["q", 9], "unknown_field")
