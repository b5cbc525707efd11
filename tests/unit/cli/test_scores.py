"""`panope scores` and `panope feedback`."""

import asyncio
import json
from pathlib import Path

from panope.cli.options import storage_settings
from panope.composition import open_accounts
from panope.domain.feedback.message import Feedback
from panope.domain.ids import ProjectId
from panope.ports.catalog import Catalog
from tests.unit.cli.conftest import Run

PRESETS = 6


def made_project(run: Run) -> str:
    created = run("keys", "create", "--json", "--data-dir", "d")
    assert created.status == 0
    project: str = json.loads(created.out)["project_id"]
    return project


async def tell(catalog: Catalog, project: str, text: str) -> None:
    feedback = Feedback(
        id=text[:3], target_type="cli", target="panope", feedback=text, created_us=1_700_000_000_000_000
    )
    await catalog.feedback.add(ProjectId(project), feedback, most=10)


def test_presets_are_made_once(run: Run) -> None:
    made_project(run)
    first = run("scores", "presets", "--data-dir", "d")
    assert first.status == 0
    assert first.out.count("Made ") == PRESETS
    assert "toxicity" in first.out
    assert run("scores", "presets", "--data-dir", "d").out == "All presets are there already.\n"
    assert json.loads(run("scores", "presets", "--json", "--data-dir", "d").out) == []


def test_presets_need_a_catalog_and_a_project_that_is_there(run: Run) -> None:
    assert run("scores", "presets", "--data-dir", "d").status == 1
    made_project(run)
    refused = run("scores", "presets", "--project", "ghost", "--data-dir", "d")
    assert (refused.status, refused.out) == (1, "")
    assert "ghost" in refused.err


def test_feedback_is_listed_and_steers_no_terminal(run: Run) -> None:
    project = made_project(run)

    async def tell_all() -> None:
        async with open_accounts(storage_settings(None, Path("d"), None), create=False) as accounts:
            await tell(accounts.catalog, project, "one\n\x1b[2Jtwo")

    asyncio.run(tell_all())
    listed = run("feedback", "list", "--data-dir", "d")
    assert listed.out == f"2023-11-14T22:13:20Z\t{project}\tcli\tpanope\tone  [2Jtwo\n"
    (shown,) = json.loads(run("feedback", "list", "--json", "--data-dir", "d").out)
    assert (shown["feedback"], shown["project_id"], shown["goal"]) == ("one\n\x1b[2Jtwo", project, None)
    assert run("feedback", "list", "--project", "ghost", "--data-dir", "d").out == ""
    assert run("feedback", "list", "--limit", "0", "--data-dir", "d").status == 2
