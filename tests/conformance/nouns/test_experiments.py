"""Experiments by every generation of SDK: each item is in its run exactly once, with its scores."""

import json
import shutil

import pytest

from tests.conformance.harness import Facts, FactsOnce, PythonFacts, run_javascript
from tests.support.server import PROJECT_ID, RunningServer

COUNTRIES = ("France", "Italy", "Spain")


class TestRunner:
    @pytest.fixture(params=["langfuse-3", "langfuse-4.14", "langfuse-4.18", "langfuse-5"])
    def facts(self, python_facts: PythonFacts, request: pytest.FixtureRequest) -> Facts:
        return python_facts(request.param, "experiments/runner")

    def test_the_run_has_every_item_once(self, facts: Facts) -> None:
        run = facts["dataset_run"]
        assert (run["id"], run["name"]) == (facts["run_id"], f"try/1 {facts['run']}")
        assert (run["description"], run["metadata"]) == ("the first", {"model": "m"})
        items = run["datasetRunItems"]
        assert sorted(item["datasetItemId"] for item in items) == [f"{c}-{facts['run']}" for c in COUNTRIES]
        assert sorted(item["traceId"] for item in items) == facts["traces"]
        assert [found["id"] for found in facts["runs"]] == [facts["run_id"]]

    def test_its_address_leads_to_the_run(self, facts: Facts) -> None:
        home = f"{facts['base_url']}/project/{PROJECT_ID}"
        expected = {
            f"{home}/datasets/{facts['dataset_id']}/runs/{facts['run_id']}",
            f"{home}/experiments/results?baseline={facts['run_id']}",
        }
        assert expected.intersection(facts["urls"])

    def test_scores_are_on_the_items_and_on_the_run(self, facts: Facts) -> None:
        assert [(score["name"], score["datasetRunId"]) for score in facts["run_scores"]] == [
            ("accuracy", facts["run_id"])
        ]
        values = sorted(score["value"] for scores in facts["item_scores"] for score in scores)
        assert values == [0, 1, 1]

    def test_the_experiment_is_listed_with_what_it_came_to(self, facts: Facts) -> None:
        [experiment] = facts["experiments"]
        assert (experiment["id"], experiment["itemCount"]) == (facts["run_id"], 3)
        assert (experiment["description"], experiment["metadata"]) == ("the first", {"model": "m"})
        assert [score["name"] for score in experiment["scores"]] == ["accuracy"]

    def test_items_say_what_was_asked_answered_and_expected(self, facts: Facts) -> None:
        assert {item["experimentItemId"].partition("-")[0]: item["expectedOutput"] for item in facts["items"]} == {
            "France": "Paris",
            "Spain": "Madrid",
            "Italy": "Rome",
        }
        assert len(facts["items"]) == 3
        for item in facts["items"]:
            assert item["output"] == ("Rome" if item["experimentItemId"].startswith("Italy") else "Paris")
            assert json.loads(item["input"]) == {"q": item["experimentItemId"].partition("-")[0]}
            assert (item["experimentMetadata"], item["experimentDescription"]) == ({"model": "m"}, "the first")
            assert item["experimentItemMetadata"] == {"n": 1}
            assert item["experimentDatasetId"] == facts["dataset_id"]
            assert "correct" in [score["name"] for score in item["scores"]]

    def test_an_experiment_on_data_of_ones_own_is_listed_without_a_dataset(self, facts: Facts) -> None:
        [local] = facts["local"]
        assert (local["itemCount"], local["datasetId"]) == (1, None)

    def test_its_own_client_reads_and_deletes_the_run(self, facts: Facts) -> None:
        if "through_client" not in facts:
            pytest.skip("this generation has no such calls any more")
        names = [f"{country}-{facts['run']}" for country in COUNTRIES]
        assert facts["through_client"] == [f"try/1 {facts['run']}", names]
        assert facts["names_through_client"] == [f"try/1 {facts['run']}"]
        assert facts["deleted"] == {"message": "Dataset run successfully deleted"}
        assert facts["after"]["status"] == 404

    def test_a_batch_of_observations_is_evaluated(self, facts: Facts) -> None:
        assert facts["batch"]["failed"] == 0
        assert facts["batch"]["processed"] == facts["lengths"] >= 3


class TestGeneration2:
    @pytest.fixture
    def facts(self, python_facts: PythonFacts) -> Facts:
        return python_facts("langfuse-2", "experiments/linking2")

    @pytest.mark.parametrize(("run", "prefix"), [("linked", ""), ("observed", "observed "), ("guided", "guided ")])
    def test_each_way_makes_a_run_with_every_item_once(self, facts: Facts, run: str, prefix: str) -> None:
        items = facts[run]["dataset_run_items"]
        wanted = {f"{country}-{facts['run']}" for country in ("France", "Spain")}
        assert {item["dataset_item_id"]: item["trace_id"] for item in items} == {
            item: facts["traces"][prefix + item] for item in wanted
        }
        assert len(items) == 2

    def test_runs_are_named_and_described(self, facts: Facts) -> None:
        assert facts["runs"] == ["by observe", "by/link", "routing-v2"]
        assert (facts["linked"]["description"], facts["linked"]["metadata"]) == ("first", {"model": "m"})
        assert facts["unknown"]["status"] == 404
        assert {found["name"]: found["itemCount"] for found in facts["experiments"]} == dict.fromkeys(facts["runs"], 2)


class TestJavascript:
    @pytest.fixture
    def facts(self, shared_facts: FactsOnce, server: RunningServer) -> Facts:
        missing = [program for program in ("node", "npm") if shutil.which(program) is None]
        if missing:
            pytest.skip(f"{' and '.join(missing)} not installed: the JavaScript SDKs cannot run")
        return shared_facts.of(
            "javascript-experiments5", lambda: run_javascript("experiments5", server, "experiments5")
        )

    def test_the_run_has_every_item_once_with_its_scores(self, facts: Facts) -> None:
        assert facts["url"] == (
            f"{facts['base_url']}/project/{PROJECT_ID}/datasets/{facts['datasetId']}/runs/{facts['runId']}"
        )
        run = facts["datasetRun"]
        assert (run["id"], run["description"], run["metadata"]) == (facts["runId"], "the first", {"model": "m"})
        assert sorted(item["traceId"] for item in run["datasetRunItems"]) == facts["traces"]
        assert len(facts["traces"]) == 2
        assert [found["name"] for found in facts["runs"]] == [run["name"]]
        assert [(score["name"], score["value"]) for score in facts["runScores"]] == [("accuracy", 0.5)]
        assert [(found["id"], found["itemCount"]) for found in facts["experiments"]] == [(facts["runId"], 2)]
        assert sorted(item["traceId"] for item in facts["items"]) == facts["traces"]
