"""Metrics over HTTP: what is asked, what comes back, and how a wrong question is answered."""

import json
from typing import Any

import pytest

from tests.support.read_api import Api
from tests.support.told import minute, observation, score, trace

WINDOW = {"fromTimestamp": "2025-10-09T00:00:00Z", "toTimestamp": "2025-10-10T00:00:00Z"}
COUNT = {"measure": "count", "aggregation": "count"}
"""The events of this world happen around 2025-10-09T08:53:20Z."""


def asked(view: str = "observations", **rest: Any) -> str:
    return json.dumps({"view": view, "metrics": [COUNT], **WINDOW, **rest})


def by(*names: str) -> list[dict[str, str]]:
    return [{"field": name} for name in names]


def metric(aggregation: str, measure: str) -> dict[str, str]:
    return {"measure": measure, "aggregation": aggregation}


async def tell_world(api: Api) -> None:
    cost = {"input": 10**9, "output": 2 * 10**9, "total": 3 * 10**9}
    usage = {"input": 40, "output": 10, "total": 50}
    await api.tell(
        trace("t1", name="chat", user_id="ann", tags=["b", "a"], release="r1", version="v1", timestamp=minute(0)),
        trace("t2", name="chat", user_id="bob", session_id="s", timestamp=minute(1), metadata={"team": "zeus"}),
        trace("t3", timestamp=minute(70)),
        observation(
            "o1", trace_id="t1", type="GENERATION", name="llm", model="gpt-4o", start_time=minute(0),
            end_time=minute(1), completion_start_time=minute(0.5), usage=usage, cost=cost,
        ),
        observation(
            "o2", trace_id="t2", type="GENERATION", name="llm", model="gpt-4o", start_time=minute(1),
            end_time=minute(3), usage=usage, cost=cost, metadata={"k": "v"},
        ),
        observation("o3", trace_id="t2", type="SPAN", name="step", parent_id="o2", start_time=minute(65)),
        score("s1", 1, trace_id="t1", observation_id="o1", name="quality", number=0.5),
        score("s2", 2, trace_id="t2", name="quality", number=1),
        score("s3", 3, trace_id="t2", name="ok", number=1, data_type="BOOLEAN"),
        score("s4", 4, trace_id="t2", name="tone", text="warm"),
    )  # fmt: skip


async def rows(api: Api, query: str, path: str = "/v2/metrics") -> list[dict[str, Any]]:
    await tell_world(api)
    found: list[dict[str, Any]] = (await api.get(path, query=query))["data"]
    return found


async def test_cost_and_tokens_by_model(api: Api) -> None:
    metrics = [metric("sum", "totalCost"), metric("sum", "totalTokens"), metric("avg", "inputTokens"), COUNT]
    assert await rows(api, asked(dimensions=by("providedModelName"), metrics=metrics)) == [
        {
            "providedModelName": "gpt-4o",
            "sum_totalCost": 0.006,
            "sum_totalTokens": 100,
            "avg_inputTokens": 40,
            "count_count": 2,
        },
        {
            "providedModelName": None,
            "sum_totalCost": 0,
            "sum_totalTokens": 0,
            "avg_inputTokens": 0,
            "count_count": 1,
        },
    ]


async def test_latency_is_in_milliseconds_and_quantiles_are_interpolated(api: Api) -> None:
    metrics = [metric(name, "latency") for name in ("p50", "p95", "min", "max", "count", "uniq")]
    metrics.append(metric("avg", "timeToFirstToken"))
    assert await rows(api, asked(metrics=metrics)) == [
        {
            "p50_latency": 90_000,
            "p95_latency": 117_000,
            "min_latency": 60_000,
            "max_latency": 120_000,
            "count_latency": 2,
            "uniq_latency": 2,
            "avg_timeToFirstToken": 30_000,
        }
    ]


async def test_traces_are_a_view_of_the_first_version_alone(api: Api) -> None:
    query = asked("traces", dimensions=by("name", "tags"), metrics=[COUNT, metric("p95", "latency")])
    assert await rows(api, query, "/metrics") == [
        {"name": "chat", "tags": ["a", "b"], "count_count": 1, "p95_latency": 60_000},
        {"name": "chat", "tags": [], "count_count": 1, "p95_latency": 3_840_000},
        {"name": None, "tags": [], "count_count": 1, "p95_latency": 0},
    ]
    status, body = await api.refusal("/v2/metrics", query=query)
    assert status == 400
    assert "observations, scores-numeric, scores-boolean, scores-categorical" in body["message"]


async def test_a_series_without_an_order_has_no_gaps(api: Api) -> None:
    window = {"fromTimestamp": "2025-10-09T07:30:00Z", "toTimestamp": "2025-10-09T11:00:00Z"}
    found = await rows(api, asked(timeDimension={"granularity": "hour"}, **window))
    assert [(row["time_dimension"], row["count_count"]) for row in found] == [
        ("2025-10-09T07:00:00.000Z", 0),
        ("2025-10-09T08:00:00.000Z", 2),
        ("2025-10-09T09:00:00.000Z", 1),
        ("2025-10-09T10:00:00.000Z", 0),
    ]
    ordered = await api.get(
        "/v2/metrics",
        query=asked(
            timeDimension={"granularity": "hour"}, orderBy=[{"field": "count_count", "direction": "asc"}], **window
        ),
    )
    assert [row["count_count"] for row in ordered["data"]] == [1, 2]


@pytest.mark.parametrize(
    ("granularity", "step"), [("day", "2025-10-09"), ("week", "2025-10-06"), ("month", "2025-10-01")]
)
async def test_long_steps_are_dates(api: Api, granularity: str, step: str) -> None:
    found = await rows(api, asked(timeDimension={"granularity": granularity}))
    assert found[0] == {"time_dimension": step, "count_count": 3}


async def test_both_ends_of_the_window_belong_to_it(api: Api) -> None:
    window = {"fromTimestamp": "2025-10-09T08:53:20.000Z", "toTimestamp": "2025-10-09T08:54:20.000Z"}
    assert await rows(api, asked(**window)) == [{"count_count": 2}]


@pytest.mark.parametrize(
    ("condition", "count"),
    [
        ({"type": "string", "column": "name", "operator": "=", "value": "llm"}, 2),
        ({"type": "string", "column": "name", "operator": "does not contain", "value": "ll"}, 1),
        ({"type": "stringOptions", "column": "type", "operator": "any of", "value": ["SPAN", "EVENT"]}, 1),
        ({"type": "stringOptions", "column": "userId", "operator": "none of", "value": ["ann"]}, 2),
        ({"type": "arrayOptions", "column": "tags", "operator": "all of", "value": ["a", "b"]}, 1),
        ({"type": "stringOptions", "column": "tags", "operator": "any of", "value": ["a"]}, 1),
        ({"type": "datetime", "column": "startTime", "operator": ">=", "value": "2025-10-09T09:00:00Z"}, 1),
        ({"type": "stringObject", "column": "metadata", "operator": "=", "key": "k", "value": "v"}, 1),
        ({"type": "boolean", "column": "isRootObservation", "operator": "=", "value": True}, 2),
        ({"type": "null", "column": "providedModelName", "operator": "is null", "value": ""}, 1),
        ({"type": "string", "column": "traceName", "operator": "=", "value": "chat"}, 3),
        ({"type": "string", "column": "whateverName", "operator": "=", "value": "step"}, 1),
        ({"type": "positionInTrace", "column": "x", "operator": "=", "key": "root", "value": 1}, 3),
    ],
)
async def test_filters_of_every_type(api: Api, condition: dict[str, Any], count: int) -> None:
    assert await rows(api, asked(filters=[condition])) == [{"count_count": count}]


async def test_scores_of_each_kind(api: Api) -> None:
    metrics = [COUNT, metric("avg", "value")]
    assert await rows(api, asked("scores-numeric", dimensions=by("name"), metrics=metrics)) == [
        {"name": "quality", "count_count": 2, "avg_value": 0.75},
        {"name": "ok", "count_count": 1, "avg_value": 1},
    ]
    boolean = asked("scores-boolean", dimensions=by("booleanValue", "observationName"))
    assert (await api.get("/v2/metrics", query=boolean))["data"] == [
        {"booleanValue": True, "observationName": None, "count_count": 1}
    ]
    categorical = asked("scores-categorical", dimensions=by("stringValue", "traceName"))
    assert (await api.get("/metrics", query=categorical))["data"] == [
        {"stringValue": "warm", "traceName": "chat", "count_count": 1}
    ]


async def test_cost_by_type(api: Api) -> None:
    query = asked(dimensions=by("costType"), metrics=[metric("sum", "costByType"), COUNT])
    assert await rows(api, query) == [
        {"costType": "total", "sum_costByType": 0.006, "count_count": 2},
        {"costType": "output", "sum_costByType": 0.004, "count_count": 2},
        {"costType": "input", "sum_costByType": 0.002, "count_count": 2},
    ]


async def test_a_histogram_has_its_bounds_in_milliseconds(api: Api) -> None:
    found = await rows(api, asked(metrics=[metric("histogram", "latency")], config={"bins": 2}))
    assert found == [{"histogram_latency": [[60_000, 90_000, 1], [90_000, 120_000, 1]]}]


async def test_what_nearly_every_row_has_of_its_own_needs_a_limit_and_an_order(api: Api) -> None:
    status, body = await api.refusal("/v2/metrics", query=asked(dimensions=by("traceId")))
    assert status == 400
    assert "config.row_limit" in body["message"]
    query = asked(
        dimensions=by("traceId"),
        config={"row_limit": 1},
        orderBy=[{"field": "count_count", "direction": "desc"}],
    )
    assert await rows(api, query) == [{"traceId": "t2", "count_count": 2}]
    everything = (await api.get("/metrics", query=asked(dimensions=by("traceId"))))["data"]
    assert [row["traceId"] for row in everything] == ["t2", "t1"]


async def test_experiments_are_dimensions_of_the_second_version_alone(api: Api) -> None:
    told = {"id": "run-1", "name": "v1", "item": {"id": "i"}, "dataset": {"id": "d"}}
    await api.tell(
        *(observation(name, 1, trace_id="t1", start_time=minute(5), experiment=told) for name in ("e1", "e2"))
    )
    names = by("experimentId", "experimentName", "experimentDatasetId")
    status, body = await api.refusal("/v2/metrics", query=asked(dimensions=names))
    assert status == 400
    assert "config.row_limit" in body["message"]
    most = [{"field": "count_count", "direction": "desc"}]
    found = await rows(api, asked(dimensions=names, config={"row_limit": 5}, orderBy=most))
    assert found == [
        {"experimentId": None, "experimentName": None, "experimentDatasetId": None, "count_count": 3},
        {"experimentId": "run-1", "experimentName": "v1", "experimentDatasetId": "d", "count_count": 2},
    ]
    for column, value in (("experimentId", "run-1"), ("experimentName", "v1"), ("experimentDatasetId", "d")):
        condition = {"type": "string", "column": column, "operator": "=", "value": value}
        assert await rows(api, asked(filters=[condition])) == [{"count_count": 2}]
    assert (await api.refusal("/metrics", query=asked(dimensions=names)))[0] == 400


REFUSED = {
    "no query": ({"query": ""}, "query"),
    "no JSON": ({"query": "{"}, "not a JSON object"),
    "no object": ({"query": "[]"}, "object"),
    "no metrics": ({"query": asked(metrics=[])}, "metrics must name 1"),
    "an unknown view": ({"query": asked("spans")}, "traces, observations, scores-numeric"),
    "an unknown dimension": ({"query": asked(dimensions=by("colour"))}, "colour. Possible: id, traceId, traceName"),
    "a dimension of the other version": ({"query": asked(dimensions=by("costType"))}, "Possible: id, traceId"),
    "tool names, which are not kept": ({"query": asked(dimensions=by("toolNames"))}, "Possible: id, traceId"),
    "an unknown measure": ({"query": asked(metrics=[metric("sum", "weight")])}, "Possible: count, latency"),
    "an unknown aggregation": ({"query": asked(metrics=[metric("mode", "latency")])}, "Possible: sum, avg, count"),
    "a sum of ids": ({"query": asked("traces", metrics=[metric("sum", "uniqueUserIds")])}, "Possible: count, uniq"),
    "an unknown filter column": (
        {"query": asked(filters=[{"type": "string", "column": "colour", "operator": "=", "value": "x"}])},
        "colour. Possible: id",
    ),
    "a filter type that does not suit": (
        {"query": asked(filters=[{"type": "number", "column": "name", "operator": ">", "value": 1}])},
        "use string or stringOptions",
    ),
    "an operator of another type": (
        {"query": asked(filters=[{"type": "string", "column": "name", "operator": ">", "value": "x"}])},
        '["query", "filters", 0, "operator"]',
    ),
    "a filter that is no object": ({"query": asked(filters=["x"])}, "must be an object with type"),
    "an order by what is not selected": (
        {"query": asked(orderBy=[{"field": "sum_totalCost", "direction": "asc"}])},
        "Possible: count_count",
    ),
    "a direction": ({"query": asked(orderBy=[{"field": "count_count", "direction": "up"}])}, "asc or desc"),
    "an order by a histogram": (
        {
            "query": asked(
                metrics=[metric("histogram", "latency")], orderBy=[{"field": "histogram_latency", "direction": "asc"}]
            )
        },
        "no order",
    ),
    "an unknown granularity": ({"query": asked(timeDimension={"granularity": "year"})}, "Possible: auto, minute"),
    "too many rows": ({"query": asked(config={"row_limit": 1001})}, "between 1 and 1000"),
    "too many bins": ({"query": asked(config={"bins": 101})}, "between 1 and 100"),
    "a window that ends where it begins": (
        {"query": asked(toTimestamp=WINDOW["fromTimestamp"])},
        "must be before toTimestamp",
    ),
    "no time": ({"query": asked(fromTimestamp="yesterday")}, "ISO 8601"),
    "a missing time": ({"query": json.dumps({"view": "traces", "metrics": [COUNT]})}, "fromTimestamp"),
    "a step too small": (
        {"query": asked(fromTimestamp="2020-01-01T00:00:00Z", timeDimension={"granularity": "minute"})},
        "wider granularity",
    ),
    "NUL": (
        {"query": asked(filters=[{"type": "string", "column": "name", "operator": "=", "value": "a\x00"}])},
        "NUL",
    ),
}


@pytest.mark.parametrize("caption", REFUSED)
async def test_a_wrong_question_is_told_what_is_possible(api: Api, caption: str) -> None:
    params, told = REFUSED[caption]
    status, body = await api.refusal("/metrics", **params)
    assert status == 400
    assert told in json.dumps(body)


async def test_the_daily_report(api: Api) -> None:
    await tell_world(api)
    await api.tell(trace("t9", name="other", timestamp=minute(-24 * 60)))
    report = await api.get("/metrics/daily")
    assert report["meta"] == {"page": 1, "limit": 50, "totalItems": 2, "totalPages": 1}
    assert report["data"][0] == {
        "date": "2025-10-09",
        "countTraces": 3,
        "countObservations": 3,
        "totalCost": 0.006,
        "usage": [
            {
                "model": "gpt-4o",
                "inputUsage": 80,
                "outputUsage": 20,
                "totalUsage": 100,
                "countObservations": 2,
                "countTraces": 2,
                "totalCost": 0.006,
            },
            {
                "model": None,
                "inputUsage": 0,
                "outputUsage": 0,
                "totalUsage": 0,
                "countObservations": 1,
                "countTraces": 1,
                "totalCost": 0.0,
            },
        ],
    }
    assert report["data"][1]["countTraces"] == 1
    assert report["data"][1]["usage"] == []
    second = await api.get("/metrics/daily", page=2, limit=1)
    assert [day["date"] for day in second["data"]] == ["2025-10-08"]
    named = await api.get("/metrics/daily", traceName="chat", userId="ann", tags="a", environment="default")
    assert [(day["countTraces"], day["countObservations"]) for day in named["data"]] == [(1, 1)]
    later = await api.get("/metrics/daily", fromTimestamp="2025-10-09T00:00:00Z", toTimestamp="2025-10-10T00:00:00Z")
    assert later["meta"]["totalItems"] == 1
