"""Numbers, as each published client asks for them."""

import shutil
from typing import Any

import pytest

from tests.conformance.harness import Facts, FactsOnce, PythonFacts, run_javascript
from tests.support.server import RunningServer


@pytest.fixture(params=["langfuse-3", "langfuse-4.14", "langfuse-4.18", "langfuse-5"])
def facts(python_facts: PythonFacts, request: pytest.FixtureRequest) -> Facts:
    return {"sdk": request.param, **python_facts(request.param, "observed/metrics")}


def versions(facts: Facts) -> list[dict[str, Any]]:
    """What the client can ask: generation 5 has the second version alone."""
    assert (facts["first"] is None) is (facts["sdk"] == "langfuse-5")
    return [facts[name] for name in ("first", "second") if facts[name] is not None]


def test_cost_and_tokens_by_model(facts: Facts) -> None:
    for answered in versions(facts):
        [of_model] = [row for row in answered["by_model"] if row["providedModelName"] == "gpt-4o"]
        assert of_model["sum_totalCost"] == pytest.approx(1.5)
        assert (of_model["sum_inputTokens"], of_model["count_count"]) == (40, 2)
        assert 0 <= of_model["p95_latency"] < 60_000


def test_a_series_has_the_hours_of_its_window(facts: Facts) -> None:
    for answered in versions(facts):
        assert len(answered["series"]) in (2, 3)
        assert sum(row["count_count"] for row in answered["series"]) == 3


def test_scores(facts: Facts) -> None:
    for answered in versions(facts):
        assert answered["scores"] == [{"avg_value": 0.5, "count_count": 1}]


def test_what_there_is_not_is_refused_with_what_there_is(facts: Facts) -> None:
    for answered in versions(facts):
        assert answered["refused"]["status"] == answered["empty"]["status"] == 400
        assert "Possible: count, latency" in answered["refused"]["body"]["message"]


def test_traces_are_a_view_of_the_first_version(facts: Facts) -> None:
    if facts["first"] is not None:
        [row] = facts["traces"]
        assert (row["tags"], row["count_count"]) == (["x", "y"], 1)
        assert row["sum_totalCost"] == pytest.approx(1.5)


def test_javascript_gets_the_same_of_both_versions(shared_facts: FactsOnce, server: RunningServer) -> None:
    if shutil.which("node") is None or shutil.which("npm") is None:
        pytest.skip("node and npm not installed: the JavaScript SDKs cannot run")
    facts = shared_facts.of("javascript-metrics5", lambda: run_javascript("metrics5", server, "metrics5"))
    expected = [
        {"providedModelName": "gpt-4o", "sum_totalCost": 0.75, "sum_totalTokens": 15, "count_count": 1},
    ]
    assert facts["first"] == facts["second"] == expected
    assert facts["refused"]["status"] == 400


class TestDailyReport:
    """Of generation 2, the only one that has it."""

    @pytest.fixture
    def facts(self, python_facts: PythonFacts) -> Facts:
        return python_facts("langfuse-2", "python2/daily")

    def test_days_come_latest_first_with_their_models(self, facts: Facts) -> None:
        days = facts["all"]["data"]
        assert [day["date"] for day in days] == ["2026-03-01", "2026-02-28", "2026-02-27"]
        assert [(day["count_traces"], day["count_observations"], day["total_cost"]) for day in days] == [
            (1, 3, 1.0)
        ] * 3
        usage = {use["model"]: use for use in days[0]["usage"]}
        assert set(usage) == {None, "gpt-3.5-turbo", "gpt-4o"}
        of_model = usage["gpt-4o"]
        assert (of_model["input_usage"], of_model["output_usage"], of_model["total_usage"]) == (300, 100, 400)
        assert (of_model["count_traces"], of_model["count_observations"], of_model["total_cost"]) == (1, 1, 0.5)

    def test_pages(self, facts: Facts) -> None:
        dates = [day["date"] for name in ("first", "second") for day in facts[name]["data"]]
        assert dates == [day["date"] for day in facts["all"]["data"]]
        assert facts["second"]["meta"] == {"page": 2, "limit": 2, "total_items": 3, "total_pages": 2}

    def test_filters(self, facts: Facts) -> None:
        assert [day["date"] for day in facts["window"]["data"]] == ["2026-03-01", "2026-02-28"]
        assert facts["other"]["data"] == []
