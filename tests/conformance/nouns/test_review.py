"""Comments and annotation queues, by the generated client of every SDK that has them."""

import re
import shutil
from typing import Any

import pytest

from tests.conformance.harness import Facts, FactsOnce, at, run_javascript, run_python
from tests.support.server import PROJECT_ID, RunningServer

FLOWS = {
    "langfuse-3": "reviewed/python3",
    "langfuse-4.14": "reviewed/python4",
    "langfuse-4.18": "reviewed/python4",
    "langfuse-5": "reviewed/python4",
    "javascript-5": "review5",
}


@pytest.fixture(params=FLOWS)
def facts(request: pytest.FixtureRequest, shared_facts: FactsOnce, server: RunningServer) -> Facts:
    """What the flow read back, by the names that Python's clients use."""
    sdk: str = request.param
    flow, run = FLOWS[sdk], f"reviewed-{sdk}"
    if sdk.startswith("javascript") and shutil.which("npm") is None:
        pytest.skip("npm not installed: the JavaScript SDKs cannot run")

    def run_once() -> Facts:
        environment = {"REVIEWER": request.getfixturevalue("reviewer")}
        if sdk.startswith("javascript"):
            facts: Facts = in_snake_case(run_javascript(flow, server, run, environment))
            return facts
        return run_python(sdk, flow, server, run, environment)

    return shared_facts.of(f"{sdk}-{flow}", run_once)


def in_snake_case(value: Any) -> Any:
    """The same with the keys of objects as Python writes them; constants in capitals stay."""
    if isinstance(value, list):
        return [in_snake_case(entry) for entry in value]
    if not isinstance(value, dict):
        return value
    return {
        re.sub(r"(?<=[a-z])([A-Z])", r"_\1", key).lower() if not key.isupper() else key: in_snake_case(entry)
        for key, entry in value.items()
    }


def test_comments_come_back_on_what_they_are_about(facts: Facts) -> None:
    for kind, object_id in facts["targets"].items():
        comment = facts["comments"][kind]
        expected = {
            "project_id": PROJECT_ID,
            "object_type": kind,
            "object_id": object_id,
            "content": f"on {facts['run']}",
            "author_user_id": None,
        }
        assert at(comment, expected) == expected
    assert facts["by_reviewer"]["author_user_id"] == facts["reviewer"]
    listed = facts["listed"]
    assert [row["id"] for row in listed["data"]] == [facts["by_reviewer"]["id"]]
    assert (listed["meta"]["total_items"], listed["meta"]["total_pages"]) == (2, 2)


def test_comments_need_an_object_and_an_author_who_belong_here(facts: Facts) -> None:
    assert facts["no_object"]["status"] == 404
    assert facts["no_author"]["status"] == 400


def test_a_queue_comes_back(facts: Facts) -> None:
    expected = {
        "name": f"queue-{facts['run']}",
        "description": "odd ones",
        "score_config_ids": [facts["config_id"]],
    }
    assert at(facts["queue"], expected) == expected
    assert facts["found"] == facts["queue"]
    assert expected["name"] in facts["names"]
    assert facts["name_taken"]["status"] == 400


def test_an_item_is_listed_completed_and_deleted(facts: Facts) -> None:
    item = facts["item"]
    expected = {
        "queue_id": facts["queue"]["id"],
        "object_id": facts["targets"]["TRACE"],
        "object_type": "TRACE",
        "status": "PENDING",
        "completed_at": None,
    }
    assert at(item, expected) == expected
    assert facts["found_item"] == item
    assert facts["pending"]["data"] == [item]
    assert facts["completed"]["status"] == "COMPLETED"
    assert facts["completed"]["completed_at"] == facts["completed"]["updated_at"]
    assert facts["still_pending"]["data"] == []
    assert facts["deletion"]["success"] is True
    assert facts["deleted"]["status"] == 404


def test_a_reviewer_is_assigned_and_no_longer(facts: Facts) -> None:
    expected = {"user_id": facts["reviewer"], "queue_id": facts["queue"]["id"], "project_id": PROJECT_ID}
    assert at(facts["assigned"], expected) == expected
    assert facts["unassigned"]["success"] is True
