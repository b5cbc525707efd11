"""Python SDK 3.15: spans that tell their trace what it is, and the reads of its own client."""

import pytest

from tests.conformance.harness import Facts, PythonFacts, at, by_name, without
from tests.support.server import PROJECT_ID


@pytest.fixture
def facts(python_facts: PythonFacts) -> Facts:
    return python_facts("langfuse-3", "observed/python3")


def test_right_keys_pass_and_wrong_keys_raise(facts: Facts) -> None:
    assert facts["auth"] is True
    assert facts["auth_with_wrong_secret"]["raised"] == "UnauthorizedError"
    assert [project["id"] for project in facts["projects"]] == [PROJECT_ID]
    assert facts["trace_url"] == f"{facts['base_url']}/project/{PROJECT_ID}/traces/{facts['ids']['trace']}"


def test_trace_comes_back_field_by_field(facts: Facts) -> None:
    run, trace = facts["run"], facts["trace"]
    expected = {
        "id": facts["ids"]["trace"],
        "name": f"request-{run}",
        "input": {"question": "ü – 你好"},
        "output": {"total": 1},  # told to the trace, and so stronger than the root's
        "user_id": f"user-{run}",
        "session_id": f"session-{run}",
        "release": "rel-7",
        "version": "v1",
        "tags": ["x", "y", "z"],
        "public": True,
        "environment": "staging",
        "html_path": f"/project/{PROJECT_ID}/traces/{facts['ids']['trace']}",
    }
    assert at(trace, expected) == expected
    assert without(trace["metadata"], "scope", "resourceAttributes") == {
        "text": "plain",
        "number_in_text": 0,
        "number": 3,
        "list": [1, {"a": None}],
        "nested": {"a": {"b": 1}},
        "größe": "ü",
    }
    costs = [observation["calculated_total_cost"] for observation in trace["observations"]]
    assert trace["total_cost"] == pytest.approx(sum(costs))


def test_list_and_session_show_the_same_trace(facts: Facts) -> None:
    lists = ("observations", "scores")
    assert without(facts["row"], *lists) == without(facts["trace"], *lists)
    assert sorted(facts["row"]["observations"]) == sorted(row["id"] for row in facts["trace"]["observations"])
    (in_session,) = facts["session"]["traces"]
    assert in_session == at(facts["row"], in_session)


def test_observations_come_back(facts: Facts) -> None:
    observations = by_name(facts["trace"]["observations"])
    assert {name: row["type"] for name, row in observations.items()} == {
        "root": "SPAN",
        "answer": "GENERATION",
        "priced": "GENERATION",
        "lookup": "TOOL",
        "decorated": "GENERATION",
        "cache-miss": "EVENT",
        "fails": "SPAN",
    }
    root = {"level": "DEBUG", "version": "v1", "output": {"answer": 2}, "parent_observation_id": None}
    assert at(observations["root"], root) == root
    assert {row["parent_observation_id"] for name, row in observations.items() if name != "root"} == {
        facts["ids"]["root"]
    }
    failed = {"level": "ERROR", "status_message": "ValueError: boom"}
    assert at(observations["fails"], failed) == failed
    event = {"level": "WARNING", "status_message": "slow", "input": "e"}
    assert at(observations["cache-miss"], event) == event
    assert observations["cache-miss"]["metadata"]["key"] == "k"
    decorated = {
        "model": "gpt-4o",
        "input": {"args": ["what?"], "kwargs": {}},
        "output": "answer to what?",
        "usage_details": {"input": 2, "output": 1, "total": 3},
    }
    assert at(observations["decorated"], decorated) == decorated
    assert observations["priced"]["calculated_total_cost"] == pytest.approx(0.03)


def test_generation_comes_back_field_by_field(facts: Facts) -> None:
    expected = {
        "id": facts["ids"]["answer"],
        "model": "gpt-4o",
        "model_parameters": {"temperature": 0.25, "max_tokens": 10, "stop": '["a","b"]'},
        "input": [{"role": "user", "content": "hi"}],
        "output": {"role": "assistant", "content": "hello"},
        "usage_details": {"input": 10, "output": 5, "input_cached_tokens": 3, "total": 18},
        "calculated_total_cost": pytest.approx(7.875e-5),
        "environment": "staging",
    }
    assert at(facts["observation"], expected) == expected
    assert facts["observation"]["metadata"]["finish_reason"] == "stop"
    assert 0 <= facts["observation"]["time_to_first_token"] <= facts["observation"]["latency"]


def test_second_version_of_the_list_has_the_same_observations(facts: Facts) -> None:
    rows = {row["id"]: row for row in facts["observations_v2"]}
    assert rows.keys() == {row["id"] for row in facts["trace"]["observations"]}
    expected = {
        "providedModelName": "gpt-4o",
        "usageDetails": facts["observation"]["usage_details"],
        "input": '[{"role": "user", "content": "hi"}]',
        "tags": ["x", "y", "z"],
        "userId": f"user-{facts['run']}",
    }
    assert at(rows[facts["ids"]["answer"]], expected) == expected
    assert facts["walked"]["sizes"] == [7, 7, 7, 5]
    assert len(set(facts["walked"]["ids"])) == 26


def test_lists_are_filtered(facts: Facts) -> None:
    assert facts["by_user"] == facts["by_tags"] == facts["since"] == [facts["ids"]["trace"]]
    assert facts["by_other_tags"] == []
    assert facts["failures"] == ["fails"]


def test_scores_come_back(facts: Facts) -> None:
    scores = {score["id"].partition("-")[0]: score for score in facts["scores"]}
    fields = ("data_type", "value", "observation_id", "comment")
    assert {key: tuple(score[field] for field in fields) for key, score in scores.items()} == {
        "n": ("NUMERIC", 0.75, None, "fine"),
        "b": ("BOOLEAN", 1, facts["ids"]["root"], None),
        "c": ("CATEGORICAL", 0, facts["ids"]["answer"], None),
    }
    assert scores["c"]["string_value"] == "calm"
    assert facts["score"]["metadata"] == {"judge": "human"}
    (of_session,) = facts["session_scores"]
    assert (of_session["session_id"], of_session["value"]) == (f"session-{facts['run']}", 5)


def test_score_is_posted_and_deleted(facts: Facts) -> None:
    assert facts["posted"] == {"id": f"p-{facts['run']}"}
    assert facts["posted_read"]["value"] == 1
    assert facts["deleted_score"]["status"] == 404


def test_model_of_the_project_is_made_found_and_deleted(facts: Facts) -> None:
    expected = {"model_name": f"house-model-{facts['run']}", "input_price": 1e-6, "output_price": 2e-6}
    assert at(facts["model"], expected) == expected
    assert facts["model_found"] == facts["model"]
    assert facts["model_deleted"]["status"] == 404


def test_deleted_trace_is_not_found(facts: Facts) -> None:
    assert facts["deletion"] == {"message": "Trace deleted successfully"}
    assert facts["deleted"]["status"] == 404
