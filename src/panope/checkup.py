"""From settings to a doctor: the probes of the engine in use, and a store that is opened for reading only."""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from typing import Final

from panope.adapters.host.probe import HostProbe
from panope.adapters.sql.migrations import runner
from panope.adapters.sqlite.directory import DataDirectory
from panope.composition import PLANES, make_probe, media_directory, migration_target, open_blobs
from panope.config.load import Settings
from panope.config.review import review_settings
from panope.config.tolerant import Reading
from panope.domain.errors import ConflictError, UnsupportedError
from panope.features.accounts.salt import is_salt_of_keys
from panope.features.diagnosis.doctor import Doctor, Patient, Store
from panope.features.diagnosis.media import MediaSite
from panope.features.diagnosis.schema import SchemaFacts
from panope.features.pricing.managed import load_managed
from panope.kit.clock import now_us
from panope.ports.bounds import ReadBound
from panope.ports.catalog import Catalog
from panope.ports.telemetry import TelemetryReader

_STATEMENT_TIMEOUT_S: Final = 10.0


def compose_doctor(reading: Reading) -> Doctor:
    """A doctor for what the settings describe, as far as they can be understood."""
    settings = reading.settings
    salt = settings.security.salt

    async def has_salt_of_keys(catalog: Catalog) -> bool:
        return await is_salt_of_keys(catalog.settings, salt.get_secret_value() if salt else None)

    return Doctor(
        Patient(
            settings=review_settings(reading),
            host=settings.server.host,
            port=settings.server.port,
            base_url=settings.server.public_url or _local_url(settings),
            machine=HostProbe(),
            store=_store(settings) if reading.is_storage_known else None,
            has_salt_of_keys=has_salt_of_keys,
            managed=load_managed,
            media=_media(settings),
        ),
        now_us,
    )


def _media(settings: Settings) -> MediaSite:
    directory = media_directory(settings)

    async def try_bucket() -> None:
        blobs = open_blobs(settings)
        try:
            await blobs.check()
        finally:
            await blobs.close()

    return MediaSite(
        directory=None if directory is None else str(directory.absolute()),
        bucket=settings.media.s3_bucket,
        try_bucket=try_bucket,
    )


def _local_url(settings: Settings) -> str:
    server = settings.server
    host = "localhost" if server.host in {"0.0.0.0", "::"} else server.host  # noqa: S104 - compared, not bound
    return f"http://{f'[{host}]' if ':' in host else host}:{server.port}{server.root_path}"


def _store(settings: Settings) -> Store:
    directory = DataDirectory(settings.storage.data_dir)
    is_local = settings.storage.database_url is None

    async def read_schema() -> Sequence[SchemaFacts]:
        return [_schema(settings, plane) for plane in PLANES]

    @asynccontextmanager
    async def open_catalog() -> AsyncIterator[Catalog]:
        catalog = _open_catalog(settings)
        try:
            yield catalog
        finally:
            await catalog.close()

    @asynccontextmanager
    async def open_telemetry() -> AsyncIterator[TelemetryReader]:
        reader = _open_telemetry(settings)
        try:
            yield reader
        finally:
            await reader.close()

    return Store(
        database=make_probe(settings),
        directory=str(directory.path.absolute()) if is_local else None,
        files=(directory.telemetry_path.name, directory.catalog_path.name),
        read_schema=read_schema,
        open_catalog=open_catalog,
        open_telemetry=open_telemetry,
    )


def _schema(settings: Settings, plane: runner.Plane) -> SchemaFacts:
    try:
        found = runner.status(migration_target(settings, plane), plane)
    except (ConflictError, UnsupportedError) as error:
        return SchemaFacts(plane=plane.value, current=None, refusal=error.message)
    return SchemaFacts(plane=plane.value, current=found.current, pending=found.pending)


def _open_catalog(settings: Settings) -> Catalog:
    database = settings.storage.database()
    if database:
        from panope.adapters.postgres import catalog as postgres  # noqa: PLC0415

        return postgres.open_catalog(database.url)
    from panope.adapters.sqlite import catalog as sqlite  # noqa: PLC0415

    return sqlite.open_catalog(DataDirectory(settings.storage.data_dir).catalog_path, read_only=True)


def _open_telemetry(settings: Settings) -> TelemetryReader:
    """With one connection: nobody is in a hurry, and others may be."""
    database = settings.storage.database()
    if database:
        from panope.adapters.postgres.reader import PostgresTelemetryReader  # noqa: PLC0415

        return PostgresTelemetryReader(database.url, threads=1, bound=ReadBound(timeout_s=_STATEMENT_TIMEOUT_S))
    from panope.adapters.sqlite.reader import SqliteTelemetryReader  # noqa: PLC0415

    path = DataDirectory(settings.storage.data_dir).telemetry_path
    return SqliteTelemetryReader(path, threads=1, read_only=True)
