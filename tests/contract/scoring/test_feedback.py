"""The contract of feedback, unchanged for every engine."""

import asyncio

import pytest

from panope.domain.errors import ConflictError, NotFoundError
from panope.domain.feedback.message import Feedback
from panope.domain.ids import ProjectId
from panope.ports.catalog import Catalog
from panope.ports.feedback import GivenFeedback
from tests.contract.catalog.test_catalog import CHAT, SHOP


def make_feedback(feedback_id: str, created_us: int) -> Feedback:
    return Feedback(
        id=feedback_id,
        target_type="docs",
        target="scores",
        feedback="it's 100% ✓",
        goal="to score",
        reference_url="https://example.com/?a=b",
        created_us=created_us,
    )


async def test_feedback_is_listed_newest_first_of_one_project_or_of_all(furnished: Catalog, other: Catalog) -> None:
    version = await furnished.version.current()
    for project_id, feedback_id, created_us in ((CHAT, "a", 1), (SHOP, "b", 2), (CHAT, "c", 2), (CHAT, "d", 2)):
        await furnished.feedback.add(project_id, make_feedback(feedback_id, created_us), most=10)
    given = await other.feedback.list(None, 10)
    assert [(one.project_id, one.feedback.id) for one in given] == [(SHOP, "b"), (CHAT, "d"), (CHAT, "c"), (CHAT, "a")]
    assert given[0] == GivenFeedback(SHOP, make_feedback("b", 2))
    assert [one.feedback.id for one in await other.feedback.list(CHAT, 2)] == ["d", "c"]
    assert await furnished.version.current() == version


async def test_feedback_needs_a_project_and_an_id_of_its_own(furnished: Catalog) -> None:
    await furnished.feedback.add(CHAT, make_feedback("a", 1), most=10)
    await furnished.feedback.add(SHOP, make_feedback("a", 1), most=10)
    with pytest.raises(ConflictError):
        await furnished.feedback.add(CHAT, make_feedback("a", 2), most=10)
    with pytest.raises(NotFoundError):
        await furnished.feedback.add(ProjectId("ghost"), make_feedback("b", 1), most=10)


async def test_the_oldest_makes_room_however_many_write(furnished: Catalog, other: Catalog) -> None:
    await furnished.feedback.add(SHOP, make_feedback("kept", 0), most=5)
    views = [furnished, other]
    await asyncio.gather(
        *(views[number % 2].feedback.add(CHAT, make_feedback(f"{number:02}", number), most=5) for number in range(20))
    )
    given = await other.feedback.list(None, 100)
    assert [one.feedback.id for one in given] == ["19", "18", "17", "16", "15", "kept"]
