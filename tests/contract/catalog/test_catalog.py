"""The contract of the catalog plane, unchanged for every engine."""

import asyncio
from collections.abc import AsyncIterator
from decimal import Decimal
from pathlib import Path

import msgspec
import pytest

from panope.adapters.memory.catalog.whole import MemoryCatalog
from panope.adapters.postgres.catalog import open_catalog as open_postgres_catalog
from panope.adapters.postgres.migration import PostgresMigrationTarget
from panope.adapters.sql.migrations.runner import Plane, upgrade
from panope.adapters.sqlite.catalog import open_catalog as open_sqlite_catalog
from panope.adapters.sqlite.migration import SqliteMigrationTarget
from panope.domain.accounts import ApiKey, Organization, Project, Role, User
from panope.domain.errors import ConflictError, NotFoundError
from panope.domain.ids import ApiKeyId, ModelId, OrganizationId, ProjectId, UserId
from panope.domain.key_failures import KeyFailure
from panope.domain.pricing import PriceModel, PriceTier, TierCondition
from panope.domain.rollups import HOUR_US
from panope.ports.catalog import Catalog
from tests.support.postgres import postgres_versions

ACME = OrganizationId("acme")
CHAT = ProjectId("chat")
SHOP = ProjectId("shop")
MEMORY, SQLITE = "memory", "sqlite"


def migrate_catalog(url: str) -> None:
    upgrade(PostgresMigrationTarget(url), Plane.CATALOG)


@pytest.fixture(params=[MEMORY, SQLITE, *postgres_versions()])
async def catalogs(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[tuple[Catalog, Catalog]]:
    """Two views of the same empty catalog, as two processes have them."""
    if request.param == MEMORY:
        memory = MemoryCatalog()
        yield memory, memory
        return
    if request.param == SQLITE:
        path = tmp_path / "catalog.db"
        upgrade(SqliteMigrationTarget(path), Plane.CATALOG)
        pair = open_sqlite_catalog(path), open_sqlite_catalog(path)
    else:
        url = request.getfixturevalue("postgres_database")(migrate_catalog, version=request.param)
        pair = open_postgres_catalog(url), open_postgres_catalog(url)
    yield pair
    for catalog in pair:
        await catalog.close()


@pytest.fixture
async def catalog(catalogs: tuple[Catalog, Catalog]) -> Catalog:
    return catalogs[0]


@pytest.fixture
async def other(catalogs: tuple[Catalog, Catalog]) -> Catalog:
    return catalogs[1]


@pytest.fixture
async def furnished(catalog: Catalog) -> Catalog:
    """One organisation with two projects."""
    await catalog.organizations.add(Organization(id=ACME, name="Acme", created_us=1))
    await catalog.projects.add(Project(id=CHAT, organization_id=ACME, name="Chat", created_us=2))
    await catalog.projects.add(Project(id=SHOP, organization_id=ACME, name="Shop", retention_days=30, created_us=1))
    return catalog


def make_key(number: int, project_id: ProjectId = CHAT) -> ApiKey:
    return ApiKey(
        id=ApiKeyId(f"key-{number}"),
        project_id=project_id,
        public_key=f"pk-{number}",
        secret_hash=f"hash-{number}",
        display_secret_key="sk-lf-...abcd",
        note="of the test",
        created_us=100 - number,
        expires_us=9,
    )


def make_model(model_id: str, name: str = "gpt-4o", price: str = "0.0000025") -> PriceModel:
    conditions = (TierCondition(usage_pattern="^input", operator="gte", value=200_000.5, values=("a", "b")),)
    return PriceModel(
        id=model_id,
        name=name,
        match_pattern=r"(?i)^(gpt-4o)$ it's 100% :x",
        start_us=1_700_000_000_000_000,
        tiers=(
            PriceTier(id="t1", name="Standard", is_default=True, priority=0, prices={"input": Decimal(price)}),
            PriceTier(id="t2", name="Long", is_default=False, priority=1, conditions=conditions),
        ),
        tokenizer_id="openai",
        tokenizer_config={"tokensPerName": 1, "nested": {"z": [1, None]}},
        created_us=5,
        updated_us=6,
    )


async def test_an_empty_catalog_has_nothing(catalog: Catalog) -> None:
    assert await catalog.organizations.list() == []
    assert await catalog.projects.list() == []
    assert await catalog.keys.list() == []
    assert await catalog.models.list(None) == []
    assert await catalog.projects.get(CHAT) is None
    assert await catalog.organizations.get(ACME) is None
    assert await catalog.users.find_by_email("a@example.com") is None
    assert await catalog.settings.get("salt") is None
    await catalog.check()


async def test_what_was_added_is_read_back_whole_by_everybody(furnished: Catalog, other: Catalog) -> None:
    assert await other.organizations.get(ACME) == Organization(id=ACME, name="Acme", created_us=1)
    shop = Project(id=SHOP, organization_id=ACME, name="Shop", retention_days=30, created_us=1)
    assert await other.projects.get(SHOP) == shop
    assert [project.id for project in await other.projects.list()] == [SHOP, CHAT]
    assert [project.id for project in await other.projects.list(ACME)] == [SHOP, CHAT]
    assert await other.projects.list(OrganizationId("else")) == []


async def test_adding_what_is_there_changes_nothing(furnished: Catalog) -> None:
    before = await furnished.version.current()
    assert not await furnished.organizations.add(Organization(id=ACME, name="Other"))
    assert not await furnished.projects.add(Project(id=CHAT, organization_id=OrganizationId("none"), name="Other"))
    organization, project = await furnished.organizations.get(ACME), await furnished.projects.get(CHAT)
    assert organization is not None
    assert project is not None
    assert (organization.name, project.name) == ("Acme", "Chat")
    assert await furnished.version.current() == before


async def test_a_project_needs_its_organisation(catalog: Catalog) -> None:
    with pytest.raises(NotFoundError, match="ghost"):
        await catalog.projects.add(Project(id=CHAT, organization_id=OrganizationId("ghost"), name="Chat"))
    assert await catalog.projects.list() == []


async def test_a_key_is_found_by_either_half_and_listed_by_creation(furnished: Catalog, other: Catalog) -> None:
    first, second, foreign = make_key(1), make_key(2), make_key(3, SHOP)
    for key in (first, second, foreign):
        await furnished.keys.create(key)
    assert await other.keys.find_by_public_key("pk-1") == first
    assert await other.keys.find_by_secret_hash("hash-3") == foreign
    assert await other.keys.find_by_public_key("pk-") is None
    assert await other.keys.find_by_secret_hash("") is None
    assert await other.keys.list(CHAT) == [second, first]
    assert await other.keys.list() == [foreign, second, first]


@pytest.mark.parametrize("field", ["id", "public_key", "secret_hash"])
async def test_no_two_keys_share_an_id_or_a_half(furnished: Catalog, field: str) -> None:
    taken = make_key(1)
    await furnished.keys.create(taken)
    rival = msgspec.structs.replace(make_key(2, SHOP), **{field: getattr(taken, field)})
    with pytest.raises(ConflictError):
        await furnished.keys.create(rival)
    assert await furnished.keys.list() == [taken]


async def test_a_key_needs_its_project(catalog: Catalog) -> None:
    with pytest.raises(NotFoundError, match="chat"):
        await catalog.keys.create(make_key(1))


async def test_a_revoked_key_is_gone_for_everybody_at_once(furnished: Catalog, other: Catalog) -> None:
    await furnished.keys.create(make_key(1))
    before = await other.version.current()
    assert await other.keys.find_by_public_key("pk-1") is not None
    assert await furnished.keys.revoke(ApiKeyId("key-1"), at_us=1)
    assert await other.version.current() != before
    assert await other.keys.find_by_public_key("pk-1") is None
    assert not await furnished.keys.revoke(ApiKeyId("key-1"), at_us=1)


async def test_a_project_remembers_its_revoked_keys_without_their_secrets(furnished: Catalog, other: Catalog) -> None:
    for number in (1, 2, 1):
        await furnished.keys.create(make_key(number))
        assert await other.keys.revoke(ApiKeyId(f"key-{number}"), at_us=number)
    remembered = await furnished.keys.list_revoked()
    assert [(key.id, key.public_key, key.revoked_us) for key in remembered] == [
        ("key-2", "pk-2", 2),
        ("key-1", "pk-1", 1),
    ]
    assert await furnished.keys.list_revoked(CHAT) == remembered
    assert await furnished.keys.list_revoked(ProjectId("nobody")) == []
    assert await furnished.keys.list() == []


async def test_the_version_moves_with_what_caches_hold_and_with_nothing_else(
    furnished: Catalog, other: Catalog
) -> None:
    start = await other.version.current()
    await furnished.settings.set("salt", "x")
    await furnished.users.create(User(id=UserId("u"), email="a@example.com"))
    assert await other.version.current() == start
    await furnished.keys.create(make_key(1))
    with_key = await other.version.current()
    assert with_key.accounts > start.accounts
    assert with_key.models == start.models
    await furnished.models.create(CHAT, make_model("m"))
    with_model = await other.version.current()
    assert with_model.models > start.models
    assert with_model.accounts == with_key.accounts
    await furnished.models.delete(CHAT, ModelId("m"))
    assert (await other.version.current()).models > with_model.models


async def test_concurrent_writers_lose_no_step_of_the_version(furnished: Catalog, other: Catalog) -> None:
    start = (await furnished.version.current()).accounts
    views = [furnished, other]
    await asyncio.gather(*(views[number % 2].keys.create(make_key(number)) for number in range(10)))
    assert (await furnished.version.current()).accounts == start + 10
    assert len(await other.keys.list()) == 10


async def test_many_askers_of_the_version_get_the_same_answer(furnished: Catalog) -> None:
    answers = await asyncio.gather(*(furnished.version.current() for _ in range(50)))
    assert set(answers) == {await furnished.version.current()}


async def test_a_user_is_found_by_address_with_all_roles(furnished: Catalog, other: Catalog) -> None:
    user = User(
        id=UserId("u"),
        email="a@example.com",
        name="Ada",
        password_hash="$argon2id$",
        roles={ACME: Role.ADMIN},
        created_us=3,
    )
    await furnished.users.create(user)
    assert await other.users.find_by_email("a@example.com") == user
    assert await other.users.find_by_email("A@example.com") is None


async def test_no_two_users_share_an_address(furnished: Catalog) -> None:
    await furnished.users.create(User(id=UserId("u"), email="a@example.com"))
    with pytest.raises(ConflictError):
        await furnished.users.create(User(id=UserId("v"), email="a@example.com"))
    with pytest.raises(ConflictError):
        await furnished.users.create(User(id=UserId("u"), email="b@example.com"))


async def test_a_user_of_an_unknown_organisation_is_not_created(furnished: Catalog) -> None:
    with pytest.raises(NotFoundError, match="ghost"):
        await furnished.users.create(
            User(id=UserId("u"), email="a@example.com", roles={ACME: Role.OWNER, OrganizationId("ghost"): Role.OWNER})
        )
    assert await furnished.users.find_by_email("a@example.com") is None


async def test_a_granted_role_does_not_replace_the_one_that_is_there(furnished: Catalog) -> None:
    user_id = UserId("u")
    await furnished.users.create(User(id=user_id, email="a@example.com"))
    assert await furnished.users.grant(user_id, ACME, Role.VIEWER)
    assert not await furnished.users.grant(user_id, ACME, Role.OWNER)
    user = await furnished.users.find_by_email("a@example.com")
    assert user is not None
    assert user.roles == {ACME: Role.VIEWER}
    with pytest.raises(NotFoundError):
        await furnished.users.grant(UserId("nobody"), ACME, Role.OWNER)
    with pytest.raises(NotFoundError):
        await furnished.users.grant(user_id, OrganizationId("ghost"), Role.OWNER)


async def test_a_model_comes_back_exactly_as_it_was_given(furnished: Catalog, other: Catalog) -> None:
    model = make_model("m", price="0.000000000123456789")
    await furnished.models.create(CHAT, model)
    assert await other.models.get(CHAT, ModelId("m")) == model
    assert (await other.models.list(CHAT))[0].tiers[0].prices == {"input": Decimal("0.000000000123456789")}


async def test_a_project_sees_its_own_models_first_then_the_managed_ones(furnished: Catalog) -> None:
    await furnished.models.upsert(None, [make_model("g2", "b"), make_model("g1", "b"), make_model("g0", "B")])
    await furnished.models.create(CHAT, make_model("c", "z"))
    await furnished.models.create(SHOP, make_model("s", "a"))
    assert [model.id for model in await furnished.models.list(CHAT)] == ["c", "g0", "g1", "g2"]
    assert [model.is_managed for model in await furnished.models.list(CHAT)] == [False, True, True, True]
    assert [model.id for model in await furnished.models.list(None)] == ["g0", "g1", "g2"]
    assert await furnished.models.get(CHAT, ModelId("s")) is None
    managed = await furnished.models.get(CHAT, ModelId("g1"))
    assert managed is not None
    assert managed.is_managed


async def test_model_names_are_unique_within_a_project_alone(furnished: Catalog) -> None:
    await furnished.models.upsert(None, [make_model("g", "same"), make_model("h", "same")])
    await furnished.models.create(CHAT, make_model("c", "same"))
    await furnished.models.create(SHOP, make_model("s", "same"))
    with pytest.raises(ConflictError, match="same"):
        await furnished.models.create(CHAT, make_model("d", "same"))
    with pytest.raises(ConflictError):
        await furnished.models.create(CHAT, make_model("c", "other"))
    with pytest.raises(ConflictError) as refused:
        await furnished.models.upsert(CHAT, [make_model("e", "new"), make_model("f", "same")])
    assert refused.value.code == "model_name_taken"
    with pytest.raises(NotFoundError):
        await furnished.models.create(ProjectId("ghost"), make_model("x"))
    assert [model.id for model in await furnished.models.list(CHAT)] == ["c", "g", "h"]


async def test_upserting_the_same_models_again_changes_nothing(furnished: Catalog) -> None:
    models = [make_model(f"m{number}", f"n{number}") for number in range(1200)]
    assert await furnished.models.upsert(None, models) == 1200
    version = await furnished.version.current()
    again = [msgspec.structs.replace(model, created_us=77, updated_us=88) for model in models]
    assert await furnished.models.upsert(None, again) == 0
    assert await furnished.version.current() == version
    dearer = make_model("m7", "n7", price="1")
    assert await furnished.models.upsert(None, [*models[:7], msgspec.structs.replace(dearer, created_us=99)]) == 1
    stored = await furnished.models.get(CHAT, ModelId("m7"))
    assert stored is not None
    assert stored.tiers[0].prices == {"input": Decimal(1)}
    assert stored.created_us == 5
    assert await furnished.version.current() != version


async def test_an_upsert_touches_nobody_elses_model(furnished: Catalog) -> None:
    await furnished.models.create(SHOP, make_model("s", "shop"))
    await furnished.models.upsert(None, [make_model("g", "managed")])
    for stolen in ("s", "g"):
        with pytest.raises(ConflictError, match=stolen):
            await furnished.models.upsert(CHAT, [make_model("mine", "mine"), make_model(stolen, "stolen")])
    assert [model.id for model in await furnished.models.list(CHAT)] == ["g"]


async def test_only_a_projects_own_model_is_deleted(furnished: Catalog) -> None:
    await furnished.models.upsert(None, [make_model("g")])
    await furnished.models.create(SHOP, make_model("s"))
    for not_mine in ("g", "s", "unknown"):
        assert not await furnished.models.delete(CHAT, ModelId(not_mine))
    assert await furnished.models.delete(SHOP, ModelId("s"))
    assert not await furnished.models.delete(SHOP, ModelId("s"))
    assert [model.id for model in await furnished.models.list(SHOP)] == ["g"]


async def test_a_setting_is_made_once_whoever_comes_first(catalog: Catalog, other: Catalog) -> None:
    views = [catalog, other]
    kept = await asyncio.gather(*(views[n % 2].settings.set_if_missing("salt", f"value-{n}") for n in range(8)))
    assert len(set(kept)) == 1
    assert await other.settings.get("salt") == kept[0]
    await catalog.settings.set("salt", "new")
    assert await other.settings.set_if_missing("salt", "late") == "new"


async def test_only_one_provisioner_is_inside_the_lock(catalog: Catalog, other: Catalog) -> None:
    trail: list[str] = []
    inside = asyncio.Event()
    leave = asyncio.Event()

    async def hold() -> None:
        async with catalog.lock.exclusive():
            inside.set()
            await leave.wait()
            trail.append("first")

    async def follow() -> None:
        async with other.lock.exclusive():
            await other.settings.set("free", "to write inside")
            trail.append("second")

    async with asyncio.TaskGroup() as group:
        group.create_task(hold())
        await inside.wait()
        group.create_task(follow())
        await catalog.settings.set("busy", "to write beside")
        assert trail == []
        leave.set()
    assert trail == ["first", "second"]


async def test_the_lock_is_free_again_after_a_failure_inside(catalog: Catalog, other: Catalog) -> None:
    with pytest.raises(ValueError, match="inside"):
        async with catalog.lock.exclusive():
            raise ValueError("inside")
    async with other.lock.exclusive():
        pass


def failure(hour: int, prefix: str, count: int = 1, reason: str = "unknown_key") -> KeyFailure:
    hour_us = hour * HOUR_US
    return KeyFailure(hour_us=hour_us, key_prefix=prefix, reason=reason, count=count, last_us=hour_us + count)


async def test_the_last_use_of_a_key_is_kept_and_nobody_is_told(furnished: Catalog, other: Catalog) -> None:
    for number in (1, 2, 3):
        await furnished.keys.create(make_key(number))
    before = await other.version.current()
    await furnished.keys.note_uses({ApiKeyId("key-1"): 50, ApiKeyId("key-2"): 60, ApiKeyId("ghost"): 70})
    await other.keys.note_uses({ApiKeyId("key-1"): 40, ApiKeyId("key-2"): 61})
    await other.keys.note_uses({})
    assert {key.id: key.last_used_us for key in await furnished.keys.list()} == {
        "key-1": 50,
        "key-2": 61,
        "key-3": None,
    }
    assert await other.version.current() == before


async def test_refused_keys_are_added_up_by_hour_prefix_and_reason(catalog: Catalog, other: Catalog) -> None:
    before = await catalog.version.current()
    await catalog.key_failures.add([failure(1, "pk-b"), failure(1, "pk-a", 2)], keep_from_us=0, most_per_hour=10)
    again = [failure(1, "pk-a", 3), failure(1, "pk-a", 1, "expired"), failure(2, "pk-a")]
    await other.key_failures.add(again, keep_from_us=0, most_per_hour=10)
    first = [failure(1, "pk-a", 1, "expired"), failure(1, "pk-a", 3), failure(1, "pk-b")]
    first[1] = msgspec.structs.replace(first[1], count=5)
    assert await catalog.key_failures.list(0) == [*first, failure(2, "pk-a")]
    assert await catalog.key_failures.list(HOUR_US + 1) == [failure(2, "pk-a")]
    assert await catalog.version.current() == before


async def test_refused_keys_are_bounded_by_hour_and_forgotten(catalog: Catalog) -> None:
    many = [failure(1, f"pk-{number}") for number in range(9)]
    await catalog.key_failures.add(many[:4], keep_from_us=0, most_per_hour=5)
    await catalog.key_failures.add(many[4:], keep_from_us=0, most_per_hour=5)
    kept = await catalog.key_failures.list(0)
    assert [(row.key_prefix, row.count) for row in kept] == [("", 4), *((f"pk-{number}", 1) for number in range(5))]
    await catalog.key_failures.add([failure(9, "pk-9")], keep_from_us=2 * HOUR_US, most_per_hour=5)
    assert await catalog.key_failures.list(0) == [failure(9, "pk-9")]


async def test_what_no_store_can_hold_is_no_key(catalog: Catalog) -> None:
    assert await catalog.keys.find_by_public_key("pk\0") is None
