"""Python SDK 2.60.10: the batch protocol, its decorators, and the reads of its own client."""

import itertools
from typing import Any

import pytest

from tests.conformance.harness import Facts, PythonFacts, at, by_name, without
from tests.support.server import PROJECT_ID

SDK = "langfuse-2"
NO_USAGE = {"input": 0, "output": 0, "total": 0, "unit": "TOKENS"} | dict.fromkeys(
    ("input_cost", "output_cost", "total_cost")
)
NOT_FOUND = {"raised": "NotFoundError", "status": 404}


class TestManualTracing:
    @pytest.fixture
    def facts(self, python_facts: PythonFacts) -> Facts:
        return python_facts(SDK, "python2/manual")

    def test_trace_comes_back_field_by_field(self, facts: Facts) -> None:
        trace = without(facts["trace"], "observations", "scores")
        assert trace == {
            "id": facts["ids"]["trace"],
            "timestamp": "2026-03-01T12:00:00.123000+00:00",
            "name": "manual-manual-2",
            "input": {"question": "ü – 你好"},
            "output": {"answer": 2},
            "session_id": "session-manual-2",
            "release": "rel-7",
            "version": "v1",
            "user_id": "user-manual-2",
            "metadata": {"source": "api", "nested": {"kept": 1, "added": 2}, "b": [1, {"c": None}]},
            "tags": ["x", "y", "z"],
            "public": True,
            "environment": "staging",
            "html_path": f"/project/{PROJECT_ID}/traces/{facts['ids']['trace']}",
            "latency": 4.0,
            "total_cost": pytest.approx(10 * 2.5e-6 + 5 * 1e-5),
        }

    def test_span_comes_back_field_by_field(self, facts: Facts) -> None:
        assert by_name(facts["trace"]["observations"])["retrieval"] == {
            "id": "span-manual-2",
            "trace_id": facts["ids"]["trace"],
            "type": "SPAN",
            "name": "retrieval",
            "start_time": "2026-03-01T12:00:01.123000+00:00",
            "end_time": "2026-03-01T12:00:05.123000+00:00",
            "input": {"query": "q"},
            "output": {"n": 2},
            "metadata": {"k": 3},
            "level": "ERROR",
            "status_message": "went wrong",
            "environment": "staging",
            "usage": NO_USAGE,
            "usage_details": {},
            "cost_details": {},
            "latency": 4.0,
            "calculated_total_cost": 0,
            **dict.fromkeys(("input_price", "output_price", "total_price"), 0),
            **dict.fromkeys(("completion_start_time", "model", "model_parameters", "version", "parent_observation_id")),
            **dict.fromkeys(("prompt_id", "prompt_name", "prompt_version", "model_id", "time_to_first_token")),
            **dict.fromkeys(("calculated_input_cost", "calculated_output_cost")),
        }

    def test_generation_comes_back_field_by_field(self, facts: Facts) -> None:
        generation = by_name(facts["trace"]["observations"])["answer"]
        expected = {
            "id": facts["ids"]["generation"],
            "trace_id": facts["ids"]["trace"],
            "parent_observation_id": "span-manual-2",
            "type": "GENERATION",
            "model": "gpt-4o",
            "model_parameters": {"max_tokens": 10, "stop": ["a", "b"], "temperature": "0.25"},  # its type has no float
            "input": [{"role": "user", "content": "hi"}],
            "output": {"role": "assistant", "content": "hello"},
            "version": "g1",
            "metadata": {"first": True, "finish_reason": "stop"},
            "start_time": "2026-03-01T12:00:02.123000+00:00",
            "completion_start_time": "2026-03-01T12:00:02.373000+00:00",
            "end_time": "2026-03-01T12:00:04.123000+00:00",
            "latency": 2.0,
            "time_to_first_token": 0.25,
            "level": "DEFAULT",
            "usage_details": {"input": 10, "output": 5, "total": 15},
            "cost_details": pytest.approx({"input": 2.5e-5, "output": 5e-5, "total": 7.5e-5}),
            "calculated_input_cost": pytest.approx(2.5e-5),
            "calculated_output_cost": pytest.approx(5e-5),
            "calculated_total_cost": pytest.approx(7.5e-5),
        }
        assert at(generation, expected) == expected
        assert generation["usage"] == {
            "input": 10,
            "output": 5,
            "total": 15,
            "unit": "TOKENS",
            "input_cost": 2.5e-5,
            "output_cost": 5e-5,
            "total_cost": pytest.approx(7.5e-5),
        }
        alone = without(facts["observation"], "total_price")  # a trace says 0 where an observation says nothing
        assert alone == without(generation, "total_price")

    def test_event_and_nested_span_come_back(self, facts: Facts) -> None:
        observations = by_name(facts["trace"]["observations"])
        assert sorted(observations) == ["answer", "cache-miss", "rerank", "retrieval"]
        event = {
            "type": "EVENT",
            "level": "WARNING",
            "status_message": "slow",
            "input": "e",
            "metadata": {"key": "k"},
            "start_time": "2026-03-01T12:00:03.123000+00:00",
            "end_time": None,
            "parent_observation_id": None,
        }
        assert at(observations["cache-miss"], event) == event
        rerank = {"type": "SPAN", "output": [1, 2], "latency": 0.5, "parent_observation_id": "span-manual-2"}
        assert at(observations["rerank"], rerank) == rerank

    def test_scores_of_trace_and_observations_come_back(self, facts: Facts) -> None:
        scores = by_name(facts["trace"]["scores"])
        named = ("value", "data_type", "observation_id", "comment", "source", "environment")
        assert {name: tuple(score[field] for field in named) for name, score in scores.items()} == {
            "quality": (0.9, "NUMERIC", None, None, "API", "staging"),
            "tone": (0, "CATEGORICAL", facts["ids"]["generation"], "nice", "API", "staging"),
            "ok": (1, "BOOLEAN", "span-manual-2", None, "API", "staging"),
        }
        assert (scores["tone"]["string_value"], scores["ok"]["string_value"]) == ("friendly", "True")

    def test_list_and_session_show_the_same_trace(self, facts: Facts) -> None:
        (row,) = facts["listed"]["data"]
        assert without(row, "observations", "scores") == without(facts["trace"], "observations", "scores")
        assert sorted(row["observations"]) == sorted(facts["ids"][name] for name in facts["ids"] if name != "trace")
        assert sorted(row["scores"]) == sorted(score["id"] for score in facts["trace"]["scores"])
        assert facts["listed"]["meta"] == {"page": 1, "limit": 50, "total_items": 1, "total_pages": 1}
        session = facts["session"]
        assert (session["id"], session["project_id"], session["environment"]) == (
            "session-manual-2",
            PROJECT_ID,
            "staging",
        )
        assert session["traces"] == [at(row, session["traces"][0])]

    def test_right_keys_pass_and_a_wrong_secret_raises(self, facts: Facts) -> None:
        assert facts["auth"] is True
        assert facts["project"] == PROJECT_ID
        assert at(facts["auth_with_wrong_secret"], ("raised", "status")) == {
            "raised": "UnauthorizedError",
            "status": 401,
        }
        assert facts["health"]["status"] == "OK"

    def test_url_of_a_trace_names_it(self, facts: Facts) -> None:
        assert facts["trace_url"] == f"{facts['base_url']}/trace/{facts['ids']['trace']}"

    def test_unknown_ids_are_not_found(self, facts: Facts) -> None:
        for name in ("unknown_trace", "unknown_observation", "unknown_session"):
            assert at(facts[name], NOT_FOUND) == NOT_FOUND
        assert facts["unknown_trace"]["body"] == {
            "error": "LangfuseNotFoundError",
            "message": "Trace does-not-exist not found within authorized project",
        }


class TestDecorators:
    @pytest.fixture
    def facts(self, python_facts: PythonFacts) -> Facts:
        return python_facts(SDK, "python2/decorated")

    def test_updates_of_the_current_trace_arrive(self, facts: Facts) -> None:
        expected = {
            "id": facts["trace_id"],
            "name": "rag-pipeline",
            "input": {"args": ["what is up?"], "kwargs": {}},
            "user_id": "user-decorated-2",
            "session_id": "session-decorated-2",
            "tags": ["rag", "tag-decorated-2"],
            "metadata": {"release": "r1"},
            "version": "3.1",
            "public": True,
            "environment": "production",
            "release": "rel-9",
        }
        assert at(facts["trace"], expected) == expected
        assert facts["trace"]["output"]["documents"] == ["doc-1", "doc-2"]
        assert facts["by_user"] == facts["by_tag"] == facts["in_session"] == [facts["trace_id"]]
        assert facts["auth"] is True

    def test_updates_of_the_current_generation_arrive(self, facts: Facts) -> None:
        observations = by_name(facts["trace"]["observations"])
        assert sorted(observations) == ["call_llm", "retrieve"]
        expected = {
            "type": "GENERATION",
            "model": "gpt-4o",
            "model_parameters": {"temperature": "0.2"},
            "input": [{"role": "user", "content": "what is up?"}],
            "output": "an answer to what is up?",
            "metadata": {"provider": "fake"},  # the SDK itself keeps the last only
            "usage_details": {"input": 120, "output": 30, "total": 150},
            "calculated_total_cost": pytest.approx(120 * 2.5e-6 + 30 * 1e-5),
            "parent_observation_id": None,
        }
        assert at(observations["call_llm"], expected) == expected
        assert (observations["retrieve"]["type"], observations["retrieve"]["output"]) == ("SPAN", ["doc-1", "doc-2"])

    def test_scores_of_the_current_trace_and_observation_arrive(self, facts: Facts) -> None:
        scores = by_name(facts["trace"]["scores"])
        generation = by_name(facts["trace"]["observations"])["call_llm"]
        assert (scores["tone"]["string_value"], scores["tone"]["observation_id"]) == ("calm", generation["id"])
        assert (scores["helpful"]["value"], scores["helpful"]["comment"]) == (0.75, "fine")
        assert scores["helpful"]["observation_id"] is None

    def test_failed_function_leaves_its_trace_and_nothing_hidden_is_sent(self, facts: Facts) -> None:
        assert (facts["failed"]["name"], facts["failed"]["output"]) == ("fails", None)
        (secretive,) = facts["failed"]["observations"]
        assert (secretive["name"], secretive["input"], secretive["output"]) == ("secretive", None, None)

    def test_generator_output_is_joined(self, facts: Facts) -> None:
        assert facts["streamed"]["output"] == "one two"

    def test_threads_keep_to_their_trace(self, facts: Facts) -> None:
        steps = facts["fan"]["observations"]
        assert sorted(step["output"] for step in steps) == list(range(8))
        assert facts["fan"]["output"] == list(range(8))


class TestQueries:
    @pytest.fixture
    def facts(self, python_facts: PythonFacts) -> Facts:
        return python_facts(SDK, "python2/queries")

    def test_traces_come_newest_first_with_their_sums(self, facts: Facts) -> None:
        assert facts["meta"] == {"page": 1, "limit": 50, "total_items": 5, "total_pages": 1}
        fields = ("name", "user_id", "session_id", "input", "output", "metadata", "version", "release", "timestamp")
        assert [tuple(row[field] for field in fields) for row in facts["rows"]] == [
            (
                "listed-queries-2",
                "user-queries-2",
                f"session-queries-2-{number % 2}",
                {"i": number},
                f"o{number}",
                {"i": number},
                f"v{number}",
                f"r{number}",
                f"2026-04-01T{'10:00' if number == 0 else f'09:{60 - 10 * number}'}:00.500000+00:00",
            )
            for number in range(5)
        ]
        assert [row["latency"] for row in facts["rows"]] == [0, 1, 2, 3, 4]
        assert [row["total_cost"] for row in facts["rows"]] == pytest.approx([1e-5 + n * 2.5e-6 for n in range(5)])
        assert [sorted(row["observations"]) for row in facts["rows"]] == [
            [f"queries-2-g{number}", f"queries-2-s{number}"] for number in range(5)
        ]

    @pytest.mark.parametrize(
        ("asked", "found"),
        [
            ("ascending", "43210"),
            ("by_version_descending", "43210"),
            ("one_tag", "01234"),
            ("both_tags", "13"),
            ("user", "01234"),
            ("session", "13"),
            ("since", "012"),
            ("between", "123"),
            ("other_zone", "012"),
            ("version", "2"),
            ("release", "3"),
        ],
    )
    def test_traces_are_filtered_and_sorted(self, facts: Facts, asked: str, found: str) -> None:
        assert facts[asked] == list(found)

    def test_pages_are_cut_and_counted(self, facts: Facts) -> None:
        meta = {"page": 2, "limit": 2, "total_items": 5, "total_pages": 3}
        assert facts["page"] == {"ids": ["2", "3"], "meta": meta}
        assert facts["nobody"] == {"data": [], "meta": {"page": 1, "limit": 50, "total_items": 0, "total_pages": 0}}
        walked = facts["walked"]
        assert [len(page) for page in walked] == [2, 2, 1, 0, 0]
        assert [*itertools.chain(*walked)] == [f"queries-2-g{number}" for number in range(5)]

    @pytest.mark.parametrize(
        ("asked", "found"),
        [
            ("generations", ["g0", "g1", "g2", "g3", "g4"]),
            ("children", ["s2"]),
            ("observed_between", ["g2", "g3"]),
            ("observed_version", ["queries-2-g0"]),
        ],
    )
    def test_observations_are_filtered(self, facts: Facts, asked: str, found: list[str]) -> None:
        assert facts[asked] == found

    def test_observations_of_a_trace_are_listed(self, facts: Facts) -> None:
        assert sorted(facts["of_trace"]) == ["g2", "s2"]

    def test_sessions_are_listed(self, facts: Facts) -> None:
        assert sorted(facts["sessions"]) == ["session-queries-2-0", "session-queries-2-1"]
        assert facts["sessions_future"]["data"] == []
        assert len(facts["session_page"]["data"]) == 1
        assert facts["session_page"]["meta"]["total_items"] == facts["session_page"]["meta"]["total_pages"]

    def test_nonsense_is_refused(self, facts: Facts) -> None:
        assert facts["too_many"]["status"] == facts["bad_order"]["status"] == 400


class TestScores:
    @pytest.fixture
    def facts(self, python_facts: PythonFacts) -> Facts:
        return python_facts(SDK, "python2/scored")

    def test_every_type_comes_back(self, facts: Facts) -> None:
        scores = {score["id"].removesuffix("-scored-2"): score for score in facts["of_trace"]}
        fields = ("data_type", "value", "observation_id", "comment")
        assert {name: tuple(score[field] for field in fields) for name, score in scores.items()} == {
            "n": ("NUMERIC", 0.8, None, "good"),
            "w": ("NUMERIC", 3, None, None),
            "c": ("CATEGORICAL", 0, None, None),
            "b0": ("BOOLEAN", 0, None, None),
            "b1": ("BOOLEAN", 1, "span-scored-2", None),
            "t": ("NUMERIC", 2, None, "again"),
            "p": ("NUMERIC", 0.5, None, "by hand"),
        }
        texts = {name: score["string_value"] for name, score in scores.items() if "string_value" in score}
        assert texts == {"c": "great", "b0": "False", "b1": "True"}
        assert {score["source"] for score in scores.values()} == {"API"}
        assert sorted(facts["listed_ids"]) == sorted(f"{name}-scored-2" for name in scores)

    def test_posted_score_is_found_by_its_id(self, facts: Facts) -> None:
        assert facts["posted"] == {"id": "p-scored-2"}
        expected = {"name": "posted-scored-2", "value": 0.5, "trace_id": "scored-scored-2", "comment": "by hand"}
        assert at(facts["by_id"], expected) == expected

    def test_list_tells_of_the_trace(self, facts: Facts) -> None:
        (row,) = facts["by_name"]["data"]
        assert (row["id"], row["value"]) == ("n-scored-2", 0.8)
        assert row["trace"] == {"user_id": "user-scored-2", "tags": ["tag-scored-2"], "environment": "default"}

    def test_scores_are_filtered(self, facts: Facts) -> None:
        every = sorted(f"{name}-scored-2" for name in ("n", "w", "c", "b0", "b1", "t", "p"))
        assert facts["of_user"] == facts["of_tag"] == every
        assert facts["labels"] == ["c-scored-2"]
        assert facts["above"] == ["n-scored-2", "t-scored-2", "w-scored-2"]
        assert facts["by_ids"] == ["c-scored-2", "n-scored-2"]
        assert facts["by_source"] == 7
        assert [len(page) for page in facts["pages"]] == [3, 3, 1]
        assert sorted(itertools.chain(*facts["pages"])) == every

    def test_deleted_and_unknown_scores_are_not_found(self, facts: Facts) -> None:
        for name in ("deleted", "unknown"):
            assert at(facts[name], NOT_FOUND) == NOT_FOUND


class TestUsageAndCost:
    @pytest.fixture
    def facts(self, python_facts: PythonFacts) -> Facts:
        return python_facts(SDK, "python2/metered")

    @pytest.fixture
    def generations(self, facts: Facts) -> dict[str, Any]:
        return by_name(facts["trace"]["observations"])

    @pytest.mark.parametrize(
        ("name", "usage"),
        [
            ("plain", {"input": 1000, "output": 200, "total": 1200}),
            ("openai", {"input": 11, "output": 7, "total": 18}),
            ("snake", {"input": 5, "output": 2, "total": 7}),
            ("total-only", {"total": 9}),
            ("characters", {"input": 40, "output": 2, "total": 42}),
            ("priced", {"input": 1, "output": 1, "total": 2}),
            ("details", {"input": 100, "output": 40, "input_cached_tokens": 60, "total": 200}),
            (
                "openai-details",
                {"input": 70, "input_cached_tokens": 30, "output": 30, "output_reasoning_tokens": 20, "total": 150},
            ),
            ("own", {"input": 10_000, "output": 1_000, "total": 11_000}),
            ("unknown", {"input": 3, "output": 4, "total": 7}),
            ("late", {"input": 2_000_000, "output": 500_000, "total": 2_500_000}),
        ],
    )
    def test_usage_of_every_shape_comes_back(
        self, generations: dict[str, Any], name: str, usage: dict[str, int]
    ) -> None:
        assert generations[name]["usage_details"] == usage
        assert generations[name]["usage"]["total"] == usage["total"]
        assert generations[name]["usage"]["unit"] == ("CHARACTERS" if name == "characters" else "TOKENS")

    @pytest.mark.parametrize(
        ("name", "cost"),
        [
            ("plain", 1000 * 2.5e-6 + 200 * 1e-5),
            ("priced", 0.03),
            ("details", 0.75),
            ("own", 10_000 * 1e-6 + 1_000 * 2e-6),
            ("late", 2 * 1.0 + 0.5 * 2.0),
            ("unknown", 0),
        ],
    )
    def test_cost_is_kept_as_given_or_worked_out(self, generations: dict[str, Any], name: str, cost: float) -> None:
        assert generations[name]["calculated_total_cost"] == pytest.approx(cost)

    def test_costs_of_a_trace_add_up(self, facts: Facts, generations: dict[str, Any]) -> None:
        total = sum(generation["calculated_total_cost"] for generation in generations.values())
        assert facts["trace"]["total_cost"] == facts["listed_cost"] == pytest.approx(total)

    def test_generation_is_linked_to_its_prompt(self, generations: dict[str, Any]) -> None:
        linked = generations["linked"]
        assert (linked["prompt_name"], linked["prompt_version"]) == ("routing-metered-2", 3)
        assert generations["plain"]["prompt_name"] is None

    def test_model_of_the_project_is_made_found_and_deleted(self, facts: Facts) -> None:
        expected = {
            "model_name": "house-model-metered-2",
            "match_pattern": "(?i)^(house-model-metered-2)$",
            "unit": "TOKENS",
            "input_price": 1e-6,
            "output_price": 2e-6,
            "total_price": None,
            "is_langfuse_managed": False,
        }
        assert at(facts["model"], expected) == expected
        assert facts["model_found"] == facts["model"]
        assert facts["model_listed"] == [facts["model"]["id"]]
        assert at(facts["model_deleted"], NOT_FOUND) == NOT_FOUND

    def test_long_input_arrives_whole(self, generations: dict[str, Any]) -> None:
        assert generations["long"]["input"] == "é" * 100_000

    def test_generation_without_a_trace_makes_its_own(self, facts: Facts) -> None:
        (generation,) = facts["alone"]["observations"]
        assert (generation["name"], generation["output"]) == ("alone-metered-2", "y")

    def test_deleted_trace_takes_its_observations_and_scores_along(self, facts: Facts) -> None:
        assert facts["deletion"] == {"message": "Trace deleted successfully"}
        assert facts["doomed_listed"] == []
        for name in ("doomed", "doomed_span", "doomed_score"):
            assert at(facts[name], NOT_FOUND) == NOT_FOUND


def test_refused_score_sinks_nothing_else_of_its_batch(python_facts: PythonFacts) -> None:
    facts = python_facts(SDK, "python2/refused")
    assert facts["posts"] > 1
    assert facts["count"]["total_items"] == 1
    (span,) = facts["trace"]["observations"]
    assert (span["name"], span["output"]) == ("after the bad one", "kept")
    assert [score["id"] for score in facts["trace"]["scores"]] == ["good-refused-2"]
