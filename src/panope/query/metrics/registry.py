"""The views of metrics: their dimensions and measures, each with its type. The one list that everything else reads."""

from enum import StrEnum
from typing import Final

from msgspec import Struct

from panope.query.fields import Field, FieldType
from panope.query.metrics.ast import Aggregation, MetricsView


class Unit(StrEnum):
    """What the values of a measure are."""

    COUNT = "count"
    """Whole numbers."""
    DURATION = "duration"
    """Microseconds, whole."""
    MONEY = "money"
    """10⁻¹² USD, whole."""
    NUMBER = "number"
    """Floating point."""
    MOMENT = "moment"
    """Microseconds since the epoch: only the first and the last say anything. Not part of the public API."""
    TEXT = "text"
    """Ids: only their number says anything."""


class Dimension(Struct, frozen=True):
    """What rows can be grouped by, and filtered by."""

    name: str
    type: FieldType
    is_rare: bool = False
    """Whether nearly every row has a value of its own, as ids have: grouping by it gives no overview."""
    is_filter: bool = True
    """Whether conditions on it are possible."""


class Measure(Struct, frozen=True):
    """What can be aggregated."""

    name: str
    unit: Unit
    by_type: bool = False
    """Whether an observation has one value per type of usage or cost instead of one."""
    is_public: bool = True
    """Whether the public API knows it."""

    @property
    def aggregations(self) -> tuple[Aggregation, ...]:
        """Those that make sense."""
        if self.unit is Unit.MOMENT:
            return (Aggregation.MIN, Aggregation.MAX)
        return (Aggregation.COUNT, Aggregation.UNIQ) if self.unit is Unit.TEXT else tuple(Aggregation)


class ViewSpec(Struct, frozen=True):
    """One view."""

    name: MetricsView
    time: str
    """The field that places a row in time."""
    dimensions: dict[str, Dimension]
    measures: dict[str, Measure]


def _dimensions(text: str) -> dict[str, Dimension]:
    """Read `name type [rare] [nofilter]` lines; a line of one word is a string."""
    found = {}
    for line in text.strip().splitlines():
        name, *words = line.split()
        kind = FieldType(words[0].replace("_", " ")) if words else FieldType.STRING
        found[name] = Dimension(name, kind, "rare" in words, "nofilter" not in words)
    return found


def _measures(text: str) -> dict[str, Measure]:
    """Read `name unit [by_type] [own]` lines."""
    found = {}
    for line in text.strip().splitlines():
        name, unit, *rest = line.split()
        found[name] = Measure(name, Unit(unit), "by_type" in rest, "own" not in rest)
    return found


_TRACE_DIMENSIONS: Final = """
id string rare
name
tags string_list
user_id string rare
session_id string rare
release
version
environment
timestamp_month string nofilter
"""
_TRACE_MEASURES: Final = """
count count
observations_count count
scores_count count
unique_user_ids text
unique_session_ids text
latency duration
total_tokens count
total_cost money
errors count own
"""
_OBSERVATION_DIMENSIONS: Final = """
id string rare
trace_id string rare
trace_name
environment
parent_observation_id string rare
type
name
level
version
tags string_list
provided_model_name
prompt_name
prompt_version number
user_id string rare
session_id string rare
trace_release
trace_version
start_time_month string nofilter
release
is_root_observation boolean
cost_type string nofilter
usage_type string nofilter
agent
tool
graph_node
thread_id string rare
finish_reason
error_type
experiment_id string rare
experiment_name string rare
experiment_dataset_id string rare
"""
_OBSERVATION_MEASURES: Final = """
count count
start_time moment
latency duration
streaming_latency duration
time_to_first_token duration
input_tokens count
output_tokens count
total_tokens count
output_tokens_per_second number
tokens_per_second number
input_cost money
output_cost money
total_cost money
count_scores count
unique_user_ids text
unique_session_ids text
trace_id text
cost_by_type money by_type
usage_by_type count by_type
errors count own
"""
_SCORE_DIMENSIONS: Final = """
id string rare
name
environment
source
data_type
config_id
trace_id string rare
observation_id string rare
timestamp_month string nofilter
timestamp_day string nofilter
trace_name
tags string_list
user_id string rare
session_id string rare
trace_release
trace_version
observation_name
observation_model_name
observation_prompt_name
observation_prompt_version number
"""
_COUNTED: Final = "count count"
_VALUED: Final = "count count\nvalue number"


def _view(name: MetricsView, time: str, dimensions: str, measures: str) -> tuple[MetricsView, ViewSpec]:
    return name, ViewSpec(name, time, _dimensions(dimensions), _measures(measures))


VIEWS: Final[dict[MetricsView, ViewSpec]] = dict(
    (
        _view(MetricsView.TRACES, "timestamp", _TRACE_DIMENSIONS, _TRACE_MEASURES),
        _view(MetricsView.OBSERVATIONS, "start_time", _OBSERVATION_DIMENSIONS, _OBSERVATION_MEASURES),
        _view(MetricsView.SCORES_NUMERIC, "timestamp", f"{_SCORE_DIMENSIONS}value number", _VALUED),
        _view(MetricsView.SCORES_BOOLEAN, "timestamp", f"{_SCORE_DIMENSIONS}boolean_value boolean", _VALUED),
        _view(MetricsView.SCORES_CATEGORICAL, "timestamp", f"{_SCORE_DIMENSIONS}string_value", _COUNTED),
    )
)
TYPE_DIMENSIONS: Final = {"cost_type": "cost_by_type", "usage_type": "usage_by_type"}
"""Dimensions that split an observation by type, and the one measure that goes with each."""


TAG: Final = "tag"
METADATA: Final = "metadata."
"""Dimensions of any view that the public API does not know: each tag of the row's trace, and the text at a key of the
row's own metadata."""


def dimension_of(view: MetricsView, name: str) -> Dimension | None:
    """A dimension by its name; None where there is none."""
    if name == TAG or (name.startswith(METADATA) and name != METADATA):
        return Dimension(name, FieldType.STRING, is_filter=False)
    return VIEWS[view].dimensions.get(name)


def metadata_key(name: str) -> str | None:
    """The key that a dimension is about; None for one that is not about metadata."""
    return name.removeprefix(METADATA) if name.startswith(METADATA) else None


def _fields_of(spec: ViewSpec) -> dict[str, Field]:
    fields = {found.name: Field(found.name, found.type) for found in spec.dimensions.values() if found.is_filter}
    fields[spec.time] = Field(spec.time, FieldType.DATETIME)
    fields["metadata"] = Field("metadata", FieldType.STRING_MAP)
    return fields


FIELDS: Final[dict[MetricsView, dict[str, Field]]] = {name: _fields_of(spec) for name, spec in VIEWS.items()}
"""What conditions can be about, by view: the dimensions, the time, and the metadata by key."""
