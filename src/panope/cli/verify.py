"""`panope verify`."""

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Annotated, Any

import typer

from panope.cli.options import AsJson, ConfigPath, DatabaseUrl, DataDir, run, storage_settings
from panope.cli.output import print_json
from panope.domain.errors import PanopeError

if TYPE_CHECKING:
    from panope.config.load import Settings
    from panope.features.verification.findings import Finding, FindingGroup
    from panope.features.verification.prices import FindModel
    from panope.features.verification.service import Verification, VerifyOptions
    from panope.ports.verification import StoreSnapshot

FOUND = 1
NOT_CHECKED = 2


def verify(
    project: Annotated[
        str | None, typer.Option("--project", metavar="ID", help="Check this project alone; all unless given.")
    ] = None,
    deep: Annotated[
        bool, typer.Option("--deep", help="Also compare the indexes of the database with its tables, which takes long.")
    ] = False,
    limit: Annotated[
        int, typer.Option(min=1, max=100_000, metavar="N", help="How many findings of a kind to show; all are counted.")
    ] = 20,
    as_json: AsJson = False,
    data_dir: DataDir = None,
    database_url: DatabaseUrl = None,
    config: ConfigPath = None,
) -> None:
    """Check what is stored: rows against what was sent, sums against rows, rows against the ledger.

    Changes nothing and runs beside a server. Ends with 0 when nothing is wrong, 1 when something is, 2 when it or a
    part of it could not be checked.
    """
    try:
        settings = storage_settings(config, data_dir, database_url)
        from panope.domain.ids import ProjectId
        from panope.features.verification.service import VerifyOptions

        chosen = ProjectId(project) if project is not None else None
        found, seconds = _check(settings, VerifyOptions(project_id=chosen, deep=deep, examples=limit))
    except PanopeError as error:
        print(f"panope: {error.message}", file=sys.stderr)
        raise typer.Exit(NOT_CHECKED) from None
    except KeyboardInterrupt:
        print("panope: stopped before everything was checked", file=sys.stderr)
        raise typer.Exit(NOT_CHECKED) from None
    from panope.composition import describe_storage

    show = _print_json if as_json else _print_text
    show(describe_storage(settings), found, seconds)
    if found.groups:
        raise typer.Exit(FOUND)
    if found.failures:
        raise typer.Exit(NOT_CHECKED)


def _check(settings: "Settings", options: "VerifyOptions") -> "tuple[Verification, float]":
    from panope.composition import open_snapshot
    from panope.features.verification.service import Verifier
    from panope.kit.clock import monotonic_s, now_us

    begin_s = monotonic_s()
    with open_snapshot(settings) as snapshot, _progress() as on_progress:
        find_model = _load_models(settings, snapshot)
        verifier = Verifier(snapshot, clock=now_us, find_model=find_model, on_progress=on_progress)
        found = verifier.run(options)
    if find_model is None:
        found.not_checked.append("costs against price models: the catalog cannot be opened")
    return found, monotonic_s() - begin_s


def _load_models(settings: "Settings", snapshot: "StoreSnapshot") -> "FindModel | None":
    from panope.composition import load_models

    try:
        return run(load_models(settings, snapshot.projects().values()))
    except PanopeError:
        return None


@contextmanager
def _progress() -> Iterator[Callable[[str, int, int | None], None]]:
    """A line per step that grows while it runs, on a terminal alone."""
    if not sys.stderr.isatty():
        yield lambda _step, _done, _total: None
        return
    from rich.console import Console  # only people pay for it
    from rich.progress import BarColumn, Progress, TaskID, TextColumn, TimeElapsedColumn

    columns = (TextColumn("{task.description}"), BarColumn(), TextColumn("{task.completed:,}"), TimeElapsedColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True) as progress:
        tasks: dict[str, TaskID] = {}

        def on_progress(step: str, done: int, total: int | None) -> None:
            if step not in tasks:
                tasks[step] = progress.add_task(step, total=total)
            progress.update(tasks[step], completed=done, total=total)

        yield on_progress


def _print_text(storage: str, found: "Verification", seconds: float) -> None:
    print(f"{storage}, checked in {seconds:.1f} s:")
    for name, count in found.checked.items():
        print(f"  {count:>13,} {name}")
    for place in found.looked_at:
        print(f"  {'':>13} {place}")
    for reason in found.not_checked:
        print(f"Not checked: {reason}.")
    for failure in found.failures:
        print(f"Could not be checked: {failure}")
    if not found.groups:
        print("Nothing wrong was found." if found.failures else "Nothing is wrong.")
    for group in found.groups:
        print()
        _print_group(group)


def _print_group(group: "FindingGroup") -> None:
    from panope.features.verification.findings import ADVICE

    advice = ADVICE[group.kind]
    print(f"{group.kind}: {group.count:,}")
    print(f"  {advice.means}")
    print(f"  {advice.do}")
    for finding in group.examples:
        print(f"    {_describe(finding)}")
    if group.count > len(group.examples):
        print(f"    … and {group.count - len(group.examples):,} more; --limit shows them")


def _describe(finding: "Finding") -> str:
    place = f"project {_printable(finding.project)}, " if finding.project else ""
    wrong = f": {', '.join(finding.fields)}" if finding.fields else ""
    note = f" ({finding.note})" if finding.note else ""
    return f"{place}{finding.entity} {_printable(finding.id)}{wrong}{note}"


def _printable(text: str) -> str:
    """Ids are the clients': what a terminal would obey is shown as its escape."""
    return text if text.isprintable() else text.encode("unicode_escape").decode()


def _print_json(storage: str, found: "Verification", seconds: float) -> None:
    from panope.features.verification.findings import ADVICE

    print_json(
        {
            "storage": storage,
            "clean": found.is_clean and not found.failures,
            "seconds": round(seconds, 3),
            "checked": found.checked,
            "looked_at": found.looked_at,
            "not_checked": found.not_checked,
            "failures": found.failures,
            "findings": [
                {
                    "kind": group.kind.value,
                    "count": group.count,
                    "means": ADVICE[group.kind].means,
                    "do": ADVICE[group.kind].do,
                    "examples": [_example(finding) for finding in group.examples],
                }
                for group in found.groups
            ],
        }
    )


def _example(finding: "Finding") -> dict[str, Any]:
    return {
        "project": finding.project or None,
        "entity": finding.entity,
        "id": finding.id,
        "fields": list(finding.fields),
        "note": finding.note or None,
    }
