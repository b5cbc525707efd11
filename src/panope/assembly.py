"""Features and routes over engines that are open: what the app is made of, noun by noun.

Nothing here decides anything about telemetry or about HTTP. `bootstrap` opens the engines.
"""

from collections.abc import Callable

from fastapi import APIRouter
from msgspec import Struct
from pydantic import SecretStr
from starlette.applications import Starlette
from starlette.middleware import Middleware

from panope import __version__
from panope.adapters.tokenizers.counter import find_counter
from panope.domain.operations import OperationKind
from panope.domain.review.comments import CommentObjectType
from panope.features.accounts.authenticate import Authenticator
from panope.features.accounts.failures import KeyFailureLog
from panope.features.accounts.keys import KeyRing
from panope.features.accounts.own_account import OwnAccount
from panope.features.accounts.password_check import PasswordCheck
from panope.features.accounts.passwords import PasswordHasher
from panope.features.accounts.provision import Provisioner
from panope.features.accounts.sessions import DAY_US, UserSessions
from panope.features.accounts.setup import Setup
from panope.features.accounts.users import UserRegistry
from panope.features.administration.erasure import ProjectErasure
from panope.features.administration.members import MemberAdministration
from panope.features.administration.projects import ProjectAdministration
from panope.features.connections.llm import LlmConnectionService
from panope.features.connections.sealing import Sealer
from panope.features.datasets.from_traces import ItemsFromTraces
from panope.features.datasets.importing import ItemImport
from panope.features.datasets.media import ItemMedia
from panope.features.datasets.media_links import LinkedItems
from panope.features.datasets.service import DatasetService
from panope.features.diagnosis.ingestion import IngestionWatch
from panope.features.diagnosis.sizes import Measuring
from panope.features.experiments.reading import ExperimentReading
from panope.features.experiments.results import RunResultsService
from panope.features.experiments.runs import RunService
from panope.features.explore.asking import Asking
from panope.features.explore.changes import ChangeFeed
from panope.features.explore.charts import Charts
from panope.features.explore.counts import Counts
from panope.features.explore.deleting import BulkDeletion, Deleting
from panope.features.explore.facets import Facets
from panope.features.explore.lists import Lists
from panope.features.explore.neighbours import NeighbourFinding
from panope.features.explore.resolving import Resolving
from panope.features.explore.searching import TraceSearch
from panope.features.explore.sessions import SessionOpening
from panope.features.explore.traces import TraceOpening
from panope.features.explore.views import ViewKeeping
from panope.features.feedback.box import FeedbackBox
from panope.features.ingest.sample import SampleTraces
from panope.features.ingest.service import IngestService
from panope.features.media.access import MediaAccess, MediaOptions
from panope.features.media.links import LinkSigner
from panope.features.media.reading import MediaReading
from panope.features.media.upkeep import MediaUpkeep
from panope.features.media.uploads import MediaUploads
from panope.features.metrics.service import MetricsReading
from panope.features.pricing.explaining import CostExplaining
from panope.features.pricing.managed import load_managed
from panope.features.pricing.service import PricingService
from panope.features.pricing.uses import ModelUses
from panope.features.prompts.figures import PromptFigures
from panope.features.prompts.links import PromptLinks
from panope.features.prompts.reading import PromptReading
from panope.features.prompts.writing import PromptWriting
from panope.features.replay.service import ReplayService
from panope.features.review.assignments import AssignmentService
from panope.features.review.comments import CommentService
from panope.features.review.completing import Completing
from panope.features.review.datasets import AnnotatedItems
from panope.features.review.delivery import Delivery
from panope.features.review.filling import QueueFilling
from panope.features.review.line import ReviewLine
from panope.features.review.members import Members
from panope.features.review.objects import PromptVersions, TelemetryObjects
from panope.features.review.queues import QueueService
from panope.features.scores.aggregating import ScoreAggregation
from panope.features.scores.annotating import Annotating
from panope.features.scores.configs import ScoreConfigService
from panope.features.scores.deletion import ScoreDeletion
from panope.features.scores.reading import ScoreReading
from panope.features.scores.screening import ScoreScreen
from panope.features.texts.indexing import TextIndexing
from panope.features.tracing.deletion import TraceDeletion
from panope.features.tracing.reading import TraceReading
from panope.features.tracing.remarks import Remarks
from panope.features.tracing.sharing import TraceSharing
from panope.http.app import AppParts, create_app
from panope.http.auth import Gate
from panope.http.fast.ingestion import IngestionEndpoint
from panope.http.fast.intake import Intake
from panope.http.fast.legacy import LegacyEndpoints
from panope.http.fast.media import MediaContentEndpoint
from panope.http.fast.otlp import OtlpEndpoint
from panope.http.fast.prompts import PromptEndpoints
from panope.http.fast.reads.routes import read_routes
from panope.http.fast.reads.services import ReadServices
from panope.http.fast.routing import FastRoute
from panope.http.fast.scores import ScoreWriteEndpoint
from panope.http.fast.shortcut import PromptShortcut, Requests
from panope.http.limits import Admission, BodyLimits
from panope.http.members import MemberGate
from panope.http.metrics import metrics_endpoint
from panope.http.middleware import ANY_ORIGIN
from panope.http.pages import start_page_endpoint
from panope.http.routes.administration.members import members_router
from panope.http.routes.administration.projects import organization_projects_router, project_keys_router
from panope.http.routes.administration.scim import scim_router
from panope.http.routes.annotation_queues import annotation_queues_router
from panope.http.routes.comments import comments_router
from panope.http.routes.dataset_files import dataset_files_router
from panope.http.routes.dataset_runs import dataset_runs_router
from panope.http.routes.datasets import datasets_router
from panope.http.routes.experiments import experiments_router
from panope.http.routes.feedback import feedback_router
from panope.http.routes.health import Lifecycle, health_router
from panope.http.routes.llm_connections import llm_connections_router
from panope.http.routes.media import MediaServices, content_url_from, media_router
from panope.http.routes.models import models_router
from panope.http.routes.operations import operations_router
from panope.http.routes.projects import projects_router
from panope.http.routes.prompts import prompt_figures_router, prompt_labels_router, prompts_router
from panope.http.routes.review import ReviewUses, review_router
from panope.http.routes.score_aggregates import score_aggregates_router
from panope.http.routes.score_configs import score_configs_router
from panope.http.routes.ui.changes import ui_changes_router
from panope.http.routes.ui.counts import ui_counts_router
from panope.http.routes.ui.deletion import ui_deletion_router
from panope.http.routes.ui.finding import ui_finding_router
from panope.http.routes.ui.lists import ui_lists_router
from panope.http.routes.ui.media import ui_media_router
from panope.http.routes.ui.metrics import ui_metrics_router
from panope.http.routes.ui.operations import ui_operations_router
from panope.http.routes.ui.projects import ui_projects_router
from panope.http.routes.ui.review.comments import ui_comments_router
from panope.http.routes.ui.review.scores import ui_scores_router
from panope.http.routes.ui.session import account_router, session_router
from panope.http.routes.ui.sessions import ui_sessions_router
from panope.http.routes.ui.settings.ingestion import ui_ingestion_router
from panope.http.routes.ui.settings.models import ui_models_router
from panope.http.routes.ui.settings.repricing import ui_repricing_router
from panope.http.routes.ui.settings.score_configs import ui_score_configs_router
from panope.http.routes.ui.settings.storage import ui_storage_router
from panope.http.routes.ui.sharing import ui_sharing_router
from panope.http.routes.ui.traces import ui_traces_router
from panope.http.routes.ui.views import ui_views_router
from panope.http.signin.cookies import Cookies
from panope.http.signin.forms import Forms
from panope.http.signin.routes import SignInParts, sign_in_routes
from panope.http.spa import WebApp
from panope.jobs.annotations import AnnotationRunner
from panope.jobs.erasure import ErasureRunner
from panope.jobs.operations import Advances, ByKind, OperationRunner
from panope.jobs.text_index import TextIndexRunner
from panope.kit.clock import Clock, now_us
from panope.kit.ids import RequestIds, new_id
from panope.kit.metrics import ServerMetrics
from panope.ports.blobs import BlobStore
from panope.ports.catalog import Catalog
from panope.ports.diagnosis import DatabaseProbe
from panope.ports.metrics import MetricsReader
from panope.ports.operations import OperationStore
from panope.ports.telemetry import TelemetryReader, TelemetryWriter
from panope.ports.texts.index import TextIndexStore
from panope.wire.rereading import Rereader


class Engines(Struct, frozen=True, kw_only=True):
    """Where everything is kept: both planes, of whatever technology."""

    catalog: Catalog
    writer: TelemetryWriter
    reader: TelemetryReader
    operations: OperationStore
    metrics: MetricsReader
    texts: TextIndexStore
    blobs: BlobStore
    """Where the bytes of media are."""
    queue_depth: Callable[[], float] | None = None
    """Requests that wait to be made durable, where the writer has a queue."""
    probe: DatabaseProbe | None = None
    """Looks at the database from outside, where there is one."""


class AccountParts(Struct, frozen=True):
    """Who is let in, and how keys are made for others."""

    authenticator: Authenticator
    keys: KeyRing
    passwords: PasswordHasher
    failures: KeyFailureLog | None = None
    """What the authenticator has counted and not written yet."""


class AppOptions(Struct, frozen=True, kw_only=True):
    """What may differ between two apps over the same engines."""

    public_url: str | None = None
    root_path: str = ""
    browser_origins: frozenset[str] = ANY_ORIGIN
    limits: BodyLimits = BodyLimits()
    media: MediaOptions = MediaOptions()
    encryption_key: SecretStr | None = None
    """Of the secrets of other services; None: the catalog's own."""
    web_app: WebApp | None = None
    """None: the start page stands in its place."""
    session_secret: SecretStr | None = None
    """Of the sessions of people; None: the catalog's own."""
    session_ttl_us: int = 30 * DAY_US
    """For so long somebody stays signed in without doing anything."""
    text_index: bool = True
    """Whether projects may have an index of texts."""
    setup_from_anywhere: bool = False
    """Whether the first user may be made from another machine than the server's."""


def assemble(
    engines: Engines,
    accounts: AccountParts,
    options: AppOptions,
    *,
    metrics: ServerMetrics | None = None,
    clock: Clock = now_us,
    new_id: Callable[[], str] = new_id,
) -> Starlette:
    """Wire features and routes over engines that are open. The caller closes the engines."""
    metrics = metrics or ServerMetrics(__version__)
    tools = _Tools(engines, options, clock, new_id)
    lifecycle = Lifecycle()
    admission = _admission(engines, options, metrics)
    background = _background(tools)
    review = _review(tools)
    texts = _texts(tools, options, metrics)
    administration = _administration(tools, accounts.keys, texts)
    sign_in = _sign_in(tools, options, accounts)
    requests = Requests(new_id().encode())
    intake = Intake(
        IngestService(engines.writer, tools.pricing, ScoreScreen(tools.score_configs)), admission, metrics, clock
    )
    app = create_app(
        AppParts(
            version=__version__,
            gate=Gate(accounts.authenticator),
            member_gate=MemberGate(tools.sessions, engines.catalog.members, options.public_url),
            sharing=tools.sharing,
            admission=Admission(options.limits),
            fast_routes=[*_fast_routes(tools, options, intake, metrics, requests), *sign_in.pages],
            routers=[
                health_router(__version__, (engines.catalog.check, engines.reader.check), lifecycle),
                *background.routers,
                *_noun_routers(tools),
                ui_changes_router(ChangeFeed(engines.reader, clock, lambda: lifecycle.is_draining)),
                *administration.routers,
                *sign_in.routers,
                *review.routers,
                *_settings_routers(tools, accounts.failures, background),
                llm_connections_router(_connections(tools, options)),
            ],
            shortcuts=[_prompt_shortcut(tools, requests)],
            metrics=metrics,
            new_id=RequestIds().next,
            root_path=options.root_path,
            browser_origins=options.browser_origins,
            web_app=options.web_app,
        ),
    )
    app.state.lifecycle = lifecycle
    app.state.metrics = metrics
    app.state.operations = background.runner
    app.state.annotations = review.runner
    app.state.texts, app.state.erasure = texts.runner, administration.runner
    app.state.upkeep = tools.upkeep
    return app


class _Background(Struct, frozen=True):
    routers: list[APIRouter]
    replays: ReplayService
    runner: OperationRunner


def _background(tools: "_Tools") -> _Background:
    """What takes a while, and how it is asked for."""
    engines, clock, new_id = tools.engines, tools.clock, tools.new_id
    replays = ReplayService(
        engines.operations, engines.reader, tools.pricing, Rereader(), clock, new_id, release=__version__
    )
    deletion = _trace_deletion(tools)
    asking = Asking(engines.reader, tools.remarks, clock)
    bulk = BulkDeletion(engines.operations, engines.reader, asking, deletion, clock, new_id)
    carriers: dict[OperationKind, Advances] = dict.fromkeys(OperationKind, replays)
    carriers[OperationKind.DELETE] = bulk
    runner = OperationRunner(engines.operations, ByKind(carriers), owner=new_id())
    traces = Deleting(engines.reader, asking, deletion.delete_traces)
    scores = Deleting(engines.reader, asking, ScoreDeletion(engines.writer, clock).delete_scores)
    routers = [
        operations_router(replays, runner.wake),
        ui_operations_router(replays),
        ui_deletion_router(traces, scores, bulk, runner.wake),
    ]
    return _Background(routers, replays, runner)


def _prompt_shortcut(tools: "_Tools", requests: Requests) -> Middleware:
    version = tools.catalog.version
    return Middleware(PromptShortcut, requests=requests, reading=tools.prompts, version=version, clock=tools.clock)


class _Tools:
    """The features that more than one noun needs, over the engines."""

    def __init__(self, engines: Engines, options: AppOptions, clock: Clock, new_id: Callable[[], str]) -> None:
        catalog, reader = engines.catalog, engines.reader
        self.engines = engines
        self.catalog = catalog
        self.clock = clock
        self.new_id = new_id
        self.sessions = _sessions(engines.catalog, options, clock, new_id)
        self.pricing = PricingService(
            catalog.models, catalog.version, load_managed(), reader, clock, new_id, find_counter()
        )
        self.prompts = PromptReading(catalog.prompts, catalog.version)
        self.prompt_writing = PromptWriting(catalog.prompts, clock, new_id)
        self.remarks = Remarks(catalog.comments)
        self.tracing = TraceReading(reader, PromptLinks(catalog.prompt_index, catalog.version), self.remarks)
        self.score_configs = ScoreConfigService(catalog.score_configs, catalog.version, clock, new_id)
        self.sharing = TraceSharing(
            reader, engines.writer, self.pricing, catalog.projects, catalog.media, clock, new_id
        )
        self.upkeep = MediaUpkeep(catalog.media, engines.blobs, clock)
        self.media = _media_services(engines, options, clock, new_id)
        self.items = LinkedItems(catalog.dataset_items, self.upkeep)
        self.datasets = DatasetService(catalog.datasets, self.items, clock, new_id)
        self.runs = RunService(catalog, reader, clock)


def _fast_routes(
    tools: _Tools, options: AppOptions, intake: Intake, metrics: ServerMetrics, requests: Requests
) -> list[FastRoute]:
    start_page = start_page_endpoint(__version__, options.public_url, has_web_app=options.web_app is not None)
    start_paths = ("/start",) if options.web_app else ("/", "/start")
    return [
        *_write_routes(intake, tools.new_id),
        *PromptEndpoints(tools.prompts, tools.prompt_writing, requests).routes(),
        *read_routes(_read_services(tools)),
        *MediaContentEndpoint(tools.media, Admission(options.limits)).routes(),
        FastRoute("/metrics", "GET", metrics_endpoint(metrics), None),
        *(FastRoute(path, "GET", start_page, None) for path in start_paths),
    ]


def _noun_routers(tools: _Tools) -> list[APIRouter]:
    return [
        *_project_routers(tools),
        *_score_routers(tools),
        *_prompt_routers(tools),
        *_dataset_routers(tools),
        media_router(tools.media),
        ui_media_router(tools.media.reading),
        *_explore_routers(tools),
    ]


def _explore_routers(tools: _Tools) -> list[APIRouter]:
    """What the web app looks around with."""
    reader, clock = tools.engines.reader, tools.clock
    asking = Asking(reader, tools.remarks, clock)
    lists, counts = Lists(reader, asking, clock), Counts(reader, asking)
    opening = TraceOpening(reader, tools.tracing, lists, CostExplaining(tools.pricing), tools.catalog.comments, clock)
    resolving, finding = Resolving(reader, tools.catalog.members), NeighbourFinding(reader, asking)
    return [
        ui_finding_router(resolving, opening, TraceSearch(reader), finding),
        ui_counts_router(counts, Facets(reader, asking)),
        ui_lists_router(lists, counts),
        ui_sessions_router(SessionOpening(reader, lists, tools.catalog.comments, clock)),
        ui_metrics_router(Charts(tools.engines.metrics)),
        ui_traces_router(opening, tools.catalog.members),
        ui_sharing_router(tools.sharing),
        ui_views_router(ViewKeeping(tools.catalog.saved_views, clock, tools.new_id)),
    ]


def _admission(engines: Engines, options: AppOptions, metrics: ServerMetrics) -> Admission:
    admission = Admission(options.limits)
    metrics.watch("in_flight_bytes", "Bytes of bodies being received or stored", lambda: admission.in_flight_bytes)
    metrics.watch("in_flight_requests", "Writes being received or stored", lambda: admission.in_flight_requests)
    if engines.queue_depth is not None:
        metrics.watch("queue_depth", "Requests waiting to be made durable", engines.queue_depth)
    return admission


def _project_routers(tools: _Tools) -> list[APIRouter]:
    return [
        projects_router(tools.catalog),
        models_router(tools.pricing, tools.clock),
        feedback_router(FeedbackBox(tools.catalog.feedback, tools.clock, tools.new_id)),
    ]


def _score_routers(tools: _Tools) -> list[APIRouter]:
    engines, configs = tools.engines, tools.score_configs
    annotating = Annotating(engines.reader, engines.writer, tools.pricing, configs, tools.clock, tools.new_id)
    return [
        score_configs_router(configs),
        score_aggregates_router(ScoreAggregation(engines.reader)),
        ui_scores_router(annotating),
    ]


def _prompt_routers(tools: _Tools) -> list[APIRouter]:
    return [
        prompts_router(tools.prompts, tools.prompt_writing),
        prompt_labels_router(tools.prompts, tools.prompt_writing),
        prompt_figures_router(PromptFigures(tools.prompts, MetricsReading(tools.engines.metrics))),
    ]


def _dataset_routers(tools: _Tools) -> list[APIRouter]:
    catalog, reader, datasets = tools.catalog, tools.engines.reader, tools.datasets
    return [
        dataset_runs_router(tools.runs, RunResultsService(catalog, reader, tools.runs)),
        experiments_router(ExperimentReading(catalog, reader)),
        datasets_router(datasets, ItemMedia(tools.media.reading), tools.media.content_url, tools.runs),
        dataset_files_router(
            datasets,
            ItemImport(tools.items, tools.clock),
            ItemsFromTraces(tools.items, tools.tracing, tools.clock),
        ),
    ]


class _Administration(Struct, frozen=True):
    routers: list[APIRouter]
    runner: ErasureRunner


class _Texts(Struct, frozen=True):
    indexing: TextIndexing
    runner: TextIndexRunner


def _texts(tools: _Tools, options: AppOptions, metrics: ServerMetrics) -> _Texts:
    """The index of texts, and what it says of itself."""
    projects, store = tools.catalog.projects, tools.engines.texts
    indexing = TextIndexing(projects, store, tools.new_id(), is_on=options.text_index)
    runner = TextIndexRunner(indexing)
    lag = "Age of the oldest change that the index of texts does not know yet"
    metrics.watch("text_index_lag_seconds", lag, lambda: runner.lag_s)
    waiting = "Rows at most that it does not know"
    metrics.watch("text_index_waiting_rows", waiting, lambda: runner.waiting_rows)
    return _Texts(indexing, runner)


def _administration(tools: _Tools, keys: KeyRing, texts: _Texts) -> _Administration:
    """What the keys of organisations are for."""
    engines, catalog, clock = tools.engines, tools.catalog, tools.clock
    runner = ErasureRunner(ProjectErasure(catalog, engines.reader, engines.writer, engines.blobs, clock))
    projects = ProjectAdministration(catalog, keys, clock, tools.new_id, runner.wake)
    members = MemberAdministration(catalog.members, clock, tools.new_id)
    routers = [
        project_keys_router(projects),
        members_router(members),
        organization_projects_router(projects),
        scim_router(members),
        ui_projects_router(projects, texts.indexing, texts.runner.wake),
    ]
    return _Administration(routers, runner)


class _SignIn(Struct, frozen=True):
    routers: list[APIRouter]
    pages: list[FastRoute]


def _sign_in(tools: _Tools, options: AppOptions, accounts: AccountParts) -> _SignIn:
    """What people sign in with, and their own accounts."""
    catalog, clock, sessions, passwords = tools.catalog, tools.clock, tools.sessions, accounts.passwords
    users = UserRegistry(catalog, passwords, clock=clock, new_id=tools.new_id)
    check = PasswordCheck(catalog, sessions, passwords, clock)
    cookies = Cookies(options.public_url, options.session_ttl_us // 1_000_000)
    pages = SignInParts(
        sessions=sessions,
        check=check,
        setup=Setup(
            catalog, Provisioner(catalog, accounts.keys, users, clock), passwords, clock=clock, new_id=tools.new_id
        ),
        forms=Forms(sessions, tools.new_id, options.public_url),
        cookies=cookies,
        setup_from_anywhere=options.setup_from_anywhere,
    )
    account = OwnAccount(catalog, check, passwords)
    routers = [
        session_router(sessions, catalog.members, cookies, __version__),
        account_router(account, sessions),
    ]
    return _SignIn(routers, sign_in_routes(pages))


def _settings_routers(tools: _Tools, failures: KeyFailureLog | None, background: _Background) -> list[APIRouter]:
    """What the settings of a project show."""
    engines, clock = tools.engines, tools.clock
    watch = IngestionWatch(tools.catalog, engines.reader, clock, refusals=failures, queue_depth=engines.queue_depth)
    samples = SampleTraces(engines.writer, tools.pricing, clock, tools.new_id, __version__)
    return [
        ui_ingestion_router(watch, samples),
        ui_models_router(tools.pricing, ModelUses(tools.pricing, engines.reader, clock), clock),
        ui_repricing_router(background.replays, background.runner.wake),
        ui_score_configs_router(tools.score_configs),
        ui_storage_router(Measuring(tools.catalog, engines.reader, engines.probe, clock)),
    ]


class _Review(Struct, frozen=True):
    routers: list[APIRouter]
    runner: AnnotationRunner


def _review(tools: _Tools) -> _Review:
    """Comments and annotation queues."""
    engines, catalog, clock, new_id = tools.engines, tools.catalog, tools.clock, tools.new_id
    members, objects = Members(catalog.users), TelemetryObjects(engines.reader)
    finders = {**objects.finders(), CommentObjectType.PROMPT: PromptVersions(catalog.prompt_index)}
    comments = CommentService(catalog.comments, members, finders, clock, new_id)
    items, configs = catalog.annotation_items, catalog.score_configs
    queues = QueueService(catalog.annotation_queues, items, configs, clock, new_id)
    annotated = AnnotatedItems(catalog.datasets, tools.items, clock)
    delivery = Delivery(items, engines.writer, tools.pricing, objects, annotated, clock)
    runner = AnnotationRunner(catalog.projects, delivery)
    uses = ReviewUses(
        queues=queues,
        assignments=AssignmentService(queues, catalog.annotation_queues, members),
        line=ReviewLine(queues, items, members, objects, clock, new_id),
        completing=Completing(queues, items, configs, objects, delivery, runner.wake, clock),
        filling=QueueFilling(queues, items, engines.reader, clock, new_id),
    )
    routers = [
        comments_router(comments),
        ui_comments_router(comments, catalog.members),
        annotation_queues_router(queues, uses.assignments),
        review_router(uses),
    ]
    return _Review(routers, runner)


def _sessions(catalog: Catalog, options: AppOptions, clock: Clock, new_id: Callable[[], str]) -> UserSessions:
    secret = options.session_secret.get_secret_value() if options.session_secret else None
    return UserSessions(catalog, clock=clock, new_id=new_id, secret=secret, ttl_us=options.session_ttl_us)


def _connections(tools: _Tools, options: AppOptions) -> LlmConnectionService:
    key = options.encryption_key.get_secret_value() if options.encryption_key else None
    sealer = Sealer(tools.catalog.settings, key, tools.new_id)
    return LlmConnectionService(tools.catalog.llm_connections, sealer, tools.clock)


def _write_routes(intake: Intake, new_id: Callable[[], str]) -> list[FastRoute]:
    return [
        *IngestionEndpoint(intake).routes(),
        *OtlpEndpoint(intake).routes(),
        *ScoreWriteEndpoint(intake, new_id).routes(),
        *LegacyEndpoints(intake, new_id).routes(),
    ]


def _media_services(engines: Engines, options: AppOptions, clock: Clock, new_id: Callable[[], str]) -> MediaServices:
    signer = LinkSigner(engines.catalog.settings, clock, new_id)
    access = MediaAccess(engines.blobs, signer, options.media, clock)
    store = engines.catalog.media
    return MediaServices(
        uploads=MediaUploads(store, access, clock),
        reading=MediaReading(store, access),
        content_url=content_url_from(options.public_url),
    )


def _trace_deletion(tools: _Tools) -> TraceDeletion:
    return TraceDeletion(tools.engines.writer, tools.clock, tools.upkeep.forget_traces)


def _read_services(tools: _Tools) -> ReadServices:
    engines = tools.engines
    return ReadServices(
        tracing=tools.tracing,
        explaining=CostExplaining(tools.pricing),
        trace_deletion=_trace_deletion(tools),
        scores=ScoreReading(engines.reader),
        score_deletion=ScoreDeletion(engines.writer, tools.clock),
        metrics=MetricsReading(engines.metrics),
        clock=tools.clock,
    )
