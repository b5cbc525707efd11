"""OpenAI's tokenizers, offline: known counts, hostile texts, and life without the extra."""

import subprocess
import sys

import pytest

from panope.adapters.tokenizers import counter
from panope.adapters.tokenizers.counter import OfflineCounter, find_counter
from panope.domain.tokens import Encoding


@pytest.mark.parametrize(
    ("text", "encoding", "tokens"),
    [
        ("antidisestablishmentarianism", Encoding.CL100K, 6),
        ("antidisestablishmentarianism", Encoding.O200K, 6),
        ("2 + 2 = 4", Encoding.CL100K, 7),
        ("お誕生日おめでとう", Encoding.CL100K, 9),
        ("お誕生日おめでとう", Encoding.O200K, 8),
        ("", Encoding.O200K, 0),
    ],
)
def test_counts_are_those_of_the_public_tokenizers(text: str, encoding: Encoding, tokens: int) -> None:
    assert OfflineCounter().count(text, encoding) == tokens


@pytest.mark.parametrize("text", ["a" * 200_000, "\ud800", "<|endoftext|>", "\0", "你" * 100_000])
def test_hostile_texts_are_counted(text: str) -> None:
    assert OfflineCounter().count(text, Encoding.O200K) >= 1


def test_a_special_token_in_a_text_is_text() -> None:
    assert OfflineCounter().count("<|endoftext|>", Encoding.O200K) > 1


def test_without_the_extra_there_is_no_counter(monkeypatch: pytest.MonkeyPatch) -> None:
    assert find_counter() is not None
    monkeypatch.setattr(counter, "find_spec", lambda _name: None)
    assert find_counter() is None


def test_the_tokenizer_is_not_loaded_before_it_is_needed() -> None:
    program = (
        "import sys; from panope.adapters.tokenizers.counter import find_counter; find_counter(); "
        "print('toktok' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout == "False\n"
