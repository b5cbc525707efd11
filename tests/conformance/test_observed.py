"""Python SDKs 4.14, 4.18 and 5: one request with everything an observation can hold, read by observation and score."""

import json
from datetime import datetime
from typing import Any

import pytest

from tests.conformance.harness import Facts, PythonFacts, at, by_name, without
from tests.support.server import PROJECT_ID

FLOWS = {
    "langfuse-4.14": "observed/python4",
    "langfuse-4.18": "observed/python4",
    "langfuse-5": "observed/python5",
}
WITH_UPSERT = ("langfuse-4.18", "langfuse-5")
KINDS = ("agent", "tool", "chain", "retriever", "evaluator", "guardrail")
NAMES = {
    *("root", "answer", "openai", "priced", "total-priced", "embedded", "decorated", "streamed", "cache-miss", "fails"),
    *KINDS,
}


@pytest.fixture(params=FLOWS)
def sdk(request: pytest.FixtureRequest) -> str:
    name: str = request.param
    return name


@pytest.fixture
def facts(python_facts: PythonFacts, sdk: str) -> Facts:
    return python_facts(sdk, FLOWS[sdk])


@pytest.fixture
def observations(facts: Facts) -> dict[str, Facts]:
    return by_name(facts["observations"])


def model_of(observation: Facts) -> Any:
    """The model's name: older clients call the field otherwise."""
    return observation.get("model") or observation["provided_model_name"]


def test_right_keys_pass_and_wrong_keys_raise(facts: Facts) -> None:
    assert facts["auth"] is True
    expected = {"raised": "UnauthorizedError", "status": 401}
    assert at(facts["auth_with_wrong_secret"], expected) == expected
    assert facts["health"]["status"] == "OK"
    (project,) = facts["projects"]
    assert (project["id"], project["organization"]["id"]) == (PROJECT_ID, "tests-organization")


def test_url_of_a_trace_leads_into_its_project(facts: Facts) -> None:
    assert facts["trace_url"] == f"{facts['base_url']}/project/{PROJECT_ID}/traces/{facts['ids']['trace']}"


def test_every_observation_arrives_with_what_the_trace_shares(facts: Facts, observations: dict[str, Facts]) -> None:
    assert set(observations) == NAMES
    shared = {
        "trace_id": facts["ids"]["trace"],
        "project_id": PROJECT_ID,
        "environment": "staging",
        "release": "rel-7",
        "trace_name": f"request-{facts['run']}",
        "user_id": f"user-{facts['run']}",
        "session_id": f"session-{facts['run']}",
        "tags": ["x", "y"],
        "public": True,
    }
    for name, observation in observations.items():
        assert at(observation, shared) == shared, name
        assert observation["version"] == ("g1" if name == "answer" else "v1"), name
        assert observation["parent_observation_id"] == (None if name == "root" else facts["ids"]["root"]), name
        assert observation["is_root_observation"] is (name == "root"), name
        if name == "cache-miss":
            continue
        start, end = (datetime.fromisoformat(observation[field]) for field in ("start_time", "end_time"))
        assert observation["latency"] == pytest.approx((end - start).total_seconds(), abs=0.002), name


def test_root_comes_back_field_by_field(facts: Facts, observations: dict[str, Facts], sdk: str) -> None:
    metadata = observations["root"]["metadata"]
    assert metadata["scope"]["name"] == "langfuse-sdk"
    assert metadata["scope"]["version"].startswith(sdk.removeprefix("langfuse-"))
    assert metadata["resourceAttributes"]["langfuse.release"] == "rel-7"
    assert without(metadata, "scope", "resourceAttributes") == {
        "text": "plain",
        "number_in_text": "0" if sdk == "langfuse-5" else 0,  # 5 says that it was text
        "number": 3,
        "list": [1, {"a": None}],
        "nested": {"a": {"b": 1}},
        "größe": "ü",
    }
    expected = {
        "id": facts["ids"]["root"],
        "type": "SPAN",
        "level": "DEBUG",
        "status_message": None,
        "output": '{"answer": 2}',  # this endpoint never parses
        "usage_details": {},
        "cost_details": {},
        "total_cost": None,
    }
    assert at(observations["root"], expected) == expected
    assert json.loads(observations["root"]["input"]) == {"question": "ü – 你好"}


def test_generation_comes_back_field_by_field(facts: Facts, observations: dict[str, Facts]) -> None:
    generation = observations["answer"]
    expected = {
        "id": facts["ids"]["answer"],
        "type": "GENERATION",
        "level": "DEFAULT",
        "model_parameters": {"temperature": 0.25, "max_tokens": 10, "stop": '["a","b"]'},
        "input": '[{"role": "user", "content": "hi"}]',
        "output": '{"role": "assistant", "content": "hello"}',
        "usage_details": {"input": 10, "output": 5, "input_cached_tokens": 3, "total": 18},
        "cost_details": {
            "input": 2.5e-5,
            "output": 5e-5,
            "input_cached_tokens": 3.75e-6,
            "total": pytest.approx(7.875e-5),
        },
        "total_cost": pytest.approx(7.875e-5),
        "prompt_name": f"routing-{facts['run']}",
        "prompt_version": 3,
    }
    assert at(generation, expected) == expected
    assert model_of(generation) == "gpt-4o"
    assert (float(generation["input_price"]), float(generation["output_price"])) == (2.5e-6, 1e-5)  # sent as text
    assert generation["metadata"]["finish_reason"] == "stop"
    assert generation["start_time"] <= generation["completion_start_time"] <= generation["end_time"]
    assert 0 <= generation["time_to_first_token"] <= generation["latency"]


@pytest.mark.parametrize(
    ("name", "usage", "cost"),
    [
        ("openai", {"input": 11, "output": 7, "total": 18}, 11 * 2.5e-6 + 7 * 1e-5),
        ("priced", {"input": 1, "output": 1, "total": 2}, 0.03),
        ("total-priced", {"input": 1, "output": 1, "total": 2}, 0.5),
        ("embedded", {"input": 4, "total": 4}, 4 * 2e-8),
    ],
)
def test_usage_and_cost_come_back(
    observations: dict[str, Facts], name: str, usage: dict[str, int], cost: float
) -> None:
    assert observations[name]["usage_details"] == usage
    assert observations[name]["total_cost"] == pytest.approx(cost)
    assert observations[name]["type"] == ("EMBEDDING" if name == "embedded" else "GENERATION")


def test_every_kind_of_observation_keeps_its_type(observations: dict[str, Facts]) -> None:
    for kind in KINDS:
        expected = {"type": kind.upper(), "input": kind, "output": f"{kind} done"}
        assert at(observations[kind], expected) == expected


def test_decorated_functions_arrive(observations: dict[str, Facts]) -> None:
    expected = {
        "type": "TOOL",
        "input": '{"args": ["Rome"], "kwargs": {"unit": "F"}}',
        "output": '{"degrees": 21, "unit": "F", "city": "Rome"}',
    }
    assert at(observations["decorated"], expected) == expected
    assert observations["streamed"]["output"] == "one two"


def test_event_and_failure_arrive(observations: dict[str, Facts]) -> None:
    expected = {"type": "EVENT", "level": "WARNING", "status_message": "slow", "input": "e"}
    assert at(observations["cache-miss"], expected) == expected
    assert observations["cache-miss"]["metadata"]["key"] == "k"
    failed = {"type": "SPAN", "level": "ERROR", "status_message": "ValueError: boom"}
    assert at(observations["fails"], failed) == failed


def test_observations_are_filtered(facts: Facts) -> None:
    assert facts["roots"] == ["root"]
    assert facts["failures"] == ["fails"]
    assert facts["generations"] == ["answer", "openai", "priced", "total-priced"]


def test_fields_that_were_not_asked_for_stay_out(facts: Facts) -> None:
    (narrow,) = facts["narrow"]
    assert (narrow["id"], narrow["name"], narrow["level"]) == (facts["ids"]["answer"], "answer", "DEFAULT")
    unasked = ("input", "output", "metadata", "usage_details", "cost_details", "prompt_name", "trace_name", "tags")
    assert at(narrow, unasked) == dict.fromkeys(unasked)


def test_root_in_a_trace_that_the_caller_chose_is_its_root(facts: Facts) -> None:
    chosen = facts["chosen"]
    trace = chosen["trace"]
    assert (trace["id"], trace["name"]) == (chosen["id"], f"chosen-{facts['run']}")
    assert (trace["input"], trace["output"]) == ("in", "out")
    inner, root = (by_name(trace["observations"])[name] for name in ("inner", f"chosen-{facts['run']}"))
    assert root["id"] == chosen["root"]
    assert inner["type"] == "AGENT"
    assert chosen["root"] in (inner.get("parentObservationId"), inner.get("parent_observation_id"))


@pytest.mark.parametrize(("walked", "sizes"), [("walked", [7, 7, 7, 5]), ("walked_whole", [26])])
def test_cursor_walks_over_every_observation_once(facts: Facts, walked: str, sizes: list[int]) -> None:
    assert facts[walked]["sizes"] == sizes
    assert len(set(facts[walked]["ids"])) == 26
    assert facts[walked]["ids"] == facts["walked_whole"]["ids"]


def test_cursor_walks_over_every_score_once(facts: Facts) -> None:
    assert facts["scores_walked"]["sizes"] == [10, 10, 5]
    assert sorted(facts["scores_walked"]["ids"]) == sorted(f"bulk-{facts['run']}-{number}" for number in range(25))


def test_score_of_every_type_comes_back(facts: Facts) -> None:
    scores = {score["id"].partition("-")[0]: score for score in facts["scores_v3"]}
    fields = ("data_type", "value", "comment")
    assert {key: tuple(score[field] for field in fields) for key, score in scores.items()} == {
        "b": ("BOOLEAN", True, None),
        "n": ("NUMERIC", 0.75, "fine"),
        "c": ("CATEGORICAL", "great", None),
        "z": ("BOOLEAN", False, None),
        "t": ("TEXT", "in words", None),
        "o": ("NUMERIC", 2, None),
        "w": ("NUMERIC", 2, "again"),
        "r": ("CORRECTION", "better words", None),
    }
    assert {(score["source"], score["environment"], score["project_id"]) for score in scores.values()} == {
        ("API", "staging", PROJECT_ID)
    }
    assert scores["n"]["metadata"] == {"judge": "human"}
    assert scores["o"]["timestamp"] == "2026-01-02T03:04:05.678000+00:00"
    assert scores["n"]["name"] == f"helpful-{facts['run']}"


def test_scores_name_what_they_judge(facts: Facts) -> None:
    ids = facts["ids"]
    trace = {"kind": "trace", "id": ids["trace"]}
    root = {"kind": "observation", "id": ids["root"], "trace_id": ids["trace"]}
    answer = {"kind": "observation", "id": ids["answer"], "trace_id": ids["trace"]}
    scores = {score["id"].partition("-")[0]: score["subject"] for score in facts["scores_v3"]}
    assert scores == {"b": root, "z": root, "o": answer} | dict.fromkeys("nctwr", trace)
    (of_session,) = facts["session_scores_v3"]
    assert of_session["subject"] == {"kind": "session", "id": f"session-{facts['run']}"}
    assert (of_session["value"], of_session["data_type"]) == (5, "NUMERIC")


def test_scores_are_filtered_by_value(facts: Facts) -> None:
    assert facts["scores_v3_true"] == [f"b-{facts['run']}"]
    assert facts["scores_v3_between"] == [f"n-{facts['run']}"]


def test_deleted_trace_takes_its_observations_and_scores_along(facts: Facts) -> None:
    assert facts["deletion"]["message"].endswith("deleted successfully")
    assert facts["deleted_observations"] == facts["deleted_scores"] == []


@pytest.fixture
def models(python_facts: PythonFacts, sdk: str) -> Facts:
    return python_facts(sdk, "observed/models")


def test_model_of_the_project_is_made_found_and_deleted(models: Facts, sdk: str) -> None:
    name = f"house-model-{models['run']}"
    expected = {
        "model_name": name,
        "match_pattern": f"(?i)^({name})$",
        "unit": "TOKENS",
        "input_price": 1e-6,
        "output_price": 2e-6,
        "total_price": None,
        "is_langfuse_managed": False,
        "prices": {"input": {"price": 1e-6}, "output": {"price": 2e-6}},
    }
    created = models["created"]
    assert at(created, expected) == expected
    (tier,) = created["pricing_tiers"]
    assert (tier["is_default"], tier["prices"]) == (True, {"input": 1e-6, "output": 2e-6})
    assert models["found"] == created
    assert models["listed"] == [created["id"]]
    assert models["bad_pattern"]["status"] == 400
    assert models["deleted"]["status"] == 404
    assert models["managed"]["pricing_tiers"]


def test_price_holds_from_when_it_is_set(models: Facts, sdk: str) -> None:
    model_id = models["created"]["id"]
    assert models["first"] == {
        "total": 2.0,
        "details": {"input": 1.0, "output": 1.0, "total": 2.0},
        "model_id": model_id,
        "price": "0.000001",
    }
    assert models["packed"] is (sdk in WITH_UPSERT)
    if sdk in WITH_UPSERT:
        assert (models["changed"]["id"], models["changed"]["input_price"]) == (model_id, 3e-6)
        assert models["second"]["total"] == 3.0
