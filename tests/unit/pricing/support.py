"""A reader of telemetry that knows nothing but which models have no price."""

from collections.abc import Sequence

from panope.domain.ids import ProjectId
from panope.ports.telemetry import UnpricedModel


class NoTelemetry:
    """Answers one question of `TelemetryReader`, and remembers it."""

    def __init__(self, unpriced: Sequence[UnpricedModel] = ()) -> None:
        self._unpriced = list(unpriced)
        self.asked: list[tuple[ProjectId, int]] = []

    async def list_unpriced_models(self, project_id: ProjectId, since_us: int) -> list[UnpricedModel]:
        self.asked.append((project_id, since_us))
        return self._unpriced
