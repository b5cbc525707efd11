"""Trains the dictionary that small payloads are compressed with in SQLite.

`python -m tools.train_dictionary FILE` writes a new one. A dictionary that a release has used must never change: what
was compressed with it can be read with nothing else.
"""

import argparse
import json
import random
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

import msgspec
import zstandard

from panope.domain.accounts import Access
from panope.domain.events import TelemetryEvent
from panope.domain.ids import ProjectId
from panope.domain.merge.codec import encode
from panope.domain.merge.lift import lift
from panope.wire.langfuse.ingestion import decode_ingestion
from panope.wire.otlp.decode import decode_otlp

DICTIONARY_BYTES: Final = 16_384
_ROOT: Final = Path(__file__).parents[1]
_PROSE: Final = sorted([*_ROOT.glob("*.md"), *_ROOT.glob("docs/**/*.md")])
_SAMPLES: Final = 6000
_START_US: Final = 1_700_000_000_000_000
_MODELS: Final = (
    "gpt-4o", "gpt-4o-mini", "gpt-4.1", "gpt-5", "o3-mini", "claude-3-5-sonnet-20241022", "claude-sonnet-4-20250514",
    "gemini-2.0-flash", "gemini-2.5-pro", "llama-3.3-70b", "mistral-large-latest", "text-embedding-3-small",
)  # fmt: skip
_NAMES: Final = (
    "agent",
    "plan",
    "answer",
    "retrieve",
    "search",
    "tool",
    "ChatOpenAI",
    "LangGraph",
    "call_model",
    "route",
)
_TYPES: Final = ("AGENT", "GENERATION", "TOOL", "RETRIEVER", "CHAIN", "SPAN", "EMBEDDING", "EVENT")


class Samples:
    """States as agents make them: their own prose and numbers in the shapes that SDKs and frameworks send."""

    def __init__(self, seed: int) -> None:
        self._random = random.Random(seed)  # noqa: S311 (no secret depends on it)
        text = " ".join(path.read_text(encoding="utf-8") for path in _PROSE)
        plain = re.sub(r"[`*|#>\[\]]|\(.*?\)", " ", text)
        self._sentences = [found.strip() for found in re.split(r"(?<=[.!?])\s+", plain) if 20 < len(found) < 300]

    def bodies(self) -> Iterator[bytes]:
        """Bodies as `adapters.sqlite.payloads` compresses them."""
        pack = msgspec.msgpack.Encoder().encode
        while True:
            for event in [*self._otlp(), *self._langfuse()]:
                parts = encode(lift(event))
                yield pack((parts.skeleton, parts.input, parts.output, parts.metadata))

    def _otlp(self) -> list[TelemetryEvent]:
        attributes = self._otlp_attributes()
        start_ns = (_START_US + self._random.randrange(10**14)) * 1000
        span = {
            "traceId": self._hex(32), "spanId": self._hex(16), "parentSpanId": self._hex(16),
            "name": self._pick(_NAMES), "startTimeUnixNano": start_ns, "endTimeUnixNano": start_ns + 10**9,
            "attributes": [{"key": key, "value": _value(value)} for key, value in attributes.items()],
        }  # fmt: skip
        resource = {"attributes": [{"key": "deployment.environment.name", "value": {"stringValue": "production"}}]}
        body = {"resourceSpans": [{"resource": resource, "scopeSpans": [{"spans": [span]}]}]}
        sent = json.dumps(body).encode()
        return decode_otlp(sent, content_type="json", received_us=2 * _START_US, project_id=ProjectId("p")).events

    def _otlp_attributes(self) -> dict[str, Any]:
        conversation, answer = self._conversation(), self._answer()
        usage = {"input": self._random.randrange(4000), "output": self._random.randrange(900)}
        model = self._pick(_MODELS)
        return self._random.choice((
            {
                "gen_ai.operation.name": "chat", "gen_ai.system": "openai", "gen_ai.request.model": model,
                "gen_ai.response.model": model, "gen_ai.request.temperature": 0.7, "gen_ai.request.max_tokens": 1024,
                "gen_ai.usage.input_tokens": usage["input"], "gen_ai.usage.output_tokens": usage["output"],
                "gen_ai.response.finish_reasons": '["stop"]', "gen_ai.input.messages": json.dumps(conversation),
                "gen_ai.output.messages": json.dumps([answer]),
            },
            {
                "openinference.span.kind": "LLM", "llm.model_name": model, "llm.token_count.prompt": usage["input"],
                "llm.token_count.completion": usage["output"], "input.value": json.dumps({"messages": conversation}),
                "output.value": json.dumps(answer), "input.mime_type": "application/json",
                "metadata": json.dumps(self._metadata()),
            },
            {
                "langfuse.observation.type": self._pick(_TYPES).lower(), "langfuse.observation.input": self._text(),
                "langfuse.observation.output": json.dumps(answer), "langfuse.observation.model.name": model,
                "langfuse.observation.usage_details": json.dumps({**usage, "total": sum(usage.values())}),
                "langfuse.observation.metadata.langgraph_node": self._pick(_NAMES), "user.id": "user",
                "session.id": "s",
            },
            {
                "gen_ai.tool.name": "search", "input.value": json.dumps({"query": self._text()}),
                "output.value": self._text(),
            },
            {"traceloop.span.kind": "workflow", "traceloop.entity.input": json.dumps({"inputs": self._text()})},
        ))  # fmt: skip

    def _langfuse(self) -> list[TelemetryEvent]:
        usage = {"input": self._random.randrange(4000), "output": self._random.randrange(900), "unit": "TOKENS"}
        at = "2025-03-04T05:06:07.890Z"
        body = {
            "id": self._uuid(), "traceId": self._uuid(), "parentObservationId": self._uuid(), "startTime": at,
            "endTime": at, "name": self._pick(_NAMES), "input": self._conversation(), "output": self._answer(),
            "model": self._pick(_MODELS), "modelParameters": {"temperature": 0.7, "max_tokens": "inf", "top_p": 1},
            "usage": usage, "level": "DEFAULT", "metadata": self._metadata(),
        }  # fmt: skip
        trace = {
            "id": self._uuid(), "timestamp": at, "name": self._pick(_NAMES), "userId": "user", "sessionId": "session",
            "input": {"question": self._text()}, "output": self._text(), "tags": ["production"], "release": "1.0",
            "metadata": self._metadata(),
        }  # fmt: skip
        events = [
            {"id": self._uuid(), "type": "generation-create", "timestamp": at, "body": body},
            {"id": self._uuid(), "type": "trace-create", "timestamp": at, "body": trace},
        ]
        sent = json.dumps({"batch": events}).encode()
        return decode_ingestion(
            sent, received_us=2 * _START_US, project_id=ProjectId("p"), access=Access.PROJECT
        ).events

    def _conversation(self) -> list[dict[str, Any]]:
        call = {"name": "search", "arguments": json.dumps({"query": self._text(1)})}
        tool_call = {"id": f"call_{self._hex(24)}", "type": "function", "function": call}
        turns = [
            {"role": "system", "content": f"You are a helpful assistant. {self._text()}"},
            {"role": "user", "content": self._text()},
            {"role": "assistant", "content": None, "tool_calls": [tool_call]},
            {"role": "tool", "content": self._text(), "tool_call_id": tool_call["id"]},
            {"role": "user", "content": [{"type": "text", "text": self._text()}]},
            {"type": "human", "content": self._text(), "additional_kwargs": {}, "response_metadata": {}},
            {"role": "user", "parts": [{"type": "text", "content": self._text()}]},
        ]
        return self._random.sample(turns, k=self._random.randrange(1, 4))

    def _answer(self) -> dict[str, Any]:
        return self._random.choice((
            {"role": "assistant", "content": self._text()},
            {"type": "ai", "content": self._text(), "tool_calls": [], "usage_metadata": {"input_tokens": 5}},
            {"answer": self._text(), "documents": [{"page_content": self._text(1), "metadata": {"source": "a.md"}}]},
        ))  # fmt: skip

    def _metadata(self) -> dict[str, Any]:
        return {
            "langgraph_step": self._random.randrange(9), "langgraph_node": self._pick(_NAMES),
            "thread_id": self._uuid(),
            "ls_provider": "openai", "ls_model_name": self._pick(_MODELS), "ls_model_type": "chat",
            "experiment": "a", "environment": "production", "tags": ["seq:step:1"],
        }  # fmt: skip

    def _text(self, most: int = 4) -> str:
        return " ".join(self._random.choices(self._sentences, k=self._random.randrange(1, most + 1)))

    def _pick(self, names: tuple[str, ...]) -> str:
        return self._random.choice(names)

    def _hex(self, digits: int) -> str:
        return f"{self._random.getrandbits(4 * digits):0{digits}x}"

    def _uuid(self) -> str:
        digits = self._hex(32)
        return f"{digits[:8]}-{digits[8:12]}-{digits[12:16]}-{digits[16:20]}-{digits[20:]}"


def _value(value: object) -> dict[str, object]:
    if isinstance(value, int):
        return {"intValue": str(value)}
    return {"doubleValue": value} if isinstance(value, float) else {"stringValue": value}


def train(seed: int = 1) -> bytes:
    """A dictionary for bodies up to a few kB."""
    bodies = Samples(seed).bodies()
    trained = zstandard.train_dictionary(DICTIONARY_BYTES, [next(bodies) for _ in range(_SAMPLES)], level=1)
    return trained.as_bytes()


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("file", type=Path)
    parser.parse_args().file.write_bytes(train())
