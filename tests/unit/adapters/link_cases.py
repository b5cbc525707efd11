"""Questions about links to experiments, and the index that answers each."""

from typing import Final

from panope.ports.experiments import LinkFilter, LinkKind, LinkPage

_PAGE: Final = LinkPage(50, (9 * 10**9, "observation-9"))

LISTS: Final = {
    "latest of observations": (LinkKind.OBSERVATION, LinkFilter(), _PAGE, "observation_experiment_by_start"),
    "latest of a window": (LinkKind.OBSERVATION, LinkFilter(from_us=10**9), _PAGE, "observation_experiment_by_start"),
    "latest of traces": (LinkKind.TRACE, LinkFilter(), _PAGE, "trace_experiment_by_start"),
    "one run": (LinkKind.OBSERVATION, LinkFilter(experiment_ids=("run 7",)), None, "observation_experiment_by_run"),
    "some traces of a run": (
        LinkKind.OBSERVATION,
        LinkFilter(experiment_ids=("run 7",), trace_ids=("trace-7", "trace-507")),
        None,
        "observation_experiment_by_trace",
    ),
    "one name": (LinkKind.TRACE, LinkFilter(names=("name 7",)), None, "trace_experiment_by_name"),
}
SUMMARIES: Final = {
    "a dataset": (LinkKind.OBSERVATION, LinkFilter(dataset_ids=("dataset 7",)), "observation_experiment_by_dataset"),
    "items of a dataset": (LinkKind.TRACE, LinkFilter(item_ids=("item 7", "item 8")), "trace_experiment_by_item"),
    "a window": (LinkKind.OBSERVATION, LinkFilter(from_us=9_999 * 10**6), "observation_experiment_by_start"),
    "traces of a window": (LinkKind.TRACE, LinkFilter(from_us=9_999 * 10**6), "trace_experiment_by_start"),
}
