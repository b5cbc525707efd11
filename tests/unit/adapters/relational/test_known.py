"""What a writer remembers of what is committed."""

import pytest

from panope.adapters.relational import transaction
from panope.adapters.relational.transaction import Known


def test_sets_are_forgotten_before_another_process_can_have_erased_them(monkeypatch: pytest.MonkeyPatch) -> None:
    now_s = 1_000.0
    monkeypatch.setattr(transaction, "monotonic_s", lambda: now_s)
    known = Known(projects={"p": 1}, sets={(1, "a")}, sets_since_s=now_s)
    now_s += 240
    known.forget_old_sets()
    assert known.sets == {(1, "a")}
    now_s += 1
    known.forget_old_sets()
    assert (known.sets, known.projects) == (set(), {"p": 1})
    known.sets.add((1, "a"))
    known.forget_old_sets()
    assert known.sets == {(1, "a")}


def test_the_sets_of_one_project_are_forgotten_when_it_is_erased() -> None:
    known = Known(sets={(1, "a"), (2, "a"), (1, "b")})
    known.forget_sets(1)
    assert known.sets == {(2, "a")}
