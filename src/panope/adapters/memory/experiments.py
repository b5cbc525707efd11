"""Links of observations and traces to experiments, worked out anew from what is stored."""

from collections.abc import Iterator

from panope.adapters.memory.rows import ProjectRows, Projects
from panope.domain.experiments.links import ExperimentLink, link_observation, link_trace
from panope.domain.ids import ProjectId
from panope.ports.experiments import LinkFilter, LinkKind, LinkPage, LinkSummary


class MemoryItemLinks:
    """`ItemLinks` over dictionaries."""

    _projects: Projects

    async def list_links(
        self, project_id: ProjectId, kind: LinkKind, where: LinkFilter, page: LinkPage | None = None
    ) -> list[ExperimentLink]:
        """Links by (start, id), latest first."""
        found = sorted(_matching(self._projects[project_id], kind, where), key=_place, reverse=True)
        if page is None:
            return found
        after = page.after
        return [link for link in found if after is None or _place(link) < after][: page.limit]

    async def summarize_links(self, project_id: ProjectId, kind: LinkKind, where: LinkFilter) -> list[LinkSummary]:
        """Links by experiment."""
        groups: dict[tuple[str, str], list[ExperimentLink]] = {}
        for link in _matching(self._projects[project_id], kind, where):
            key = (link.experiment_id or "", "") if kind is LinkKind.OBSERVATION else _named(link)
            groups.setdefault(key, []).append(link)
        return [_summary(groups[key], kind) for key in sorted(groups)]


def _place(link: ExperimentLink) -> tuple[int, str]:
    return link.start_us, link.id


def _named(link: ExperimentLink) -> tuple[str, str]:
    return link.experiment_name, link.item_id


def _matching(rows: ProjectRows, kind: LinkKind, where: LinkFilter) -> Iterator[ExperimentLink]:
    for link in find_links(rows, kind):
        if not link.is_item_root:
            continue
        wanted = (
            (where.experiment_ids, link.experiment_id),
            (where.names, link.experiment_name),
            (where.dataset_ids, link.dataset_id),
            (where.item_ids, link.item_id),
            (where.trace_ids, link.trace_id),
        )
        if not all(values is None or value in values for values, value in wanted):
            continue
        if where.from_us is not None and link.start_us < where.from_us:
            continue
        if where.to_us is None or link.start_us < where.to_us:
            yield link


def find_links(rows: ProjectRows, kind: LinkKind) -> Iterator[ExperimentLink]:
    """All links of a project, those of observations that stand for no item too."""
    if kind is LinkKind.TRACE:
        for trace in rows.traces.values():
            state = trace.state()
            if state is not None and (told := link_trace(trace.row, state)) is not None:
                yield told
        return
    for observation in rows.observations.values():
        state = observation.state()
        if state is None:
            continue
        link = link_observation(observation.row, state)
        if link is not None:
            yield link


def _summary(links: list[ExperimentLink], kind: LinkKind) -> LinkSummary:
    datasets = [link.dataset_id for link in links if link.dataset_id is not None]
    return LinkSummary(
        experiment_id=links[0].experiment_id,
        experiment_name=max(link.experiment_name for link in links),
        dataset_id=max(datasets, default=None),
        item_id=links[0].item_id if kind is LinkKind.TRACE else None,
        first_us=min(link.start_us for link in links),
        last_us=max(link.start_us for link in links),
        end_us=max(link.end_us for link in links),
        first_created_us=min(link.created_us for link in links),
        some_id=min(link.id for link in links),
        items=len({(link.item_id, link.trace_id) for link in links}),
    )
