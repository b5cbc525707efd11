"""Python SDKs 4.14 and 4.18: what only this generation can read, which is the first versions of the lists."""

import pytest

from tests.conformance.harness import Facts, PythonFacts, at, by_name, without
from tests.support.server import PROJECT_ID


@pytest.fixture(params=["langfuse-4.14", "langfuse-4.18"])
def facts(python_facts: PythonFacts, request: pytest.FixtureRequest) -> Facts:
    return python_facts(request.param, "observed/python4")


def test_trace_comes_back_field_by_field(facts: Facts) -> None:
    run, trace = facts["run"], facts["trace"]
    expected = {
        "id": facts["ids"]["trace"],
        "name": f"request-{run}",
        "input": {"question": "ü – 你好"},
        "output": {"answer": 2},
        "user_id": f"user-{run}",
        "session_id": f"session-{run}",
        "release": "rel-7",
        "version": "v1",
        "tags": ["x", "y"],
        "public": True,
        "environment": "staging",
        "html_path": f"/project/{PROJECT_ID}/traces/{facts['ids']['trace']}",
    }
    assert at(trace, expected) == expected
    assert trace["metadata"]["tenant"] == "acme"
    assert trace["metadata"]["nested"] == {"a": {"b": 1}}  # the root's own metadata show here as well
    costs = [observation["calculated_total_cost"] or 0 for observation in trace["observations"]]
    assert trace["total_cost"] == pytest.approx(sum(costs))
    assert trace["latency"] == pytest.approx(by_name(trace["observations"])["root"]["latency"])
    assert len(trace["observations"]) == 16


def test_list_shows_the_same_trace(facts: Facts) -> None:
    lists = ("observations", "scores")
    assert without(facts["row"], *lists) == without(facts["trace"], "deprecation", *lists)
    for name in lists:
        assert sorted(facts["row"][name]) == sorted(row["id"] for row in facts["trace"][name])


def test_groups_that_were_not_asked_for_are_marked_as_left_out(facts: Facts) -> None:
    expected = {
        "id": facts["ids"]["trace"],
        "input": None,
        "output": None,
        "observations": [],
        "scores": [],
        "latency": -1,
        "total_cost": -1,
    }
    assert at(facts["row_without_groups"], expected) == expected


def test_input_and_output_told_to_the_trace_are_its_own(facts: Facts) -> None:
    assert (facts["told"]["input"], facts["told"]["output"]) == ("trace in", "trace out")
    (root,) = facts["told"]["observations"]
    assert (root["input"], root["output"]) == (None, None)


@pytest.mark.parametrize("asked", ["by_user", "by_session", "by_tags", "by_release", "since", "by_filter"])
def test_traces_are_filtered(facts: Facts, asked: str) -> None:
    assert facts[asked] == [facts["ids"]["trace"]]


def test_filters_that_miss_or_are_broken_find_nothing(facts: Facts) -> None:
    assert len(facts["by_environment"]) == 1
    assert facts["by_filter_missed"] == []
    assert facts["bad_filter"]["status"] == 400
    assert facts["unknown_trace"]["body"]["error"] == "LangfuseNotFoundError"


def test_observation_of_the_first_version_parses_what_was_sent(facts: Facts) -> None:
    expected = {
        "id": facts["ids"]["answer"],
        "type": "GENERATION",
        "model": "gpt-4o",
        "input": [{"role": "user", "content": "hi"}],
        "output": {"role": "assistant", "content": "hello"},
        "model_parameters": {"temperature": 0.25, "max_tokens": 10, "stop": '["a","b"]'},
        "usage_details": {"input": 10, "output": 5, "input_cached_tokens": 3, "total": 18},
        "calculated_input_cost": pytest.approx(2.875e-5),
        "calculated_output_cost": pytest.approx(5e-5),
        "calculated_total_cost": pytest.approx(7.875e-5),
        "parent_observation_id": facts["ids"]["root"],
    }
    assert at(facts["observation"], expected) == expected
    usage = {"input": 13, "output": 5, "total": 18, "unit": "TOKENS"}  # what was cached counts as input here
    assert at(facts["observation"]["usage"], usage) == usage


def test_scores_of_the_second_version_come_back(facts: Facts) -> None:
    scores = {score["id"].partition("-")[0]: score for score in facts["scores"]}
    expected = {
        "b": ("BOOLEAN", 1, "True"),
        "n": ("NUMERIC", 0.75, None),
        "c": ("CATEGORICAL", 0, "great"),
        "z": ("BOOLEAN", 0, "False"),
        "t": ("TEXT", None, "in words"),
        "o": ("NUMERIC", 2, None),
        "w": ("NUMERIC", 2, None),
        "r": ("CORRECTION", 0, "better words"),
    }
    fields = ("data_type", "value", "string_value")
    assert {key: tuple(score.get(field) for field in fields) for key, score in scores.items()} == expected
    assert scores["o"]["observation_id"] == facts["ids"]["answer"]
    trace = {"user_id": f"user-{facts['run']}", "tags": ["x", "y"], "environment": "staging"}
    assert at(scores["n"]["trace"], trace) == trace
    (of_session,) = facts["session_scores"]
    assert (of_session["trace_id"], of_session["value"]) == (None, 5)
    assert sorted(facts["scores_over"]) == [f"o-{facts['run']}", f"w-{facts['run']}"]


def test_one_score_is_found_and_deleted_by_its_id(facts: Facts) -> None:
    expected = {"value": 0.75, "comment": "fine", "metadata": {"judge": "human"}, "trace_id": facts["ids"]["trace"]}
    assert at(facts["score"], expected) == expected
    assert facts["posted"] == {"id": f"p-{facts['run']}"}
    assert facts["posted_read"]["value"] == 0.5
    assert facts["deleted_score"]["status"] == 404


def test_session_shows_its_traces(facts: Facts) -> None:
    session = facts["session"]
    assert (session["id"], session["project_id"]) == (f"session-{facts['run']}", PROJECT_ID)
    assert [trace["id"] for trace in session["traces"]] == [facts["ids"]["trace"]]
    assert facts["sessions"] == [f"session-{facts['run']}"]


def test_deleted_traces_are_not_found(facts: Facts) -> None:
    assert facts["deleted"]["status"] == 404
