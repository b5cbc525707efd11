"""What is asked of experiments, and what is found."""

from collections.abc import Sequence
from enum import StrEnum

from msgspec import Struct, field

from panope.domain.datasets.datasets import Dataset
from panope.domain.experiments.items import Experiment, ExperimentItem
from panope.domain.experiments.runs import DatasetRun
from panope.domain.scores import ScoreRow
from panope.domain.tracing import ObservationRow, Payload, TraceRow

Place = tuple[int, str]
"""Where something stands in a list: a time in µs, and an id."""


class FoundRun(Struct, frozen=True, kw_only=True):
    """A run with its dataset and its items."""

    run: DatasetRun
    dataset: Dataset
    items: Sequence[ExperimentItem]
    """Latest first."""


class TextOperator(StrEnum):
    """How a text is compared. Negations hold for what is not there."""

    CONTAINS = "contains"
    NOT_CONTAINS = "does not contain"
    STARTS_WITH = "starts with"
    ENDS_WITH = "ends with"
    NONE_OF = "none of"
    IS_NULL = "is null"
    IS_NOT_NULL = "is not null"


class TextTest(Struct, frozen=True, kw_only=True):
    """A condition that is no equality, on the column of a parameter of `ExperimentQuery`."""

    column: str
    operator: TextOperator
    values: tuple[str, ...] = ()
    """One of a search, several of `NONE_OF`."""

    def fulfils(self, text: str | None) -> bool:
        """Whether a text does; None is one that is not there."""
        there, value = text or "", self.values[0] if self.values else ""
        match self.operator:
            case TextOperator.CONTAINS:
                return value in there
            case TextOperator.NOT_CONTAINS:
                return value not in there
            case TextOperator.STARTS_WITH:
                return there.startswith(value)
            case TextOperator.ENDS_WITH:
                return there.endswith(value)
            case TextOperator.NONE_OF:
                return text not in self.values
            case _:
                return (text is None) is (self.operator is TextOperator.IS_NULL)


class ExperimentQuery(Struct, frozen=True, kw_only=True):
    """Which experiments or items of them; None asks for all. Times are those at which items started, in µs."""

    experiment_ids: tuple[str, ...] | None = None
    names: tuple[str, ...] | None = None
    dataset_ids: tuple[str, ...] | None = None
    item_ids: tuple[str, ...] | None = None
    tests: tuple[TextTest, ...] = ()
    """All of which have to be fulfilled beside the rest."""
    from_us: int
    """Inclusive."""
    to_us: int | None = None
    """Exclusive."""
    limit: int
    after: Place | None = None


class ListedExperiment(Struct, frozen=True, kw_only=True):
    """An experiment and what its items come to, those that started in the time asked for. Times in µs."""

    experiment: Experiment
    run: DatasetRun | None = None
    """Its row, when it was linked by hand."""
    first_us: int
    last_us: int
    end_us: int
    items: int
    ways: int = 1
    """Of telling that brought it."""
    some_observation_id: str | None = None
    """An observation that tells of it."""

    @property
    def place(self) -> Place:
        """Where it stands in the list: by its latest activity."""
        return self.last_us, self.experiment.id


class ItemDetail(Struct, kw_only=True):
    """An item with what is stored of it."""

    item: ExperimentItem
    observation: ObservationRow | None = None
    """The observation that stands for it; else the root of its trace, if there is one."""
    trace: TraceRow | None = None
    """None: its trace has not arrived, or was deleted."""
    is_shared: bool = False
    """Whether other items came of the same trace."""
    parts: list[ObservationRow] = field(default_factory=list)
    """The observation and all below it, where the sums of the trace are not those of the item."""
    scores: list[ScoreRow] = field(default_factory=list)
    """Latest first."""
    payload: Payload = field(default_factory=Payload)
    """Input, output and metadata, as far as they were asked for: of the observation when one was named."""
