"""Datasets and items with the helpers that every generation has; where newer ones take more, that too."""

import inspect

from langfuse import Langfuse
from reporting import RUN, outcome, report

NAME = f"folder/data set % {RUN}"
langfuse = Langfuse()
api = getattr(langfuse, "api", None) or langfuse.client


def takes(call, parameter):
    return parameter in inspect.signature(call).parameters


def get_item(item_id):
    if hasattr(langfuse, "get_dataset_item"):
        return langfuse.get_dataset_item(item_id)
    return api.dataset_items.get(item_id)


FIELDS = (
    *("id", "status", "input", "expected_output", "metadata", "source_trace_id", "source_observation_id"),
    *("dataset_id", "dataset_name", "created_at", "updated_at"),
)


def shown(item):
    return {field: getattr(item, field) for field in FIELDS}


def ids_of(dataset):
    return [item.id for item in dataset.items]


dataset = langfuse.create_dataset(name=NAME, description="capitals", metadata={"v": 1})
first = langfuse.create_dataset_item(
    dataset_name=NAME, input={"q": "France"}, expected_output={"a": "Paris"}, metadata={"n": 1}
)
second = langfuse.create_dataset_item(
    dataset_name=NAME, id=f"item-{RUN}", input="Spain", expected_output="Madrid", source_trace_id=f"trace-{RUN}"
)
both = langfuse.get_dataset(NAME, fetch_items_page_size=1)
version = {}
if takes(langfuse.get_dataset, "version"):
    version["of_first"] = ids_of(langfuse.get_dataset(NAME, version=first.created_at))
langfuse.create_dataset_item(dataset_name=NAME, id=second.id, status="ARCHIVED")
archived, without = get_item(second.id), ids_of(langfuse.get_dataset(NAME))
langfuse.create_dataset_item(dataset_name=NAME, id=second.id, status="ACTIVE", expected_output={"a": "Madrid"})
changed = get_item(second.id)
many = f"many-{RUN}"
langfuse.create_dataset(name=many)
for number in range(7):
    langfuse.create_dataset_item(dataset_name=many, input=number)
paged = [item.input for item in langfuse.get_dataset(many, fetch_items_page_size=3).items]
again = langfuse.create_dataset(name=NAME, description="capitals of countries")
strict = {}
if takes(langfuse.create_dataset, "input_schema"):
    schema = {"type": "object", "properties": {"n": {"type": "integer"}}}
    made = langfuse.create_dataset(name=f"strict-{RUN}", input_schema=schema)
    strict["schema"] = made.input_schema
    langfuse.create_dataset_item(dataset_name=made.name, input={"n": 1})
    strict["refused"] = outcome(lambda: langfuse.create_dataset_item(dataset_name=made.name, input={"n": "x"}))
listed = api.datasets.list(limit=1)
by_source = api.dataset_items.list(source_trace_id=f"trace-{RUN}")
deleted = api.dataset_items.delete(first.id)
report(
    dataset=dataset,
    first=shown(first),
    second=shown(second),
    both=ids_of(both),
    ids=[second.id, first.id],
    version=version,
    archived=shown(archived),
    without=without,
    changed=shown(changed),
    paged=paged,
    again=again,
    strict=strict,
    listed=listed.meta,
    by_source=[item.id for item in by_source.data],
    deleted=deleted,
    left=ids_of(langfuse.get_dataset(NAME)),
    no_dataset=outcome(lambda: langfuse.get_dataset(f"none-{RUN}")),
    no_item=outcome(lambda: get_item(f"none-{RUN}")),
    item_of_no_dataset=outcome(lambda: langfuse.create_dataset_item(dataset_name=f"none-{RUN}", input=1)),
    item_of_another=outcome(lambda: langfuse.create_dataset_item(dataset_name=many, id=second.id, input=1)),
    item_without_input=outcome(lambda: langfuse.create_dataset_item(dataset_name=NAME)),
)
