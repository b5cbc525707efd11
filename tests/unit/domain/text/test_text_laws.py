"""What holds of all texts: a phrase that stands in one is always found through its tokens."""

from array import array
from collections.abc import Sequence

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from panope.domain.text import cutting
from panope.domain.text.building import SegmentBuilder
from panope.domain.text.cutting import list_tokens, split
from panope.domain.text.folding import fold, replacements
from panope.domain.text.ordering import put_in_order
from panope.domain.text.postings import Postings, read_pairs
from panope.domain.text.segments import MAX_GROUPS, Head, Segment
from panope.domain.text.tokens import MARK, MAX_CHARS, MAX_TOKENS, any_tokens, needles

LETTERS = "abAB12 -_.éÉßẞſKİσςΣ退款政策กข๓４"  # noqa: RUF001 - letters that look like others are the point
TEXTS = st.text(st.sampled_from(LETTERS), max_size=30)
"""Few letters, so that phrases occur; of every class that the tokeniser tells apart."""


def tokenise(text: str) -> set[bytes]:
    """The tokens of a text, one text at a time: what cutting many at once has to come to."""
    return any_tokens(fold(text))


def find(segment: Segment, phrase: str) -> set[int] | None:
    """Keys of the rows that may hold a phrase."""
    found = Head(segment.head).find(needles(phrase), lambda numbers: {n: segment.parts[n] for n in numbers})
    return None if found is None else set(found)


def build(texts: Sequence[tuple[int, str]], group: int = 1) -> Segment:
    """A segment of texts by key, so many to a group."""
    builder = SegmentBuilder()
    for start in range(0, len(texts), group):
        some = texts[start : start + group]
        builder.add([key for key, _ in some], [text for _, text in some])
    return builder.build()


@given(st.text())
def test_folding_keeps_the_length_and_is_done_once(text: str) -> None:
    assert len(fold(text)) == len(text)
    assert fold(fold(text)) == fold(text)


def test_every_character_folds_to_one_that_stays() -> None:
    for code in range(0x110000):
        folded = fold(chr(code))
        assert len(folded) == 1
        assert fold(folded) == folded
        assert code < 128 or not folded.isascii()


def postings(segment: Segment) -> dict[bytes, list[int]]:
    """Which groups have which token."""
    head = Head(segment.head)
    listed, firsts, lengths, stream = head.postings(lambda numbers: {n: segment.parts[n] for n in numbers})
    of, groups = read_pairs(firsts, lengths, stream, len(head.groups()))
    tokens = listed.split(b"\n") if listed else []
    found: dict[bytes, list[int]] = {token: [] for token in tokens}
    for token, group in zip(of.tolist(), groups.tolist(), strict=True):
        found[tokens[token]].append(group)
    assert list(found) == sorted(found)
    return found


@given(
    st.lists(st.one_of(TEXTS, st.text(st.sampled_from("ab1{\x00.é４"), max_size=99)), max_size=40), st.integers(1, 20)
)
def test_a_segment_has_the_tokens_of_its_texts_and_no_others(texts: list[str], group: int) -> None:
    expected: dict[bytes, list[int]] = {}
    for number, start in enumerate(range(0, len(texts), group)):
        tokens = {token for text in texts[start : start + group] for token in tokenise(text)}
        for token in {token if len(token) <= 64 else MARK for token in tokens}:
            expected.setdefault(token, []).append(number)
    assert postings(build(list(enumerate(texts)), group)) == expected


@given(st.sets(st.text(st.sampled_from("abz09é退\U0001f600"), min_size=1, max_size=20).map(str.encode)))
@example({b"a" * 16, b"a" * 17, b"a" * 16 + b"b", b"a" * 15 + b"b", b"a" * 15})
def test_tokens_of_all_lengths_are_put_in_the_order_of_their_bytes(tokens: set[bytes]) -> None:
    short, longer = [token for token in tokens if len(token) <= 16], sorted(t for t in tokens if len(t) > 16)
    heads, tails, _ = split(list_tokens(short))
    listed, places, more = put_in_order(heads, tails, longer)
    assert listed == b"".join(token + b"\n" for token in sorted(tokens))
    assert [sorted(tokens)[at] for at in [*places, *more]] == [*short, *longer]


def test_tokens_with_one_hash_are_told_apart(monkeypatch: pytest.MonkeyPatch) -> None:
    texts = [(n, f"{chr(97 + n % 26) * (9 + n % 8)} shared{'x' * (n % 20)}") for n in range(300)]
    expected = build(texts)
    monkeypatch.setattr(cutting, "_FACTORS", (np.uint64(0),) * 2)
    assert build(texts) == expected


@given(TEXTS, TEXTS)
def test_replacing_in_ascii_small_letters_finds_what_folding_finds(text: str, wanted: str) -> None:
    phrase = fold(wanted)
    small = "".join(letter.lower() if letter.isascii() else letter for letter in text)
    for origin, folded in replacements(phrase):
        small = small.replace(origin, folded)
    assert (phrase in small) == (phrase in fold(text))


@given(st.lists(TEXTS, min_size=1, max_size=40), TEXTS, st.integers(1, 5))
def test_a_segment_names_every_text_that_holds_a_phrase(texts: list[str], phrase: str, group: int) -> None:
    found = find(build(list(enumerate(texts)), group), phrase)
    holding = {key for key, text in enumerate(texts) if fold(phrase) in fold(text)}
    assert found is None or found >= holding


@given(st.lists(TEXTS, min_size=1, max_size=40, unique=True), st.data())
def test_a_piece_of_a_text_finds_it(texts: list[str], data: st.DataObject) -> None:
    key = data.draw(st.integers(0, len(texts) - 1))
    start = data.draw(st.integers(0, len(texts[key])))
    piece = texts[key][start : data.draw(st.integers(start, len(texts[key])))]
    found = find(build(list(enumerate(texts))), piece)
    assert found is None or key in found


@given(
    st.lists(TEXTS, min_size=1, max_size=60),
    st.integers(1, 20),
    st.integers(1, 4),
    st.sets(st.integers(0, 59)),
    TEXTS,
)
def test_merged_segments_find_what_one_segment_finds(
    texts: list[str], size: int, group: int, gone: set[int], phrase: str
) -> None:
    merged, numbered, left_out, kept = SegmentBuilder(), list(enumerate(texts)), set[int](), list[list[int]]()
    for start in range(0, len(texts), size):
        segment = build(numbered[start : start + size], group)
        parts = segment.parts
        head = Head(segment.head)
        left_out.update(merged.add_segment(head, lambda n, parts=parts: {i: parts[i] for i in n}, frozenset(gone)))
        kept += [list(keys) for keys in head.groups() if gone.isdisjoint(keys)]
    assert left_out.issuperset(gone & set(range(len(texts))))
    if merged.rows:
        whole = SegmentBuilder()
        for keys in kept:
            whole.add(keys, [texts[key] for key in keys])
        segment = merged.build()
        assert segment == whole.build()
        found = find(segment, phrase)
        holding = {key for keys in kept for key in keys if fold(phrase) in fold(texts[key])}
        assert found is None or found >= holding


@given(st.lists(st.text(st.sampled_from("ab1 é"), max_size=60), max_size=40), st.integers(1, 5))
def test_what_a_segment_takes_in_a_builder_is_known_before(texts: list[str], group: int) -> None:
    segment = build(list(enumerate(texts)), group)
    head, builder = Head(segment.head), SegmentBuilder()
    builder.add_segment(head, lambda n: {i: segment.parts[i] for i in n})
    assert builder.held_bytes <= head.held_bytes <= 20 * builder.held_bytes


def test_long_tokens_count_as_what_is_held() -> None:
    builder = SegmentBuilder()
    builder.add([1], [" ".join(f"{chr(97 + n % 26)}{chr(97 + n // 26)}{'x' * 18}" for n in range(600))])
    segment = builder.build()
    builder.add_segment(Head(segment.head), lambda n: {i: segment.parts[i] for i in n})
    assert builder.held_bytes > 600 * 200


def test_a_builder_begins_again_once_it_has_built() -> None:
    builder = SegmentBuilder()
    builder.add([1], ["one"])
    first = builder.build()
    builder.add([2], ["two"])
    assert (find(first, "one"), find(builder.build(), "two")) == ({1}, {2})
    assert (builder.rows, builder.held_bytes) == (0, 0)


@given(st.dictionaries(st.integers(0, 8), st.sets(st.integers(0, 65_534), min_size=1, max_size=30), min_size=1))
def test_postings_of_any_groups_come_back_however_many_are_written_at_once(told: dict[int, set[int]]) -> None:
    sets = [sorted(groups) for groups in told.values()]
    sets.append(list(range(9_000)))
    of = np.repeat(np.arange(len(sets), dtype=np.uint32), [len(groups) for groups in sets])
    groups = np.concatenate([np.array(some, np.uint16) for some in sets])
    found = []
    for at_once in (1, 1_000_000):
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr("panope.domain.text.postings._AT_ONCE", at_once)
            stored = Postings(of, groups, 65_535)
            firsts, lengths = array("H", stored.firsts), array("H", stored.lengths)
            back = read_pairs(firsts, lengths, b"".join(stored.parts), 65_535)
        found.append([part.tolist() for part in back])
    assert found == [[of.tolist(), groups.tolist()]] * 2


def test_a_segment_of_as_many_groups_as_there_can_be_is_searched_and_united() -> None:
    segment = build([(n, f"all {'even' if n % 2 == 0 else 'odd'} z{n % 7_919}") for n in range(MAX_GROUPS)])
    merged = SegmentBuilder()
    merged.add_segment(Head(segment.head), lambda numbers: {n: segment.parts[n] for n in numbers})
    for whole in (segment, merged.build()):
        assert find(whole, "all") == set(range(MAX_GROUPS))
        assert find(whole, "even") == set(range(0, MAX_GROUPS, 2))
        assert find(whole, "even z7918") == set(range(7_918, MAX_GROUPS, 2 * 7_919))


def test_what_has_too_many_or_too_long_tokens_is_found_by_every_search() -> None:
    many = " ".join(f"{chr(97 + n % 26)}{n}" for n in range(MAX_TOKENS + 1))
    long = "x" * 65
    endless = "y " * (MAX_CHARS // 2 + 1)
    segment = build([(1, many), (2, f"{long} {long}y once"), (3, "a plain text"), (4, f"É{long}"), (5, endless)])
    assert find(segment, "elsewhere") == {1, 2, 4, 5}
    assert find(segment, long) == {1, 2, 4, 5}
    assert find(segment, "plain") == {1, 2, 3, 4, 5}


def test_what_every_search_finds_is_found_in_united_segments() -> None:
    merged = SegmentBuilder()
    for segment in (build([(1, "plain"), (2, "x" * 65)]), build([(3, "y" * 40), (4, "plain"), (5, "z" * 65)])):
        merged.add_segment(Head(segment.head), lambda n, parts=segment.parts: {i: parts[i] for i in n}, frozenset({5}))
    whole = merged.build()
    assert find(whole, "plain") == {1, 2, 4}
    assert find(whole, "y" * 39) == {2, 3}


def test_tokens_are_words_numbers_and_neighbours() -> None:
    assert tokenise("Refund-4f_ZÄHLER, 12.50") == {
        token.encode() for token in ("refund", "4", "f", "zähler", "12", "50")
    }
    assert tokenise("退款政策 A") == {token.encode() for token in ("退款", "款政", "政策", "a")}
    assert tokenise("Run4F_x-9") == {b"run", b"4", b"f", b"x", b"9"}
    assert needles("fund-4f") == [b"fund\n", b"\n4\n", b"\nf"]
    assert needles("!?") == []
    assert needles("退款") == ["\n退款\n".encode()]


def test_a_word_of_many_rows_is_found_in_parts() -> None:
    texts = [
        (key * 3, f"word{key % 1000:03} common {'even' if key % 2 == 0 else 'odd'} token{key}") for key in range(20_000)
    ]
    segment = build(texts)
    assert len(segment.parts) > 1
    assert find(segment, "even") == {key for key, text in texts if "even" in text}
    assert find(segment, "worth") == set()
    # A part of a number: every token that holds it is looked up.
    assert find(segment, "oken8765") == {3 * 8765}
