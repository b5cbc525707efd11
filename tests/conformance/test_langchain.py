"""LangChain and LangGraph through the callback handlers of SDK 2 and SDK 5; only the models are made up."""

from typing import Any

import pytest

from tests.conformance.harness import Facts, PythonFacts, at

FLOWS = {"langfuse-2": "agents/callbacks2", "langfuse-5": "agents/callbacks5"}
USAGE = {"input": 11, "output": 7, "total": 18}
LANGCHAIN_TYPES = {"CHAIN", "TOOL", "RETRIEVER"}


@pytest.fixture(params=FLOWS)
def sdk(request: pytest.FixtureRequest) -> str:
    name: str = request.param
    return name


@pytest.fixture
def facts(python_facts: PythonFacts, sdk: str) -> Facts:
    return python_facts(sdk, FLOWS[sdk])


def observations_of(traced: Facts) -> list[Facts]:
    """The observations of a trace as the API shows them, in the order of their start."""
    rows: list[Facts] = traced["lifted"] if "lifted" in traced else traced["trace"]["observations"]
    return sorted(rows, key=lambda row: (row["startTime"], row["endTime"]))


def named(traced: Facts, name: str) -> list[Facts]:
    return [row for row in observations_of(traced) if row["name"] == name]


def type_of(langchain_type: str, sdk: str) -> str:
    """SDK 2 knows spans, generations and events only."""
    return "SPAN" if sdk == "langfuse-2" and langchain_type in LANGCHAIN_TYPES else langchain_type


def parent_of(traced: Facts, row: Facts) -> str | None:
    names = {other["id"]: other["name"] for other in observations_of(traced)}
    return names.get(row["parentObservationId"])


def test_chain_becomes_a_trace_with_its_steps(facts: Facts, sdk: str) -> None:
    chain = facts["chain"]
    assert chain["result"] == "Paris"
    sequence = "RunnableSequence" if sdk == "langfuse-2" else "capital"
    assert {(row["name"], row["type"], parent_of(chain, row)) for row in observations_of(chain)} == {
        (sequence, type_of("CHAIN", sdk), None),
        ("ChatPromptTemplate", type_of("CHAIN", sdk), sequence),
        ("CapitalModel", "GENERATION", sequence),
        ("StrOutputParser", type_of("CHAIN", sdk), sequence),
    }
    (root,) = named(chain, sequence)
    assert (root["input"], root["output"]) == ({"country": "France"}, "Paris")


def test_trace_knows_user_session_and_tags(facts: Facts, sdk: str) -> None:
    trace, run = facts["chain"]["trace"], facts["run"]
    user, session = ("user_id", "session_id") if sdk == "langfuse-2" else ("userId", "sessionId")
    expected = {
        "name": "capital",
        "input": {"country": "France"},
        "output": "Paris",
        user: f"user-{run}",
        session: f"session-{run}",
        "tags": [f"tag-{run}"],
    }
    assert at(trace, expected) == expected
    assert trace["metadata"]["who"] == "chain"


@pytest.mark.parametrize("way", ["chain", "streamed"])
def test_model_call_has_messages_parameters_usage_and_cost(facts: Facts, way: str, sdk: str) -> None:
    (generation,) = named(facts[way], "CapitalModel")
    messages = [(message["role"], message["content"]) for message in generation["input"]]
    assert messages == [("system", "be terse"), ("user", "capital of France?")]
    assert (generation["output"]["role"], generation["output"]["content"]) == ("assistant", "Paris")
    assert generation["model"] == "gpt-4o"
    assert float(generation["modelParameters"]["temperature"]) == 0.25  # SDK 2 sends it as text
    assert generation["usageDetails"] == USAGE
    assert generation["calculatedTotalCost"] == pytest.approx(11 * 2.5e-6 + 7 * 1e-5)


def test_streamed_call_knows_when_its_first_token_came(facts: Facts) -> None:
    (generation,) = named(facts["streamed"], "CapitalModel")
    assert 0 <= generation["timeToFirstToken"] <= generation["latency"]
    assert facts["streamed"]["result"] in ("Paris", ["Pa", "ris", ""])


def test_retriever_has_its_query_and_its_documents(facts: Facts, sdk: str) -> None:
    (retriever,) = named(facts["retrieved"], "Library")
    assert (retriever["type"], retriever["input"]) == (type_of("RETRIEVER", sdk), "query")
    assert [document["page_content"] for document in retriever["output"]] == ["query 1", "query 2"]


def test_tool_has_its_arguments_and_its_result(facts: Facts, sdk: str) -> None:
    (tool,) = named(facts["tooled"], "look_up")
    assert (tool["type"], tool["level"]) == (type_of("TOOL", sdk), "DEFAULT")
    assert "Rome" in str(tool["input"])
    assert tool["output"] == "Rome is fine"


@pytest.mark.parametrize(
    ("way", "name", "message"), [("broken", "BrokenModel", "provider down"), ("broken_tool", "fails", "no Rome")]
)
def test_failure_is_an_error_from_where_it_happened_up_to_the_root(
    facts: Facts, way: str, name: str, message: str
) -> None:
    (failed,) = named(facts[way], name)
    assert (failed["level"], failed["statusMessage"]) == ("ERROR", message)
    assert "raised" in facts[way]["result"]
    errors = {row["name"] for row in observations_of(facts[way]) if row["level"] == "ERROR"}
    assert errors == {name, parent_of(facts[way], failed)}


def test_graph_becomes_a_tree_of_nodes_models_and_tools(facts: Facts, sdk: str) -> None:
    agent = facts["agent"]
    assert agent["result"] == 4
    root = "LangGraph" if sdk == "langfuse-2" else "geographer"
    assert [parent_of(agent, row) for row in named(agent, "model")] == [root, root]
    first, second = named(agent, "CapitalModel")
    for generation in (first, second):
        assert (parent_of(agent, generation), generation["usageDetails"]) == ("model", USAGE)
    assert second["output"]["content"] == "Paris"
    (tool,) = named(agent, "look_up")
    assert parent_of(agent, tool) == "tools"
    nodes = {row["name"]: row["graphNode"] for row in observations_of(agent)}
    assert nodes["CapitalModel"] == "model"
    assert nodes["look_up"] == nodes["tools"] == "tools"
    assert {row["level"] for row in observations_of(agent)} == {"DEFAULT"}


def test_interrupt_is_no_error_and_the_run_is_resumed_on_its_thread(facts: Facts) -> None:
    run = facts["run"]
    asked = {row["name"]: row for row in observations_of(facts["interrupted"])}
    assert sorted(asked) == ["LangGraph", "ask", "planner"]
    assert {row["level"] for row in asked.values()} == {"DEFAULT"}
    assert (asked["ask"]["finishReason"], asked["ask"]["output"]) == ("interrupt", None)
    assert "go on?" in asked["ask"]["statusMessage"]
    resumed = {row["name"]: row for row in observations_of(facts["resumed"])}
    assert sorted(resumed) == ["LangGraph", "ask"]
    assert resumed["ask"]["output"] == {"approved": "yes"}
    assert resumed["LangGraph"]["output"] == {"topic": "cats", "plan": "plan for cats", "approved": "yes"}
    assert {row["threadId"] for row in [*asked.values(), *resumed.values()]} == {run}
    assert (asked["planner"]["graphNode"], resumed["ask"]["graphNode"]) == ("planner", "ask")


def test_chain_nests_under_the_span_it_runs_in(facts: Facts) -> None:
    nested = facts["nested"]
    rows = nested["trace"]["observations"]
    names: dict[str, Any] = {row["name"]: row for row in rows}
    parent = names["RunnableSequence"].get("parent_observation_id") or names["RunnableSequence"]["parentObservationId"]
    assert parent == names["outer"]["id"]
    assert nested["trace"]["name"] == f"nested-{facts['run']}"


def test_streamed_agent_of_langchain_1_is_traced_like_an_invoked_one(python_facts: PythonFacts) -> None:
    facts = python_facts("langfuse-5", "agents/callbacks5")

    def shape(traced: Facts) -> list[tuple[Any, ...]]:
        fields = ("name", "type", "level", "usageDetails", "graphNode", "agent")
        return sorted(tuple(str(row[field]) for field in fields) for row in observations_of(traced))

    assert shape(facts["agent_streamed"]) == shape(facts["agent"])
    assert {row["agent"] for row in observations_of(facts["agent"])} == {"geographer"}
    assert {row["type"] for row in facts["agent"]["rows"]} == {"CHAIN", "GENERATION", "TOOL"}
