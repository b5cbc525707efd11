"""Scores that people give: while they read a trace, an observation or a session."""

from collections.abc import Callable
from typing import Any, Final

from msgspec import UNSET

from panope.domain.accounts import UserPrincipal
from panope.domain.errors import ForbiddenError, InvalidError, Issue, NotFoundError
from panope.domain.events import EntityKind, TelemetryEvent
from panope.domain.ids import ProjectId, is_possible_id
from panope.domain.ledger import ANNOTATION, Receipt
from panope.domain.scores import ScoreRow, ScoreSource
from panope.domain.scoring.annotations import NewScore, ScoreChange
from panope.domain.scoring.rules import Breach, judge_free_score, judge_score
from panope.features.ingest.service import PriceBooks
from panope.features.review.objects import TelemetryObjects
from panope.features.scores.configs import ScoreConfigService
from panope.features.scores.reading import score_not_found
from panope.kit.clock import Clock
from panope.ports.telemetry import IngestBatch, TelemetryReader, TelemetryWriter

DAY_US: Final = 86_400_000_000
"""Telemetry may be dated as far ahead, where a client's clock is."""
_NOT_FOUND: Final = 404
_MAX_REMEMBERED: Final = 10_000


class Annotating:
    """Gives, changes and takes back scores. Each is durable and readable when this returns."""

    def __init__(
        self,
        reader: TelemetryReader,
        writer: TelemetryWriter,
        prices: PriceBooks,
        configs: ScoreConfigService,
        clock: Clock,
        new_id: Callable[[], str],
    ) -> None:
        self._reader = reader
        self._objects = TelemetryObjects(reader)
        self._writer = writer
        self._prices = prices
        self._configs = configs
        self._clock = clock
        self._new_id = new_id
        self._written: dict[tuple[ProjectId, str], int] = {}
        """When scores were changed last by their stamps, of those that this process changed lately."""

    async def give(self, by: UserPrincipal, score: NewScore) -> ScoreRow:
        """Give a score to what exists.

        Raises `NotFoundError` for an object or a config that does not exist, and `InvalidError` for a value that the
        config or the data type does not allow.
        """
        target = await self._objects.find(by.project_id, score.object_type, score.object_id)
        if target is None:
            noun = score.object_type.value.lower()
            raise NotFoundError(f"There is no such {noun}: it may have been deleted", code="scored_object_not_found")
        now_us = self._clock()
        values: dict[str, Any] = {
            "trace_id": target.trace_id,
            "observation_id": target.observation_id,
            "session_id": target.session_id,
            "environment": target.environment,
            "timestamp": now_us,
            "source": ScoreSource.ANNOTATION.value,
            "author_user_id": by.user_id,
            "config_id": score.config_id,
            "comment": score.comment,
            **_said(score.value),
            **await self._judge(by.project_id, score.config_id, score.name, score.data_type, score.value),
        }
        score_id = self._new_id()
        await self._write(by.project_id, score_id, values, now_us)
        return await self._get(by.project_id, score_id)

    async def change(self, by: UserPrincipal, score_id: str, change: ScoreChange) -> ScoreRow:
        """Change a score that a person gave; whoever changes it becomes its author.

        Raises `NotFoundError`, `ForbiddenError` for one that a program gave, `InvalidError` as `give` does.
        """
        row = await self._get(by.project_id, score_id)
        if row.source != ScoreSource.ANNOTATION:
            text = "A program gave this score: give one of your own beside it, or delete this one"
            raise ForbiddenError(text, code="not_an_annotation")
        values: dict[str, Any] = {"author_user_id": by.user_id}
        if change.value is not UNSET:
            values |= _said(change.value)
            values |= await self._judge(by.project_id, row.config_id, row.name, row.data_type, change.value)
        if change.comment is not UNSET:
            values["comment"] = change.comment
        # Later than what it was until now, even where the clocks of two servers differ, or one of them goes back.
        at_us = max(self._clock(), row.updated_us + 1, self._written.get((by.project_id, score_id), 0) + 1)
        for moment_us in (at_us, at_us + DAY_US):  # the second beats what a client said whose clock is ahead
            await self._write(by.project_id, row.id, values, moment_us)
            row = await self._get(by.project_id, score_id)
            if _is_heard(row, by, change):
                break
        return row

    async def take_back(self, project_id: ProjectId, score_id: str) -> None:
        """Delete a score, whoever gave it. Raises `NotFoundError`."""
        row = await self._get(project_id, score_id)
        await self._writer.delete_scores(project_id, [score_id], at_us=max(self._clock(), row.updated_us + 1))

    async def _judge(
        self, project_id: ProjectId, config_id: str | None, name: str | None, data_type: str | None, value: float | str
    ) -> dict[str, Any]:
        """Name, data type and number of a value as it has to be stored."""
        if config_id is None:
            judged = judge_free_score(name, data_type, _said(value))
        else:
            by_id = (await self._configs.get_book(project_id)).by_id
            judged = judge_score(by_id.get(config_id), _said(value))
        if isinstance(judged, Breach):
            if judged.status == _NOT_FOUND:
                raise NotFoundError(judged.message.removeprefix("body."), code=judged.code)
            place, _, text = judged.message.removeprefix("body.").partition(" ")
            issue = Issue((place,), text, judged.code)
            raise InvalidError(f"{place} {text}", code=judged.code, issues=(issue,))
        return judged

    async def _get(self, project_id: ProjectId, score_id: str) -> ScoreRow:
        found = await self._reader.get_score(project_id, score_id) if is_possible_id(score_id) else None
        if found is None:
            raise score_not_found()
        return found.row

    async def _write(self, project_id: ProjectId, score_id: str, values: dict[str, Any], at_us: int) -> None:
        self._remember((project_id, score_id), at_us)
        told = {name: value for name, value in values.items() if value is not None or name == "comment"}
        event_id = self._new_id()
        event = TelemetryEvent(
            kind=EntityKind.SCORE, entity_id=score_id, event_id=event_id, at_us=at_us, is_update=True, values=told
        )
        receipt = Receipt(request_id=event_id, received_us=self._clock(), protocol=ANNOTATION, accepted=1, status=200)
        prices = await self._prices.get_book(project_id)
        await self._writer.apply(IngestBatch(project_id=project_id, events=[event], receipt=receipt, prices=prices))

    def _remember(self, score: tuple[ProjectId, str], at_us: int) -> None:
        self._written.pop(score, None)
        self._written[score] = at_us
        if len(self._written) > _MAX_REMEMBERED:
            del self._written[next(iter(self._written))]


def _is_heard(row: ScoreRow, by: UserPrincipal, change: ScoreChange) -> bool:
    value = row.string_value if isinstance(change.value, str) else row.value
    return (
        row.author_user_id == by.user_id
        and (change.value is UNSET or value == change.value)
        and (change.comment is UNSET or row.comment == change.comment)
    )


def _said(value: float | str) -> dict[str, Any]:
    return {"text": value} if isinstance(value, str) else {"number": float(value)}
