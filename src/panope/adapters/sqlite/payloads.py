"""Payloads in SQLite: one blob per entity, compressed when that pays; and what SQL reads out of packed values.

The functions named `detail_…` are in the schema of Postgres too.
"""

import threading
from pathlib import Path
from typing import Any, Final

import msgspec
import zstandard

from panope.domain.merge.codec import StateParts
from panope.domain.text.quoting import unquote

# Arrays of bytes, and so are blobs: the driver hands them over as they are, while it asks plain bytes for an adapter.
_PLAIN: Final = bytearray(b"\x00")
_ZSTD: Final = bytearray(b"\x01")
_ZSTD_WITH_DICTIONARY_1: Final = bytearray(b"\x02")
_DICTIONARY_1: Final = Path(__file__).with_name("payload_dictionary_1.bin").read_bytes()
"""From `tools/train_dictionary.py`. It never changes: a better one would be number 2. At 1.3 kB it saves a seventh of
the bytes and of the time."""
_SMALL_BYTES: Final = 128
"""Below this, there is nothing to save."""
_LARGE_BYTES: Final = 16_384
_LEVEL: Final = 1
_LARGE_LEVEL: Final = 3
"""Measured on prose: at 2 kB level 3 takes a fifth longer to save 2 %, at 100 kB a seventh longer to save 9 %."""

_encode = msgspec.msgpack.Encoder().encode
_decode = msgspec.msgpack.Decoder(tuple[bytes, str | None, str | None, str | None]).decode
_decode_object = msgspec.json.Decoder(dict[str, msgspec.Raw]).decode
_decode_text = msgspec.json.Decoder(str).decode
_decode_numbers = msgspec.json.Decoder(dict[str, int]).decode
_decode_list = msgspec.json.Decoder(list[str]).decode


class _Compressors(threading.local):
    """One compressor per thread: making one costs more than using it."""

    def __init__(self) -> None:
        dictionary = zstandard.ZstdCompressionDict(_DICTIONARY_1)
        dictionary.precompute_compress(level=_LEVEL)
        self.compress = zstandard.ZstdCompressor(level=_LEVEL, dict_data=dictionary, write_dict_id=False).compress
        self.compress_large = zstandard.ZstdCompressor(level=_LARGE_LEVEL).compress
        self.decompress = zstandard.ZstdDecompressor(dict_data=dictionary).decompress
        self.decompress_large = zstandard.ZstdDecompressor().decompress


_zstd = _Compressors()


def pack(parts: StateParts) -> bytearray:
    """A state as one blob: a flag byte, then MessagePack of its four parts, compressed when the flag says so."""
    body = _encode((parts.skeleton, parts.input, parts.output, parts.metadata))
    if len(body) < _SMALL_BYTES:
        return _PLAIN + body
    if len(body) < _LARGE_BYTES:
        return _ZSTD_WITH_DICTIONARY_1 + _zstd.compress(body)
    return _ZSTD + _zstd.compress_large(body)


def unpack(blob: bytes | bytearray) -> StateParts:
    """The inverse of `pack`."""
    return StateParts(*_parts(blob))


class _Last(threading.local):
    """The packed state that SQL asked for last: a search asks for the input of a row and then for its output."""

    blob: bytes = b""
    parts: tuple[bytes, str | None, str | None, str | None] = (b"", None, None, None)


_last = _Last()


def payload_text(blob: bytes | None, column: int) -> str | None:
    """For SQL: part number `column` of a packed state; None for a null blob."""
    if blob is None:
        return None
    if blob != _last.blob:
        _last.parts, _last.blob = _parts(blob), blob
    text = _last.parts[column]
    assert not isinstance(text, bytes)
    return text


def payload_map_text(blob: bytes | None, key: str) -> str | None:
    """For SQL: `map_text` of the metadata of a packed state; None for a null blob."""
    return None if blob is None else map_text(_parts(blob)[3], key)


def map_text(json: str | None, key: str) -> str | None:
    """For SQL: text of the value at a key of a JSON object: what strings say, null and missing as None."""
    if json is None:
        return None
    raw = _decode_object(json).get(key)
    if raw is None:
        return None
    text = bytes(raw)
    if text.startswith(b'"'):
        return unquote(_decode_text(text))
    return None if text == b"null" else text.decode()


def _parts(blob: bytes | bytearray) -> tuple[bytes, str | None, str | None, str | None]:
    body: Any = memoryview(blob)[1:]
    kind = blob[:1]
    if kind == _ZSTD_WITH_DICTIONARY_1:
        body = _zstd.decompress(body)
    elif kind == _ZSTD:
        body = _zstd.decompress_large(body)
    return _decode(body)


def detail_part(detail: bytes | None, part: str) -> str | None:
    """For SQL, as what follows: a part of the detail of an observation as JSON text; None when there is none."""
    raw = _part(detail, part)
    return None if raw is None else bytes(raw).decode()


def detail_number(detail: bytes | None, part: str, key: str) -> int | None:
    """The number at a key of a part that has numbers by key; None when it is not there."""
    raw = _part(detail, part)
    return None if raw is None else _decode_numbers(raw).get(key)


def detail_length(detail: bytes | None, part: str) -> int:
    """How many texts a part lists; 0 when there is none."""
    return len(_texts(detail, part))


def detail_holds(detail: bytes | None, part: str, text: str) -> int:
    """1 when a part lists a text, else 0."""
    return int(text in _texts(detail, part))


def _part(detail: Any, part: str) -> msgspec.Raw | None:
    return None if detail is None else _decode_object(detail).get(part)


def _texts(detail: bytes | None, part: str) -> list[str]:
    raw = _part(detail, part)
    return [] if raw is None else _decode_list(raw)
