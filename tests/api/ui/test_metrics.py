"""Numbers for charts in the web app."""

from typing import Any

import pytest

from tests.api.conftest import PROJECT
from tests.api.ui.conftest import Web
from tests.support.told import minute, observation, score, trace

HOUR_US = 3_600_000_000
DAY_US = 24 * HOUR_US


def count_of(view: str, **more: Any) -> dict[str, Any]:
    return {"view": view, "metrics": [{"measure": "count", "aggregation": "count"}], **more}


def by(*fields: str) -> list[dict[str, str]]:
    return [{"field": field} for field in fields]


async def draw(web: Web, asked: dict[str, Any], status: int = 200) -> Any:
    body = {"from": minute(0), "to": minute(60), **asked}
    response = await web.stage.client.post(f"/api/ui/projects/{PROJECT}/metrics", json=body, headers=web.headers)
    assert response.status_code == status, response.text
    return response.json()


def _counts(body: Any) -> dict[Any, Any]:
    return {tuple(row["dimensions"]): row["values"][0] for row in body["rows"]}


async def tell_some(web: Web) -> None:
    await web.tell(
        trace("t1", 1, name="chat", tags=["a", "b"], metadata={"agent": "planner"}),
        trace("t2", 2, name="chat", tags=["a"], metadata={"agent": "writer"}),
        trace("t3", 3, name="search"),
        trace("t4", 4, name="judge", environment="langfuse-judge"),
        observation("o1", 1, trace_id="t1", level="ERROR", type="AGENT", name="planner"),
        observation("o2", 2, trace_id="t2", type="AGENT", name="planner", metadata={"team": "red"}),
        score("s1", 2, trace_id="t1", name="accuracy", number=0.5),
        score("s2", 2, trace_id="t2", name="accuracy", number=1.0),
        score("s3", 2, trace_id="t2", name="toxicity", number=0.0),
    )


async def test_numbers_come_by_any_dimension(web: Web) -> None:
    await tell_some(web)
    assert _counts(await draw(web, count_of("traces", dimensions=by("name")))) == {("chat",): 2, ("search",): 1}
    assert _counts(await draw(web, count_of("traces", dimensions=by("tag")))) == {("a",): 2, ("b",): 1, (None,): 1}
    agents = {("planner",): 1, ("writer",): 1, (None,): 1}
    assert _counts(await draw(web, count_of("traces", dimensions=by("metadata.agent")))) == agents
    assert _counts(await draw(web, count_of("observations", dimensions=by("metadata.team", "tag")))) == {
        (None, "a"): 1,
        (None, "b"): 1,
        ("red", "a"): 1,
    }
    named = await draw(web, count_of("scores-numeric", dimensions=by("name")))
    assert _counts(named) == {("accuracy",): 2, ("toxicity",): 1}


async def test_internal_environments_are_left_out_unless_named(web: Web) -> None:
    await tell_some(web)
    assert _counts(await draw(web, count_of("traces"))) == {(): 3}
    assert _counts(await draw(web, count_of("traces", env=["langfuse-judge"]))) == {(): 1}
    only = [{"column": "name", "operator": "=", "value": "chat", "type": "string"}]
    assert _counts(await draw(web, count_of("traces", filters=only))) == {(): 2}


async def test_several_measures_errors_and_the_period_before(web: Web) -> None:
    await tell_some(web)
    rate = [{"measure": "count", "aggregation": "count"}, {"measure": "errors", "aggregation": "sum"}]
    rate.append({"measure": "errors", "aggregation": "avg"})
    asked = {"view": "traces", "metrics": rate, "from": minute(2), "to": minute(4), "previousPeriod": True}
    body = await draw(web, asked)
    assert body["metrics"] == ["count_count", "sum_errors", "avg_errors"]
    assert body["rows"] == [{"dimensions": [], "startUs": None, "values": [2, 0, 0]}]
    assert body["previous"] == {"rows": [{"dimensions": [], "startUs": None, "values": [1, 1, 1]}], "steps": []}


async def test_steps_go_by_a_clock(web: Web) -> None:
    """A13: a day on which the clock is put back has 25 hours, and days begin at the midnight of the zone."""
    day = 1_792_879_200_000_000  # 2026-10-25T00:00+02:00, from which on the clock of Berlin goes through 25 hours
    hours = [
        trace(f"h{hour}", 0, timestamp=day + hour * HOUR_US, name="night" if hour < 3 else "day") for hour in range(26)
    ]
    await web.tell(*hours)
    window = {"from": day + HOUR_US, "to": day + 30 * HOUR_US, "tz": "Europe/Berlin"}
    days = await draw(web, count_of("traces", timeDimension={"granularity": "1d"}, **window))
    assert days["steps"] == [day, day + 25 * HOUR_US, day + 49 * HOUR_US]
    assert [(row["startUs"], row["values"]) for row in days["rows"]] == [(day, [24]), (day + 25 * HOUR_US, [1])]
    hourly = await draw(web, count_of("traces", timeDimension={"granularity": "1h"}, **window))
    assert hourly["steps"] == [day + hour * HOUR_US for hour in range(1, 31)]
    assert len(hourly["rows"]) == 25
    quarters = await draw(web, count_of("traces", timeDimension={"granularity": "6h"}, **window))
    assert quarters["steps"][:3] == [day, day + 7 * HOUR_US, day + 13 * HOUR_US]
    automatic = await draw(web, count_of("traces", timeDimension={"granularity": "auto"}, **window))
    assert automatic["steps"] == quarters["steps"]


async def test_what_is_not_there_is_not_zero(web: Web) -> None:
    await web.tell(trace("t", 1), observation("open", 1, trace_id="t", end_time=None))
    asked = {
        "view": "observations",
        "metrics": [{"measure": "latency", "aggregation": "p95"}, {"measure": "totalCost", "aggregation": "count"}],
        "timeDimension": {"granularity": "auto"},
    }
    body = await draw(web, asked)
    assert [row["values"] for row in body["rows"]] == [[None, 0]]
    assert len(body["steps"]) == 62


REFUSED: dict[str, tuple[dict[str, Any], str]] = {
    "a view": (count_of("users"), "There is no such view"),
    "a dimension": (count_of("traces", dimensions=by("colour")), "no dimension colour"),
    "metadata without a key": (count_of("traces", dimensions=by("metadata.")), "no dimension"),
    "a zone": (count_of("traces", tz="Mars/Base"), "IANA name"),
    "a granularity": (count_of("traces", timeDimension={"granularity": "2m"}), "no such granularity"),
    "no time": (count_of("traces", **{"from": 5, "to": 5}), "before to"),
    "too many steps": (
        count_of("traces", **{"from": 0, "to": minute(0)}, timeDimension={"granularity": "1m"}),
        "a series may have",
    ),
    "far away": (count_of("traces", **{"from": -(2**63), "to": 2**63 - 1}), "before to"),
    "an order": (count_of("traces", orderBy=[{"field": "name", "direction": "asc"}]), "orderBy can only name"),
}


@pytest.mark.parametrize("caption", REFUSED)
async def test_a_wrong_question_is_told_what_is_possible(web: Web, caption: str) -> None:
    asked, told = REFUSED[caption]
    assert told in (await draw(web, asked, 400))["message"]
