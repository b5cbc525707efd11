"""The use cases behind the read API, and what every endpoint takes from its request."""

from msgspec import Struct
from starlette.requests import Request

from panope.domain.accounts import Principal
from panope.domain.ids import ProjectId
from panope.features.metrics.service import MetricsReading
from panope.features.pricing.explaining import CostExplaining
from panope.features.scores.deletion import ScoreDeletion
from panope.features.scores.reading import ScoreReading
from panope.features.tracing.deletion import TraceDeletion
from panope.features.tracing.reading import TraceReading
from panope.kit.clock import Clock
from panope.wire.langfuse.paging import Params


class ReadServices(Struct, frozen=True, kw_only=True):
    """The use cases that the read API calls."""

    tracing: TraceReading
    explaining: CostExplaining
    trace_deletion: TraceDeletion
    scores: ScoreReading
    score_deletion: ScoreDeletion
    metrics: MetricsReading
    clock: Clock


def project_of(request: Request) -> ProjectId:
    """Project of the caller."""
    principal: Principal = request.state.principal
    return principal.project_id


def params_of(request: Request) -> Params:
    """Query string of the request."""
    return Params(request.query_params.multi_items())
