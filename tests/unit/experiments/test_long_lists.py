"""Lists that are longer than what is looked at together."""

from panope.adapters.memory.catalog.whole import MemoryCatalog
from panope.adapters.memory.telemetry import MemoryTelemetry
from panope.domain.accounts import Organization, Project
from panope.domain.datasets.datasets import DatasetDraft
from panope.domain.datasets.items import ItemDraft
from panope.domain.experiments.reading import ExperimentQuery
from panope.domain.experiments.runs import RunItemDraft, derive_run_id
from panope.domain.ids import DatasetId, DatasetItemId, OrganizationId, ProjectId
from panope.features.experiments.listing import ExperimentLists
from tests.support.batches import batch
from tests.support.told import minute, observation, trace

PROJECT = ProjectId("p")
DATASET = DatasetId("d")
ITEM = DatasetItemId("i")
COUNT = 450
"""Of items that every way tells of; more than twice what is looked at together."""


async def filled() -> ExperimentLists:
    """One run whose items are told by spans and requests, between them traces whose item is of no dataset."""
    catalog, telemetry = MemoryCatalog(), MemoryTelemetry()
    await catalog.organizations.add(Organization(id=OrganizationId("o"), name="O"))
    await catalog.projects.add(Project(id=PROJECT, organization_id=OrganizationId("o"), name="P"))
    await catalog.datasets.upsert(PROJECT, DatasetDraft(name="d"), new_id=DATASET, at_us=1)
    await catalog.dataset_items.write(PROJECT, DATASET, [ItemDraft(id=ITEM, input="1")], at_us=1)
    run_id = derive_run_id(PROJECT, DATASET, "run")
    told = {"id": run_id, "name": "run", "dataset": {"id": DATASET}, "item": {"id": ITEM}}
    events = []
    for number in range(COUNT):
        at = minute(number)
        events.append(observation(f"o{number}", number, trace_id=f"t{number}", start_time=at, experiment=told))
        metadata = {"experiment": "run", "dataset_item_id": "of no dataset" if number % 2 else ITEM}
        events.append(trace(f"t{number}", number, timestamp=at, metadata=metadata))
        draft = RunItemDraft(
            dataset_id=DATASET, run_name="run", item_id=ITEM, trace_id=f"t{number}", created_us=minute(number + 0.5)
        )
        await catalog.dataset_runs.link(PROJECT, draft, at_us=at)
    await telemetry.apply(batch(PROJECT, events))
    return ExperimentLists(catalog, telemetry)


async def test_every_item_is_met_once_on_the_way_through_all_pages() -> None:
    lists = await filled()
    seen: list[str] = []
    after = None
    while True:
        query = ExperimentQuery(from_us=0, limit=70, after=after)
        page = await lists.list_items(PROJECT, query)
        seen += [item.trace_id for item in page[:70]]
        if len(page) <= 70:
            break
        after = page[69].place
    assert seen == [f"t{number}" for number in reversed(range(COUNT))]


async def test_the_experiment_counts_each_item_once() -> None:
    lists = await filled()
    [found] = await lists.list_experiments(PROJECT, ExperimentQuery(from_us=0, limit=10))
    assert (found.items, found.experiment.dataset_id) == (COUNT, DATASET)
    window = ExperimentQuery(from_us=minute(100), to_us=minute(110), limit=10)
    [found] = await lists.list_experiments(PROJECT, window)
    assert found.items == 10
    assert await lists.list_experiments(PROJECT, ExperimentQuery(from_us=minute(1000), limit=10)) == []
