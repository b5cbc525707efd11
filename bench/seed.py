"""A store to read from: the same recent month at every size, and more or less history before it.

Traffic is steady, so that a window of time holds as much at a million observations as at a hundred thousand. Every
value that a read asks for is given to the same number of traces at both sizes, spread over all of the history; those
of the reads within a window lie in the recent month. Everything goes through the engine's own writer.
"""

import asyncio
import base64
import random
from collections.abc import Iterator
from heapq import merge
from typing import Any, Final

from msgspec import Struct

from panope.domain.events import EntityKind, TelemetryEvent
from panope.domain.ids import ProjectId
from panope.domain.ledger import Receipt
from panope.domain.pricing import PriceBook
from panope.features.pricing.managed import load_managed
from panope.ports.telemetry import IngestBatch, TelemetryWriter

PROJECT: Final = ProjectId("bench")
END_US: Final = 1_790_000_000_000_000
DAY_US: Final = 86_400_000_000
MONTH: Final = 100_000
"""Observations of 30 days."""
BIG_TRACE: Final = "trace-of-a-thousand"
BIG_SESSION: Final = "session-of-20000"
MATCHES: Final = 500
"""Traces with each value that is asked for, at every size."""
_BIG_TRACE_SIZE: Final = 1_000
_BIG_SESSION_SIZE: Final = 20_000
_PER_TRACE: Final = 8
_TRACES_PER_BATCH: Final = 200
_AT_ONCE: Final = 4
_MS: Final = 1_000
_TRACE, _TURN = range(2)
_KINDS: Final = ("AGENT", "GENERATION", "TOOL", "GENERATION", "RETRIEVER", "TOOL", "GENERATION", "SPAN")
_NAMES: Final = ("run", "plan", "lookup", "draft", "search", "fetch", "answer", "post")
_MODELS: Final = ("gpt-4o", "gpt-4o-mini", "claude-3-5-sonnet-20241022")


class Places(Struct, frozen=True):
    """Which traces of the history carry the values that are asked for."""

    spread: frozenset[int]
    recent: frozenset[int]


async def fill(writer: TelemetryWriter, size: int) -> None:
    """Write so many observations, oldest first."""
    prices = PriceBook((), load_managed())
    waiting: set[asyncio.Task[None]] = set()
    for done, group in enumerate(_grouped(_stories(size)), 1):
        waiting.add(asyncio.create_task(writer.apply(_batch(group, prices))))
        if len(waiting) >= _AT_ONCE:
            finished, waiting = await asyncio.wait(waiting, return_when=asyncio.FIRST_COMPLETED)
            for task in finished:
                task.result()
        if done % 100 == 0:
            print(f"  {done * _TRACES_PER_BATCH} traces", flush=True)
    await asyncio.gather(*waiting)


def _batch(events: list[TelemetryEvent], prices: PriceBook) -> IngestBatch:
    receipt = Receipt(request_id="seed", received_us=END_US, protocol="langfuse", accepted=len(events))
    return IngestBatch(project_id=PROJECT, events=events, receipt=receipt, prices=prices)


def _grouped(stories: Iterator[list[TelemetryEvent]]) -> Iterator[list[TelemetryEvent]]:
    group: list[TelemetryEvent] = []
    for count, story in enumerate(stories, 1):
        group += story
        if count % _TRACES_PER_BATCH == 0:
            yield group
            group = []
    if group:
        yield group


def _stories(size: int) -> Iterator[list[TelemetryEvent]]:
    """Events of one trace after the other; the recent month, which holds the big ones, is the same at every size."""
    month = (MONTH - _BIG_TRACE_SIZE - _BIG_SESSION_SIZE) // _PER_TRACE
    history = (size - MONTH) // _PER_TRACE
    before_us = 30 * DAY_US * (size - MONTH) // MONTH
    every = (history + month) / MATCHES
    spread = frozenset(int(number * every) for number in range(MATCHES))
    recent = frozenset(_beside(history + number * month // MATCHES, spread) for number in range(MATCHES))
    places = Places(spread, recent)
    teller = _Teller()
    for number in range(history):
        at_us = END_US - 30 * DAY_US - before_us + number * before_us // history
        yield teller.trace(number, at_us, places)
    first_us = END_US - 30 * DAY_US
    traces = ((first_us + number * 30 * DAY_US // month, _TRACE, number) for number in range(month))
    turns = (
        (first_us + number * 30 * DAY_US // _BIG_SESSION_SIZE, _TURN, number) for number in range(_BIG_SESSION_SIZE)
    )
    for at_us, kind, number in merge(traces, turns):
        yield teller.trace(history + number, at_us, places) if kind == _TRACE else teller.turn(number, at_us)
    yield teller.big_trace(END_US)


def _beside(number: int, taken: frozenset[int]) -> int:
    return number + 1 if number in taken else number


class _Teller:
    """Makes events. The texts come from a pool, half words and half random characters."""

    def __init__(self) -> None:
        self._random = random.Random(7)
        self._long = [self._text(1000) for _ in range(300)]
        self._short = [self._text(150) for _ in range(300)]

    def trace(self, number: int, at_us: int, places: Places) -> list[TelemetryEvent]:
        """Eight observations, and a score on every fifth trace."""
        trace_id = self._random.randbytes(16).hex()
        told = self._facts(number, places)
        events = [_told(EntityKind.TRACE, trace_id, at_us, {"timestamp": at_us, **told}, _metadata(number, places))]
        events[0].tags = sorted({f"tag-{number % 40}", *(["asked-for"] if number in places.spread else [])})
        events += self._observations(trace_id, at_us, number, places)
        for name, is_scored in (
            ("quality", number % 5 == 0),
            ("asked-for", number in places.spread),
            ("asked-for-recently", number in places.recent),
        ):
            if is_scored:
                values = {"name": name, "number": number % 100 / 100, "trace_id": trace_id, "timestamp": at_us + 5000}
                events.append(_told(EntityKind.SCORE, f"{trace_id}-{name}", at_us + 5000, values))
        return events

    def turn(self, number: int, at_us: int) -> list[TelemetryEvent]:
        """One trace of the big session, with one observation."""
        trace_id = f"turn-{number:05d}"
        told = {"timestamp": at_us, "name": "turn", "session_id": BIG_SESSION, "environment": "production"}
        told |= {"input": self._pick(150), "output": self._pick(150)}
        return [
            _told(EntityKind.TRACE, trace_id, at_us, told),
            self._observation(trace_id, f"{trace_id}-0", at_us, "SPAN", "turn"),
        ]

    def big_trace(self, at_us: int) -> list[TelemetryEvent]:
        """A trace of a thousand observations."""
        events = [_told(EntityKind.TRACE, BIG_TRACE, at_us, {"timestamp": at_us, "name": "long"})]
        for number in range(_BIG_TRACE_SIZE):
            kind, name = _KINDS[number % _PER_TRACE], _NAMES[number % _PER_TRACE]
            at = at_us + number * _MS
            events.append(self._observation(BIG_TRACE, f"{BIG_TRACE}-{number:04d}", at, kind, name))
        return events

    def _facts(self, number: int, places: Places) -> dict[str, Any]:
        is_spread = number in places.spread
        return {
            "name": "asked-for" if is_spread else f"flow-{number % 30}",
            "user_id": "asked-for" if is_spread else f"user-{number % 997}",
            "session_id": "asked-for" if is_spread else f"session-{number // 5}",
            "environment": "asked-for" if is_spread else "production",
            "release": f"r{number // 5000}",
            "input": self._pick(150),
            "output": self._pick(150),
        }

    def _observations(self, trace_id: str, at_us: int, number: int, places: Places) -> Iterator[TelemetryEvent]:
        root = f"{trace_id}-0"
        marked = "asked-for" if number in places.spread else "asked-for-recently" if number in places.recent else None
        for position, (kind, name) in enumerate(zip(_KINDS, _NAMES, strict=True)):
            start = at_us + position * _MS
            event = self._observation(trace_id, f"{trace_id}-{position}", start, kind, name)
            event.values["end_time"] = start + 5 * _MS + number * 7919 % 30_000 * _MS
            if position:
                event.values["parent_id"] = root
            if marked and position == _PER_TRACE - 1:
                event.values["name"] = marked
                event.values["type"] = "EVALUATOR" if number in places.spread else "GUARDRAIL"
            if marked and kind == "GENERATION":
                event.values["model"] = marked
            yield event

    def _observation(self, trace_id: str, entity_id: str, at_us: int, kind: str, name: str) -> TelemetryEvent:
        size = 1000 if kind == "GENERATION" else 150
        told: dict[str, Any] = {"trace_id": trace_id, "type": kind, "name": name, "environment": "production"}
        told |= {"start_time": at_us, "end_time": at_us + 5 * _MS, "input": self._pick(size)}
        told["output"] = self._pick(size)
        if kind == "GENERATION":
            given, made = self._random.randrange(50, 4000), self._random.randrange(5, 900)
            told |= {"model": self._random.choice(_MODELS), "model_parameters": {"temperature": 0.5}}
            told["usage"] = {"input": given, "output": made, "total": given + made}
        return _told(EntityKind.OBSERVATION, entity_id, at_us, told, {"step": name})

    def _pick(self, size: int) -> str:
        return self._random.choice(self._long if size > 150 else self._short)

    def _text(self, size: int) -> str:
        words = " ".join(self._random.choices("the agent asks a tool for facts about an order".split(), k=size // 9))
        random_half = base64.b64encode(self._random.randbytes(size * 3 // 8)).decode()
        return words[: size // 2] + random_half[: size - size // 2]


def _metadata(number: int, places: Places) -> dict[str, Any]:
    metadata: dict[str, Any] = {"team": f"team-{number % 12}", "attempt": number % 3, "region": {"name": "north"}}
    if number in places.spread:
        metadata["customer"] = "asked-for"
    if number in places.recent:
        metadata["campaign"] = "asked-for"
    return metadata


def _told(
    kind: EntityKind, entity_id: str, at_us: int, values: dict[str, Any], metadata: dict[str, Any] | None = None
) -> TelemetryEvent:
    return TelemetryEvent(
        kind=kind, entity_id=entity_id, event_id=f"{kind}-{entity_id}", at_us=at_us, values=values, metadata=metadata
    )
