"""Environment names are cleaned, never refused."""

import re
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from panope.wire.langfuse.environment import normalise_environment


@pytest.mark.parametrize(
    ("sent", "expected"),
    [
        ("production", "production"),
        ("Production", "production"),
        ("sdk-experiment", "sdk-experiment"),
        ("langfuse-eval", "eval"),
        ("langfuse_langfuse-eval", "eval"),
        ("langfusetest", "test"),
        ("LANGFUSE-", "default"),
        ("a_b-9", "a_b-9"),
        ("x" * 60, "x" * 40),
        ("", "default"),
        ("with space", "default"),
        ("prod\n", "default"),
        ("ünï", "default"),
        (5, "default"),
        (None, "default"),
        (["prod"], "default"),
    ],
)
def test_environment_is_cleaned(sent: Any, expected: str) -> None:
    assert normalise_environment(sent) == expected


@given(st.text(max_size=60))
def test_environment_is_valid_and_stays_so(sent: str) -> None:
    once = normalise_environment(sent)
    assert re.fullmatch(r"[a-z0-9_-]{1,40}", once)
    assert normalise_environment(once) == once
