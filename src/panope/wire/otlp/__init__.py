"""OTLP over HTTP: bytes of an export request to telemetry events, and the answer back.

`decode_otlp` and `encode_otlp_answer` are the whole of it for callers.
"""

from panope.wire.otlp.answer import encode_otlp_answer
from panope.wire.otlp.decode import ExportRefusedError, decode_otlp

__all__ = ["ExportRefusedError", "decode_otlp", "encode_otlp_answer"]
