"""The parameter `q` of the lists."""

import pytest

from tests.support.read_api import Api, asking
from tests.support.told import minute, observation, score, trace

LISTS = ["/traces", "/observations", "/v2/observations", "/sessions", "/scores", "/v2/scores", "/v3/scores"]


@pytest.fixture(autouse=True)
async def told(api: Api) -> None:
    await api.tell(
        trace("t1", 0, name="checkout", user_id="ann", session_id="s1", environment="prod", tags=["a", "b"]),
        trace("t2", 1, name="chat", user_id="bob", session_id="s2", environment="dev", tags=["a"]),
        observation("o1", 0, trace_id="t1", type="GENERATION", name="llm", model="gpt-4o", end_time=minute(1)),
        observation("o2", 1, trace_id="t2", type="TOOL", name="lookup", tool="lookup", level="ERROR"),
        score("c1", 1, trace_id="t1", name="accuracy", number=0.9),
        score("c2", 2, trace_id="t2", name="tone", text="rude"),
    )


@pytest.mark.parametrize(
    ("path", "q", "ids"),
    [
        ("/traces", "name:check", ["t1"]),
        ("/traces", "model:gpt-4o", ["t1"]),
        ("/traces", "-model:gpt-4o", ["t2"]),
        ("/traces", "tag:(a AND b)", ["t1"]),
        ("/traces", "score.accuracy:>0.8", ["t1"]),
        ("/traces", "score.tone:rude has:error", ["t2"]),
        ("/traces", "start:>-1h", []),
        ("/traces", "start:<now", ["t2", "t1"]),
        ("/observations", "type:tool", ["o2"]),
        ("/observations", "latency:<=60s", ["o1"]),
        ("/v2/observations", "user:ann", ["o1"]),
        ("/sessions", "env:prod", ["s1"]),
        ("/sessions", "user:bob", ["s2"]),
        ("/scores", "value:>0.5", ["c1"]),
        ("/v2/scores", "label:rude", ["c2"]),
        ("/v3/scores", "name:acc", ["c1"]),
    ],
)
async def test_a_list_answers_a_query_text(api: Api, path: str, q: str, ids: list[str]) -> None:
    assert await api.ids(path, q=q) == ids


async def test_a_query_text_holds_beside_the_other_filters(api: Api) -> None:
    named = asking(type="string", column="name", operator="contains", value="ch")
    assert await api.ids("/traces", filter=named) == ["t2", "t1"]
    assert await api.ids("/traces", filter=named, q="name:check") == ["t1"]
    assert await api.ids("/traces", userId="bob", q="name:check") == []
    assert await api.ids("/traces", q=" ") == ["t2", "t1"]


@pytest.mark.parametrize("path", LISTS)
async def test_a_mistake_is_refused_with_its_place_and_a_sentence(api: Api, path: str) -> None:
    status, body = await api.refusal(path, q="id:x foo:bar")
    assert status == 400
    assert body == {
        "message": "Invalid request data",
        "error": [
            {
                "code": "unknown_field",
                "path": ["q", 5],
                "message": "There is no field foo; quote the text to search for it",
            }
        ],
    }


async def test_a_field_that_the_list_has_not_names_those_that_have_it(api: Api) -> None:
    status, body = await api.refusal("/scores", q="latency:>1s")
    assert status == 400
    assert body["error"][0]["code"] == "not_in_view"
    assert "traces, observations" in body["error"][0]["message"]
