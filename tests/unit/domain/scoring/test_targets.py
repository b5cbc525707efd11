"""A score has one target, whatever its events say one after the other."""

from typing import Any

import pytest

from panope.domain.events import EntityKind
from panope.domain.merge import codec
from panope.domain.merge.join import join
from panope.domain.merge.lift import lift
from panope.domain.merge.view import view_score
from tests.support.told import score

TRACE = {"trace_id": "t", "observation_id": "o"}
SESSION = {"session_id": "s"}
RUN = {"dataset_run_id": "r"}


@pytest.mark.parametrize(
    ("first", "second", "target"),
    [
        (TRACE, SESSION, ("t", "o", None, None)),
        (SESSION, TRACE, ("t", "o", None, None)),
        (TRACE, {"trace_id": "u"}, ("t", "o", None, None)),
        (SESSION, RUN, (None, None, "s", None)),
        (RUN, SESSION, (None, None, "s", None)),
        (RUN, {}, (None, None, None, "r")),
    ],
)
def test_a_score_has_one_target(first: dict[str, Any], second: dict[str, Any], target: tuple[str | None, ...]) -> None:
    events = [score("x", 0, number=1, **first), score("x", 1, number=2, **second)]
    for ordered in (events, events[::-1]):
        state = join(EntityKind.SCORE, *map(lift, ordered))
        row = view_score("x", state, codec.encode(state).metadata)
        assert (row.trace_id, row.observation_id, row.session_id, row.dataset_run_id) == target
        assert row.value == 2
