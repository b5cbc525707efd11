"""The composition root: settings become engines, engines the app, and the app is served.

The only module that knows every class. Nothing here decides anything about telemetry or about HTTP.
"""

import asyncio
import gc
import shlex
import sys
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from pathlib import Path
from socket import socket
from typing import Final

import structlog
from msgspec import Struct
from starlette.applications import Starlette

from panope import __version__
from panope.adapters.sqlite.directory import DataDirectory
from panope.adapters.tokenizers.counter import find_counter
from panope.assembly import AccountParts, AppOptions, Engines, assemble
from panope.composition import (
    Accounts,
    DatasetDesk,
    compose_accounts,
    compose_datasets,
    describe_storage,
    make_probe,
    open_blobs,
    open_catalog,
    prepare_schema,
    require_catalog,
    require_project,
)
from panope.config.load import Settings
from panope.domain.errors import ConflictError, PanopeError, UnavailableError
from panope.domain.ids import ProjectId
from panope.features.accounts.failures import kept_up
from panope.features.accounts.provision import Provisioned
from panope.features.accounts.secrets import KeyPair
from panope.features.accounts.sessions import DAY_US
from panope.features.accounts.uses import FLUSH_S
from panope.features.datasets.from_traces import ItemsFromTraces
from panope.features.media.access import MediaOptions
from panope.features.media.upkeep import kept_clean
from panope.features.pricing.managed import load_managed
from panope.features.pricing.service import PricingService
from panope.features.prompts.links import PromptLinks
from panope.features.replay.service import ReplayService
from panope.features.tracing.reading import TraceReading
from panope.features.tracing.remarks import Remarks
from panope.http.limits import BodyLimits
from panope.http.serving import listen, local_url, run_until_stopped
from panope.http.snippets import SDK_2_VERSION, sdk_2_snippet
from panope.http.spa import find_web_app
from panope.jobs.operations import OperationRunner
from panope.jobs.rounds import Rounds
from panope.kit.clock import now_us
from panope.kit.ids import new_id
from panope.kit.logging import configure_logging
from panope.kit.memory import give_back, keep_few_arenas
from panope.kit.metrics import ServerMetrics
from panope.ports.bounds import ReadBound
from panope.wire.rereading import Rereader

_WEB_DIRECTORY: Final = Path(__file__).with_name("web")
"""Where the build puts the web app; an installation from the source tree alone has none."""
_YOUNG_OBJECTS: Final = 50_000
"""Objects made before the youngest are looked through for cycles; Python's own 700 is tuned for small programs."""
_TURN_S: Final = 0.001
"""How long a thread keeps the interpreter while others wait for it.

With Python's own 5 ms a read waited that long at each of its steps for the thread that decodes and commits.
"""


def serve(settings: Settings) -> None:
    """Run the server until it is told to stop; returns when everything that was acknowledged is on disk.

    Raises `PanopeError` when it cannot start.
    """
    keep_few_arenas()
    is_terminal = sys.stderr.isatty()
    log_format = settings.logging.format
    configure_logging(
        sys.stderr,
        as_json=log_format == "json" or (log_format == "auto" and not is_terminal),
        level=settings.logging.level,
        careful=(PanopeError,),
    )
    with asyncio.Runner(loop_factory=_loop_factory()) as runner:
        runner.run(_serve(settings))


def _loop_factory() -> Callable[[], asyncio.AbstractEventLoop] | None:
    if sys.platform == "win32":
        return None
    import uvloop  # noqa: PLC0415  # has no build for Windows

    return uvloop.new_event_loop


async def _serve(settings: Settings) -> None:
    server = settings.server
    with listen(server.host, server.port) as listener:
        async with open_server(settings) as opened:
            banner = await _banner(settings, opened, listener)
            await run_until_stopped(
                opened.app,
                listener,
                opened.app.state.lifecycle,
                on_started=lambda: _begin(banner),
                shutdown_timeout_s=server.shutdown_timeout_s,
            )
    structlog.get_logger("panope").info("stopped")


class OpenServer(Struct, frozen=True):
    """An app that is ready to serve, and what came of provisioning."""

    app: Starlette
    accounts: Accounts
    provisioned: Provisioned


@asynccontextmanager
async def open_server(settings: Settings) -> AsyncIterator[OpenServer]:
    """Open everything that the settings name, schema and first key included; close it all at the end of the block."""
    log = structlog.get_logger("panope")
    for warning in settings.warnings:
        log.warning(warning)
    metrics = ServerMetrics(__version__)
    async with open_engines(settings, metrics) as engines:
        accounts = await compose_accounts(engines.catalog, settings)
        provisioned = await accounts.provisioner.provision(settings.provisioning.plan())
        for warning in (*accounts.warnings, *provisioned.warnings):
            log.warning(warning)
        for created in provisioned.created:
            log.info("created", what=created)
        load_managed().prepare()
        parts = AccountParts(accounts.authenticator, accounts.keys, accounts.passwords, accounts.failures)
        app = assemble(engines, parts, _options(settings), metrics=metrics)
        runner: OperationRunner = app.state.operations
        rounds: list[Rounds] = [app.state.annotations, app.state.erasure, app.state.texts]
        background = [
            asyncio.create_task(runner.run(), name="operations"),
            *(asyncio.create_task(each.run()) for each in rounds),
        ]
        try:
            async with kept_up(accounts.failures), kept_up(accounts.uses, FLUSH_S), kept_clean(app.state.upkeep):
                yield OpenServer(app, accounts, provisioned)
        finally:
            runner.stop()
            for each in rounds:
                each.stop()
            await asyncio.gather(*background)


@asynccontextmanager
async def open_engines(settings: Settings, metrics: ServerMetrics) -> AsyncIterator[Engines]:
    """Open both planes, their schemas brought up to date first; drain and close them at the end of the block."""
    async with AsyncExitStack() as stack:
        database = settings.storage.database()
        if database is None:
            yield _open_sqlite(settings, metrics, stack)
        else:
            yield _open_postgres(settings, database.url, metrics, stack)


def _open_sqlite(settings: Settings, metrics: ServerMetrics, stack: AsyncExitStack) -> Engines:
    from panope.adapters.sqlite.connection import open_writer  # noqa: PLC0415  # only the engine in use is imported

    directory = DataDirectory(settings.storage.data_dir)
    directory.create()
    stack.enter_context(directory.lock())
    # The writer's settings of a new file, such as its page size, must come before its first table.
    open_writer(directory.telemetry_path).close()
    prepare_schema(settings)
    return _open_files(settings, metrics, stack)


def _open_files(settings: Settings, metrics: ServerMetrics, stack: AsyncExitStack) -> Engines:
    """Open SQLite's files without holding their directory: for the little that is written beside a server."""
    from panope.adapters.sqlite.telemetry import SqliteTelemetry  # noqa: PLC0415

    directory = DataDirectory(settings.storage.data_dir)
    catalog = open_catalog(settings)
    stack.push_async_callback(catalog.close)
    blobs = open_blobs(settings)
    stack.push_async_callback(blobs.close)
    telemetry = SqliteTelemetry(directory.telemetry_path, bound=_bound(settings), on_commit=metrics.count_commit)
    stack.push_async_callback(telemetry.close)
    writer = telemetry.writer
    return Engines(
        catalog=catalog,
        writer=writer,
        reader=telemetry.reader,
        operations=telemetry.operations,
        blobs=blobs,
        metrics=telemetry.metrics,
        texts=telemetry.texts,
        queue_depth=lambda: writer.depth,
        probe=make_probe(settings),
    )


def _open_postgres(settings: Settings, url: str, metrics: ServerMetrics, stack: AsyncExitStack) -> Engines:
    from panope.adapters.postgres.telemetry import PostgresTelemetry, check_server  # noqa: PLC0415

    must_be_durable = not settings.storage.allow_unsafe_database
    check_server(url, must_be_durable=must_be_durable)
    prepare_schema(settings)
    catalog = open_catalog(settings)
    stack.push_async_callback(catalog.close)
    blobs = open_blobs(settings)
    stack.push_async_callback(blobs.close)
    telemetry = PostgresTelemetry(
        url, bound=_bound(settings), on_commit=metrics.count_commit, must_be_durable=must_be_durable
    )
    stack.push_async_callback(telemetry.close)
    writer = telemetry.writer
    return Engines(
        catalog=catalog,
        writer=writer,
        reader=telemetry.reader,
        operations=telemetry.operations,
        blobs=blobs,
        metrics=telemetry.metrics,
        texts=telemetry.texts,
        queue_depth=lambda: writer.depth,
        probe=make_probe(settings),
    )


class ReplayDesk(Struct, frozen=True):
    """What a command needs to have history replayed."""

    replays: ReplayService
    runner: OperationRunner | None
    """None: a running server has the data directory to itself, and carries the operations out."""
    project_ids: list[ProjectId]

    def choose_projects(self, asked: str | None) -> list[ProjectId]:
        """The project that was asked for, or all. Raises `NotFoundError` when it is none of them."""
        return self.project_ids if asked is None else [require_project(asked, self.project_ids)]


@asynccontextmanager
async def open_replay(settings: Settings) -> AsyncIterator[ReplayDesk]:
    """Open storage beside a running server, or in its place.

    Raises `NotFoundError` when nothing is kept there yet.
    """
    async with AsyncExitStack() as stack:
        engines, may_work = _open_beside(settings, stack)
        catalog = engines.catalog
        pricing = PricingService(
            catalog.models, catalog.version, load_managed(), engines.reader, now_us, new_id, find_counter()
        )
        replays = ReplayService(
            engines.operations, engines.reader, pricing, Rereader(), now_us, new_id, release=__version__
        )
        runner = OperationRunner(engines.operations, replays, owner=new_id()) if may_work else None
        yield ReplayDesk(replays, runner, [project.id for project in await catalog.projects.list()])


class TraceDesk(Struct, frozen=True):
    """What a command needs to make items of traces."""

    datasets: DatasetDesk
    takings: ItemsFromTraces


@asynccontextmanager
async def open_trace_desk(settings: Settings) -> AsyncIterator[TraceDesk]:
    """Open storage beside a running server, or in its place.

    Raises `NotFoundError` when nothing is kept there yet.
    """
    async with AsyncExitStack() as stack:
        engines, _ = _open_beside(settings, stack)
        catalog = engines.catalog
        prompts = PromptLinks(catalog.prompt_index, catalog.version)
        tracing = TraceReading(engines.reader, prompts, Remarks(catalog.comments))
        desk = await compose_datasets(catalog, engines.blobs)
        yield TraceDesk(desk, ItemsFromTraces(desk.items, tracing, now_us))


def _open_beside(settings: Settings, stack: AsyncExitStack) -> tuple[Engines, bool]:
    """Storage for a command, and whether nobody else holds it; raises `NotFoundError` when there is none yet."""
    require_catalog(settings)
    configure_logging(sys.stderr, as_json=False, level="warning", careful=(PanopeError,))
    metrics, database = ServerMetrics(__version__), settings.storage.database()
    if database is not None:
        return _open_postgres(settings, database.url, metrics, stack), True
    try:
        return _open_sqlite(settings, metrics, stack), True
    except ConflictError as error:
        if error.code != "data_directory_locked":
            raise
        return _open_files(settings, metrics, stack), False


def _bound(settings: Settings) -> ReadBound:
    return ReadBound(max_rows=settings.limits.read_max_rows, timeout_s=settings.limits.read_timeout_s)


def _options(settings: Settings) -> AppOptions:
    limits = settings.limits
    return AppOptions(
        public_url=settings.server.public_url,
        root_path=settings.server.root_path,
        browser_origins=_origins(settings.server.browser_origins),
        limits=BodyLimits(
            max_body_bytes=limits.max_body_bytes,
            browser_max_body_bytes=limits.browser_max_body_bytes,
            browser_requests_per_minute=limits.browser_requests_per_minute,
            max_in_flight_bytes=limits.max_in_flight_bytes,
            max_in_flight_requests=limits.max_in_flight_requests,
            body_timeout_s=limits.body_timeout_s,
        ),
        media=MediaOptions(max_bytes=int(settings.media.max_bytes), link_ttl_s=settings.media.link_ttl_s),
        encryption_key=settings.security.encryption_key,
        web_app=find_web_app(_WEB_DIRECTORY),
        session_secret=settings.security.session_secret,
        session_ttl_us=round(settings.security.session_days * DAY_US),
        text_index=settings.storage.text_index,
        setup_from_anywhere=settings.security.setup_from == "anywhere",
    )


def _origins(text: str) -> frozenset[str]:
    return frozenset(filter(None, text.split(",")))


def _begin(banner: str) -> None:
    """Show the banner, give back what only the start needed, and settle the turns of collector and threads.

    What lives as long as the process is taken out of the garbage collector's rounds. Measured under load: the slowest
    of a hundred requests takes 50 ms instead of 125. A batch makes tens of thousands of objects that die with it:
    collecting less often takes 10 to 15 % off the CPU of a span.
    """
    give_back()
    gc.freeze()
    gc.set_threshold(_YOUNG_OBJECTS, 20, 100)
    sys.setswitchinterval(_TURN_S)
    with suppress(OSError):  # of a full disk, or of a reader that went away
        sys.stdout.write(f"{banner}\n")
        sys.stdout.flush()


async def _banner(settings: Settings, opened: OpenServer, listener: socket) -> str:
    """What the operator sees: the address, and at the first start how to send a trace. The secret shows only here."""
    address = local_url(listener, settings.server.host, settings.server.root_path)
    base_url = settings.server.public_url or address
    lines = [f"panope {__version__} listens on {address}, {describe_storage(settings)}"]
    if not await opened.accounts.catalog.users.has_any():
        lines.append(f"nobody can sign in yet: make the first user at {base_url}/setup")
    created = opened.provisioned.key
    if created is None:
        keys = await opened.accounts.keys.list()
        more = f" and {len(keys) - 1} more" if len(keys) > 1 else ""
        lines.append(f"public key {keys[0].public_key}{more}" if keys else "no key yet: run `panope keys create`")
        return "\n".join(lines)
    lines.append("first start: a project and a key pair were made")
    lines += ["", f"Send a first trace with Python, after `pip install langfuse=={SDK_2_VERSION}`:", ""]
    if sys.stdout.isatty():
        lines.append(sdk_2_snippet(base_url, created.pair.public_key, created.pair.secret_key))
        lines.append("The secret key is shown this once: keep it.")
    else:
        lines += [sdk_2_snippet(base_url), _keep_credentials(settings, created.pair, base_url)]
    lines.append(f"Other SDKs and OpenTelemetry: {base_url}/start")
    return "\n".join(lines)


def _keep_credentials(settings: Settings, pair: KeyPair, base_url: str) -> str:
    """Write the pair where only its owner reads it; say where, or what to do when that is not possible."""
    directory = DataDirectory(settings.storage.data_dir.absolute())
    variables = {
        "LANGFUSE_HOST": base_url,
        "LANGFUSE_BASE_URL": base_url,
        "LANGFUSE_PUBLIC_KEY": pair.public_key,
        "LANGFUSE_SECRET_KEY": pair.secret_key,
    }
    try:
        directory.create()
        path = directory.write_credentials(variables)
    except (OSError, UnavailableError):
        return "The key pair could not be written down: make another with `panope keys create`"
    return f"The keys are in {path}: `set -a; . {shlex.quote(str(path))}` puts them into the environment of a shell"
