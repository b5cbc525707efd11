"""Estimates of usage: what is counted, of which models, and when nothing is."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from panope.domain.merge.join import join
from panope.domain.merge.lift import lift
from panope.domain.merge.view import view_observation
from panope.domain.pricing import PriceBook, PriceModel
from panope.domain.tokens import MAX_CHARS, Encoding, encoding_of, estimate_usage
from panope.domain.tracing import ObservationRow
from tests.support.histories.replaying import OLD
from tests.support.told import minute, observation


class Words:
    """Counts words, and remembers which tokenizer it was asked for."""

    def __init__(self) -> None:
        self.asked: set[Encoding] = set()

    def count(self, text: str, encoding: Encoding) -> int:
        self.asked.add(encoding)
        return len(text.split())


def _row(
    *events: dict[str, Any], models: tuple[PriceModel, ...] = OLD.models, words: Words | None = None
) -> ObservationRow:
    states = [lift(observation("o", number, **told)) for number, told in enumerate(events)]
    state = states[0] if len(states) == 1 else join("observation", *states)  # type: ignore[arg-type]
    return view_observation("o", state, PriceBook(models, tokens=words or Words()))


@pytest.mark.parametrize(
    ("model", "encoding"),
    [
        ("gpt-4o-mini-2024-07-18", Encoding.O200K),
        ("openai/gpt-4.1", Encoding.O200K),
        ("azure/GPT-5-mini", Encoding.O200K),
        ("chatgpt-4o-latest", Encoding.O200K),
        ("o3-mini", Encoding.O200K),
        ("openai:o1", Encoding.O200K),
        ("ft:gpt-4o:org::id", Encoding.O200K),
        ("gpt-4-turbo", Encoding.CL100K),
        ("gpt-35-turbo", Encoding.CL100K),
        ("gpt-3.5-turbo-0125", Encoding.CL100K),
        ("text-embedding-3-large", Encoding.CL100K),
        ("gpt-oss-120b", Encoding.HARMONY),
        ("claude-sonnet-4-5", None),
        ("gemini-2.5-pro", None),
        ("llama-3-8b", None),
        ("proto1", None),
        ("", None),
    ],
)
def test_a_model_has_the_tokenizer_that_its_name_says(model: str, encoding: Encoding | None) -> None:
    assert encoding_of(model) is encoding


def test_what_ended_without_usage_is_counted_marked_and_priced() -> None:
    row = _row({"type": "GENERATION", "model": "gpt-4o", "input": "a b c", "output": "d e", "end_time": minute(1)})
    assert row.detail.usage == {"input": 3, "output": 2, "total": 5}
    assert (row.detail.usage_estimated, row.total_tokens) == (True, 5)
    assert (row.detail.cost_source, row.total_cost) == ("computed", 3 * 2_500_000 + 2 * 10_000_000)


@pytest.mark.parametrize(
    "told",
    [
        {"type": "GENERATION", "model": "gpt-4o", "input": "a b", "usage": {"input": 9, "total": 9}, "output": "c"},
        {"type": "GENERATION", "model": "claude-sonnet-4-5", "input": "a b", "output": "c"},
        {"type": "GENERATION", "input": "a b", "output": "c"},
        {"type": "GENERATION", "model": "gpt-4o", "input": "a b"},
        {"type": "SPAN", "model": "gpt-4o", "input": "a b", "output": "c"},
        {"type": "GENERATION", "model": "gpt-4o", "input": "a " * MAX_CHARS, "output": "c"},
        {"type": "GENERATION", "model": "gpt-4o", "end_time": minute(1)},
        {"type": "GENERATION", "model": "gpt-4o", "input": "a b", "end_time": minute(1), "level": "ERROR"},
    ],
    ids=["sent", "no public tokenizer", "no model", "not ended", "no model call", "too long", "no text", "failed"],
)
def test_nothing_is_estimated_where_it_was_sent_or_cannot_be_known(told: dict[str, Any]) -> None:
    row = _row(told)
    assert not row.detail.usage_estimated
    assert row.detail.usage == told.get("usage", {})


def test_usage_that_comes_later_takes_the_place_of_the_estimate() -> None:
    ended = {"type": "GENERATION", "model": "gpt-4o", "input": "a b c", "output": "d e"}
    late = {"usage": {"input": 50, "total": 50}, "is_update": True}
    row = _row(ended, late)
    assert (row.detail.usage, row.detail.usage_estimated) == ({"input": 50, "total": 50}, False)


@given(order=st.permutations([0, 1, 2]))
def test_the_estimate_does_not_depend_on_the_order_of_arrival(order: list[int]) -> None:
    told = [
        observation("o", 0, type="GENERATION", model="gpt-4o", input="a b c"),
        observation("o", 1, output="d e", is_update=True),
        observation("o", 2, output="d e f", end_time=minute(2), is_update=True),
    ]
    states = [lift(told[at]) for at in order]
    state = join("observation", join("observation", *states[:2]), states[2])  # type: ignore[arg-type]
    row = view_observation("o", state, PriceBook((), tokens=Words()))
    assert row.detail.usage == {"input": 3, "output": 3, "total": 6}


def test_an_embedding_has_no_output_to_count() -> None:
    row = _row({"type": "EMBEDDING", "model": "text-embedding-3-small", "input": "a b", "output": "[1,2]"})
    assert row.detail.usage == {"input": 2, "total": 2}


def test_a_model_of_ones_own_may_name_its_tokenizer() -> None:
    own = PriceModel(
        id="m",
        name="house",
        match_pattern="^house$",
        tokenizer_id="openai",
        tokenizer_config={"tokenizerModel": "gpt-4"},
    )
    words = Words()
    row = _row({"type": "GENERATION", "model": "house", "input": "a", "output": "b"}, models=(own,), words=words)
    assert (row.detail.usage["total"], words.asked) == (2, {Encoding.CL100K})


def test_a_conversation_counts_what_is_said_and_not_how_it_is_written() -> None:
    asked = [
        {"role": "system", "content": "be brief"},
        {
            "role": "user",
            "content": [{"type": "text", "text": "what is it"}, {"type": "image_url", "image_url": "x y"}],
        },
        {"role": "assistant", "tool_calls": [{"function": {"name": "look", "arguments": '{"a": 1}'}}]},
    ]
    answer = {"role": "assistant", "content": "a cat"}
    words = Words()
    usage = estimate_usage(Encoding.O200K, json.dumps(asked), json.dumps(answer), words)
    said, roles, frames = 2 + 3 + 1 + 2, 3, 3 * 4
    assert usage == {"input": said + roles + frames, "output": 2, "total": said + roles + frames + 2}
    wrapped = estimate_usage(Encoding.O200K, json.dumps({"messages": asked}), json.dumps([answer]), words)
    assert wrapped == usage


@given(text=st.text(max_size=50) | st.recursive(st.none() | st.text(), st.lists, max_leaves=5).map(json.dumps))
def test_any_text_can_be_counted(text: str) -> None:
    usage = estimate_usage(Encoding.O200K, text, text, Words())
    assert usage.get("total", 0) == usage.get("input", 0) + usage.get("output", 0)
