"""`panope reprice` and `panope remap`: prices and mended readings, over history."""

import sys
from typing import TYPE_CHECKING, Annotated, NamedTuple

import typer

from panope.cli.moments import parse_moment
from panope.cli.options import AsJson, ConfigPath, DatabaseUrl, DataDir, run, storage_settings
from panope.cli.output import print_json, print_table

if TYPE_CHECKING:
    from panope.bootstrap import ReplayDesk
    from panope.config.load import Settings
    from panope.domain.ids import ProjectId
    from panope.domain.operations import Differences, Operation

_INTERRUPTED = 130
_WATCH_S = 0.5
_CENTS_FROM = 100
"""US dollars of which nobody compares less than cents."""
_MOMENT = (
    "2026-11-01, 2026-11-01T10:00:00Z, or 7d, 12h, 30m ago, where 7d counts from midnight UTC and 12h from the full "
    "hour; UTC unless a zone is given."
)

Since = Annotated[
    int,
    typer.Option(
        "--since", metavar="TIME", parser=parse_moment, help=f"Observations that start from then on: {_MOMENT}"
    ),
]
Until = Annotated[
    int | None,
    typer.Option(
        "--until",
        metavar="TIME",
        parser=parse_moment,
        help="Observations that start before then, said likewise; to the end unless set.",
    ),
]
Project = Annotated[str | None, typer.Option("--project", metavar="ID", help="Only this project; all unless set.")]
Model = Annotated[
    str | None, typer.Option("--model", metavar="NAME", help="Only observations that sent exactly this model name.")
]
DryRun = Annotated[bool, typer.Option("--dry-run", help="Show what would change, and change nothing.")]
Yes = Annotated[bool, typer.Option("--yes", "-y", help="Apply without asking.")]


class Asked(NamedTuple):
    """What a command was asked to replay."""

    kind: str
    since_us: int
    until_us: int | None
    project: str | None
    model: str | None


def reprice(  # noqa: PLR0913, PLR0917 - one argument per option
    since: Since,
    until: Until = None,
    project: Project = None,
    model: Model = None,
    dry_run: DryRun = False,
    yes: Yes = False,
    as_json: AsJson = False,
    data_dir: DataDir = None,
    database_url: DatabaseUrl = None,
    config: ConfigPath = None,
) -> None:
    """Apply the prices of now to observations of the past, after showing the difference.

    A price that was set holds for what arrives from then on; this carries it back. Works beside a running server, which
    then does the work, and goes on where it was when it is interrupted.
    """
    asked = Asked("reprice", since, until, project, model)
    _run(asked, storage_settings(config, data_dir, database_url), dry_run=dry_run, yes=yes, as_json=as_json)


def remap(  # noqa: PLR0913, PLR0917 - one argument per option
    since: Since,
    until: Until = None,
    project: Project = None,
    model: Model = None,
    dry_run: DryRun = False,
    yes: Yes = False,
    as_json: AsJson = False,
    data_dir: DataDir = None,
    database_url: DatabaseUrl = None,
    config: ConfigPath = None,
) -> None:
    """Read again what was sent in the past, after showing the difference: for after an upgrade that reads more.

    Usage and cost of every observation, and the type, the model and the agent's columns where all that decides them was
    kept. Prices are those of now. Works beside a running server, like `panope reprice`.
    """
    asked = Asked("remap", since, until, project, model)
    _run(asked, storage_settings(config, data_dir, database_url), dry_run=dry_run, yes=yes, as_json=as_json)


def _run(asked: Asked, settings: "Settings", *, dry_run: bool, yes: bool, as_json: bool) -> None:
    if not (dry_run or yes or (sys.stdin.isatty() and not as_json)):
        raise typer.BadParameter("nobody can be asked here: give --dry-run to see the difference, or --yes to apply it")
    try:
        operations = run(_replay(asked, settings, dry_run=dry_run, yes=yes, is_quiet=as_json))
    except KeyboardInterrupt:
        print(
            "\npanope: interrupted; what is done stays done. A running server goes on with the rest; without one, the "
            "same command or the next server does. `panope operations list` shows it.",
            file=sys.stderr,
        )
        raise typer.Exit(_INTERRUPTED) from None
    if as_json:
        from panope.wire.operations import show_operation

        print_json([show_operation(operation) | {"project": operation.project_id} for operation in operations])
    if _ended_early(operations):
        raise typer.Exit(1)


async def _replay(asked: Asked, settings: "Settings", *, dry_run: bool, yes: bool, is_quiet: bool) -> "list[Operation]":
    """Show the difference first, then apply it if that is wanted; returns the operations of the last of the two."""
    from panope.bootstrap import open_replay  # brings the storage

    async with open_replay(settings) as desk:
        looked = await _carry_out(desk, asked, is_dry_run=True)
        differences = _sum(looked)
        if not is_quiet:
            _show(asked, differences, is_whole=not _ended_early(looked))
        _tell_early_ends(looked, {})
        if dry_run or _ended_early(looked) or not differences.changed:
            return looked
        if not yes and not typer.confirm(f"Change {differences.changed:,} observations?"):
            return looked
        applied = await _carry_out(desk, asked, is_dry_run=False)
        if not is_quiet:
            print(f"{asked.kind}: {_sum(applied).changed:,} observations changed{_end(not _ended_early(applied))}")
        _tell_early_ends(applied, {operation.project_id: operation.differences.observations for operation in looked})
        return applied


async def _carry_out(desk: "ReplayDesk", asked: Asked, *, is_dry_run: bool) -> "list[Operation]":
    from panope.domain.operations import OperationKind

    operations = [
        await desk.replays.request(
            project_id,
            OperationKind(asked.kind),
            since_us=asked.since_us,
            until_us=asked.until_us,
            model=asked.model,
            is_dry_run=is_dry_run,
        )
        for project_id in desk.choose_projects(asked.project)
    ]
    return [await _follow(desk, operation) for operation in operations]


async def _follow(desk: "ReplayDesk", operation: "Operation") -> "Operation":
    """Work on an operation, or watch whoever does, until it is over."""
    import asyncio

    work = asyncio.create_task(_work(desk, operation))
    try:
        while True:
            await asyncio.wait([work], timeout=_WATCH_S)
            current = await desk.replays.get(operation.project_id, operation.id)
            _show_progress(current)
            if current.state.is_over:
                return current
            if work.done():
                work.result()
                work = asyncio.create_task(_work(desk, operation))
    finally:
        work.cancel()
        await asyncio.wait([work])


async def _work(desk: "ReplayDesk", operation: "Operation") -> None:
    """Carry it out here where that may be; a moment of waiting where somebody else does."""
    import asyncio

    if desk.runner is None or await desk.runner.work_on(operation) is None:
        await asyncio.sleep(_WATCH_S)


def _show_progress(operation: "Operation") -> None:
    if not sys.stderr.isatty():
        return
    from panope.wire.operations import show_day

    looked = operation.differences.observations
    reached = f", up to {show_day(operation.cursor.start_us)}" if operation.cursor else ""
    state = f"{looked:,} looked at, {operation.differences.changed:,} differ{reached}"
    if operation.state.value == "waiting":
        state = "waiting for the server to begin"
    end = "\n" if operation.state.is_over else ""
    print(f"\r{operation.order.kind.value} {operation.project_id}: {state}\x1b[K", end=end, file=sys.stderr, flush=True)


def _ended_early(operations: "list[Operation]") -> bool:
    return any(operation.state.value != "done" for operation in operations)


def _tell_early_ends(operations: "list[Operation]", totals: "dict[ProjectId, int]") -> None:
    """Say which operations failed or were cancelled, and what to do; `totals` are the observations to look at."""
    for operation in operations:
        if operation.state.value == "done":
            continue
        order, looked, total = operation.order, operation.differences.observations, totals.get(operation.project_id, 0)
        name = f"{order.kind.value} {operation.project_id}" + (" (dry run)" if order.is_dry_run else "")
        reached = f"{looked:,} of {total:,}" if total >= looked else f"{looked:,}"
        why = f" ({operation.error})" if operation.error else ""
        state = f"{operation.state.value} after {reached} observations{why}"
        print(f"{name}: {state}; {_advise(operation)}", file=sys.stderr)


def _advise(operation: "Operation") -> str:
    """What to do about an operation that failed or was cancelled."""
    again = "give the same order again"
    if not operation.order.is_dry_run:
        again = f"what is done stays done, {again} for the rest"
    if operation.error == "query_too_broad":
        return (
            "give shorter periods by --since and --until, or raise limits.read_max_rows and limits.read_timeout_s in "
            "the settings"
        )
    if operation.error:
        return f"the log of what worked on it, the server or this command, says why; {again}"
    return again


def _end(is_whole: bool) -> str:
    return "." if is_whole else "; not all were looked at."


def _sum(operations: "list[Operation]") -> "Differences":
    from panope.domain.operations import Differences

    total = Differences()
    for operation in operations:
        total.add(operation.differences)
    return total


def _show(asked: Asked, differences: "Differences", *, is_whole: bool) -> None:
    """Print what would change: by model and day, and for a remap by field."""
    from panope.wire.operations import show_day, sorted_costs

    counted = f"{differences.changed:,} of {differences.observations:,} observations"
    print(f"{asked.kind}: {counted} would change{_end(is_whole)}")
    if asked.kind == "remap" and differences.fields:
        fields = sorted(differences.fields, key=lambda change: (-change.rows, change.name))
        rows = [(change.name, f"{change.rows:,}", " ".join(change.examples)) for change in fields]
        print_table(("Field", "Observations", "Such as"), rows)
    costs = [change for change in sorted_costs(differences.costs) if change.changed]
    if costs:
        print_table(
            ("Day", "Model", "Changed", "Before", "After", "Unpriced"),
            [
                (
                    show_day(change.day_us),
                    change.model or "(no name)",
                    f"{change.changed:,}/{change.observations:,}",
                    _dollars(change.cost_before),
                    _dollars(change.cost_after),
                    f"{change.unpriced_before:,}→{change.unpriced_after:,}",
                )
                for change in costs
            ],
            numbers={"Changed", "Before", "After", "Unpriced"},
        )
        before, after = sum(each.cost_before for each in costs), sum(each.cost_after for each in costs)
        print(f"Together {_dollars(before)} before, {_dollars(after)} after, {_signed(after - before)}.")


def _dollars(pico: int) -> str:
    """US dollars with as many digits as a person compares; exact ones are in `--json`."""
    dollars = pico / 10**12
    return f"${dollars:,.2f}" if dollars >= _CENTS_FROM else f"${dollars:.6f}"


def _signed(pico: int) -> str:
    return f"{'-' if pico < 0 else '+'}{_dollars(abs(pico))}"
