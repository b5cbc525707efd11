"""The table of the read API's routes."""

from panope.http.fast.reads.metrics import MetricsEndpoints
from panope.http.fast.reads.observations import ObservationEndpoints
from panope.http.fast.reads.scores import ScoreEndpoints
from panope.http.fast.reads.services import ReadServices
from panope.http.fast.reads.sessions import SessionEndpoints
from panope.http.fast.reads.traces import TraceEndpoints
from panope.http.fast.routing import FastRoute


def read_routes(services: ReadServices) -> list[FastRoute]:
    """All routes that read or delete telemetry."""
    return [
        *TraceEndpoints(services).routes(),
        *ObservationEndpoints(services).routes(),
        *SessionEndpoints(services).routes(),
        *ScoreEndpoints(services).routes(),
        *MetricsEndpoints(services).routes(),
    ]
