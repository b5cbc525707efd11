"""Identifiers are made in one place."""

from uuid import UUID

from panope.kit.ids import derive_id, new_id


def test_new_ids_differ() -> None:
    assert UUID(new_id()) != UUID(new_id())


def test_derived_id_depends_on_project_and_event_alone() -> None:
    assert derive_id("p", "e") == derive_id("p", "e") == str(UUID(derive_id("p", "e")))
    assert len({derive_id("p", "e"), derive_id("q", "e"), derive_id("p", "f"), derive_id("pe", "")}) == 4
