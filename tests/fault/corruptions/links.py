"""Links to experiments that are lost, left over, or not what was sent."""

from tests.fault.corruptions.planting import assign, corruption, key_of

_ALONE = key_of("observation", "alone")
_COPY = "INSERT INTO {0}_experiment SELECT {1}, project, {2}, trace_id, experiment_id, experiment_name, dataset_id, "
_COPY += "item_id, is_item_root, start_us, end_us, created_us FROM {0}_experiment WHERE project = ONE"

LINKS = [
    corruption(
        "an observation lost its link to an experiment",
        f"DELETE FROM observation_experiment WHERE key = {_ALONE}",
        "link-differs",
        of="alone",
    ),
    corruption(
        "a trace lost its link to an experiment",
        f"DELETE FROM trace_experiment WHERE key = {key_of('trace', 't3')}",
        "link-differs",
        of="t3",
    ),
    corruption(
        "an observation is linked to another experiment",
        assign("observation_experiment", "alone", "experiment_id = 'run-2'"),
        "link-differs",
        of="alone",
        fields="experiment_id",
    ),
    corruption(
        "a link names no dataset",
        assign("observation_experiment", "alone", "dataset_id = NULL"),
        "link-differs",
        of="alone",
        fields="dataset_id",
    ),
    corruption(
        "a link stands for no item",
        assign("observation_experiment", "alone", "is_item_root = 0"),
        "link-differs",
        of="alone",
        fields="is_item_root",
    ),
    corruption(
        "a link has another time",
        assign("observation_experiment", "alone", "start_us = start_us + 1"),
        "link-differs",
        of="alone",
        fields="start_us",
    ),
    corruption(
        "a trace is linked to another item",
        assign("trace_experiment", "t3", "item_id = 'item-2'"),
        "link-differs",
        of="t3",
        fields="item_id",
    ),
    corruption(
        "a link lies in another project",
        f"UPDATE observation_experiment SET project = 3 - project WHERE key = {_ALONE}",
        "link-differs",
        of="alone",
        fields="project",
    ),
    corruption(
        "an observation that nobody told of an experiment is linked to one",
        _COPY.format("observation", key_of("observation", "o3"), "'o3'"),
        "link-differs",
        of="o3",
    ),
    corruption(
        "a link of an observation that there is not",
        _COPY.format("observation", "987654321", "'nowhere'"),
        "link-orphaned",
        of="nowhere",
    ),
    corruption(
        "a link of a trace that there is not",
        _COPY.format("trace", "987654321", "'nowhere'"),
        "link-orphaned",
        of="nowhere",
    ),
]
