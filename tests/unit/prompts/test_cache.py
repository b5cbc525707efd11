"""What is kept in memory of prompts is bounded, and never of another version."""

from panope.adapters.memory.catalog.whole import MemoryCatalog
from panope.domain.accounts import Organization, Project
from panope.domain.ids import OrganizationId, ProjectId, PromptId
from panope.domain.prompts.prompt import LabelChange, PromptDraft, PromptLink, PromptLookup, PromptType
from panope.features.prompts.cache import ENTRY_BYTES, AnswerCache
from panope.features.prompts.links import PromptLinks

PROJECT, OTHER = ProjectId("p"), ProjectId("q")


def lookup(number: int) -> PromptLookup:
    return PromptLookup(names=(f"prompt {number}",))


def test_an_answer_is_kept_for_its_version_and_project_alone() -> None:
    cache = AnswerCache()
    assert cache.get(1, PROJECT, lookup(1)) is None
    cache.put(1, PROJECT, lookup(1), b"one")
    assert cache.get(1, PROJECT, lookup(1)) == b"one"
    assert cache.get(1, OTHER, lookup(1)) is None
    assert cache.get(1, PROJECT, PromptLookup(names=("prompt 1",), resolve=False)) is None
    assert cache.get(2, PROJECT, lookup(1)) is None
    assert cache.get(1, PROJECT, lookup(1)) is None
    assert cache.size_bytes == 0


def test_what_was_read_under_an_older_version_is_not_kept() -> None:
    cache = AnswerCache()
    cache.get(1, PROJECT, lookup(1))
    cache.get(2, PROJECT, lookup(1))
    cache.put(1, PROJECT, lookup(1), b"old")
    assert cache.get(2, PROJECT, lookup(1)) is None


def test_the_oldest_answers_go_when_there_is_no_room() -> None:
    size = 1_000
    cache = AnswerCache(max_bytes=10 * (size + ENTRY_BYTES))
    cache.get(1, PROJECT, lookup(0))
    for number in range(25):
        cache.put(1, PROJECT, lookup(number), b"x" * size)
        cache.put(1, PROJECT, lookup(number), b"x" * size)
        assert cache.size_bytes <= 10 * (size + ENTRY_BYTES)
    kept = [number for number in range(25) if cache.get(1, PROJECT, lookup(number)) is not None]
    assert kept == list(range(15, 25))
    cache.put(1, PROJECT, lookup(99), b"x" * 10 * size)
    assert cache.get(1, PROJECT, lookup(99)) is None


async def test_links_are_remembered_until_a_prompt_changes_and_bounded() -> None:
    catalog = MemoryCatalog()
    await catalog.organizations.add(Organization(id=OrganizationId("o"), name="o"))
    await catalog.projects.add(Project(id=PROJECT, organization_id=OrganizationId("o"), name="p"))
    asked: list[int] = []
    find_ids = catalog.prompts.find_ids

    async def counted(project_id: ProjectId, links: set[PromptLink]) -> dict[PromptLink, PromptId]:
        asked.append(len(links))
        return dict(await find_ids(project_id, links))

    catalog.prompts.find_ids = counted  # type: ignore[method-assign] - a spy on the one call that costs
    links = PromptLinks(catalog.prompts, catalog.version, max_links=4)
    wanted = [PromptLink("a", number) for number in (1, 2, 1)]
    assert await links.find(PROJECT, wanted) == {PromptLink("a", 1): None, PromptLink("a", 2): None}
    await links.find(PROJECT, wanted)
    assert asked == [2]
    draft = PromptDraft(name="a", type=PromptType.TEXT, body="x")
    made = await catalog.prompts.create(PROJECT, draft, PromptId("id"), LabelChange(now_us=1))
    assert await links.find(PROJECT, wanted) == {PromptLink("a", 1): made.id, PromptLink("a", 2): None}
    assert await links.find(OTHER, wanted[:1]) == {PromptLink("a", 1): None}
    await links.find(PROJECT, [PromptLink("a", number) for number in range(1, 100)])
    assert len(links._known) <= 4
