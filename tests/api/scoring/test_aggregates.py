"""Sums of scores over HTTP."""

import json
from typing import Any

import pytest

from tests.api.scoring.conftest import EXTENSION, PUBLIC, Desk

PATH = f"{EXTENSION}/scores/aggregates"


@pytest.fixture
async def told(desk: Desk, stranger: Desk) -> Desk:
    """Scores of every kind on two traces, a session and a run."""
    traces = [
        {"id": "t1", "userId": "ann", "sessionId": "s1", "tags": ["red", "blue"], "environment": "prod"},
        {"id": "t2", "userId": "bob", "sessionId": "s2", "tags": ["red"], "environment": "dev"},
    ]
    events = [
        {"id": f"e-{body['id']}", "type": "trace-create", "timestamp": "2027-01-14T07:00:00Z", "body": body}
        for body in traces
    ]
    scores: list[dict[str, Any]] = [
        {"id": "q1", "name": "quality", "value": 0.25, "traceId": "t1", "environment": "prod"},
        {"id": "q2", "name": "quality", "value": 0.75, "traceId": "t2", "source": "EVAL"},
        {"id": "q3", "name": "quality", "value": 1, "sessionId": "s1"},
        {"id": "q4", "name": "quality", "value": 1, "datasetRunId": "r"},
        {"id": "b1", "name": "safe", "value": 1, "dataType": "BOOLEAN", "traceId": "t1"},
        {"id": "b2", "name": "safe", "value": 0, "dataType": "BOOLEAN", "traceId": "t2"},
        {"id": "b3", "name": "safe", "value": 1, "dataType": "BOOLEAN", "traceId": "t2"},
        {"id": "m1", "name": "mood", "value": "good", "traceId": "t1"},
        {"id": "m2", "name": "mood", "value": "good", "traceId": "t2"},
        {"id": "m3", "name": "mood", "value": "bad", "traceId": "t1", "observationId": "o1"},
        {"id": "n1", "name": "note", "value": "secret text", "dataType": "TEXT", "traceId": "t1"},
    ]
    events += [
        {"id": f"e-{body['id']}", "type": "score-create", "timestamp": f"2027-01-{10 + at % 3}T07:00:00Z", "body": body}
        for at, body in enumerate(scores)
    ]
    for caller in (desk, stranger):
        answered = await caller.call("POST", f"{PUBLIC}/ingestion", {"batch": events}, status=207)
        assert answered["errors"] == []
    return desk


async def test_scores_are_summed_up_by_name_and_type(told: Desk) -> None:
    shown = await told.get(PATH, percentiles="0,50,99.5,100")
    assert shown["meta"] == {"groupBy": ["name"], "bucket": None, "count": 11}
    assert shown["data"] == [
        {
            "name": "mood",
            "dataType": "CATEGORICAL",
            "count": 3,
            "categories": [{"label": "good", "count": 2}, {"label": "bad", "count": 1}],
            "categoryCount": 2,
        },
        {"name": "note", "dataType": "TEXT", "count": 1},
        {
            "name": "quality",
            "dataType": "NUMERIC",
            "count": 4,
            "mean": 0.75,
            "min": 0.25,
            "max": 1,
            "stddev": pytest.approx(0.3535533905932738),
            "percentiles": {"0": 0.25, "50": 0.875, "99.5": 1, "100": 1},
        },
        {
            "name": "safe",
            "dataType": "BOOLEAN",
            "count": 3,
            "mean": pytest.approx(2 / 3),
            "min": 0,
            "max": 1,
            "stddev": pytest.approx(0.5773502691896257),
            "percentiles": {"0": 0, "50": 1, "99.5": 1, "100": 1},
            "booleans": {"true": 2, "false": 1},
        },
    ]


def column(name: str, operator: str, value: Any, kind: str = "string") -> str:
    return json.dumps([{"type": kind, "column": name, "operator": operator, "value": value}])


@pytest.mark.parametrize(
    ("params", "count"),
    [
        ({"userId": "ann"}, 5),
        ({"traceTags": "red,blue"}, 5),
        ({"traceTags": "red"}, 9),
        ({"traceSessionId": "s2"}, 4),
        ({"sessionId": "s1"}, 1),
        ({"datasetRunId": "r"}, 1),
        ({"traceId": "t1", "observationId": "o1,o2"}, 1),
        ({"environment": "prod"}, 1),
        ({"filter": column("traceEnvironment", "=", "prod")}, 5),
        ({"filter": column("traceName", "=", "")}, 11),
        ({"filter": column("value", ">", 0.5, "number")}, 5),
        ({"source": "EVAL"}, 1),
        ({"dataType": "BOOLEAN"}, 3),
        ({"name": "quality", "operator": ">=", "value": "0.75"}, 3),
        ({"scoreIds": "q1,m1,none"}, 2),
        ({"fromTimestamp": "2027-01-11T00:00:00Z", "toTimestamp": "2027-01-12T00:00:00Z"}, 4),
        ({"userId": "nobody"}, 0),
        ({"configId": "none"}, 0),
        ({"queueId": "none"}, 0),
    ],
)
async def test_any_filter_of_the_list_narrows_the_sum(told: Desk, params: dict[str, str], count: int) -> None:
    assert (await told.get(PATH, **params))["meta"]["count"] == count
    assert (await told.get(f"{PUBLIC}/v2/scores", **params))["meta"]["totalItems"] == count


async def test_groups_are_told_apart_by_what_was_asked_and_by_time(told: Desk) -> None:
    shown = await told.get(PATH, name="quality", groupBy="source,environment", bucket="day", percentiles="50")
    assert shown["meta"] == {"groupBy": ["source", "environment"], "bucket": "day", "count": 4}
    assert [(row["start"], row["source"], row["environment"], row["count"], row["mean"]) for row in shown["data"]] == [
        ("2027-01-10T00:00:00.000Z", "API", "default", 1, 1),
        ("2027-01-10T00:00:00.000Z", "API", "prod", 1, 0.25),
        ("2027-01-11T00:00:00.000Z", "EVAL", "default", 1, 0.75),
        ("2027-01-12T00:00:00.000Z", "API", "default", 1, 1),
    ]
    month = await told.get(PATH, name="quality", bucket="month")
    assert [(row["start"], row["count"]) for row in month["data"]] == [("2027-01-01T00:00:00.000Z", 4)]
    by_config = await told.get(PATH, name="quality", groupBy="configId")
    assert [row["configId"] for row in by_config["data"]] == [None]


@pytest.mark.parametrize(
    "params",
    [
        {"groupBy": "value"},
        {"bucket": "year"},
        {"bucket": "DAY"},
        {"percentiles": "101"},
        {"percentiles": "-1"},
        {"percentiles": "1e1"},
        {"percentiles": "nan"},
        {"percentiles": "٣"},
        {"percentiles": "1/2"},
        {"percentiles": ",".join(map(str, range(21)))},
        {"page": "1"},
        {"operator": "~", "value": "1"},
        {"filter": "{}"},
        {"filter": column("nothing", "=", "x")},
        {"fromTimestamp": "yesterday"},
    ],
)
async def test_a_question_that_is_none_is_refused(desk: Desk, params: dict[str, str]) -> None:
    response = await desk.stage.client.get(PATH, params=params, headers=desk.headers)
    assert response.status_code == 400, response.text
