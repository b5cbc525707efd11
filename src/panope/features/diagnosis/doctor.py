"""Looking at everything, whatever of it can be looked at."""

from collections.abc import Awaitable, Callable, Iterable, Sequence
from contextlib import AbstractAsyncContextManager, AsyncExitStack
from typing import Final, TypeVar

from msgspec import Struct

from panope.domain.errors import PanopeError, UnavailableError
from panope.domain.ids import ProjectId
from panope.domain.pricing import ManagedModels, PriceBook
from panope.domain.rollups import HOUR_US
from panope.features.diagnosis.clients import check_clients
from panope.features.diagnosis.clock import check_client_clocks, check_database_clock
from panope.features.diagnosis.database import check_database
from panope.features.diagnosis.disk import check_directory
from panope.features.diagnosis.finding import Area, Finding, Severity, printable
from panope.features.diagnosis.keys import check_keys
from panope.features.diagnosis.media import (
    MediaSite,
    check_media_bucket,
    check_media_directory,
    media_in_database,
)
from panope.features.diagnosis.prices import check_prices
from panope.features.diagnosis.schema import SchemaFacts, check_schema
from panope.features.diagnosis.settings import SettingsFacts, check_port, check_settings
from panope.features.diagnosis.storage import check_projects, check_tables
from panope.features.diagnosis.texts import check_text_index
from panope.features.diagnosis.traces import check_traces
from panope.kit.clock import Clock
from panope.ports.catalog import Catalog
from panope.ports.diagnosis import DatabaseProbe, DirectoryFacts, MachineProbe, ProjectSize, ServerFacts
from panope.ports.telemetry import TelemetryReader

MOST_PROJECTS: Final = 50
_MOST_RECEIPTS: Final = 200_000
_MOST_TRACES: Final = 50_000
_CLIENT_TIMES: Final = 500
_SETTLED_US: Final = 10 * 60_000_000
"""A trace that has not changed for so long does not wait for its root any more."""

Answer = TypeVar("Answer")


class Store(Struct, frozen=True, kw_only=True):
    """Where everything is kept, and how to get at it. Nothing is opened before it is asked for."""

    database: DatabaseProbe
    directory: str | None
    """Path of the data directory; None when everything is on a database server."""
    files: Sequence[str]
    """Names of the store's files in the directory."""
    read_schema: Callable[[], Awaitable[Sequence[SchemaFacts]]]
    """Both planes. Raises `PanopeError` when the database cannot be reached."""
    open_catalog: Callable[[], AbstractAsyncContextManager[Catalog]]
    """For reading, at the newest schema."""
    open_telemetry: Callable[[], AbstractAsyncContextManager[TelemetryReader]]


class Patient(Struct, frozen=True, kw_only=True):
    """What the doctor looks at."""

    settings: SettingsFacts
    host: str
    port: int
    base_url: str
    """Where people reach the server."""
    machine: MachineProbe
    store: Store | None
    """None when the settings do not say where everything is kept."""
    has_salt_of_keys: Callable[[Catalog], Awaitable[bool]]
    """Whether the salt in force is the one that the catalog's keys were made with."""
    managed: Callable[[], ManagedModels]
    media: MediaSite


class Doctor:
    """Looks at a patient and says what it found, in the order of the areas.

    Changes nothing, but that a bucket for media is tried with an object that is deleted at once.
    """

    def __init__(self, patient: Patient, clock: Clock) -> None:
        self._patient = patient
        self._clock = clock
        self._found: list[Finding] = []
        self._unseen: dict[str, list[Area]] = {}

    async def examine(self, project_id: ProjectId | None, since_us: int) -> list[Finding]:
        """Look at everything, or at one project of all; telemetry as of `since_us`.

        What cannot be looked at is a finding of its own, `unchecked`, with the reason. Never raises `PanopeError`.
        """
        self._found, self._unseen = [], {}
        self._note(check_settings(self._patient.settings))
        store = self._patient.store
        directory = await self._look_at_directory(store)
        await self._look_at_port(directory)
        if store is None:
            reason = "the settings do not say where everything is kept"
            self._unchecked((area for area in Area if area not in {Area.SETTINGS, Area.UNCHECKED}), reason)
            return self._in_order()
        await self._look_at_media(self._patient.media)
        planes = await self._look_at_database(store)
        if planes is not None:
            await self._look_at_catalog(store, planes, project_id, since_us)
        return self._in_order()

    def _in_order(self) -> list[Finding]:
        places = {area: place for place, area in enumerate(Area)}
        self._note(_not_checked(areas, reason) for reason, areas in self._unseen.items())
        return sorted(self._found, key=lambda finding: places[finding.area])

    def _note(self, findings: Iterable[Finding]) -> None:
        self._found.extend(findings)

    def _unchecked(self, areas: Iterable[Area], reason: str) -> None:
        self._unseen.setdefault(reason, []).extend(areas)

    async def _try(self, areas: Iterable[Area], look: Awaitable[Answer]) -> Answer | None:
        """What a look brings; None, and a finding for each area, when it cannot be had."""
        try:
            return await look
        except PanopeError as error:
            self._unchecked(areas, error.message)
        except Exception as error:  # noqa: BLE001 - a doctor that dies of one symptom is of no use
            self._unchecked(areas, f"unexpectedly, {type(error).__name__}")
        return None

    async def _look_at_directory(self, store: Store | None) -> DirectoryFacts | None:
        if store is None or store.directory is None:
            return None
        try:
            directory = await self._patient.machine.inspect_directory(store.directory, store.files)
        except PanopeError as error:
            self._note(
                [_failed(Area.DISK, error, "Until then it is not known whether there is room and right to write.")]
            )
            return None
        self._note(check_directory(directory))
        return directory

    async def _look_at_port(self, directory: DirectoryFacts | None) -> None:
        look = self._patient.machine.inspect_port(self._patient.host, self._patient.port)
        port = await self._try([Area.SETTINGS], look)
        if port is not None:
            self._note([check_port(port, is_held=directory is not None and directory.holder is not None)])

    async def _look_at_media(self, site: MediaSite) -> None:
        if site.directory is not None:
            looking = self._patient.machine.inspect_directory(site.directory, ())
            facts = await self._try([Area.MEDIA], looking)
            self._note(check_media_directory(facts) if facts else ())
        elif site.bucket is not None and site.try_bucket is not None:
            failure = None
            try:
                await site.try_bucket()
            except PanopeError as error:
                failure = error
            self._note([check_media_bucket(site.bucket, failure)])
        else:
            self._note([media_in_database()])

    async def _look_at_database(self, store: Store) -> Sequence[SchemaFacts] | None:
        """Whether it can be reached; the state of the planes when it can."""
        try:
            facts = await store.database.inspect()
            self._note(check_database(facts))
            if isinstance(facts, ServerFacts):
                self._note([check_database_clock(facts)])
            planes = await store.read_schema()
        except Exception as error:  # noqa: BLE001 - as in `_try`, but nothing goes on without it
            if not isinstance(error, PanopeError):
                error = UnavailableError(f"looking at it failed, {type(error).__name__}", code="database_failed")
            self._note([_failed(Area.DATABASE, error, _ON_A_SERVER if store.directory is None else _IN_FILES)])
            rest = (Area.SCHEMA, Area.CLOCK, Area.KEYS, Area.CLIENTS, Area.PRICES, Area.TRACES, Area.STORAGE)
            self._unchecked(rest, "the database cannot be used")
            return None
        is_upgraded = self._patient.settings.auto_migrate
        self._note(check_schema(plane, auto_migrate=is_upgraded) for plane in planes)
        tables = await self._try([Area.STORAGE], store.database.list_table_sizes())
        self._note(check_tables(tables or ()))
        return planes

    async def _look_at_catalog(
        self, store: Store, planes: Sequence[SchemaFacts], project_id: ProjectId | None, since_us: int
    ) -> None:
        telemetry_areas = (Area.CLOCK, Area.CLIENTS, Area.PRICES, Area.TRACES, Area.STORAGE)
        old = [plane.plane for plane in planes if not plane.is_current and (plane.current or plane.refusal)]
        if old:
            self._unchecked((Area.KEYS, *telemetry_areas), f"the schema of {' and '.join(old)} is not this panope's")
            return
        if not all(plane.is_current for plane in planes):
            return  # nothing is there yet, and has been said
        async with AsyncExitStack() as stack:
            entering = stack.enter_async_context(store.open_catalog())
            catalog = await self._try((Area.KEYS, *telemetry_areas), entering)
            if catalog is None:
                return
            await self._try([Area.KEYS], self._look_at_keys(catalog, since_us))
            reader = await self._try(telemetry_areas, stack.enter_async_context(store.open_telemetry()))
            if reader is not None:
                look = self._look_at_projects(catalog, reader, project_id, since_us)
                await self._try(telemetry_areas, look)

    async def _look_at_keys(self, catalog: Catalog, since_us: int) -> None:
        keys = await catalog.keys.list()
        failures = await catalog.key_failures.list(since_us // HOUR_US * HOUR_US)
        self._note(check_keys(keys, failures, self._clock()))
        if not await self._patient.has_salt_of_keys(catalog):
            self._note([_WRONG_SALT])

    async def _look_at_projects(
        self, catalog: Catalog, reader: TelemetryReader, project_id: ProjectId | None, since_us: int
    ) -> None:
        known = [project.id for project in await catalog.projects.list()]
        if project_id is not None and project_id not in known:
            self._note([_no_such_project(project_id)])
            return
        looked_at = known[:MOST_PROJECTS] if project_id is None else [project_id]
        sizes: dict[ProjectId, ProjectSize] = {}
        for each in looked_at:
            await self._look_at_project(catalog, reader, each, since_us)
            sizes[each] = await reader.measure_project(each)
            self._note(check_text_index(each, await reader.describe_texts(each)))
        unmeasured = len(known) - len(looked_at) if project_id is None else 0
        self._note(check_projects(sizes, unmeasured))

    async def _look_at_project(
        self, catalog: Catalog, reader: TelemetryReader, project_id: ProjectId, since_us: int
    ) -> None:
        times = await reader.sample_client_times(project_id, _CLIENT_TIMES)
        self._note(check_client_clocks(project_id, times, since_us))
        self._note(check_clients(project_id, await reader.summarize_ledger(project_id, since_us, _MOST_RECEIPTS)))
        whole_hours_us = since_us // HOUR_US * HOUR_US
        unpriced = await reader.list_unpriced_models(project_id, whole_hours_us)
        generations = await reader.count_generations(project_id, whole_hours_us)
        own = [model for model in await catalog.models.list(project_id) if not model.is_managed]
        book = PriceBook(own, self._patient.managed())
        self._note(check_prices(project_id, unpriced, generations, book, self._patient.base_url))
        settled_us = self._clock() - _SETTLED_US
        rootless = await reader.find_rootless_traces(project_id, since_us, settled_us, _MOST_TRACES)
        self._note(check_traces(project_id, rootless))


_ON_A_SERVER: Final = "Nothing works before it does: check address, network and password, or the rights of this user."
_IN_FILES: Final = (
    "Nothing works before its files can be read: run this as their owner; in the place of a file that is no database "
    "any more, put a backup."
)
"""What to do about a database that cannot be used, by where it is."""
_WRONG_SALT: Final = Finding(
    area=Area.KEYS,
    code="wrong_salt",
    severity=Severity.PROBLEM,
    subject="SALT",
    seen="is not the one that this catalog's keys were made with: none of them is accepted",
    advice="Set SALT as it was, or make new keys with `panope keys create`.",
)


def _not_checked(areas: Iterable[Area], reason: str) -> Finding:
    return Finding(
        area=Area.UNCHECKED,
        code="unchecked",
        severity=Severity.WARNING,
        subject=", ".join(dict.fromkeys(area.value for area in areas)),
        seen=reason,
        advice="Mend that, then run this again.",
    )


def _failed(area: Area, error: PanopeError, advice: str) -> Finding:
    return Finding(
        area=area,
        code=error.code,
        severity=Severity.PROBLEM,
        subject=area.value,
        seen=error.message,
        advice=advice,
    )


def _no_such_project(project_id: ProjectId) -> Finding:
    return Finding(
        area=Area.CLIENTS,
        code="unknown_project",
        severity=Severity.PROBLEM,
        subject="project",
        seen=f"there is none with the id {printable(project_id)}",
        advice="`panope keys list` names those that have a key.",
    )
