"""The composition root: engines and settings become features, features become the app, the app is served.

The only module that knows every class. Nothing here decides anything about telemetry or about HTTP.
"""

import asyncio
import gc
import shlex
import sys
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from socket import socket
from typing import Final

import structlog
from msgspec import Struct
from starlette.applications import Starlette

from panope import __version__
from panope.adapters.sqlite.directory import DataDirectory
from panope.adapters.tokenizers.counter import find_counter
from panope.composition import (
    Accounts,
    compose_accounts,
    describe_storage,
    open_catalog,
    prepare_schema,
    require_catalog,
)
from panope.config.load import Settings
from panope.domain.errors import ConflictError, PanopeError, UnavailableError
from panope.domain.ids import ProjectId
from panope.features.accounts.authenticate import Authenticator
from panope.features.accounts.failures import kept_up
from panope.features.accounts.provision import Provisioned
from panope.features.accounts.secrets import KeyPair
from panope.features.ingest.service import IngestService
from panope.features.pricing.explaining import CostExplaining
from panope.features.pricing.managed import load_managed
from panope.features.pricing.service import PricingService
from panope.features.replay.service import ReplayService
from panope.features.scores.deletion import ScoreDeletion
from panope.features.scores.reading import ScoreReading
from panope.features.tracing.deletion import TraceDeletion
from panope.features.tracing.reading import TraceReading
from panope.http.app import AppParts, create_app
from panope.http.auth import Gate
from panope.http.fast.ingestion import IngestionEndpoint
from panope.http.fast.intake import Intake
from panope.http.fast.legacy import LegacyEndpoints
from panope.http.fast.otlp import OtlpEndpoint
from panope.http.fast.reads.routes import read_routes
from panope.http.fast.reads.services import ReadServices
from panope.http.fast.routing import FastRoute
from panope.http.fast.scores import ScoreWriteEndpoint
from panope.http.limits import Admission, BodyLimits
from panope.http.metrics import metrics_endpoint
from panope.http.pages import start_page_endpoint
from panope.http.routes.health import Lifecycle, health_router
from panope.http.routes.models import models_router
from panope.http.routes.operations import operations_router
from panope.http.routes.projects import projects_router
from panope.http.serving import listen, local_url, run_until_stopped
from panope.http.snippets import SDK_2_VERSION, sdk_2_snippet
from panope.jobs.operations import OperationRunner
from panope.kit.clock import Clock, now_us
from panope.kit.ids import new_id
from panope.kit.logging import configure_logging
from panope.kit.metrics import ServerMetrics
from panope.ports.bounds import ReadBound
from panope.ports.catalog import Catalog
from panope.ports.operations import OperationStore
from panope.ports.telemetry import TelemetryReader, TelemetryWriter
from panope.wire.rereading import Rereader

_YOUNG_OBJECTS: Final = 50_000
"""Objects made before the youngest are looked through for cycles; Python's own 700 is tuned for small programs."""
_TURN_S: Final = 0.001
"""How long a thread keeps the interpreter while others wait for it.

With Python's own 5 ms a read waited that long at each of its steps for the thread that decodes and commits.
"""


class Engines(Struct, frozen=True, kw_only=True):
    """Where everything is kept: both planes, of whatever technology."""

    catalog: Catalog
    writer: TelemetryWriter
    reader: TelemetryReader
    operations: OperationStore
    queue_depth: Callable[[], float] | None = None
    """Requests that wait to be made durable, where the writer has a queue."""


class AppOptions(Struct, frozen=True, kw_only=True):
    """What may differ between two apps over the same engines."""

    public_url: str | None = None
    root_path: str = ""
    limits: BodyLimits = BodyLimits()


def assemble(
    engines: Engines,
    authenticator: Authenticator,
    options: AppOptions,
    *,
    metrics: ServerMetrics | None = None,
    clock: Clock = now_us,
    new_id: Callable[[], str] = new_id,
) -> Starlette:
    """Wire features and routes over engines that are open. The caller closes the engines."""
    catalog, reader = engines.catalog, engines.reader
    metrics = metrics or ServerMetrics(__version__)
    lifecycle = Lifecycle()
    pricing = PricingService(catalog.models, catalog.version, load_managed(), reader, clock, new_id, find_counter())
    replays = ReplayService(engines.operations, reader, pricing, Rereader(), clock, new_id, release=__version__)
    runner = OperationRunner(engines.operations, replays, owner=new_id())
    admission = Admission(options.limits)
    metrics.watch("in_flight_bytes", "Bytes of bodies being received or stored", lambda: admission.in_flight_bytes)
    metrics.watch("in_flight_requests", "Writes being received or stored", lambda: admission.in_flight_requests)
    if engines.queue_depth is not None:
        metrics.watch("queue_depth", "Requests waiting to be made durable", engines.queue_depth)
    intake = Intake(IngestService(engines.writer, pricing), admission, metrics, clock)
    app = create_app(
        AppParts(
            version=__version__,
            gate=Gate(authenticator),
            admission=Admission(options.limits),
            fast_routes=[
                *_write_routes(intake, new_id),
                *read_routes(_read_services(engines, pricing, clock)),
                FastRoute("/metrics", "GET", metrics_endpoint(metrics), None),
                FastRoute("/", "GET", start_page_endpoint(__version__, options.public_url), None),
            ],
            routers=[
                health_router(__version__, (catalog.check, reader.check), lifecycle),
                projects_router(catalog),
                models_router(pricing, clock),
                operations_router(replays, runner.wake),
            ],
            metrics=metrics,
            new_id=new_id,
            root_path=options.root_path,
        ),
    )
    app.state.lifecycle = lifecycle
    app.state.metrics = metrics
    app.state.operations = runner
    return app


def _write_routes(intake: Intake, new_id: Callable[[], str]) -> list[FastRoute]:
    return [
        *IngestionEndpoint(intake).routes(),
        *OtlpEndpoint(intake).routes(),
        *ScoreWriteEndpoint(intake, new_id).routes(),
        *LegacyEndpoints(intake, new_id).routes(),
    ]


def _read_services(engines: Engines, pricing: PricingService, clock: Clock) -> ReadServices:
    return ReadServices(
        tracing=TraceReading(engines.reader),
        explaining=CostExplaining(pricing),
        trace_deletion=TraceDeletion(engines.writer, clock),
        scores=ScoreReading(engines.reader),
        score_deletion=ScoreDeletion(engines.writer, clock),
    )


def serve(settings: Settings) -> None:
    """Run the server until it is told to stop; returns when everything that was acknowledged is on disk.

    Raises `PanopeError` when it cannot start.
    """
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
        app = assemble(engines, accounts.authenticator, _options(settings), metrics=metrics)
        runner: OperationRunner = app.state.operations
        background = asyncio.create_task(runner.run(), name="operations")
        try:
            async with kept_up(accounts.failures):
                yield OpenServer(app, accounts, provisioned)
        finally:
            runner.stop()
            await background


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
    telemetry = SqliteTelemetry(directory.telemetry_path, bound=_bound(settings), on_commit=metrics.count_commit)
    stack.push_async_callback(telemetry.close)
    writer = telemetry.writer
    return Engines(
        catalog=catalog,
        writer=writer,
        reader=telemetry.reader,
        operations=telemetry.operations,
        queue_depth=lambda: writer.depth,
    )


def _open_postgres(settings: Settings, url: str, metrics: ServerMetrics, stack: AsyncExitStack) -> Engines:
    from panope.adapters.postgres.telemetry import PostgresTelemetry, check_server  # noqa: PLC0415

    must_be_durable = not settings.storage.allow_unsafe_database
    check_server(url, must_be_durable=must_be_durable)
    prepare_schema(settings)
    catalog = open_catalog(settings)
    stack.push_async_callback(catalog.close)
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
        queue_depth=lambda: writer.depth,
    )


class ReplayDesk(Struct, frozen=True):
    """What a command needs to have history replayed."""

    replays: ReplayService
    runner: OperationRunner | None
    """None: a running server has the data directory to itself, and carries the operations out."""
    project_ids: list[ProjectId]


@asynccontextmanager
async def open_replay(settings: Settings) -> AsyncIterator[ReplayDesk]:
    """Open storage beside a running server, or in its place.

    Raises `NotFoundError` when nothing is kept there yet.
    """
    require_catalog(settings)
    configure_logging(sys.stderr, as_json=False, level="warning", careful=(PanopeError,))
    async with AsyncExitStack() as stack:
        metrics, may_work = ServerMetrics(__version__), True
        database = settings.storage.database()
        if database is not None:
            engines = _open_postgres(settings, database.url, metrics, stack)
        else:
            try:
                engines = _open_sqlite(settings, metrics, stack)
            except ConflictError as error:
                if error.code != "data_directory_locked":
                    raise
                may_work = False
                engines = _open_files(settings, metrics, stack)
        catalog = engines.catalog
        pricing = PricingService(
            catalog.models, catalog.version, load_managed(), engines.reader, now_us, new_id, find_counter()
        )
        replays = ReplayService(
            engines.operations, engines.reader, pricing, Rereader(), now_us, new_id, release=__version__
        )
        runner = OperationRunner(engines.operations, replays, owner=new_id()) if may_work else None
        yield ReplayDesk(replays, runner, [project.id for project in await catalog.projects.list()])


def _bound(settings: Settings) -> ReadBound:
    return ReadBound(max_rows=settings.limits.read_max_rows, timeout_s=settings.limits.read_timeout_s)


def _options(settings: Settings) -> AppOptions:
    limits = settings.limits
    return AppOptions(
        public_url=settings.server.public_url,
        root_path=settings.server.root_path,
        limits=BodyLimits(
            max_body_bytes=limits.max_body_bytes,
            max_in_flight_bytes=limits.max_in_flight_bytes,
            max_in_flight_requests=limits.max_in_flight_requests,
            body_timeout_s=limits.body_timeout_s,
        ),
    )


def _begin(banner: str) -> None:
    """Show the banner, take what lives as long as the process out of the garbage collector's rounds, and shorten turns.

    Measured under load: the slowest of a hundred requests takes 50 ms instead of 125. A batch makes tens of thousands
    of objects that die with it: collecting less often takes 10 to 15 % off the CPU of a span.
    """
    gc.collect()
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
    lines.append(f"Other SDKs and OpenTelemetry: {base_url}/")
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
