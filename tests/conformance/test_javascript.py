"""JavaScript SDKs: 5 over OTLP JSON, 3 over the batch protocol, and a page that knows the public key alone."""

import shutil
from datetime import datetime

import pytest

from tests.conformance.harness import Facts, FactsOnce, at, by_name, run_javascript, without
from tests.support.server import PROJECT_ID, RunningServer

KINDS = ("agent", "tool", "chain", "retriever", "evaluator", "guardrail", "embedding")


@pytest.fixture(autouse=True)
def need_node() -> None:
    missing = [program for program in ("node", "npm") if shutil.which(program) is None]
    if missing:
        pytest.skip(f"{' and '.join(missing)} not installed: the JavaScript SDKs cannot run")


def facts_of(flow: str, shared_facts: FactsOnce, server: RunningServer) -> Facts:
    return shared_facts.of(f"javascript-{flow}", lambda: run_javascript(flow, server, flow))


def seconds(row: Facts) -> float:
    start, end = (datetime.fromisoformat(row[field]) for field in ("startTime", "endTime"))
    return (end - start).total_seconds()


class TestGeneration5:
    @pytest.fixture
    def facts(self, shared_facts: FactsOnce, server: RunningServer) -> Facts:
        return facts_of("tracing5", shared_facts, server)

    @pytest.fixture
    def observations(self, facts: Facts) -> dict[str, Facts]:
        return by_name(facts["trace"]["observations"])

    def test_right_keys_pass_and_wrong_keys_are_refused(self, facts: Facts) -> None:
        assert facts["health"]["status"] == "OK"
        assert [project["id"] for project in facts["projects"]] == [PROJECT_ID]
        assert facts["wrongKeys"]["status"] == 401
        assert facts["traceUrl"] == f"{facts['base_url']}/project/{PROJECT_ID}/traces/{facts['ids']['trace']}"

    def test_trace_comes_back_field_by_field(self, facts: Facts) -> None:
        run, trace = facts["run"], facts["trace"]
        expected = {
            "id": facts["ids"]["trace"],
            "name": f"request-{run}",
            "input": {"question": "ü – 你好"},
            "output": "told",  # to the trace itself, which is stronger than what its root says
            "userId": f"user-{run}",
            "sessionId": f"session-{run}",
            "release": "rel-7",
            "version": "v1",
            "tags": ["x", "y"],
            "public": True,
            "environment": "staging",
        }
        assert at(trace, expected) == expected
        assert without(trace["metadata"], "scope", "resourceAttributes") == {
            "text": "plain",
            "numberInText": 0,
            "number": 3,
            "list": [1, {"a": None}],
            "nested": {"a": {"b": 1}},
            "tenant": "acme",
        }
        assert [row["id"] for row in facts["listed"]] == facts["byTags"] == [facts["ids"]["trace"]]
        assert [row["id"] for row in facts["session"]["traces"]] == [facts["ids"]["trace"]]

    def test_generation_comes_back_field_by_field(self, facts: Facts) -> None:
        expected = {
            "id": facts["ids"]["answer"],
            "type": "GENERATION",
            "parentObservationId": facts["ids"]["root"],
            "model": "gpt-4o",
            "modelParameters": {"temperature": 0.25, "max_tokens": 10},
            "input": [{"role": "user", "content": "hi"}],
            "output": {"role": "assistant", "content": "hello"},
            "usageDetails": {"input": 10, "output": 5, "input_cached_tokens": 3, "total": 18},
            "calculatedTotalCost": pytest.approx(7.875e-5),
            "promptName": f"routing-{facts['run']}",
            "promptVersion": 3,
        }
        assert at(facts["observation"], expected) == expected
        assert 0 <= facts["observation"]["timeToFirstToken"] <= facts["observation"]["latency"]

    def test_usage_in_openai_names_is_not_counted_twice(self, observations: dict[str, Facts]) -> None:
        assert observations["openai"]["usageDetails"] == {"input": 11, "output": 7, "total": 18}
        assert observations["openai"]["calculatedTotalCost"] == pytest.approx(11 * 2.5e-6 + 7 * 1e-5)
        assert observations["priced"]["calculatedTotalCost"] == pytest.approx(0.03)

    def test_every_kind_of_observation_keeps_its_type(self, observations: dict[str, Facts]) -> None:
        for kind in KINDS:
            expected = {"type": kind.upper(), "input": kind, "output": f"{kind} done"}
            assert at(observations[kind], expected) == expected
        failed = {"type": "SPAN", "level": "ERROR", "statusMessage": "went wrong"}
        assert at(observations["failed"], failed) == failed
        event = {"type": "EVENT", "level": "WARNING", "input": "e"}
        assert at(observations["cache-miss"], event) == event
        decorated = {"type": "TOOL", "input": "Rome", "output": {"city": "Rome", "degrees": 21}}
        assert at(observations["decorated"], decorated) == decorated

    def test_times_that_were_given_are_kept(self, observations: dict[str, Facts]) -> None:
        expected = {"startTime": "2026-03-01T12:00:00.250Z", "endTime": "2026-03-01T12:00:01.750Z", "latency": 1.5}
        assert at(observations["timed"], expected) == expected

    def test_second_version_of_the_list_has_the_same_observations(
        self, facts: Facts, observations: dict[str, Facts]
    ) -> None:
        rows = by_name(facts["observations"])
        assert rows.keys() == observations.keys()
        expected = {
            "model": "gpt-4o",
            "providedModelName": "gpt-4o",
            "tags": ["x", "y"],
            "userId": f"user-{facts['run']}",
        }
        assert at(rows["answer"], expected) == expected
        assert facts["walked"]["sizes"] == [7, 7, 7, 5]
        assert len(set(facts["walked"]["ids"])) == 26

    def test_root_in_a_trace_that_the_caller_chose_is_kept(self, facts: Facts) -> None:
        (row,) = facts["chosen"]["trace"]["observations"]
        assert (row["name"], row["traceId"]) == (f"chosen-{facts['run']}", facts["chosen"]["id"])

    def test_scores_come_back(self, facts: Facts) -> None:
        fields = ("dataType", "value", "observationId", "comment")
        assert {row["id"].partition("-")[0]: tuple(row[field] for field in fields) for row in facts["scores"]} == {
            "n": ("NUMERIC", 0.75, None, "fine"),
            "c": ("CATEGORICAL", 0, facts["ids"]["answer"], None),
            "b": ("BOOLEAN", 1, facts["ids"]["root"], None),
        }
        assert facts["score"]["metadata"] == {"judge": "human"}
        values = {row["id"].partition("-")[0]: (row["value"], row["subject"]["kind"]) for row in facts["scoresV3"]}
        assert values == {"n": (0.75, "trace"), "c": ("calm", "observation"), "b": (True, "observation")}
        assert [(row["value"], row["sessionId"]) for row in facts["sessionScores"]] == [(5, f"session-{facts['run']}")]

    def test_every_score_of_many_arrives(self, facts: Facts) -> None:
        assert facts["scoresWalked"]["sizes"] == [10, 10, 5]
        assert len(set(facts["scoresWalked"]["ids"])) == 25

    def test_deleted_and_unknown_traces_are_not_found(self, facts: Facts) -> None:
        assert facts["deletion"] == {"message": "Trace deleted successfully"}
        assert facts["deleted"]["status"] == facts["unknown"]["status"] == 404


class TestGeneration3:
    @pytest.fixture
    def facts(self, shared_facts: FactsOnce, server: RunningServer) -> Facts:
        return facts_of("batch3", shared_facts, server)

    @pytest.fixture
    def observations(self, facts: Facts) -> dict[str, Facts]:
        return by_name(facts["trace"]["observations"])

    def test_trace_comes_back_field_by_field(self, facts: Facts) -> None:
        expected = {
            "id": facts["ids"]["trace"],
            "timestamp": "2026-03-01T12:00:00.123Z",
            "name": "manual-batch3",
            "input": {"question": "ü – 你好"},
            "output": {"answer": 2},
            "userId": "user-batch3",
            "sessionId": "session-batch3",
            "metadata": {"source": "api", "nested": {"kept": 1, "added": 2}},
            "tags": ["x", "y", "z"],
            "version": "v1",
            "release": "rel-7",
            "environment": "staging",
            "public": True,
        }
        assert at(facts["trace"], expected) == expected
        assert [row["id"] for row in facts["listed"]["data"]] == [facts["ids"]["trace"]]
        assert facts["listed"]["meta"] == {"page": 1, "limit": 10, "totalItems": 1, "totalPages": 1}
        assert "session-batch3" in facts["sessions"]
        assert facts["traceUrl"] == f"{facts['base_url']}/trace/{facts['ids']['trace']}"

    def test_observations_come_back(self, facts: Facts, observations: dict[str, Facts]) -> None:
        generation = {
            "type": "GENERATION",
            "model": "gpt-4o",
            "modelParameters": {"temperature": 0.25, "stop": ["a", "b"]},
            "input": [{"role": "user", "content": "hi"}],
            "output": {"role": "assistant", "content": "hello"},
            "metadata": {"first": True},
            "usageDetails": {"input": 10, "output": 5, "total": 15},
            "timeToFirstToken": 0.25,
            "latency": 2,
            "parentObservationId": "span-batch3",
        }
        assert at(facts["observation"], generation) == generation
        assert seconds(facts["observation"]) == 2
        span = {"level": "ERROR", "statusMessage": "went wrong", "output": {"n": 2}, "latency": 4}
        assert at(observations["retrieval"], span) == span
        event = {"type": "EVENT", "level": "WARNING", "statusMessage": "slow", "id": facts["ids"]["event"]}
        assert at(observations["cache-miss"], event) == event
        assert sorted(row["name"] for row in facts["observations"]["data"]) == ["answer", "details", "openai"]

    def test_usage_and_cost_come_back(self, observations: dict[str, Facts]) -> None:
        assert observations["openai"]["usageDetails"] == {"input": 11, "output": 7, "total": 18}
        assert observations["details"]["usageDetails"] == {
            "input": 10,
            "output": 5,
            "input_cached_tokens": 3,
            "total": 18,
        }
        assert observations["details"]["calculatedTotalCost"] == pytest.approx(0.75)

    def test_scores_come_back(self, facts: Facts) -> None:
        scores = by_name(facts["trace"]["scores"])
        assert {name: (score["dataType"], score["value"]) for name, score in scores.items()} == {
            "quality-batch3": ("NUMERIC", 0.9),
            "tone-batch3": ("CATEGORICAL", 0),
            "ok-batch3": ("BOOLEAN", 1),
        }
        assert scores["tone-batch3"]["observationId"] == facts["ids"]["generation"]
        assert (facts["score"]["stringValue"], scores["quality-batch3"]["comment"]) == ("True", "good")

    def test_updates_within_a_millisecond_keep_their_order(self, facts: Facts) -> None:
        assert len(facts["hurried"]) == 15
        assert {(trace["name"], trace["input"]) for trace in facts["hurried"]} == {("second", 2)}
        outputs = [row["output"] for trace in facts["hurried"] for row in trace["observations"]]
        assert outputs == ["third"] * 15


class TestBrowser:
    @pytest.fixture
    def facts(self, shared_facts: FactsOnce, server: RunningServer) -> Facts:
        return facts_of("browser", shared_facts, server)

    def test_scores_arrive_by_the_public_key_alone(self, facts: Facts) -> None:
        found = {row["id"].partition("-")[0]: (row["value"], row["comment"]) for row in facts["scores"]["body"]["data"]}
        assert found == {"w": (1, "by the web client"), "i": (2, None), "p": (3, None)}
        assert facts["posted"]["status"] == 200

    def test_nothing_else_is_allowed_with_it(self, facts: Facts) -> None:
        assert facts["batch"]["status"] == 207
        (refused,) = facts["batch"]["body"]["errors"]
        assert (refused["id"], refused["status"]) == ("t-event-browser", 401)
        assert facts["reading"]["status"] == 403
        assert facts["stolen"]["status"] == 404
        assert facts["wrongKey"]["status"] == 401

    def test_pages_of_other_origins_may_call(self, facts: Facts) -> None:
        for preflight in facts["preflights"]:
            origin, methods, headers = preflight["allowed"]
            assert preflight["ok"]
            assert origin == "https://shop.example"
            assert "POST" in methods
            assert "authorization" in headers
        assert facts["batch"]["origin"] == facts["wrongKey"]["origin"] == "https://shop.example"
