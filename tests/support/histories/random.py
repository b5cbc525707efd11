"""Histories from a seed: the same world as `histories`, made fast enough for tens of thousands of them."""

import random
from typing import Any

from panope.domain.events import EntityKind, TelemetryEvent
from tests.support.histories.made import OBSERVATION_IDS, SCORE_IDS, SECOND_US, SESSIONS, START_US, TRACE_IDS

_TEXTS = ["", "hello", "[]", "{}", "0", "false", '{"role":"user","content":"hi"}', "x" * 50, None]
_ENVIRONMENTS = ["prod", "staging"]
_KEYS = ["a", "experiment", "dataset_item_id"]


class History:
    """One history: its events, a delivery of them, and perhaps a deletion in the middle."""

    def __init__(self, seed: int) -> None:
        self._random = random.Random(seed)
        self.events = [self._event() for _ in range(self._random.randint(1, 16))]
        self.delivery = self._deliver()
        self.delete_after = self._random.choice([None, self._random.randrange(len(self.delivery))])
        self.deleted_ids = self._random.sample(TRACE_IDS, self._random.randint(1, 2))
        self.deleted_us = self._time()

    def _deliver(self) -> list[list[TelemetryEvent]]:
        order = self._random.sample(self.events, len(self.events))
        order += self._random.choices(self.events, k=self._random.randint(0, 4))
        batches: list[list[TelemetryEvent]] = [[]]
        for event in order:
            if batches[-1] and self._random.random() < 0.4:
                batches.append([])
            batches[-1].append(event)
        return batches

    def _event(self) -> TelemetryEvent:
        kind = self._random.choice([EntityKind.TRACE, EntityKind.OBSERVATION, EntityKind.OBSERVATION, EntityKind.SCORE])
        at_us = self._time()
        ids = {EntityKind.TRACE: TRACE_IDS, EntityKind.OBSERVATION: OBSERVATION_IDS, EntityKind.SCORE: SCORE_IDS}[kind]
        choices = {
            EntityKind.TRACE: self._trace,
            EntityKind.OBSERVATION: self._observation,
            EntityKind.SCORE: self._score,
        }[kind]()
        kept = {name: value for name, value in choices.items() if self._random.random() < 0.4}
        is_trace = kind is EntityKind.TRACE
        return TelemetryEvent(
            kind=kind,
            entity_id=self._random.choice(ids),
            event_id=f"e{self._random.randrange(30)}",
            at_us=at_us,
            is_update=self._random.random() < 0.5,
            values=kept,
            derived={"start_time" if kind is EntityKind.OBSERVATION else "timestamp": at_us},
            metadata=self._metadata() if self._random.random() < 0.4 else None,
            tags=self._random.sample(["red", "green", "blue"], self._random.randrange(3)) if is_trace else [],
        )

    def _time(self) -> int:
        return START_US + self._random.randrange(13) * SECOND_US * 600

    def _one(self, *choices: Any) -> Any:
        return self._random.choice(choices)

    def _trace(self) -> dict[str, Any]:
        return {
            "timestamp": self._time(),
            "name": self._one(None, "plan", "answer", ""),
            "user_id": self._one(None, "ann", "bob"),
            "session_id": self._one(None, *SESSIONS, *SESSIONS),
            "release": self._one(None, "r1", "r2"),
            "environment": self._one(*_ENVIRONMENTS),
            "public": self._random.random() < 0.5,
            "input": self._one(*_TEXTS),
            "output": self._one(*_TEXTS),
        }

    def _observation(self) -> dict[str, Any]:
        tokens = self._random.randrange(900)
        return {
            "trace_id": self._one(*TRACE_IDS),
            "start_time": self._time(),
            "end_time": self._one(None, self._time()),
            "completion_start_time": self._one(None, self._time()),
            "environment": self._one(*_ENVIRONMENTS),
            "name": self._one(None, "plan", "retrieve"),
            "type": self._one("SPAN", "GENERATION", "TOOL"),
            "parent_id": self._one(None, *OBSERVATION_IDS),
            "level": self._one(None, "DEBUG", "DEFAULT", "WARNING", "ERROR"),
            "status_message": self._one(None, "slow", "broken"),
            "model": self._one(None, "gpt-4o", "house-model"),
            "model_parameters": self._one(None, {}, {"temperature": 0.5}, {"max_tokens": 7}),
            "usage": self._one({}, {"input": tokens, "total": tokens}, {"output": tokens, "total": tokens + 1}),
            "cost": self._one({}, {"total": self._random.randrange(10**12)}),
            "prompt": self._one(["p", 1], ["q", 2]),
            "input": self._one(*_TEXTS),
            "output": self._one(*_TEXTS),
            "agent": self._one("zeus", "athena"),
            "experiment": {"id": self._one("x", "y"), "item": self._one({}, {"id": "i", "root_observation_id": "o1"})},
            "is_app_root": self._random.random() < 0.5,
        }

    def _score(self) -> dict[str, Any]:
        return {
            "trace_id": self._one(*TRACE_IDS),
            "observation_id": self._one(*OBSERVATION_IDS),
            "name": self._one("quality", "tone"),
            "number": self._one(0, 0.25, 1),
            "comment": self._one(None, "good", "bad"),
            "environment": self._one(*_ENVIRONMENTS),
        }

    def _metadata(self, depth: int = 0) -> dict[str, Any]:
        return {key: self._leaf(depth) for key in self._random.sample(_KEYS, self._random.randint(1, 3))}

    def _leaf(self, depth: int) -> Any:
        kind = self._random.randrange(6 if depth < 2 else 4)
        if kind == 4:
            return [self._leaf(depth + 1) for _ in range(self._random.randrange(3))]
        if kind == 5:
            return self._metadata(depth + 1) if self._random.random() < 0.8 else {}
        return self._one(None, 7, 1.5, "text", "", self._random.random() < 0.5)
