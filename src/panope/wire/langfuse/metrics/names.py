"""What the two versions of the public API call views, dimensions and measures, and which of them each one has."""

from collections.abc import Iterable
from typing import Final

from msgspec import Struct

from panope.domain.errors import InvalidError
from panope.query.fields import Field
from panope.query.metrics.ast import Aggregation, Metric, MetricsView
from panope.query.metrics.registry import FIELDS, VIEWS, Unit, dimension_of

TIME: Final = "time_dimension"


class Version(Struct, frozen=True):
    """One version of the API."""

    views: tuple[MetricsView, ...]
    hidden: frozenset[str] = frozenset()
    """Dimensions and measures of observations that the other version has added."""
    default_limit: int | None = None
    refuses_rare: bool = False
    """Whether grouping by what is different in nearly every row needs a limit and an order."""
    is_own: bool = False
    """Whether measures count that the public API does not know, and single tags and `metadata.KEY` are dimensions."""


_SCORES: Final = (MetricsView.SCORES_NUMERIC, MetricsView.SCORES_BOOLEAN, MetricsView.SCORES_CATEGORICAL)
V1: Final = Version(
    views=(MetricsView.TRACES, MetricsView.OBSERVATIONS, *_SCORES),
    hidden=frozenset(
        {"release", "is_root_observation", "cost_type", "usage_type", "cost_by_type", "usage_by_type"}
        | {"unique_user_ids", "unique_session_ids", "experiment_id", "experiment_name", "experiment_dataset_id"}
    ),
)
OWN: Final = Version(views=tuple(MetricsView), is_own=True)
"""Of the web app."""
V2: Final = Version(views=(MetricsView.OBSERVATIONS, *_SCORES), default_limit=100, refuses_rare=True)


def spell(name: str) -> str:
    """`trace_name` as `traceName`."""
    first, *rest = name.split("_")
    return first + "".join(word.capitalize() for word in rest)


def column_of(metric: Metric) -> str:
    """Key of a metric in the rows of an answer: `p95_latency`."""
    return f"{metric.aggregation}_{spell(metric.measure)}"


class Vocabulary:
    """The names of one view in one version."""

    def __init__(self, version: Version, view: MetricsView) -> None:
        spec = VIEWS[view]
        hidden = version.hidden if view is MetricsView.OBSERVATIONS else frozenset()
        measures = [
            name
            for name, found in spec.measures.items()
            if name not in hidden and found.unit is not Unit.MOMENT and (found.is_public or version.is_own)
        ]
        if version.hidden and view is MetricsView.OBSERVATIONS:
            measures.remove("trace_id")
        self._view = view
        self._is_own = version.is_own
        self._dimensions = {spell(name): name for name in spec.dimensions if name not in hidden}
        self._measures = {spell(name): name for name in measures}
        self._columns = {spell(name): FIELDS[view][name] for name in FIELDS[view] if name not in hidden}

    @property
    def dimensions(self) -> list[str]:
        """Names of the dimensions."""
        return list(self._dimensions)

    @property
    def measures(self) -> list[str]:
        """Names of the measures."""
        return list(self._measures)

    def dimension(self, name: str) -> str:
        """A dimension by its name."""
        if self._is_own and name not in self._dimensions and dimension_of(self._view, name) is not None:
            return name
        return self._find(self._dimensions, name, "dimension")

    def metric(self, measure: str, aggregation: str) -> Metric:
        """A metric by its names."""
        found = VIEWS[self._view].measures[self._find(self._measures, measure, "measure")]
        if aggregation not in found.aggregations:
            raise unknown(f"The measure {measure} has no aggregation {_shown(aggregation)}", found.aggregations)
        return Metric(found.name, Aggregation(aggregation))

    def field(self, column: str) -> Field:
        """What a condition is about. Any other name that ends in `Name` is that of the view's own name."""
        field = self._columns.get(column)
        if field is None and column.endswith("Name"):
            field = self._columns.get("name")
        if field is None:
            raise unknown(f"The view {self._view} has no filter column {_shown(column)}", self._columns)
        return field

    def _find(self, known: dict[str, str], name: str, what: str) -> str:
        if name not in known:
            raise unknown(f"The view {self._view} has no {what} {_shown(name)}", known)
        return known[name]


def unknown(problem: str, known: Iterable[str]) -> InvalidError:
    """The error of a name that there is not, with those that there are."""
    return InvalidError(f"{problem}. Possible: {', '.join(str(name) for name in known)}", code="invalid_metrics_query")


_MAX_SHOWN: Final = 60


def _shown(name: str) -> str:
    """A name as far as it looks like one."""
    return name if len(name) <= _MAX_SHOWN and name.isidentifier() else "of that name"
