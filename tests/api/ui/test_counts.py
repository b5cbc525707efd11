"""Facets, histograms and thresholds in the web app."""

from typing import Any

import pytest

from tests.api.conftest import OTHER_PROJECT
from tests.api.ui.conftest import Web
from tests.api.ui.test_lists import tell_one
from tests.support.told import minute, observation, score, trace

MINUTE_US = 60_000_000


async def facet(web: Web, field: str, listing: str = "traces", **params: Any) -> dict[Any, int]:
    body = await web.get(f"/{listing}/facets", field=field, **params)
    assert (body["field"], body["kind"], body["isPartial"]) == (field, "values", False)
    return {one["value"]: one["count"] for one in body["values"]}


async def test_a_facet_counts_values_without_its_own_conditions(web: Web) -> None:
    await web.tell(
        trace("t1", 1, user_id="ann", environment="prod", tags=["x"]),
        trace("t2", 2, user_id="ann", environment="dev", tags=["x", "y"]),
        trace("t3", 3, user_id="bob", environment="prod"),
        trace("t4", 4, user_id="bob", environment="langfuse-judge"),
    )
    assert await facet(web, "user") == {"ann": 2, "bob": 1}
    assert await facet(web, "user", q="user:ann") == {"ann": 2, "bob": 1}
    assert await facet(web, "user", q="user:ann tag:y") == {"ann": 1}
    assert await facet(web, "tag", q="user:ann") == {"x": 2, "y": 1}
    assert await facet(web, "env") == {"prod": 2, "dev": 1, "langfuse-judge": 1}
    assert await facet(web, "env", env="dev", q="user:bob") == {"prod": 1, "langfuse-judge": 1}
    assert await facet(web, "user", from_=minute(2), to=minute(3)) == {"ann": 1}
    assert await facet(web, "user", limit=1) == {"ann": 2}


async def test_facets_reach_observations_scores_and_metadata(web: Web) -> None:
    await tell_one(web)
    flag = score("c3", 1, trace_id="t", name="flag", number=1, data_type="BOOLEAN")
    await web.tell(trace("t", 1, metadata={"region": "eu", "n": 1}, is_update=True), flag)
    assert await facet(web, "model") == {"unknown-model": 1}
    assert await facet(web, "type") == {"AGENT": 1, "GENERATION": 1}
    assert await facet(web, "level", "observations") == {"DEFAULT": 1, "WARNING": 1}
    assert await facet(web, "level") == {"WARNING": 1}
    assert await facet(web, "score.tone") == {"good": 1}
    assert await facet(web, "score.flag") == {True: 1}
    assert await facet(web, "score.unknown") == {}
    assert await facet(web, "meta.region") == {"eu": 1}
    assert await facet(web, "score") == {"flag": 1, "quality": 1, "tone": 1, "output": 1}
    assert await facet(web, "name", "scores") == {"flag": 1, "quality": 1, "tone": 1, "output": 1}
    assert await facet(web, "env", "sessions") == {"default": 1}
    keys = await web.get("/traces/facets", field="meta")
    assert ([key["value"] for key in keys["values"]], keys["isPartial"]) == (["n", "region"], True)


async def test_numbers_are_spread_over_bins(web: Web) -> None:
    await web.tell(
        *(
            observation(f"o{seconds}", 0, trace_id=f"t{seconds}", start_time=0, end_time=seconds * 1_000_000)
            for seconds in range(1, 101)
        )
    )
    body = await web.get("/traces/facets", field="latency")
    assert (body["kind"], body["unit"], body["min"], body["max"]) == ("numbers", "us", 1_000_000, 100_000_000)
    assert len(body["buckets"]) == 20
    assert sum(one["count"] for one in body["buckets"]) == 100
    assert [one["to"] for one in body["buckets"][:-1]] == [one["from"] for one in body["buckets"][1:]]
    assert (await web.get("/traces/facets", field="latency", q="latency:>99s"))["min"] == 1_000_000
    assert (await web.get("/traces/facets", field="latency", q="name:none"))["buckets"] == []
    cost = await web.get("/traces/facets", field="cost")
    assert (cost["unit"], cost["min"], cost["buckets"]) == ("usd", "0", [{"from": "0", "to": "0", "count": 100}])


async def test_the_slowest_percent_is_beyond_the_threshold(web: Web) -> None:
    await web.tell(
        *(
            observation(f"o{seconds}", 0, trace_id=f"t{seconds}", start_time=0, end_time=seconds * 1_000_000)
            for seconds in range(1, 201)
        )
    )
    assert await web.get("/traces/thresholds", field="latency") == {"value": 198_000_000}
    assert await web.get("/traces/thresholds", field="latency", percent=50) == {"value": 100_000_000}
    assert await web.get("/observations/thresholds", field="latency", percent=0) == {"value": 1_000_000}
    assert len(await web.ids("/traces", q="latency:>198s")) == 2
    assert await web.get("/traces/thresholds", field="cost") == {"value": "0"}
    assert await web.get("/traces/thresholds", field="cost", q="name:none") == {"value": None}
    assert await web.get("/traces/thresholds", field="score.none") == {"value": None}


async def test_rows_are_counted_in_steps_without_gaps(web: Web) -> None:
    await web.tell(
        *(trace(f"t{number}", number) for number in (0, 0.5, 3)),
        observation("bad", 3, trace_id="t3", level="ERROR"),
    )
    body = await web.get("/traces/histogram", from_=minute(0), to=minute(60))
    assert body["bucketUs"] == MINUTE_US
    assert body["buckets"][:4] == [
        {"startUs": minute(0) // MINUTE_US * MINUTE_US, "count": 2, "errorCount": 0},
        {"startUs": minute(1) // MINUTE_US * MINUTE_US, "count": 0, "errorCount": 0},
        {"startUs": minute(2) // MINUTE_US * MINUTE_US, "count": 0, "errorCount": 0},
        {"startUs": minute(3) // MINUTE_US * MINUTE_US, "count": 1, "errorCount": 1},
    ]
    assert len(body["buckets"]) == 61
    assert body["untilUs"] == body["buckets"][-1]["startUs"] + body["bucketUs"]
    assert sum(step["count"] for step in (await web.get("/traces/histogram"))["buckets"]) == 3
    assert (await web.get("/traces/histogram", q="name:none"))["buckets"] == []
    assert (await web.get("/traces/histogram", q="name:none", from_=0, to=10**6))["buckets"][0]["count"] == 0
    everything = await web.get("/traces/histogram", from_=-(2**63), to=2**63 - 1)
    assert (sum(step["count"] for step in everything["buckets"]), len(everything["buckets"]) <= 121) == (3, True)
    for listing in ("observations", "scores"):
        assert sum(step["count"] for step in (await web.get(f"/{listing}/histogram"))["buckets"]) in (0, 1)


async def test_counts_beyond_the_limit_say_so(web: Web, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("panope.features.explore.counts.MAX_COUNTED", 2)
    monkeypatch.setattr("panope.features.explore.facets._NEWEST", 2)
    await web.tell(*(trace(f"t{number}", number, user_id=f"u{number}") for number in range(3)))
    assert await web.get("/traces/count") == {"count": 2, "isExact": False}
    assert await web.get("/traces/count", to=minute(2)) == {"count": 2, "isExact": True}
    body = await web.get("/traces/facets", field="user")
    assert (body["isPartial"], [one["value"] for one in body["values"]]) == (True, ["u1", "u2"])


async def test_another_project_counts_nothing_of_this_one(web: Web) -> None:
    await tell_one(web)
    assert (await web.get("/traces/count", project=OTHER_PROJECT))["count"] == 0
    assert await facet(web, "name", project=OTHER_PROJECT) == {}
    assert (await web.get("/traces/histogram", project=OTHER_PROJECT))["buckets"] == []


@pytest.mark.parametrize(
    ("path", "params", "said"),
    [
        ("/traces/facets", {}, "must name a field"),
        ("/traces/facets", {"field": "nofield"}, "nofield"),
        ("/traces/facets", {"field": "start"}, "cannot be counted"),
        ("/traces/facets", {"field": "user:ann"}, "field"),
        ("/traces/facets", {"field": "parent"}, "cannot be counted"),
        ("/traces/facets", {"field": "comment"}, "cannot be counted"),
        ("/traces/facets", {"field": ""}, "must name a field"),
        ("/traces/facets", {"field": "user name"}, "field"),
        ("/traces/facets", {"field": "user", "limit": "501"}, "between 1 and 500"),
        ("/traces/facets", {"field": "user", "q": "nofield:1"}, "nofield"),
        ("/traces/thresholds", {"field": "user"}, "is no number"),
        ("/traces/thresholds", {"field": "latency", "percent": "101"}, "between 0 and 100"),
        ("/traces/thresholds", {"field": "latency", "percent": "x"}, "number"),
        ("/traces/histogram", {"tz": "Mars/Base"}, "IANA name"),
    ],
)
async def test_what_cannot_be_counted_is_refused_with_what_can(
    web: Web, path: str, params: dict[str, str], said: str
) -> None:
    status, text = await web.refusal(path, **params)
    assert (status, said in text) == (400, True), text


async def test_a_question_that_is_too_broad_says_what_to_narrow(web: Web, monkeypatch: pytest.MonkeyPatch) -> None:
    await tell_one(web)
    telemetry = web.stage.telemetry
    monkeypatch.setattr(telemetry, "_bound", type(telemetry._bound)(max_rows=0))
    for path, params in (("", {}), ("/count", {}), ("/histogram", {}), ("/facets", {"field": "user"})):
        response = await web.ask(f"/traces{path}", **params)
        assert (response.status_code, response.json()["error"]) == (422, "query_too_broad"), path
