"""The doctor looks at whatever can be looked at, and says what could not."""

from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from typing import Any

from msgspec import Struct
from msgspec.structs import replace

from panope.adapters.memory.catalog.whole import MemoryCatalog
from panope.adapters.memory.telemetry import MemoryTelemetry
from panope.domain.accounts import Organization, Project
from panope.domain.errors import UnavailableError
from panope.domain.ids import OrganizationId, ProjectId
from panope.domain.pricing import ManagedModels
from panope.features.diagnosis.doctor import MOST_PROJECTS, Doctor, Patient, Store
from panope.features.diagnosis.finding import Area, Finding, Severity
from panope.features.diagnosis.media import MediaSite
from panope.ports.catalog import Catalog
from panope.ports.diagnosis import DirectoryFacts, FileFacts, PortFacts, ServerFacts, TableSize
from tests.support.batches import batch
from tests.support.told import observation
from tests.unit.diagnosis.worlds import AGENTS, DIRECTORY, FILE, HOUR_US, KEY, NOW_US, PORT, SCHEMA, SETTINGS, TABLE

AWAY = UnavailableError("Postgres cannot be reached: no answer", code="database_unreachable")


class Machine(Struct):
    """A machine in good health."""

    async def inspect_directory(self, _path: str, _files: Sequence[str]) -> DirectoryFacts:
        return DIRECTORY

    async def inspect_port(self, _host: str, _port: int) -> PortFacts:
        return PORT


class Database(Struct):
    """A database that says what it is told to, or fails."""

    facts: FileFacts | ServerFacts | None = FILE
    failure: Exception | None = None

    async def inspect(self) -> FileFacts | ServerFacts | None:
        if self.failure:
            raise self.failure
        return self.facts

    async def list_table_sizes(self) -> Sequence[TableSize]:
        return [TABLE]


@asynccontextmanager
async def opened(store: Any) -> AsyncIterator[Any]:
    if isinstance(store, Exception):
        raise store
    yield store


def opener(store: Any) -> Callable[[], AbstractAsyncContextManager[Any]]:
    return lambda: opened(store)


async def furnished(*projects: str) -> MemoryCatalog:
    catalog = MemoryCatalog()
    await catalog.organizations.add(Organization(id=OrganizationId("o"), name="O"))
    for name in projects:
        await catalog.projects.add(Project(id=ProjectId(name), organization_id=OrganizationId("o"), name=name))
    await catalog.keys.create(replace(KEY, project_id=ProjectId(projects[0])))
    return catalog


def answering(value: Any) -> Callable[..., Awaitable[Any]]:
    async def answer(*_asked: Any) -> Any:
        return value

    return answer


def patient(catalog: Any, telemetry: Any, **different: Any) -> Patient:
    store = Store(
        database=different.pop("database", Database()),
        directory=different.pop("directory", "/var/lib/panope"),
        files=(),
        read_schema=answering(different.pop("planes", [replace(SCHEMA, plane="catalog"), SCHEMA])),
        open_catalog=opener(catalog),
        open_telemetry=opener(telemetry),
    )
    parts = {
        "settings": SETTINGS,
        "host": "0.0.0.0",
        "port": 3000,
        "base_url": "https://panope.example.com",
        "machine": Machine(),
        "store": store,
        "has_salt_of_keys": answering(value=True),
        "managed": lambda: ManagedModels([]),
        "media": MediaSite(directory="/var/lib/panope/media"),
    }
    return Patient(**{**parts, **different})


async def examine(whom: Patient, project: str | None = None) -> list[Finding]:
    doctor = Doctor(whom, lambda: NOW_US)
    return await doctor.examine(ProjectId(project) if project else None, NOW_US - HOUR_US)


def unchecked(findings: list[Finding]) -> dict[str, str]:
    return {finding.seen: finding.subject for finding in findings if finding.code == "unchecked"}


async def test_a_healthy_patient_is_looked_at_in_every_area() -> None:
    telemetry = MemoryTelemetry()
    await telemetry.apply(batch(AGENTS, [observation("o", 0, trace_id="t")], now_us=NOW_US))
    found = await examine(patient(await furnished("agents"), telemetry))
    areas = list(dict.fromkeys(finding.area for finding in found))
    assert areas == [area for area in Area if area is not Area.UNCHECKED]
    assert not [finding for finding in found if finding.severity is Severity.PROBLEM]


async def test_without_storage_the_rest_is_looked_at() -> None:
    found = await examine(patient(None, None, store=None))
    assert {finding.area for finding in found} == {Area.SETTINGS, Area.UNCHECKED}
    [subject] = unchecked(found).values()
    assert subject == "disk, database, schema, clock, keys, clients, prices, traces, storage, media"


async def test_a_database_that_is_away_is_one_problem() -> None:
    found = await examine(patient(None, None, database=Database(failure=AWAY)))
    problems = [finding for finding in found if finding.severity is Severity.PROBLEM]
    assert [(problem.code, problem.area) for problem in problems] == [("database_unreachable", Area.DATABASE)]
    assert unchecked(found) == {"the database cannot be used": "schema, clock, keys, clients, prices, traces, storage"}
    assert any(finding.area is Area.DISK for finding in found)


async def test_a_database_that_fails_in_a_way_that_nobody_foresaw_is_told_by_its_kind() -> None:
    found = await examine(patient(None, None, database=Database(failure=PermissionError("with a secret in it"))))
    problem = next(finding for finding in found if finding.severity is Severity.PROBLEM)
    assert (problem.code, problem.seen) == ("database_failed", "looking at it failed, PermissionError")


async def test_what_to_do_about_a_database_fits_where_it_is() -> None:
    for directory, fitting, foreign in (("/var/lib/panope", "owner", "network"), (None, "network", "owner")):
        whom = patient(None, None, database=Database(failure=AWAY), directory=directory)
        problem = next(finding for finding in await examine(whom) if finding.severity is Severity.PROBLEM)
        assert fitting in problem.advice
        assert foreign not in problem.advice


async def test_a_directory_that_may_not_be_looked_at_is_a_problem() -> None:
    class Closed(Machine):
        async def inspect_directory(self, _path: str, _files: Sequence[str]) -> DirectoryFacts:
            raise UnavailableError("it cannot be looked at", code="data_directory_unusable")

    found = await examine(patient(await furnished("agents"), MemoryTelemetry(), machine=Closed()))
    problem = next(finding for finding in found if finding.severity is Severity.PROBLEM)
    assert (problem.area, problem.code) == (Area.DISK, "data_directory_unusable")


async def test_an_old_schema_is_not_read() -> None:
    planes = [replace(SCHEMA, plane="catalog"), replace(SCHEMA, pending=("0002",))]
    found = await examine(patient(AssertionError(), AssertionError(), planes=planes))
    assert [finding.code for finding in found if finding.area is Area.SCHEMA] == ["schema_current", "schema_outdated"]
    assert list(unchecked(found)) == ["the schema of telemetry is not this panope's"]


async def test_where_nothing_is_yet_nothing_is_missed() -> None:
    planes = [replace(SCHEMA, plane=plane, current=None, pending=("0001",)) for plane in ("catalog", "telemetry")]
    found = await examine(patient(AssertionError(), AssertionError(), planes=planes, database=Database(facts=None)))
    assert unchecked(found) == {}
    assert not [finding for finding in found if finding.severity in {Severity.PROBLEM, Severity.WARNING}]


async def test_a_plane_that_fails_hides_no_other() -> None:
    found = await examine(patient(await furnished("agents"), AWAY))
    assert {finding.area for finding in found} >= {Area.KEYS, Area.DATABASE}
    assert unchecked(found) == {AWAY.message: "clock, clients, prices, traces, storage"}


async def test_what_nobody_foresaw_is_told_by_its_kind_alone() -> None:
    found = await examine(patient(ValueError("with a secret in it"), None))
    assert list(unchecked(found)) == ["unexpectedly, ValueError"]


async def test_keys_of_another_salt_are_a_problem() -> None:
    whom = patient(await furnished("agents"), MemoryTelemetry(), has_salt_of_keys=answering(value=False))
    assert "wrong_salt" in {finding.code for finding in await examine(whom)}


async def test_one_project_is_looked_at_when_asked_for() -> None:
    catalog: Catalog = await furnished("agents", "shop")
    found = await examine(patient(catalog, MemoryTelemetry()), "shop")
    assert {finding.project for finding in found} == {None, "shop"}
    missing = await examine(patient(catalog, MemoryTelemetry()), "shopp")
    assert [finding.code for finding in missing if finding.severity is Severity.PROBLEM] == ["unknown_project"]


async def test_many_projects_are_looked_at_up_to_a_bound() -> None:
    catalog = await furnished(*(f"p{number:03}" for number in range(MOST_PROJECTS + 7)))
    found = await examine(patient(catalog, MemoryTelemetry()))
    cut = next(finding for finding in found if finding.code == "projects_cut")
    assert cut.seen.startswith("7 projects")
    assert len({finding.project for finding in found if finding.area is Area.CLIENTS}) == MOST_PROJECTS


async def test_a_bucket_is_tried_and_what_it_says_is_told() -> None:
    async def refuse() -> None:
        raise UnavailableError("The bucket pictures does not let this server in", code="bucket_refused")

    for attempt, code in ((answering(None), "media_bucket"), (refuse, "media_bucket_unusable")):
        site = MediaSite(bucket="pictures", try_bucket=attempt)
        found = await examine(patient(await furnished("agents"), MemoryTelemetry(), media=site))
        assert [finding.code for finding in found if finding.area is Area.MEDIA] == [code]


async def test_media_in_postgres_are_said_to_be_there() -> None:
    found = await examine(patient(await furnished("agents"), MemoryTelemetry(), media=MediaSite()))
    [finding] = [finding for finding in found if finding.area is Area.MEDIA]
    assert (finding.code, finding.severity) == ("media_database", Severity.OK)
