"""Daily work with SDK 2, as an operator's handbook would have it: a traced graph, scores, cost and latency reports."""

import pytest

from tests.conformance.harness import Facts, PythonFacts, at, by_name


@pytest.fixture
def facts(python_facts: PythonFacts) -> Facts:
    return python_facts("langfuse-2", "python2/operations")


def test_decorated_graph_node_is_a_generation_with_usage_and_cost(facts: Facts) -> None:
    trace, run = facts["handled"], facts["run"]
    expected = {
        "name": "handle_request",
        "user_id": f"user-{run}",
        "session_id": f"session-{run}",
        "tags": ["orchestrator", "production"],
    }
    assert at(trace, expected) == expected
    assert trace["input"]["args"][0]["message"] == "hello"
    (generation,) = trace["observations"]
    called = {
        "name": "call_model",
        "type": "GENERATION",
        "model": "gpt-4o",
        "metadata": {"agent": "router", "task_type": "orchestration"},
        "usage_details": {"input": 21, "output": 8, "total": 29},
        "calculated_total_cost": pytest.approx(21 * 2.5e-6 + 8 * 1e-5),
    }
    assert at(generation, called) == called
    assert facts["answer"]["messages"] == ["hello", "an answer"]


def test_scores_given_by_trace_id_arrive(facts: Facts) -> None:
    scores = by_name(facts["handled"]["scores"])
    assert {name.rpartition("-operations")[0]: score["value"] for name, score in scores.items()} == {
        "similarity": 0.8,
        "accuracy": 0.9,
        "toxicity": 0.75,
    }
    assert facts["feedback"] == [1, 1, 1]


def test_cost_and_tokens_by_model_add_up(facts: Facts) -> None:
    mini = 2000 * 1.5e-7 + 1000 * 6e-7
    big = 1500 * 2.5e-6 + 300 * 1e-5
    assert facts["amount"] == 20
    assert facts["cost_by_model"] == pytest.approx({"gpt-4o": big, "gpt-4o-mini": mini})
    assert facts["tokens_by_model"] == {"gpt-4o": 1800, "gpt-4o-mini": 3000}
    assert facts["cost_of_list"] == pytest.approx(big + mini)


def test_latency_percentiles_are_those_of_what_was_sent(facts: Facts) -> None:
    assert facts["latencies"] == pytest.approx([0.1 * (number + 1) for number in range(20)])
    assert facts["percentiles"] == pytest.approx([1.05, 1.905, 1.981])


def test_what_no_server_can_give_this_client_is_known(facts: Facts) -> None:
    assert facts["response_is_no_list"]["raised"] == "TypeError"
    assert set(facts["rows_hold_ids"]) == {"str"}
