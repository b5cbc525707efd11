"""From settings to an open catalog with its accounts: what the server and the commands beside it compose alike.

`bootstrap` builds the rest of the server on top. Nothing above this line of the layers names an adapter.
"""

from collections.abc import AsyncIterator, Iterable, Iterator, Sequence
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from pathlib import Path

from panope.adapters.blobs.directory import DirectoryBlobStore
from panope.adapters.blobs.signature import Credentials
from panope.adapters.sql.migrations import runner
from panope.adapters.sql.migrations.runner import MigrationTarget, Plane, PlaneStatus
from panope.adapters.sqlite.directory import DataDirectory
from panope.config.load import Settings
from panope.domain.errors import NotFoundError, UnavailableError
from panope.domain.ids import ProjectId
from panope.features.accounts.authenticate import Authenticator
from panope.features.accounts.failures import KeyFailureLog
from panope.features.accounts.keys import KeyRing
from panope.features.accounts.passwords import PasswordHasher
from panope.features.accounts.provision import Provisioner
from panope.features.accounts.salt import resolve_salt
from panope.features.accounts.secrets import SecretHasher
from panope.features.accounts.users import UserRegistry
from panope.features.accounts.uses import KeyUseLog
from panope.features.datasets.importing import ItemImport
from panope.features.datasets.media_links import LinkedItems
from panope.features.datasets.service import DatasetService
from panope.features.media.upkeep import MediaUpkeep
from panope.features.pricing.managed import load_managed
from panope.features.verification.prices import FindModel
from panope.kit.clock import now_us
from panope.kit.ids import new_id
from panope.ports.blobs import BlobStore
from panope.ports.catalog import Catalog
from panope.ports.diagnosis import DatabaseProbe
from panope.ports.verification import StoreSnapshot

PLANES = (Plane.CATALOG, Plane.TELEMETRY)


@dataclass(frozen=True)
class Accounts:
    """An open catalog and what works on it."""

    catalog: Catalog
    keys: KeyRing
    users: UserRegistry
    provisioner: Provisioner
    authenticator: Authenticator
    passwords: PasswordHasher
    failures: KeyFailureLog
    """Keys that the authenticator refused; to be kept up while it serves."""
    uses: KeyUseLog
    """Likewise, when keys were used last."""
    warnings: tuple[str, ...]
    """What the operator should know about the salt."""


def describe_storage(settings: Settings) -> str:
    """Where everything is kept, as a whole path or an address without a secret."""
    database = settings.storage.database()
    return f"Postgres {database.location}" if database else f"SQLite in {settings.storage.data_dir.absolute()}"


def migration_target(settings: Settings, plane: Plane) -> MigrationTarget:
    """The database of a plane. Makes nothing."""
    database = settings.storage.database()
    if database:
        from panope.adapters.postgres.migration import PostgresMigrationTarget  # noqa: PLC0415 - brings psycopg

        return PostgresMigrationTarget(database.url)
    from panope.adapters.sqlite.migration import SqliteMigrationTarget  # noqa: PLC0415

    directory = DataDirectory(settings.storage.data_dir)
    path = directory.catalog_path if plane is Plane.CATALOG else directory.telemetry_path
    return SqliteMigrationTarget(path)


def schema_status(settings: Settings) -> list[PlaneStatus]:
    """Where the schema of each plane stands."""
    return [runner.status(migration_target(settings, plane), plane) for plane in PLANES]


def upgrade_schema(settings: Settings, planes: Iterable[Plane] = PLANES) -> list[PlaneStatus]:
    """Bring planes up to date, the data directory included; return what was there before."""
    if settings.storage.database_url is None:
        DataDirectory(settings.storage.data_dir).create()
    return [runner.upgrade(migration_target(settings, plane), plane) for plane in planes]


def prepare_schema(settings: Settings, planes: Iterable[Plane] = PLANES) -> None:
    """Upgrade when the settings allow it; else raise `UnavailableError` while anything is pending."""
    if settings.storage.auto_migrate:
        upgrade_schema(settings, planes)
        return
    pending = [plane for plane in planes if not runner.status(migration_target(settings, plane), plane).is_current]
    if pending:
        raise UnavailableError(
            f"The schema of {' and '.join(pending)} is not up to date and auto_migrate is off: run `panope db upgrade`",
            code="schema_outdated",
        )


def open_catalog(settings: Settings) -> Catalog:
    """Open the catalog, whose schema must be up to date."""
    database = settings.storage.database()
    if database:
        from panope.adapters.postgres import catalog as postgres  # noqa: PLC0415 - brings psycopg

        return postgres.open_catalog(database.url)
    from panope.adapters.sqlite import catalog as sqlite  # noqa: PLC0415

    return sqlite.open_catalog(DataDirectory(settings.storage.data_dir).catalog_path)


def make_probe(settings: Settings) -> DatabaseProbe:
    """What looks at the database from outside. Opens nothing."""
    database = settings.storage.database()
    if database:
        from panope.adapters.postgres.probe import PostgresProbe  # noqa: PLC0415 - brings psycopg

        return PostgresProbe(database.url)
    from panope.adapters.sqlite.diagnosis.probe import SqliteProbe  # noqa: PLC0415

    return SqliteProbe(DataDirectory(settings.storage.data_dir))


def media_directory(settings: Settings) -> Path | None:
    """Where media are kept as files; None when a bucket has them, or Postgres."""
    if settings.media.s3_bucket is not None:
        return None
    if settings.media.dir is None and settings.storage.database_url is None:
        return settings.storage.data_dir / "media"
    return settings.media.dir


def open_blobs(settings: Settings) -> BlobStore:
    """Where the bytes of media are kept. In Postgres the schema must be up to date.

    Raises `UnavailableError` when it is a bucket and the extra for it is not installed.
    """
    media, directory = settings.media, media_directory(settings)
    if directory is not None:
        return DirectoryBlobStore(directory, now_us, new_id)
    if media.s3_bucket is None:
        from panope.adapters.postgres.blobs import PostgresBlobStore  # noqa: PLC0415 - brings psycopg

        database = settings.storage.database()
        assert database is not None, "beside SQLite there is a directory"
        return PostgresBlobStore(database.url, new_id)
    try:
        from panope.adapters.blobs.bucket import BucketBlobStore, BucketOptions  # noqa: PLC0415 - brings an extra
    except ModuleNotFoundError:
        text = "PANOPE_MEDIA_S3_BUCKET needs what is not installed: install panope with its extra `s3`, or unset it"
        raise UnavailableError(text, code="no_bucket_client") from None
    key, secret = media.s3_access_key_id, media.s3_secret_access_key
    return BucketBlobStore(
        BucketOptions(
            bucket=media.s3_bucket,
            prefix=media.s3_prefix,
            region=media.s3_region,
            endpoint=media.s3_endpoint,
            public_endpoint=media.s3_public_endpoint,
            is_path_style=media.s3_force_path_style,
            credentials=Credentials(key.get_secret_value(), secret.get_secret_value()) if key and secret else None,
        ),
        now_us,
        new_id,
    )


def require_catalog(settings: Settings) -> None:
    """Raise `NotFoundError` when nothing is kept where the settings say: a directory may be mistyped."""
    if runner.status(migration_target(settings, Plane.CATALOG), Plane.CATALOG).current is None:
        raise NotFoundError(
            f"Nothing is kept there yet ({describe_storage(settings)}): check --data-dir or --database-url, "
            "or make a first key with `panope keys create`",
            code="no_catalog",
        )


@contextmanager
def open_snapshot(settings: Settings) -> Iterator[StoreSnapshot]:
    """What telemetry there is now, for reading; beside a running server too. Changes nothing.

    Raises `NotFoundError` where nothing is kept, `UnavailableError` while a migration is pending.
    """
    status = runner.status(migration_target(settings, Plane.TELEMETRY), Plane.TELEMETRY)
    if status.current is None:
        raise NotFoundError(
            f"No telemetry is kept there ({describe_storage(settings)}): check --data-dir or --database-url",
            code="no_telemetry",
        )
    if status.pending:
        raise UnavailableError(
            "The telemetry schema is not up to date: run `panope db upgrade` first", code="schema_outdated"
        )
    snapshot = _open_snapshot(settings)
    try:
        yield snapshot
    finally:
        snapshot.close()


def _open_snapshot(settings: Settings) -> StoreSnapshot:
    database = settings.storage.database()
    if database:
        from panope.adapters.postgres.snapshot import PostgresStoreSnapshot  # noqa: PLC0415 - brings psycopg

        return PostgresStoreSnapshot(database.url)
    from panope.adapters.sqlite.snapshot import SqliteStoreSnapshot  # noqa: PLC0415

    directory = DataDirectory(settings.storage.data_dir)
    return SqliteStoreSnapshot(directory.telemetry_path, beside=[directory.catalog_path])


async def load_models(settings: Settings, project_ids: Iterable[ProjectId]) -> FindModel:
    """All price models of these projects by id, as they are now. Raises `PanopeError` without a usable catalog."""
    if not runner.status(migration_target(settings, Plane.CATALOG), Plane.CATALOG).is_current:
        raise UnavailableError("The catalog is missing or not up to date: run `panope db upgrade`", code="no_catalog")
    catalog = open_catalog(settings)
    try:
        own = {
            (project_id, model.id): model
            for project_id in project_ids
            for model in await catalog.models.list(project_id)
        }
    finally:
        await catalog.close()
    managed = {model.id: model for model in load_managed().models}
    return lambda project_id, model_id: own.get((project_id, model_id)) or managed.get(model_id)


@asynccontextmanager
async def open_accounts(settings: Settings, *, create: bool) -> AsyncIterator[Accounts]:
    """Open the catalog for the block, its schema brought up to date first.

    With `create` a missing catalog is made; without it that is a `NotFoundError`, as a directory may be mistyped.
    """
    if not create:
        require_catalog(settings)
    prepare_schema(settings, [Plane.CATALOG])
    catalog = open_catalog(settings)
    try:
        yield await compose_accounts(catalog, settings)
    finally:
        await catalog.close()


def require_project(asked: str, known: Sequence[ProjectId]) -> ProjectId:
    """The project that was asked for; a `NotFoundError` that names those that are there when it is none of them."""
    if asked not in known:
        raise NotFoundError(f"There is no project {asked}: these are there: {', '.join(known) or 'none'}")
    return ProjectId(asked)


@dataclass(frozen=True)
class DatasetDesk:
    """What commands do with datasets."""

    datasets: DatasetService
    imports: ItemImport
    items: LinkedItems
    project_ids: list[ProjectId]

    def choose_project(self, asked: str | None) -> ProjectId:
        """The project that was asked for, or the only one. Raises `NotFoundError` when that tells none."""
        if asked is None and len(self.project_ids) == 1:
            return self.project_ids[0]
        if asked is None:
            known = ", ".join(self.project_ids) or "none"
            raise NotFoundError(f"Say which project it is about, by --project: these are there: {known}")
        return require_project(asked, self.project_ids)


@asynccontextmanager
async def open_datasets(settings: Settings) -> AsyncIterator[DatasetDesk]:
    """Open the catalog for work on its datasets, beside a running server too.

    Raises `NotFoundError` when nothing is kept there yet.
    """
    require_catalog(settings)
    prepare_schema(settings, [Plane.CATALOG])
    catalog = open_catalog(settings)
    try:
        blobs = open_blobs(settings)
        try:
            yield await compose_datasets(catalog, blobs)
        finally:
            await blobs.close()
    finally:
        await catalog.close()


async def compose_datasets(catalog: Catalog, blobs: BlobStore) -> DatasetDesk:
    """Put what works on datasets on top of an open catalog."""
    items = LinkedItems(catalog.dataset_items, MediaUpkeep(catalog.media, blobs, now_us))
    return DatasetDesk(
        datasets=DatasetService(catalog.datasets, items, now_us, new_id),
        imports=ItemImport(items, now_us),
        items=items,
        project_ids=[project.id for project in await catalog.projects.list()],
    )


async def compose_accounts(catalog: Catalog, settings: Settings) -> Accounts:
    """Put everything that works on accounts on top of an open catalog."""
    from panope.features.accounts.passwords import Argon2PasswordHasher  # noqa: PLC0415 - brings argon2

    configured = settings.security.salt
    salt = await resolve_salt(catalog.settings, configured.get_secret_value() if configured else None, new_id)
    hasher = SecretHasher(salt.value)
    keys = KeyRing(catalog, hasher, clock=now_us, new_id=new_id)
    failures = KeyFailureLog(catalog.key_failures, now_us)
    uses = KeyUseLog(catalog.keys, now_us)
    passwords = Argon2PasswordHasher()
    users = UserRegistry(catalog, passwords, clock=now_us, new_id=new_id)
    return Accounts(
        catalog=catalog,
        keys=keys,
        users=users,
        provisioner=Provisioner(catalog, keys, users, now_us),
        authenticator=Authenticator(catalog, hasher, now_us, failures, uses),
        uses=uses,
        passwords=passwords,
        failures=failures,
        warnings=(salt.warning,) if salt.warning else (),
    )
