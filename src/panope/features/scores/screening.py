"""Scores that name a config are judged by it before they are stored."""

from collections.abc import Iterable

from panope.domain.events import ConfiguredScore, DecodedBatch, Rejection
from panope.domain.ids import ProjectId
from panope.domain.scoring.rules import Breach, judge_score
from panope.features.scores.configs import ScoreConfigService


class ScoreScreen:
    """Implements `features.ingest.service.ScoreScreen`."""

    def __init__(self, configs: ScoreConfigService) -> None:
        self._configs = configs

    async def screen(self, project_id: ProjectId, batch: DecodedBatch, *, is_quiet: bool) -> None:
        """Give each score what it takes from its config, and take those out that break theirs.

        They become rejections; when `is_quiet`, the answer acknowledges them all the same.
        """
        by_id = (await self._configs.get_book(project_id)).by_id
        broken: list[tuple[ConfiguredScore, Breach]] = []
        for score in batch.configured:
            values = score.event.values
            judged = judge_score(by_id.get(values["config_id"]), values)
            if isinstance(judged, Breach):
                broken.append((score, judged))
            else:
                values.update(judged)
        if broken:
            _take_out(batch, broken, is_quiet=is_quiet)


def _take_out(batch: DecodedBatch, broken: Iterable[tuple[ConfiguredScore, Breach]], *, is_quiet: bool) -> None:
    rejections = [
        Rejection(
            index=score.index,
            event_id=score.event.event_id,
            code=breach.code,
            message=breach.message,
            status=breach.status,
        )
        for score, breach in broken
    ]
    gone = {id(score.event) for score, _ in broken}
    batch.events = [event for event in batch.events if id(event) not in gone]
    if is_quiet:
        batch.dropped += rejections
        return
    unacknowledged = {id(score.acceptance) for score, _ in broken}
    batch.acceptances = [accepted for accepted in batch.acceptances if id(accepted) not in unacknowledged]
    batch.rejections = sorted([*batch.rejections, *rejections], key=lambda rejection: rejection.index)
