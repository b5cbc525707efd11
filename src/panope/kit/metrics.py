"""What the server counts about itself, in a registry of its own so that two apps in one process do not mix."""

from collections.abc import Callable, Mapping

from prometheus_client import (
    CollectorRegistry,
    Counter,
    Gauge,
    GCCollector,
    Histogram,
    Info,
    PlatformCollector,
    ProcessCollector,
    generate_latest,
)

from panope.kit.requests import RequestCounts

_LATENCY_S = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10)
_BATCHES = (1, 2, 4, 8, 16, 32, 64, 128, 256)


class ServerMetrics:
    """Counters of one app. Labels hold route templates and codes, never an id, a path or a payload."""

    def __init__(self, version: str) -> None:
        self.registry = CollectorRegistry()
        for collector in (ProcessCollector, PlatformCollector, GCCollector):
            collector(registry=self.registry)
        Info("panope", "The running server", registry=self.registry).info({"version": version})
        self._requests = RequestCounts(_LATENCY_S)
        self.registry.register(self._requests)
        self._accepted = self._counter("ingested_events", "Events made durable", ("protocol",))
        self._rejected = self._counter("rejected_events", "Events refused", ("protocol", "code"))
        self._refused = self._counter("refused_requests", "Ingestion requests refused whole", ("protocol", "code"))
        self._bytes = self._counter("ingested_bytes", "Unpacked bytes of ingestion bodies", ("protocol",))
        self._commits = Histogram(
            "panope_commit_batches",
            "Requests made durable by one commit",
            buckets=_BATCHES,
            registry=self.registry,
        )
        self._commit_s = Histogram(
            "panope_commit_duration_seconds",
            "Time of one durable commit, joining included",
            buckets=_LATENCY_S,
            registry=self.registry,
        )

    def _counter(self, name: str, text: str, labels: tuple[str, ...]) -> Counter:
        return Counter(f"panope_{name}", text, labels, registry=self.registry)

    def count_request(self, method: str, route: str, status: int, duration_s: float) -> None:
        """Count an answered request; `route` is the template."""
        self._requests.count(method, route, status, duration_s)

    def count_ingested(self, protocol: str, *, accepted: int, reasons: Mapping[str, int], body_bytes: int) -> None:
        """Count what became of one ingestion request."""
        self._accepted.labels(protocol).inc(accepted)
        self._bytes.labels(protocol).inc(body_bytes)
        for code, count in reasons.items():
            self._rejected.labels(protocol, code).inc(count)

    def count_refused(self, protocol: str, code: str) -> None:
        """Count an ingestion request that was refused whole."""
        self._refused.labels(protocol, code).inc()

    def count_commit(self, batches: int, duration_s: float) -> None:
        """Count one group commit. Called from whichever thread commits."""
        self._commits.observe(batches)
        self._commit_s.observe(duration_s)

    def watch(self, name: str, text: str, read: Callable[[], float]) -> None:
        """Show a value that is read when the metrics are: a queue's depth, bytes in flight."""
        Gauge(f"panope_{name}", text, registry=self.registry).set_function(read)

    def render(self) -> bytes:
        """Write all metrics in the text format of Prometheus."""
        return generate_latest(self.registry)
