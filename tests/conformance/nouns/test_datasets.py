"""Datasets and items with every generation of SDK: its own helpers where it has them, its generated client else."""

import shutil

import pytest

from tests.conformance.harness import Facts, FactsOnce, PythonFacts, at, run_javascript
from tests.support.server import PROJECT_ID, RunningServer

GENERATIONS = ["langfuse-2", "langfuse-3", "langfuse-4.14", "langfuse-4.18", "langfuse-5"]
NOT_FOUND = {"raised": "NotFoundError", "status": 404}


class TestPython:
    @pytest.fixture(params=GENERATIONS)
    def facts(self, request: pytest.FixtureRequest, python_facts: PythonFacts) -> Facts:
        return python_facts(request.param, "datasets/items")

    def test_a_dataset_comes_back_field_by_field_and_is_changed_by_name(self, facts: Facts) -> None:
        expected = {
            "name": f"folder/data set % {facts['run']}",
            "description": "capitals",
            "metadata": {"v": 1},
            "project_id": PROJECT_ID,
        }
        assert at(facts["dataset"], expected) == expected
        assert at(facts["again"], ("id", "metadata")) == at(facts["dataset"], ("id", "metadata"))
        assert facts["again"]["description"] == "capitals of countries"
        assert facts["listed"]["total_items"] >= 2

    def test_items_come_back_field_by_field(self, facts: Facts) -> None:
        first = {
            "input": {"q": "France"},
            "expected_output": {"a": "Paris"},
            "metadata": {"n": 1},
            "status": "ACTIVE",
            "dataset_id": facts["dataset"]["id"],
            "dataset_name": facts["dataset"]["name"],
            "source_trace_id": None,
            "source_observation_id": None,
        }
        assert at(facts["first"], first) == first
        second = {"input": "Spain", "expected_output": "Madrid", "source_trace_id": f"trace-{facts['run']}"}
        assert at(facts["second"], second) == second
        assert facts["by_source"] == [facts["second"]["id"]]

    def test_items_are_listed_newest_first_over_all_pages(self, facts: Facts) -> None:
        assert facts["both"] == facts["ids"]
        assert facts["paged"] == [6, 5, 4, 3, 2, 1, 0]
        if facts["version"]:
            assert facts["ids"][1] in facts["version"]["of_first"]

    def test_an_archived_item_leaves_the_list_and_comes_back_with_what_it_had(self, facts: Facts) -> None:
        assert (facts["archived"]["status"], facts["archived"]["input"]) == ("ARCHIVED", "Spain")
        assert facts["without"] == facts["ids"][1:]
        changed = {"status": "ACTIVE", "input": "Spain", "expected_output": {"a": "Madrid"}}
        assert at(facts["changed"], changed) == changed

    def test_a_deleted_item_is_gone(self, facts: Facts) -> None:
        assert facts["deleted"] == {"message": "Dataset item successfully deleted"}
        assert facts["left"] == facts["ids"][:1]

    def test_items_keep_to_the_schema(self, facts: Facts) -> None:
        if facts["strict"]:
            assert facts["strict"]["schema"]["type"] == "object"
            refused = facts["strict"]["refused"]
            assert refused["status"] == 400
            assert refused["body"]["error"][0]["path"] == ["input", "n"]

    def test_what_is_wrong_raises_what_the_sdk_has_for_it(self, facts: Facts) -> None:
        for name in ("no_dataset", "no_item", "item_of_no_dataset"):
            assert at(facts[name], NOT_FOUND) == NOT_FOUND, name
        assert facts["item_of_another"]["status"] == 409
        assert facts["item_without_input"]["status"] == 400


class TestJavaScript:
    @pytest.fixture(params=["datasets5", "datasets3"])
    def facts(self, request: pytest.FixtureRequest, shared_facts: FactsOnce, server: RunningServer) -> Facts:
        missing = [program for program in ("node", "npm") if shutil.which(program) is None]
        if missing:
            pytest.skip(f"{' and '.join(missing)} not installed: the JavaScript SDKs cannot run")
        flow: str = request.param
        return shared_facts.of(f"javascript-{flow}", lambda: run_javascript(flow, server, flow))

    def test_datasets_and_items_come_back(self, facts: Facts) -> None:
        assert facts["dataset"]["name"] == f"folder/data set % {facts['run']}"
        assert facts["dataset"]["metadata"] == {"v": 1}
        first = {
            "input": {"q": "France"},
            "expectedOutput": {"a": "Paris"},
            "metadata": {"n": 1},
            "mediaReferences": [],
        }
        assert at(facts["first"], first) == first
        assert facts["both"] == facts["ids"]
        assert (facts["archived"]["status"], facts["archived"]["input"]) == ("ARCHIVED", "Spain")
        assert facts["without"] == facts["ids"][1:]
        if "noDataset" in facts:
            assert facts["noDataset"]["status"] == 404
            assert facts["deleted"] == {"message": "Dataset item successfully deleted"}
