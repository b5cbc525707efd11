"""The whole app in this process over memory engines, with two projects that must never see each other."""

import base64
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import httpx2
import pytest
from msgspec import Struct
from starlette.applications import Starlette

from panope.adapters.blobs.memory import MemoryBlobStore
from panope.adapters.memory.catalog.whole import MemoryCatalog
from panope.adapters.memory.telemetry import MemoryTelemetry
from panope.assembly import AccountParts, AppOptions, Engines, assemble
from panope.domain.accounts import Organization, Project
from panope.domain.errors import UnavailableError
from panope.domain.ids import OrganizationId, ProjectId
from panope.features.accounts.authenticate import Authenticator
from panope.features.accounts.failures import KeyFailureLog
from panope.features.accounts.keys import KeyRing
from panope.features.accounts.secrets import KeyPair, SecretHasher
from panope.http.limits import BodyLimits
from panope.kit.clock import Clock
from panope.kit.ids import new_id
from tests.support.passwords import PlainPasswords

NOW_US = 1_800_000_000_000_000
"""2027-01-15T08:00:00Z, by the clock of every test here."""
ORGANIZATION = OrganizationId("org")
PROJECT = ProjectId("project")
OTHER_PROJECT = ProjectId("other-project")
PAIR = KeyPair("pk-lf-one", "sk-lf-one")
OTHER_PAIR = KeyPair("pk-lf-two", "sk-lf-two")
ORGANIZATION_PAIR = KeyPair("pk-lf-org", "sk-lf-org")


def basic(public_key: str, secret_key: str) -> dict[str, str]:
    """Header of a key pair."""
    return {"Authorization": "Basic " + base64.b64encode(f"{public_key}:{secret_key}".encode()).decode()}


AUTH = basic(PAIR.public_key, PAIR.secret_key)
OTHER_AUTH = basic(OTHER_PAIR.public_key, OTHER_PAIR.secret_key)
ORGANIZATION_AUTH = basic(ORGANIZATION_PAIR.public_key, ORGANIZATION_PAIR.secret_key)
BROWSER_AUTH = {"Authorization": f"Bearer {PAIR.public_key}"}


class FlakyTelemetry(MemoryTelemetry):
    """Memory telemetry whose writer fails when told to."""

    def __init__(self) -> None:
        super().__init__()
        self.failure: Exception | None = None
        self.store_is_up = True

    async def apply(self, batch: Any) -> None:
        if self.failure is not None:
            raise self.failure
        await super().apply(batch)

    async def check(self) -> None:
        if not self.store_is_up:
            raise UnavailableError("The store is away: try again later")


class Stage(Struct):
    """What a test may look at and turn."""

    app: Starlette
    client: httpx2.AsyncClient
    telemetry: FlakyTelemetry
    catalog: MemoryCatalog
    blobs: MemoryBlobStore


async def make_catalog(hasher: SecretHasher) -> MemoryCatalog:
    catalog = MemoryCatalog()
    await catalog.organizations.add(Organization(id=ORGANIZATION, name="Organisation"))
    keys = KeyRing(catalog, hasher, clock=lambda: NOW_US, new_id=new_id)
    for project_id, pair in ((PROJECT, PAIR), (OTHER_PROJECT, OTHER_PAIR)):
        await catalog.projects.add(Project(id=project_id, organization_id=ORGANIZATION, name=f"The {project_id}"))
        await keys.create(project_id, pair=pair)
    await keys.create_for_organization(ORGANIZATION, pair=ORGANIZATION_PAIR)
    return catalog


LIMITS = BodyLimits(max_body_bytes=1_000_000)


@asynccontextmanager
async def staged(options: AppOptions, clock: Clock = lambda: NOW_US) -> AsyncIterator[Stage]:
    """An app with these options and this clock, and a client of it."""
    hasher = SecretHasher("salt")
    telemetry = FlakyTelemetry()
    catalog = await make_catalog(hasher)
    blobs = MemoryBlobStore()
    engines = Engines(
        catalog=catalog,
        writer=telemetry,
        reader=telemetry,
        operations=telemetry,
        metrics=telemetry.metrics,
        texts=telemetry.texts,
        blobs=blobs,
    )
    keys = KeyRing(catalog, hasher, clock=clock, new_id=new_id)
    failures = KeyFailureLog(catalog.key_failures, clock)
    accounts = AccountParts(Authenticator(catalog, hasher, clock, failures), keys, PlainPasswords(), failures)
    app = assemble(engines, accounts, options, clock=clock)
    transport = httpx2.ASGITransport(app=app)
    async with httpx2.AsyncClient(transport=transport, base_url="http://panope.test") as client:
        yield Stage(app, client, telemetry, catalog, blobs)


@pytest.fixture
async def stage() -> AsyncIterator[Stage]:
    async with staged(AppOptions(limits=LIMITS)) as made:
        yield made
