"""What a trace, an observation and a session are once every event about them has been taken into account."""

from enum import StrEnum
from typing import Any, Final

from msgspec import Struct, field


class ObservationType(StrEnum):
    """What an observation stands for; the closed set of the public API."""

    SPAN = "SPAN"
    GENERATION = "GENERATION"
    EVENT = "EVENT"
    AGENT = "AGENT"
    TOOL = "TOOL"
    CHAIN = "CHAIN"
    RETRIEVER = "RETRIEVER"
    EVALUATOR = "EVALUATOR"
    EMBEDDING = "EMBEDDING"
    GUARDRAIL = "GUARDRAIL"


class Level(StrEnum):
    """Severity of an observation, in rising order."""

    DEBUG = "DEBUG"
    DEFAULT = "DEFAULT"
    WARNING = "WARNING"
    ERROR = "ERROR"


DEFAULT_ENVIRONMENT = "default"


class ObservationDetail(Struct, frozen=True, kw_only=True, omit_defaults=True, gc=False):
    """The part of an observation that lists return and nothing filters or sums."""

    status_message: str | None = None
    usage: dict[str, int] = field(default_factory=dict)
    """Units by usage type, `total` included."""
    usage_estimated: bool = False
    """Nobody sent the usage: panope counted the tokens of input and output."""
    cost: dict[str, int] = field(default_factory=dict)
    """10⁻¹² USD by usage type, `total` included when it is known."""
    usage_unit: str | None = None
    model_parameters: dict[str, Any] | None = None
    cost_source: str | None = None
    """`given`, `computed`, or None: unpriced, which is not zero."""
    price_tier_id: str | None = None
    price_tier_name: str | None = None
    tools_available: list[str] = field(default_factory=list)
    """Names of the tools that a call of a model was offered: sorted, unique."""
    tools_called: list[str] = field(default_factory=list)
    """Names of the tools that it called, in its order, as often as it called them."""
    unit_prices: dict[str, str] = field(default_factory=dict)
    """USD per unit by usage type, decimal text, of the default tier of the matched model."""


NO_DETAIL: Final = ObservationDetail()


class ObservationRow(Struct, kw_only=True, gc=False):
    """One observation as lists, filters and sums see it. Times in µs, money in 10⁻¹² USD."""

    id: str
    trace_id: str
    type: str
    name: str | None = None
    start_us: int
    end_us: int | None = None
    """Never before `start_us`: an earlier end is kept in the state and shown as the start."""
    parent_id: str | None = None
    level: str = Level.DEFAULT
    environment: str = DEFAULT_ENVIRONMENT
    created_us: int = 0
    """Arrival of the first event, by the server's clock."""
    updated_us: int = 0
    # What only calls of models have.
    model: str | None = None
    """Model name as sent."""
    model_id: str | None = None
    """Id of the price model that matched."""
    input_tokens: int = 0
    output_tokens: int = 0
    total_tokens: int = 0
    input_cost: int | None = None
    output_cost: int | None = None
    total_cost: int | None = None
    detail: ObservationDetail = NO_DETAIL
    # What few observations have.
    completion_start_us: int | None = None
    version: str | None = None
    prompt_name: str | None = None
    prompt_version: int | None = None
    agent: str | None = None
    tool: str | None = None
    graph_node: str | None = None
    thread_id: str | None = None
    finish_reason: str | None = None
    error_type: str | None = None
    retry_number: int | None = None
    input_preview: str | None = None
    """Kept where the texts are large; of small ones it is to be made from the payload, by `domain.previews`."""
    output_preview: str | None = None
    is_app_root: bool = False
    clock_skew: bool = False
    """The sent end lies before the sent start, or the first token outside both."""


class TraceTotals(Struct, kw_only=True):
    """What a trace's observations add up to. Moves by differences; extremes are recomputed when their holder leaves."""

    observation_count: int = 0
    root_count: int = 0
    """Observations without a parent, or that stand as root although they name one."""
    first_start_us: int | None = None
    last_end_us: int | None = None
    """Largest of end (else start) over the observations."""
    first_environment: str | None = None
    """Environment of the earliest observation by (start, id)."""
    first_observation_id: str | None = None
    input_tokens: int = 0
    output_tokens: int = 0
    total_tokens: int = 0
    input_cost: int = 0
    output_cost: int = 0
    total_cost: int = 0
    error_count: int = 0
    warning_count: int = 0
    default_count: int = 0
    debug_count: int = 0
    unpriced_count: int = 0
    """Observations with usage and without a cost."""
    open_count: int = 0
    """Observations that have not ended; events never count."""


class TraceRow(Struct, kw_only=True):
    """One trace as lists, filters and sums see it."""

    id: str
    timestamp_us: int
    name: str | None = None
    user_id: str | None = None
    session_id: str | None = None
    environment: str = DEFAULT_ENVIRONMENT
    release: str | None = None
    version: str | None = None
    public: bool = False
    bookmarked: bool = False
    tags: list[str] = field(default_factory=list)
    """Sorted, unique."""
    has_state: bool = False
    """False for a trace that only its observations name."""
    input_preview: str | None = None
    output_preview: str | None = None
    totals: TraceTotals = field(default_factory=TraceTotals)
    created_us: int = 0
    updated_us: int = 0

    @property
    def latency_us(self) -> int:
        """Last end minus first start over the observations; 0 without any."""
        totals = self.totals
        if totals.first_start_us is None or totals.last_end_us is None:
            return 0
        return max(0, totals.last_end_us - totals.first_start_us)

    @property
    def is_incomplete(self) -> bool:
        """Observations came and none of them is a root: the root is still running or was lost."""
        return self.totals.observation_count > 0 and self.totals.root_count == 0


class SessionRow(Struct, kw_only=True):
    """One session: it exists while a trace names it."""

    id: str
    created_us: int
    environment: str = DEFAULT_ENVIRONMENT
    """Of its earliest trace by (timestamp, id)."""
    trace_count: int = 0
    first_timestamp_us: int = 0
    """Timestamp of that earliest trace."""
    first_trace_id: str = ""


class Payload(Struct, kw_only=True):
    """The large part of an entity, read only when asked for."""

    input: str | None = None
    """Text: a string as it was sent, anything else as its JSON."""
    output: str | None = None
    metadata: dict[str, Any] = field(default_factory=dict)
    """Without resource and scope attributes, which the reader adds from their sets."""
    span_events: list[dict[str, Any]] = field(default_factory=list)
    """`{"name", "timeUnixNano", "attributes"}` per OTLP span event."""
    links: list[dict[str, Any]] = field(default_factory=list)
    """`{"traceId", "spanId", "attributes"}` per OTLP link."""
    experiment: dict[str, Any] = field(default_factory=dict)
    """What an observation was told of the experiment that it is in."""
    usage_sent: str | None = None
    """Usage as it was sent, JSON text, for replaying a dialect fix."""
    cost_sent: str | None = None
    resource: str | None = None
    """`AttributeSet.id` of the resource attributes."""
    scope: str | None = None
    mapper: str | None = None
    """Codec and version that read the usage and the cost."""
