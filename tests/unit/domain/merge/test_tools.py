"""Tools that a call of a model was offered, and those it called, in the words of the vendors."""

import json
from typing import Any, Final

import pytest
from hypothesis import given
from hypothesis import strategies as st

from panope.domain.merge.tools import MAX_TOOLS, tools_available, tools_called

OPENAI: Final = {"id": "c1", "type": "function", "function": {"name": "search", "arguments": "{}"}}
MESSAGE: Final = {"role": "assistant", "content": None, "tool_calls": [OPENAI]}
OFFERED: Final[list[tuple[Any, list[str]]]] = [
    (
        {"messages": [], "tools": [{"type": "function", "function": {"name": "search"}}, {"name": "book"}]},
        ["book", "search"],
    ),
    ({"tools": [{"name": "a"}, {"name": "a"}], "functions": [{"name": "f"}]}, ["a", "f"]),
    ({"tools": {"look": {"description": "x"}, "": {}}}, ["look"]),
    ({"tools": [{"functionDeclarations": [{"name": "x"}]}, {"function_declarations": [{"name": "y"}]}]}, ["x", "y"]),
    ({"tools": ["plain", "", 5, None, {"description": "no name"}]}, ["plain"]),
    ({"tools": "many"}, []),
    ({"messages": [{"content": 'the "tools"'}]}, []),
    ([{"tools": [{"name": "a"}]}], []),
    ({"tools": [{"name": f"t{number:03}"} for number in range(500)]}, [f"t{number:03}" for number in range(MAX_TOOLS)]),
]
CALLED: Final[list[tuple[Any, list[str]]]] = [
    (MESSAGE, ["search"]),
    ([MESSAGE, MESSAGE], ["search"]),
    ({"choices": [{"message": MESSAGE}]}, ["search"]),
    ({**MESSAGE, "additional_kwargs": {"tool_calls": [OPENAI]}}, ["search"]),
    ({"tool_calls": [{"name": "a"}, {"name": "a"}, {"args": {}}, 5]}, ["a", "a"]),
    ({"content": [{"type": "text", "text": "x"}, {"type": "tool_use", "id": "1", "name": "read"}]}, ["read"]),
    ([{"role": "assistant", "parts": [{"type": "tool_call", "name": "b"}]}], ["b"]),
    ([{"type": "function_call", "call_id": "1", "name": "c"}], ["c"]),
    ({"function_call": {"name": "old", "arguments": "{}"}}, ["old"]),
    ({"candidates": [{"content": {"parts": [{"functionCall": {"name": "g"}}]}}]}, ["g"]),
    ({"toolCalls": [{"toolName": "v"}]}, ["v"]),
    ({"type": "tool_use"}, []),
    ({"tool_calls": "x", "toolCalls": {"name": "one"}}, ["one"]),
    ({"type": ["tool_use"], "name": "x"}, []),
    ("a tool", []),
]


@pytest.mark.parametrize(("value", "names"), OFFERED)
def test_tools_that_an_input_offers(value: Any, names: list[str]) -> None:
    assert tools_available(json.dumps(value)) == names


@pytest.mark.parametrize(("value", "names"), CALLED)
def test_tools_that_an_output_calls(value: Any, names: list[str]) -> None:
    assert tools_called(json.dumps(value)) == names


@pytest.mark.parametrize(
    "text", [None, "", "{", '{"tools": [', "tools", '{"tool_calls": [{"name": "\ud800"}]}', "[tool"]
)
def test_what_is_no_json_tells_nothing(text: str | None) -> None:
    assert tools_available(text) == tools_called(text) == []


def test_what_is_nested_beyond_all_measure_tells_nothing() -> None:
    deep = f'{"[" * 100_000}"tool"{"]" * 100_000}'
    assert tools_called(deep) == tools_available(f'{{"tools": {deep}}}') == []


@given(
    st.recursive(
        st.none() | st.text(max_size=3),
        lambda c: (
            st.lists(c, max_size=3)
            | st.dictionaries(
                st.sampled_from(["tools", "tool_calls", "function", "name", "type", "function_call", "content"]),
                c,
                max_size=4,
            )
        ),
    )
)
def test_anything_can_be_read(value: Any) -> None:
    text = json.dumps(value)
    assert all(tools_available(text))
    assert all(tools_called(text))
