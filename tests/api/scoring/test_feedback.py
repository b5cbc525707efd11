"""Feedback about panope over HTTP."""

from typing import Any

import pytest

from panope.domain.ids import ProjectId
from tests.api.scoring.conftest import PUBLIC, Desk

GOOD = {"targetType": "docs", "target": "scores", "feedback": "clear"}


async def test_feedback_is_kept_for_the_operator(desk: Desk) -> None:
    more = {**GOOD, "goal": "to score", "referenceUrl": "https://example.com", "later": "ignored"}
    answered = await desk.call("POST", f"{PUBLIC}/feedback", more, status=201)
    (given,) = await desk.stage.catalog.feedback.list(None, 10)
    assert answered == {"id": given.feedback.id}
    assert given.project_id == ProjectId("project")
    assert (given.feedback.target_type, given.feedback.goal) == ("docs", "to score")


@pytest.mark.parametrize(
    "body",
    [
        None,
        [],
        {},
        {**GOOD, "targetType": "weather"},
        {**GOOD, "target": ""},
        {**GOOD, "target": " \n"},
        {**GOOD, "target": "t" * 201},
        {**GOOD, "feedback": ""},
        {**GOOD, "feedback": "f" * 3001},
        {**GOOD, "feedback": "a\0b"},
        {**GOOD, "goal": "g" * 1501},
        {**GOOD, "goal": 7},
        {**GOOD, "referenceUrl": "javascript:alert(1)"},
        {key: value for key, value in GOOD.items() if key != "feedback"},
    ],
)
async def test_feedback_that_is_none_is_refused(desk: Desk, body: Any) -> None:
    await desk.call("POST", f"{PUBLIC}/feedback", body, status=400)
    assert await desk.stage.catalog.feedback.list(None, 10) == []


async def test_feedback_has_a_largest_size(desk: Desk) -> None:
    await desk.call("POST", f"{PUBLIC}/feedback", {**GOOD, "rest": "x" * 17_000}, status=413)
    await desk.call("POST", f"{PUBLIC}/feedback", {**GOOD, "feedback": "ü" * 3_000}, status=201)
