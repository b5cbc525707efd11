"""What an observation or a trace says about its place in an experiment."""

from typing import Any, Final

import msgspec
from msgspec import Struct

from panope.domain.ids import is_possible_id
from panope.domain.merge.codec import read_metadata
from panope.domain.merge.state import Path, State
from panope.domain.tracing import ObservationRow, TraceRow

_NAME: Final = "experiment"
_ITEM: Final = "dataset_item_id"
_ITEM_PATH: Final[Path] = (_ITEM,)
_RUNNER_MARK: Final = "experiment_run_name"
"""The published runners leave this among the metadata, and tell by other ways what they run."""


class ExperimentLink(Struct, kw_only=True):
    """One observation or trace in an experiment. Times in µs."""

    id: str
    """Of the observation, or of the trace where that is what was told about."""
    trace_id: str
    experiment_id: str | None = None
    """None where only a name was told: then the dataset of the item decides which experiment it is."""
    experiment_name: str
    dataset_id: str | None = None
    item_id: str
    is_item_root: bool = True
    """Whether it stands for the item: among the observations of one item, one does."""
    start_us: int
    end_us: int
    """Its start where the end is not known."""
    created_us: int
    """Arrival of the first event about it."""


def link_observation(row: ObservationRow, state: State) -> ExperimentLink | None:
    """The link of an observation; None unless it was told an experiment and an item of it."""
    told = told_experiment(state)
    return None if told is None else link_told(row, told)


def told_experiment(state: State) -> dict[str, Any] | None:
    """What an observation was told of an experiment; once it was told anything, it always is."""
    for fragment in state.fragments:
        if _NAME in fragment.values:
            told: dict[str, Any] = fragment.values[_NAME]
            return told
    return None


def link_told(row: ObservationRow, told: dict[str, Any]) -> ExperimentLink | None:
    """The link of an observation that was told this; None when it names no experiment or no item."""
    item = _object(told, "item")
    experiment_id, item_id = _id(told.get("id")), _id(item.get("id"))
    if experiment_id is None or item_id is None:
        return None
    root_id = item.get("root_observation_id")
    return ExperimentLink(
        id=row.id,
        trace_id=row.trace_id,
        experiment_id=experiment_id,
        experiment_name=_id(told.get("name")) or experiment_id,
        dataset_id=_id(_object(told, "dataset").get("id")),
        item_id=item_id,
        is_item_root=root_id == row.id if root_id else row.parent_id is None,
        start_us=row.start_us,
        end_us=row.start_us if row.end_us is None else row.end_us,
        created_us=row.created_us,
    )


def link_trace(row: TraceRow, state: State) -> ExperimentLink | None:
    """The link of a trace whose metadata names an `experiment` and a `dataset_item_id`; None for any other."""
    if not _may_name_item(state):
        return None
    metadata = read_metadata(state)
    name, item_id = _id(_plain(metadata.get(_NAME))), _id(_plain(metadata.get(_ITEM)))
    if name is None or item_id is None or _RUNNER_MARK in metadata:
        return None
    return ExperimentLink(
        id=row.id,
        trace_id=row.id,
        experiment_name=name,
        item_id=item_id,
        start_us=row.timestamp_us,
        end_us=row.timestamp_us,
        created_us=row.created_us,
    )


def _may_name_item(state: State) -> bool:
    """Asked of every trace, so without putting the metadata together."""
    for fragment in state.fragments:
        whole = fragment.whole
        if whole is not None:
            if _ITEM in whole:
                return True
        elif fragment.leaves and _ITEM_PATH in fragment.leaves:
            return True
    return False


def _object(told: dict[str, Any], name: str) -> dict[str, Any]:
    found = told.get(name)
    return found if isinstance(found, dict) else {}


def _id(value: object) -> str | None:
    """What can name a row; anything else names nothing."""
    return value if isinstance(value, str) and is_possible_id(value) else None


def _plain(value: object) -> object:
    """Without the quotes that one SDK puts around every text."""
    if not isinstance(value, str) or value[:1] != '"':
        return value
    try:
        return msgspec.json.decode(value, type=str)
    except msgspec.DecodeError:
        return value
