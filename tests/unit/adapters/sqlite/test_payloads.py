from concurrent.futures import ThreadPoolExecutor

import pytest

from panope.adapters.sqlite.payloads import map_text, pack, payload_map_text, payload_text, unpack
from panope.domain.merge.codec import StateParts

SMALL = StateParts(b"\x90", "hi", None, '{"a":1}')
LARGE = StateParts(b"\x90" * 50, "word " * 2000, "ünïcode " * 3000, '{"k":"' + "v" * 500 + '"}')
HUGE = StateParts(b"\x90", "word and another word " * 50_000, "", None)


@pytest.mark.parametrize("parts", [SMALL, LARGE, HUGE, StateParts(b"", None, None, None)])
def test_a_packed_state_comes_back_whole(parts: StateParts) -> None:
    assert unpack(pack(parts)) == parts


def test_only_what_is_large_is_compressed() -> None:
    assert pack(SMALL)[0] == 0
    assert b"hi" in pack(SMALL)
    assert pack(LARGE)[0] == 1
    assert len(pack(LARGE)) < 1000


def test_threads_pack_side_by_side() -> None:
    states = [StateParts(b"s", f"{number} " * 3000, None, None) for number in range(40)]
    with ThreadPoolExecutor(4) as threads:
        assert list(threads.map(unpack, threads.map(pack, states))) == states


def test_sql_reads_texts_out_of_a_blob() -> None:
    blob = pack(LARGE)
    assert payload_text(blob, 1) == LARGE.input
    assert payload_text(blob, 2) == LARGE.output
    assert payload_text(None, 1) is None
    assert payload_map_text(blob, "k") == "v" * 500
    assert payload_map_text(blob, "missing") is None
    assert payload_map_text(pack(HUGE), "k") is None
    assert payload_map_text(None, "k") is None


@pytest.mark.parametrize(
    ("json", "text"),
    [
        ('{"k":"plain \\"quoted\\" \\u00e9"}', 'plain "quoted" é'),
        ('{"k":1.50}', "1.50"),
        ('{"k":12345678901234567890}', "12345678901234567890"),
        ('{"k":true}', "true"),
        ('{"k":{"b":[1,2]}}', '{"b":[1,2]}'),
        ('{"k":""}', ""),
        ('{"k":null}', None),
        ('{"other":1}', None),
        (None, None),
    ],
)
def test_text_of_a_metadata_value(json: str | None, text: str | None) -> None:
    assert map_text(json, "k") == text
