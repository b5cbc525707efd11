"""Plain OpenTelemetry: GenAI spans by every encoding of its exporters, and OpenInference's instrumentation."""

import json

import pytest

from tests.conformance.harness import Facts, PythonFacts, at, by_name

SDK = "opentelemetry"
EXPORTERS = ("protobuf", "protobuf-gzip", "protobuf-deflate", "json", "json-gzip")
USAGE = {"input": 11, "output": 7, "total": 18}


class TestGenAi:
    @pytest.fixture
    def facts(self, python_facts: PythonFacts) -> Facts:
        return python_facts(SDK, "otlp/genai")

    @pytest.fixture(params=EXPORTERS)
    def exporter(self, request: pytest.FixtureRequest) -> str:
        name: str = request.param
        return name

    @pytest.fixture
    def trace(self, facts: Facts, exporter: str) -> Facts:
        assert facts["sent"][exporter]["results"] == [True]
        trace: Facts = facts["traces"][exporter]
        return trace

    def test_trace_has_the_attributes_of_its_root(self, facts: Facts, exporter: str, trace: Facts) -> None:
        run = facts["run"]
        expected = {
            "name": f"{exporter}-{run}",
            "userId": f"user-{run}",
            "sessionId": f"session-{run}",
            "tags": sorted(["plain", exporter]),
            "environment": "staging",
        }
        assert at(trace, expected) == expected
        (root,) = [row for row in trace["observations"] if row["name"] == "handle-request"]
        assert root["isRootObservation"] is True
        assert root["metadata"]["attributes"] == {"http.route": "/ask", "big": str(2**62), "ratios": [0.5, 1.0]}
        assert root["metadata"]["resourceAttributes"]["service.name"] == "geographer"
        assert root["metadata"]["scope"] == {"name": "my.app", "version": "1.0", "attributes": {}}
        (checkpoint,) = root["spanEvents"]
        assert checkpoint["name"] == "checkpoint"

    def test_model_call_comes_back_field_by_field(self, trace: Facts) -> None:
        (call,) = [row for row in trace["observations"] if row["model"] == "gpt-4o-2024-08-06"]
        expected = {
            "type": "GENERATION",
            "name": "chat gpt-4o",
            "level": "DEFAULT",
            "usageDetails": {"input": 32, "input_cached_tokens": 8, "output": 10, "total": 50},
            "modelParameters": {"temperature": 0.25, "max_tokens": 100, "stop_sequences": '["a","b"]'},
            "finishReason": "tool_call",
            "calculatedTotalCost": pytest.approx(32 * 2.5e-6 + 8 * 1.25e-6 + 10 * 1e-5),
        }
        assert at(call, expected) == expected
        assert [message["role"] for message in call["input"]] == ["system", "user"]
        assert [message["parts"][0]["content"] for message in call["input"]] == ["be terse", "capital? – ü"]
        (message,) = call["output"]
        assert message["parts"][0]["arguments"] == {"city": "Paris"}

    def test_agent_tool_and_embedding_keep_their_kinds(self, trace: Facts) -> None:
        rows = by_name([row for row in trace["observations"] if row["name"] != "chat gpt-4o"])
        agent, tool = rows["invoke_agent geographer"], rows["execute_tool look_up"]
        assert (agent["type"], agent["agent"], agent["usageDetails"]) == ("AGENT", "geographer", {})
        assert agent["output"][0]["parts"][0]["content"] == "Paris"
        expected = {"type": "TOOL", "tool": "look_up", "input": {"city": "Paris"}, "output": "fine"}
        assert at(tool, expected) == expected
        assert tool["parentObservationId"] == agent["id"]
        embedding = rows["embeddings text-embedding-3-small"]
        assert (embedding["type"], embedding["usageDetails"]) == ("EMBEDDING", {"input": 4, "total": 4})
        assert agent["parentObservationId"] == rows["handle-request"]["id"]

    def test_failed_call_is_an_error(self, trace: Facts) -> None:
        (failed,) = [row for row in trace["observations"] if row["level"] == "ERROR"]
        expected = {"type": "GENERATION", "statusMessage": "provider down", "errorType": "TimeoutError"}
        assert at(failed, expected) == expected

    def test_wrong_keys_and_wrong_bodies_are_refused(self, facts: Facts) -> None:
        assert facts["refused"] is True
        assert facts["nonsense"]["status"] == facts["unlisted"]["status"] == 400
        assert "error" in facts["nonsense"]["body"]

    def test_one_bad_span_does_not_sink_the_good_ones(self, facts: Facts) -> None:
        assert facts["half_good"]["status"] == 200
        assert int(facts["half_good"]["body"]["partialSuccess"]["rejectedSpans"]) == 1
        assert facts["half_read"] == ["half"]


class TestOpenInference:
    @pytest.fixture
    def facts(self, python_facts: PythonFacts) -> Facts:
        return python_facts(SDK, "otlp/inferred")

    def test_trace_knows_user_session_tags_and_metadata(self, facts: Facts) -> None:
        for name in ("chain", "streamed", "agent"):
            expected = {"userId": f"user-{facts['run']}", "sessionId": f"session-{facts['run']}", "tags": ["oi"]}
            assert at(facts[name]["trace"], expected) == expected, name
        (model,) = [row for row in facts["chain"]["trace"]["observations"] if row["type"] == "GENERATION"]
        assert '"k"' in json.dumps(model["metadata"])

    @pytest.mark.parametrize(("way", "root"), [("chain", "chain-root"), ("streamed", "stream-root")])
    def test_chain_becomes_a_tree_with_usage_and_cost(self, facts: Facts, way: str, root: str) -> None:
        rows = by_name(facts[way]["trace"]["observations"])
        assert sorted(rows) == sorted(
            [root, "RunnableSequence", "ChatPromptTemplate", "CapitalModel", "StrOutputParser"]
        )
        assert rows["RunnableSequence"]["parentObservationId"] == rows[root]["id"]
        model = rows["CapitalModel"]
        expected = {
            "type": "GENERATION",
            "model": "gpt-4o",
            "usageDetails": USAGE,
            "parentObservationId": rows["RunnableSequence"]["id"],
            "calculatedTotalCost": pytest.approx(11 * 2.5e-6 + 7 * 1e-5),
        }
        assert at(model, expected) == expected
        assert model["modelParameters"]["temperature"] == 0.25
        assert "capital of France?" in json.dumps(model["input"])
        assert "Paris" in json.dumps(model["output"])
        assert (rows["RunnableSequence"]["type"], rows["RunnableSequence"]["output"]) == ("CHAIN", "Paris")

    def test_retriever_and_tool_keep_their_kinds(self, facts: Facts) -> None:
        retriever = by_name(facts["retrieved"]["trace"]["observations"])["Library"]
        assert (retriever["type"], retriever["input"]) == ("RETRIEVER", "query")
        assert "query 2" in json.dumps(retriever["output"])
        tool = by_name(facts["tooled"]["trace"]["observations"])["look_up"]
        assert (tool["type"], tool["tool"], tool["output"]) == ("TOOL", "look_up", "Rome is fine")

    def test_failing_model_is_an_error(self, facts: Facts) -> None:
        broken = by_name(facts["broken"]["trace"]["observations"])["BrokenModel"]
        assert (broken["type"], broken["level"]) == ("GENERATION", "ERROR")
        assert "provider down" in broken["statusMessage"]

    def test_agent_has_nodes_models_and_tools(self, facts: Facts) -> None:
        assert facts["agent"]["result"] == 4
        rows = facts["agent"]["trace"]["observations"]
        assert sorted((row["name"], row["type"], row["graphNode"]) for row in rows if row["name"] != "agent-root") == [
            ("CapitalModel", "GENERATION", "model"),
            ("CapitalModel", "GENERATION", "model"),
            ("geographer", "CHAIN", None),
            ("look_up", "TOOL", "tools"),
            ("model", "CHAIN", "model"),
            ("model", "CHAIN", "model"),
            ("tools", "CHAIN", "tools"),
        ]
        assert [row["usageDetails"] for row in rows if row["type"] == "GENERATION"] == [USAGE, USAGE]
        assert {row["agent"] for row in rows if row["name"] != "agent-root"} == {"geographer"}

    def test_interrupt_is_no_error_and_the_run_is_resumed_on_its_thread(self, facts: Facts) -> None:
        assert (facts["interrupted"]["result"], facts["resumed"]["result"]) == (True, "yes")
        asked = by_name(facts["interrupted"]["trace"]["observations"])
        assert {row["level"] for row in asked.values()} == {"DEFAULT"}
        assert asked["ask"]["finishReason"] == "interrupt"
        resumed = by_name(facts["resumed"]["trace"]["observations"])
        assert {row["threadId"] for row in (asked["ask"], resumed["ask"])} == {facts["run"]}
        assert facts["resumed"]["trace"]["sessionId"] == facts["run"]  # the instrumentation makes the thread a session
