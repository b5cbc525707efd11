"""Patterns: laws over any text, and what they cost."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from panope.domain.prompts.sifting import is_pattern, matcher

TEXTS = st.text(alphabet="aAbß%_\\\n🦊", max_size=12)
PIECES = st.lists(st.sampled_from(["a", "B", "%", "_", r"\%", r"\_", r"\\", "\n"]), max_size=8)


def agrees(pieces: list[str], text: str) -> bool:
    """The meaning of a pattern, tried in every way."""
    if not pieces:
        return not text
    first, *others = pieces
    if first == "%":
        return any(agrees(others, text[at:]) for at in range(len(text) + 1))
    if first == "_":
        return bool(text) and agrees(others, text[1:])
    return text[:1].lower() == first[-1].lower() and agrees(others, text[1:])


@given(PIECES, st.text(alphabet="aAbB%_\\\n", max_size=8))
def test_a_pattern_means_what_it_says(pieces: list[str], text: str) -> None:
    assert matcher("".join(pieces))(text) is agrees(pieces, text)


@given(TEXTS, TEXTS, TEXTS)
def test_what_is_escaped_is_found_wherever_it_stands(before: str, middle: str, after: str) -> None:
    escaped = "".join(f"\\{character}" for character in middle)
    text = before + middle + after
    assert matcher(f"%{escaped}%")(text)
    assert matcher(f"%{escaped}")(before + middle)
    assert matcher(f"{escaped}%")(middle + after)


@pytest.mark.parametrize("text", ["", "a", "a\\\\", "\\%"])
def test_an_escape_with_something_after_it_is_a_pattern(text: str) -> None:
    assert is_pattern(text)


@pytest.mark.parametrize("text", ["\\", "a\\\\\\"])
def test_an_escape_needs_something_to_escape(text: str) -> None:
    assert not is_pattern(text)


def test_many_wildcards_over_a_long_text_are_quick() -> None:
    began = time.process_time()
    assert not matcher("%a" * 400 + "%b")("a" * 100_000)
    assert time.process_time() - began < 1
