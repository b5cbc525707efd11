"""What arrives at a project, on the wire of the web app. Times in µs since the epoch, durations in µs."""

from msgspec import Struct

from panope.domain.settings.arrivals import (
    Arrivals,
    Explained,
    IngestionHealth,
    Lag,
    RefusedKey,
    SeenClient,
    SeenRequest,
)
from panope.wire.langfuse.jsonvalues import encode


class _Camel(Struct, kw_only=True, rename="camel"):
    pass


class CodeBody(_Camel):
    """A code of the ledger, in how many events it came, and what a sender can do about it."""

    code: str
    count: int
    advice: str


class RequestBody(_Camel):
    """One request. `publicKey` null: sent from the web app, or by a key that nobody remembers."""

    request_id: str
    received_us: int
    protocol: str
    public_key: str | None
    note: str | None
    is_revoked: bool
    sdk_name: str | None
    sdk_version: str | None
    body_bytes: int
    accepted: int
    rejected: int
    status: int
    reasons: list[CodeBody]
    repairs: list[CodeBody]


class RefusedKeyBody(_Camel):
    """Requests of the last day that one key did not open, for one reason. `publicKey` null: nobody's here."""

    key_prefix: str
    public_key: str | None
    note: str | None
    reason: str
    seen: str
    advice: str
    count: int
    last_us: int


class ArrivalsBody(_Camel):
    """The newest requests of a project. `strangers` null: only owners of every organisation see what is nobody's."""

    now_us: int
    requests: list[RequestBody]
    refused: list[RefusedKeyBody]
    strangers: list[RefusedKeyBody] | None


class LagBody(_Camel):
    """How long after its start an observation arrived; `ahead` began after their arrival, by `aheadUs` at most."""

    observations: int
    p50_us: int
    p95_us: int
    ahead: int
    ahead_us: int


class ClientBody(_Camel):
    """One SDK of one version over one protocol."""

    sdk_name: str | None
    sdk_version: str | None
    protocol: str
    requests: int
    refused: int
    """Requests that were refused whole."""
    accepted: int
    rejected: int
    last_us: int
    reasons: list[CodeBody]
    repairs: list[CodeBody]


class HealthBody(_Camel):
    """Who sent since `sinceUs`, and how late it came. `lag` null: nothing arrived."""

    now_us: int
    since_us: int
    clients: list[ClientBody]
    is_cut: bool
    lag: LagBody | None
    queue_depth: int | None


class SampleTraceBody(_Camel):
    """The trace that was sent."""

    trace_id: str


def encode_arrivals(arrivals: Arrivals) -> bytes:
    """Write the newest requests."""
    strangers = arrivals.strangers
    return encode(
        ArrivalsBody(
            now_us=arrivals.now_us,
            requests=[_show_request(seen) for seen in arrivals.requests],
            refused=[_show_refused(one) for one in arrivals.refused],
            strangers=None if strangers is None else [_show_refused(one) for one in strangers],
        )
    )


def encode_health(health: IngestionHealth) -> bytes:
    """Write who sends, and how quickly it gets here."""
    return encode(
        HealthBody(
            now_us=health.now_us,
            since_us=health.since_us,
            clients=[_show_client(client) for client in health.clients],
            is_cut=health.is_cut,
            lag=None if health.lag is None else _show_lag(health.lag),
            queue_depth=health.queue_depth,
        )
    )


def encode_sample(trace_id: str) -> bytes:
    """Write the trace that was sent."""
    return encode(SampleTraceBody(trace_id=trace_id))


def _show_request(seen: SeenRequest) -> RequestBody:
    receipt = seen.receipt
    return RequestBody(
        request_id=receipt.request_id,
        received_us=receipt.received_us,
        protocol=receipt.protocol,
        public_key=seen.public_key,
        note=seen.note,
        is_revoked=seen.is_revoked,
        sdk_name=receipt.sdk_name,
        sdk_version=receipt.sdk_version,
        body_bytes=receipt.body_bytes,
        accepted=receipt.accepted,
        rejected=receipt.rejected,
        status=receipt.status,
        reasons=_show_codes(seen.reasons),
        repairs=_show_codes(seen.repairs),
    )


def _show_refused(one: RefusedKey) -> RefusedKeyBody:
    return RefusedKeyBody(**{name: getattr(one, name) for name in RefusedKeyBody.__struct_fields__})


def _show_client(client: SeenClient) -> ClientBody:
    use = client.use
    return ClientBody(
        sdk_name=use.sdk_name,
        sdk_version=use.sdk_version,
        protocol=use.protocol,
        requests=use.requests,
        refused=use.refused,
        accepted=use.accepted,
        rejected=use.rejected,
        last_us=use.last_us,
        reasons=_show_codes(client.reasons),
        repairs=_show_codes(client.repairs),
    )


def _show_lag(lag: Lag) -> LagBody:
    return LagBody(**{name: getattr(lag, name) for name in LagBody.__struct_fields__})


def _show_codes(codes: list[Explained]) -> list[CodeBody]:
    return [CodeBody(code=one.code, count=one.count, advice=one.advice) for one in codes]
