"""`panope datasets`."""

import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, BinaryIO

import typer

from panope.cli.moments import parse_moment
from panope.cli.options import AsJson, ConfigPath, DatabaseUrl, DataDir, run, storage_settings
from panope.cli.output import print_json, print_table, show_time

if TYPE_CHECKING:
    from panope.composition import DatasetDesk
    from panope.config.load import Settings
    from panope.domain.datasets.datasets import Dataset
    from panope.domain.errors import InvalidError
    from panope.domain.ids import ProjectId
    from panope.features.datasets.from_traces import TracesTaken
    from panope.features.datasets.importing import Imported
    from panope.wire.langfuse.datasets.taking import TakingRequest
    from panope.wire.tables.formats import FileFormat, ItemFile

app = typer.Typer(no_args_is_help=True, help="List datasets, and move their items into and out of files.")

_TELL_EVERY = 100_000
_STDIN = "-"

Name = Annotated[str, typer.Argument(metavar="DATASET", help="Name of the dataset.")]
Project = Annotated[
    str | None, typer.Option("--project", metavar="ID", help="Project of the dataset; needed when there are several.")
]
Format = Annotated[
    str | None, typer.Option("--format", metavar="FORMAT", help="csv, jsonl or parquet; the file's ending tells.")
]
DryRun = Annotated[bool, typer.Option("--dry-run", help="Say what would happen, and change nothing.")]


def _columns(flag: str, what: str) -> Any:
    help_text = f"Column to read as {what}; several, given one by one, make an object."
    return typer.Option(flag, metavar="COLUMN", help=help_text)


TraceName = Annotated[str | None, typer.Option("--name", metavar="NAME", help="Traces of this name.")]
User = Annotated[str | None, typer.Option("--user", metavar="ID", help="Traces of this user.")]
Session = Annotated[str | None, typer.Option("--session", metavar="ID", help="Traces of this session.")]
Tags = Annotated[list[str] | None, typer.Option("--tag", metavar="TAG", help="Traces with all of these tags.")]
Environments = Annotated[
    list[str] | None, typer.Option("--environment", metavar="NAME", help="Traces of any of these environments.")
]
Since = Annotated[
    int | None, typer.Option("--since", metavar="TIME", parser=parse_moment, help="Traces from then on: 7d, 12h, …")
]
Until = Annotated[int | None, typer.Option("--until", metavar="TIME", parser=parse_moment, help="Traces before then.")]
Where = Annotated[
    str | None, typer.Option("--filter", metavar="JSON", help="Conditions, as the API's list of traces takes them.")
]
Limit = Annotated[int, typer.Option("--limit", min=1, max=10_000, help="The newest so many traces.")]
WithOutput = Annotated[
    bool, typer.Option("--with-output/--without-output", help="Take the output as the expected one.")
]
InputColumns = Annotated[list[str] | None, _columns("--input", "the input")]
ExpectedColumns = Annotated[list[str] | None, _columns("--expected-output", "the expected output")]
MetadataColumns = Annotated[list[str] | None, _columns("--metadata", "metadata")]
IdColumn = Annotated[str | None, typer.Option("--id", metavar="COLUMN", help="Column that holds the ids of the items.")]
NewIds = Annotated[bool, typer.Option("--new-ids", help="Pass over the ids in the file: copies the items.")]
Create = Annotated[bool, typer.Option("--create", help="Make the dataset if it is not there.")]


@app.command("list")
def list_datasets(
    project: Annotated[str | None, typer.Option("--project", metavar="ID", help="Only those of this project.")] = None,
    as_json: AsJson = False,
    data_dir: DataDir = None,
    database_url: DatabaseUrl = None,
    config: ConfigPath = None,
) -> None:
    """List datasets, newest first."""
    found = run(_list(storage_settings(config, data_dir, database_url), project))
    if as_json:
        print_json([_describe(project_id, dataset) for project_id, dataset in found])
        return
    rows = [
        (dataset.name, project_id, f"{dataset.item_count:,}", dataset.description or "", show_time(dataset.created_us))
        for project_id, dataset in found
    ]
    print_table(("Name", "Project", "Items", "Description", "Created"), rows)


@app.command("import")
def import_items(  # noqa: PLR0913, PLR0917 - one argument per option
    name: Name,
    file: Annotated[str, typer.Argument(metavar="FILE", help="File to read; - for standard input.")],
    file_format: Format = None,
    input_columns: InputColumns = None,
    expected_output: ExpectedColumns = None,
    metadata: MetadataColumns = None,
    id_column: IdColumn = None,
    new_ids: NewIds = False,
    create: Create = False,
    project: Project = None,
    dry_run: DryRun = False,
    as_json: AsJson = False,
    data_dir: DataDir = None,
    database_url: DatabaseUrl = None,
    config: ConfigPath = None,
) -> None:
    """Add or change items from a file, all or nothing. Works beside a running server.

    Without options the columns of an exported file are read: id, input, expectedOutput, metadata, status,
    sourceTraceId, sourceObservationId. Items whose id is there are changed where they differ.
    """
    from panope.domain.errors import InvalidError
    from panope.wire.tables.columns import Columns

    columns = Columns(
        id=(id_column,) if id_column else (),
        input=tuple(input_columns or ()),
        expected_output=tuple(expected_output or ()),
        metadata=tuple(metadata or ()),
        new_ids=new_ids,
    )
    items = _open_items(file, file_format, columns)
    settings = storage_settings(config, data_dir, database_url)
    try:
        done = run(_import(settings, project, name, items, create=create, is_dry_run=dry_run))
    except InvalidError as error:
        _show_problems(error)
        raise typer.Exit(1) from None
    if as_json:
        import msgspec

        print_json({**msgspec.structs.asdict(done), "ignored_columns": items.ignored, "dry_run": dry_run})
        return
    if items.ignored:
        print(f"panope: columns that were not read: {', '.join(items.ignored)}", file=sys.stderr)
    would = "would be " if dry_run else ""
    print(
        f"{name}: {done.lines:,} lines: {done.created:,} items {would}added, {done.updated:,} {would}changed, "
        f"{done.unchanged:,} the same."
    )


@app.command()
def export(  # noqa: PLR0913, PLR0917 - one argument per option
    name: Name,
    file: Annotated[str, typer.Argument(metavar="FILE", help="File to write; - for standard output.")] = _STDIN,
    file_format: Format = None,
    version: Annotated[
        int | None,
        typer.Option("--version", metavar="TIME", parser=parse_moment, help="The dataset as it was then."),
    ] = None,
    archived: Annotated[bool, typer.Option("--archived", help="Archived items too.")] = False,
    project: Project = None,
    data_dir: DataDir = None,
    database_url: DatabaseUrl = None,
    config: ConfigPath = None,
) -> None:
    """Write all items to a file, oldest first; `panope datasets import` reads it back as it was."""
    from panope.wire.langfuse.times import next_ms
    from panope.wire.tables.formats import choose_format

    chosen = choose_format(file_format or ("jsonl" if file == _STDIN else None), file_name=file)
    settings = storage_settings(config, data_dir, database_url)

    before_us = None if version is None else next_ms(version)

    def write_to(stream: BinaryIO) -> int:
        return run(_export(settings, project, name, chosen, stream, before_us=before_us, archived=archived))

    if file == _STDIN:
        write_to(sys.stdout.buffer)
        return
    part = Path(f"{file}.part")
    try:
        with part.open("wb") as stream:
            count = write_to(stream)
        part.replace(file)
    finally:
        part.unlink(missing_ok=True)
    print(f"{name}: {count:,} items written to {file}.")


@app.command("from-traces")
def from_traces(  # noqa: PLR0913, PLR0917 - one argument per option
    name: Name,
    trace_name: TraceName = None,
    user: User = None,
    session: Session = None,
    tag: Tags = None,
    environment: Environments = None,
    since: Since = None,
    until: Until = None,
    where: Where = None,
    limit: Limit = 1_000,
    with_output: WithOutput = True,
    project: Project = None,
    dry_run: DryRun = False,
    as_json: AsJson = False,
    data_dir: DataDir = None,
    database_url: DatabaseUrl = None,
    config: ConfigPath = None,
) -> None:
    """Make an item of each trace that is found; a trace that has one keeps it. Works beside a running server."""
    import msgspec

    from panope.wire.langfuse.datasets.taking import read_taking
    from panope.wire.langfuse.times import format_time

    asked = {
        "name": trace_name,
        "userId": user,
        "sessionId": session,
        "tags": tag,
        "environment": environment,
        "fromTimestamp": None if since is None else format_time(since),
        "toTimestamp": None if until is None else format_time(until),
        "filter": None if where is None else _read_filter(where),
    }
    chosen = {key: value for key, value in asked.items() if value}
    taking = read_taking(msgspec.json.encode({**chosen, "limit": limit, "withOutput": with_output, "dryRun": dry_run}))
    done = run(_take(storage_settings(config, data_dir, database_url), project, name, taking))
    if as_json:
        print_json({**msgspec.structs.asdict(done), "dry_run": dry_run})
        return
    would = "would be " if dry_run else ""
    print(
        f"{name}: {done.traces:,} traces found: {done.created:,} items {would}added, {done.already_there:,} there "
        f"already, {done.without_input:,} traces without input."
    )


def _read_filter(text: str) -> Any:
    import json

    try:
        return json.loads(text)
    except ValueError:
        raise typer.BadParameter("--filter is not JSON") from None


def _open_items(file: str, file_format: str | None, columns: Any) -> "ItemFile":
    import io

    from panope.wire.tables.formats import ItemFile, choose_format

    chosen = choose_format(file_format, file_name=file)
    if file == _STDIN:
        sent = sys.stdin.buffer.read()
        return ItemFile(lambda: io.BytesIO(sent), chosen, columns)
    if not Path(file).is_file():
        raise typer.BadParameter(f"there is no file {file}")
    return ItemFile(lambda: Path(file).open("rb"), chosen, columns)


def _show_problems(error: "InvalidError") -> None:
    print(f"panope: {error.message}", file=sys.stderr)
    for issue in error.issues[1:]:
        print(f"panope: {' '.join(map(str, issue.path))}: {issue.message}", file=sys.stderr)


def _progress() -> Callable[[str, int], None]:
    """Tells how far an import is: in place on a terminal, now and then elsewhere."""
    is_terminal, told = sys.stderr.isatty(), {"checked": 0, "written": 0}

    def tell(what: str, count: int) -> None:
        if is_terminal:
            print(f"\r{what} {count:,} lines\x1b[K", end="", file=sys.stderr, flush=True)
        elif count - told[what] >= _TELL_EVERY:
            told[what] = count
            print(f"panope: {what} {count:,} lines", file=sys.stderr, flush=True)

    return tell


def _describe(project_id: str, dataset: "Dataset") -> dict[str, Any]:
    return {
        "id": dataset.id,
        "project": project_id,
        "name": dataset.name,
        "description": dataset.description,
        "items": dataset.item_count,
        "created_at": show_time(dataset.created_us),
        "updated_at": show_time(dataset.updated_us),
    }


async def _list(settings: "Settings", project: str | None) -> "list[tuple[ProjectId, Dataset]]":
    from panope.composition import open_datasets

    page = 500
    async with open_datasets(settings) as desk:
        found: list[tuple[ProjectId, Dataset]] = []
        for project_id in desk.project_ids if project is None else [desk.choose_project(project)]:
            offset = 0
            while rows := (await desk.datasets.list(project_id, offset=offset, limit=page)).rows:
                found += [(project_id, dataset) for dataset in rows]
                offset += len(rows)
        return found


async def _import(
    settings: "Settings", project: str | None, name: str, file: "ItemFile", *, create: bool, is_dry_run: bool
) -> "Imported":
    from panope.composition import open_datasets

    async with open_datasets(settings) as desk:
        project_id = desk.choose_project(project)
        dataset = await _find_or_make(desk, project_id, name, create=create)
        done = await desk.imports.run(project_id, dataset, file, is_dry_run=is_dry_run, on_progress=_progress())
        if sys.stderr.isatty():
            print(file=sys.stderr)
        return done


async def _find_or_make(desk: "DatasetDesk", project_id: "ProjectId", name: str, *, create: bool) -> "Dataset":
    from panope.domain.datasets.datasets import DatasetDraft
    from panope.domain.errors import NotFoundError

    try:
        return await desk.datasets.find(project_id, [name])
    except NotFoundError:
        if not create:
            raise NotFoundError(
                f"There is no dataset {name}: give --create to make it, or see `panope datasets list`"
            ) from None
        return await desk.datasets.upsert(project_id, DatasetDraft(name=name))


async def _export(
    settings: "Settings",
    project: str | None,
    name: str,
    file_format: "FileFormat",
    stream: BinaryIO,
    *,
    before_us: int | None,
    archived: bool,
) -> int:
    from panope.composition import open_datasets
    from panope.domain.datasets.items import ItemStatus
    from panope.wire.tables.formats import make_writer

    writer, count = make_writer(file_format), 0
    async with open_datasets(settings) as desk:
        project_id = desk.choose_project(project)
        dataset = await desk.datasets.find(project_id, [name])
        stream.write(writer.begin())
        status = None if archived else ItemStatus.ACTIVE
        async for items in desk.datasets.walk_items(project_id, dataset, status=status, before_us=before_us):
            stream.write(writer.write(items))
            count += len(items)
        stream.write(writer.end())
        stream.flush()
    return count


async def _take(settings: "Settings", project: str | None, name: str, asked: "TakingRequest") -> "TracesTaken":
    from panope.bootstrap import open_trace_desk
    from panope.features.datasets.from_traces import TraceTaking
    from panope.wire.langfuse.datasets.taking import read_where

    taking = TraceTaking(
        where=read_where(asked), limit=asked.limit, with_output=asked.with_output, is_dry_run=asked.dry_run
    )
    async with open_trace_desk(settings) as desk:
        project_id = desk.datasets.choose_project(project)
        dataset = await desk.datasets.datasets.find(project_id, [name])
        return await desk.takings.run(project_id, dataset, taking)
