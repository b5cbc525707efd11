"""A healthy world in facts, and what each way of breaking it is called."""

from collections.abc import Iterable
from decimal import Decimal
from typing import Any

from msgspec import Struct
from msgspec.structs import replace

from panope.domain.accounts import ApiKey
from panope.domain.errors import UnavailableError
from panope.domain.ids import ApiKeyId, ProjectId
from panope.domain.key_failures import KeyFailure, KeyFailureReason
from panope.domain.ledger import LedgerSummary, SdkUse
from panope.domain.pricing import ManagedModels, PriceBook, PriceModel, PriceTier
from panope.features.diagnosis.clients import check_clients
from panope.features.diagnosis.clock import check_client_clocks, check_database_clock
from panope.features.diagnosis.database import check_database
from panope.features.diagnosis.disk import check_directory
from panope.features.diagnosis.finding import Finding
from panope.features.diagnosis.keys import check_keys
from panope.features.diagnosis.media import check_media_bucket, check_media_directory, media_in_database
from panope.features.diagnosis.prices import check_prices
from panope.features.diagnosis.schema import SchemaFacts, check_schema
from panope.features.diagnosis.settings import SecretFacts, SettingsFacts, check_port, check_settings
from panope.features.diagnosis.storage import check_projects, check_tables
from panope.features.diagnosis.traces import check_traces
from panope.ports.diagnosis import (
    ClientTime,
    DeadRows,
    DirectoryFacts,
    FileFacts,
    GenerationCounts,
    PortFacts,
    ProjectSize,
    RootlessTrace,
    RootlessTraces,
    ServerFacts,
    TableSize,
)
from panope.ports.telemetry import UnpricedModel

NOW_US = 1_800_000_000_000_000
HOUR_US = 3_600_000_000
MINUTE_US = 60_000_000
GB = 1_000_000_000
AGENTS = ProjectId("agents")
SECRET_NAMES = ("SALT", "NEXTAUTH_SECRET", "ENCRYPTION_KEY")

SETTINGS = SettingsFacts(
    given=3,
    address="0.0.0.0:3000",
    is_exposed=True,
    public_url="https://panope.example.com",
    secrets=tuple(SecretFacts(variable=name, is_set=True) for name in SECRET_NAMES),
    max_body_bytes=64_000_000,
    max_in_flight_bytes=256_000_000,
)
PORT = PortFacts(address="0.0.0.0:3000", is_free=True, answers_as=None, refusal=None)
DIRECTORY = DirectoryFacts(
    path="/var/lib/panope",
    exists=True,
    is_directory=True,
    can_write=True,
    can_read_files=True,
    owner="panope",
    user="panope",
    is_private=True,
    total_bytes=100 * GB,
    free_bytes=60 * GB,
    free_files=1_000_000,
    file_system="ext4",
    is_network=False,
    is_temporary=False,
    holder=None,
)
FILE = FileFacts(
    library="SQLite 3.53.4",
    is_library_safe=True,
    journal_mode="wal",
    file_bytes=2 * GB,
    free_bytes=1_000_000,
    log_bytes=8_000_000,
    round_trip_us=900,
)
SERVER = ServerFacts(
    product="Postgres 17.2",
    major_version=17,
    supported_versions=(15, 18),
    encoding="UTF8",
    durability={"fsync": "on", "synchronous_commit": "on", "full_page_writes": "on"},
    is_read_only=False,
    may_create_tables=True,
    max_connections=97,
    used_connections=20,
    connections_per_process=20,
    round_trip_us=400,
    clock_offset_us=2_000,
    clock_error_us=200,
    longest_transaction_us=1_000,
    is_longest_idle=False,
    dead_rows=(),
    is_cleaning_on=True,
    oldest_xid_age=1_000_000,
    size_bytes=3 * GB,
)
SCHEMA = SchemaFacts(plane="telemetry", current="0001")
KEY = ApiKey(id=ApiKeyId("k"), project_id=AGENTS, public_key="pk-lf-12345678-90", secret_hash="", display_secret_key="")
USE = SdkUse(
    sdk_name="python", sdk_version="4.0.1", protocol="otlp-protobuf", requests=100, accepted=1_000, last_us=NOW_US
)
UNPRICED = UnpricedModel(model="house-7b", uses=12, total_tokens=3_400, last_us=NOW_US)
LOST = RootlessTrace(
    id="t1", timestamp_us=NOW_US, observation_count=3, has_state=False, scope={"name": "my.app", "version": "1"}
)
TABLE = TableSize(name="observation", rows=1_000, bytes=GB, is_estimate=True)
SIZE = ProjectSize(traces=10, observations=100, stored_bytes=1_000_000, is_estimate=True)


def model(name: str, pattern: str, *, is_managed: bool = True) -> PriceModel:
    prices = {"input": Decimal("0.000001"), "output": Decimal("0.000002")}
    tier = PriceTier(id=name, name="Standard", is_default=True, priority=0, prices=prices)
    return PriceModel(id=name, name=name, match_pattern=pattern, tiers=(tier,), is_managed=is_managed)


BOOK = PriceBook((), ManagedModels([model("gpt-4o", "^gpt-4o$"), model("claude-3-5-sonnet", "^claude-3-5-sonnet$")]))


def settings(**broken: Any) -> list[Finding]:
    return list(check_settings(replace(SETTINGS, **broken)))


def port(*, is_held: bool = False, **broken: Any) -> list[Finding]:
    return [check_port(replace(PORT, **broken), is_held=is_held)]


def directory(**broken: Any) -> list[Finding]:
    return list(check_directory(replace(DIRECTORY, **broken)))


def media(**broken: Any) -> list[Finding]:
    return list(check_media_directory(replace(DIRECTORY, path="/var/lib/panope/media", **broken)))


def file(**broken: Any) -> list[Finding]:
    return list(check_database(replace(FILE, **broken)))


def server(**broken: Any) -> list[Finding]:
    facts = replace(SERVER, **broken)
    return [*check_database(facts), check_database_clock(facts)]


def schema(*, auto_migrate: bool = True, **broken: Any) -> list[Finding]:
    return [check_schema(replace(SCHEMA, **broken), auto_migrate=auto_migrate)]


def senders(*delays_us: int) -> list[Finding]:
    """Observations that arrived so long after their start."""
    times = [ClientTime(start_us=NOW_US - delay_us, arrived_us=NOW_US) for delay_us in delays_us]
    return list(check_client_clocks(AGENTS, times, NOW_US - HOUR_US))


def keys(*failures: tuple[str, KeyFailureReason | str, int], listed: Iterable[ApiKey] = (KEY,)) -> list[Finding]:
    rows = [
        KeyFailure(hour_us=NOW_US - HOUR_US, key_prefix=prefix, reason=str(reason), count=count, last_us=NOW_US)
        for prefix, reason, count in failures
    ]
    return list(check_keys(list(listed), rows, NOW_US + 2 * MINUTE_US))


def clients(*uses: SdkUse, is_cut: bool = False) -> list[Finding]:
    return list(check_clients(AGENTS, LedgerSummary(uses=list(uses), is_cut=is_cut)))


def prices(*unpriced: UnpricedModel, total: int = 50, nameless: int = 0, book: PriceBook = BOOK) -> list[Finding]:
    counts = GenerationCounts(total=total, nameless=nameless)
    return list(check_prices(AGENTS, unpriced, counts, book, "https://panope.example.com"))


def traces(**broken: Any) -> list[Finding]:
    return list(check_traces(AGENTS, replace(RootlessTraces(examined=100), **broken)))


class Case(Struct, frozen=True):
    """One way in which the world is broken, and the finding that says so."""

    code: str
    severity: str
    found: list[Finding]


HEALTHY = [
    *settings(),
    *port(),
    *directory(),
    *file(),
    *server(),
    *schema(),
    *senders(1_000_000, 2_000_000),
    *keys(),
    *clients(USE),
    *prices(),
    *traces(),
    *check_tables([TABLE]),
    *check_projects({AGENTS: SIZE}, 0),
    *media(),
    check_media_bucket("media", None),
]

WEAK = (SecretFacts(variable="SALT", is_set=True, weakness="is short"),)
UNSET = tuple(SecretFacts(variable=name, is_set=False) for name in SECRET_NAMES)
OFF = {"fsync": "off", "synchronous_commit": "on", "full_page_writes": "on"}
REASONS = KeyFailureReason

BROKEN = [
    Case("invalid_setting", "problem", settings(problems=("server.port is not valid",))),
    Case("setting_without_effect", "warning", settings(warnings=("PANOPE_PROT is not a setting",))),
    Case("aliases_used", "ok", settings(aliases=("PORT",))),
    Case("setting_shadowed", "warning", settings(shadowed=(("PANOPE_PORT", "PORT"),))),
    Case("foreign_variables", "note", settings(foreign=("CLICKHOUSE_URL",))),
    Case("data_dir_unused", "note", settings(uses_server_database=True, is_directory_given=True)),
    Case("limits_contradict", "warning", settings(max_in_flight_bytes=1)),
    Case("no_tls", "warning", settings(is_public_url_plain=True)),
    Case("no_public_url", "note", settings(public_url=None)),
    Case("local_only", "note", settings(is_exposed=False)),
    Case("weak_secret", "warning", settings(secrets=WEAK)),
    Case("weak_secret", "note", settings(secrets=WEAK, is_exposed=False, public_url=None)),
    Case("secrets_unset", "note", settings(secrets=UNSET)),
    Case("port_answers", "ok", port(is_free=False, answers_as="0.1.0")),
    Case("port_refused", "problem", port(is_free=False, refusal="this user may not use the port")),
    Case("port_in_use", "problem", port(is_free=False)),
    Case("port_in_use", "warning", port(is_free=False, is_held=True)),
    Case("data_directory_unusable", "problem", directory(is_directory=False)),
    Case("data_directory_unusable", "problem", directory(can_write=False)),
    Case("data_directory_unusable", "problem", directory(can_read_files=False)),
    Case("no_data_directory", "note", directory(exists=False)),
    Case("data_directory_open", "warning", directory(is_private=False)),
    Case("network_file_system", "problem", directory(file_system="nfs4", is_network=True)),
    Case("temporary_file_system", "warning", directory(file_system="overlay", is_temporary=True)),
    Case("disk_full", "problem", directory(free_bytes=1_000_000)),
    Case("disk_full", "problem", directory(free_files=3)),
    Case("disk_low", "warning", directory(free_bytes=GB)),
    Case("media_directory_unusable", "problem", media(is_directory=False)),
    Case("media_directory_unusable", "problem", media(can_write=False)),
    Case("media_disk_full", "problem", media(free_bytes=1_000_000)),
    Case("media_disk_low", "warning", media(free_bytes=GB)),
    Case("media_directory", "ok", media(exists=False)),
    Case("media_bucket_unusable", "problem", [check_media_bucket("media", UnavailableError("away"))]),
    Case("media_database", "ok", [media_in_database()]),
    Case("no_database", "note", list(check_database(None))),
    Case("slow_database", "warning", file(round_trip_us=900_000)),
    Case("unsafe_library", "warning", file(is_library_safe=False)),
    Case("no_write_ahead_log", "warning", file(journal_mode="delete")),
    Case("large_log", "warning", file(log_bytes=GB)),
    Case("mostly_free", "note", file(free_bytes=int(1.5 * GB))),
    Case("database_too_old", "problem", server(major_version=14)),
    Case("database_untested", "note", server(major_version=19)),
    Case("database_encoding", "problem", server(encoding="SQL_ASCII")),
    Case("database_read_only", "problem", server(is_read_only=True)),
    Case("may_not_create", "warning", server(may_create_tables=False)),
    Case("not_durable", "problem", server(durability=OFF)),
    Case("no_connections", "problem", server(used_connections=97)),
    Case("few_connections", "warning", server(used_connections=90)),
    Case("far_database", "warning", server(round_trip_us=30_000)),
    Case("long_transaction", "warning", server(longest_transaction_us=HOUR_US, is_longest_idle=True)),
    Case("no_cleaning", "warning", server(is_cleaning_on=False)),
    Case("dead_rows", "note", server(dead_rows=(DeadRows(table="trace", live=10, dead=90_000),))),
    Case("old_transactions", "warning", server(oldest_xid_age=1_200_000_000)),
    Case("old_transactions", "problem", server(oldest_xid_age=2_000_000_000)),
    Case("clock_off", "warning", server(clock_offset_us=-5_000_000)),
    Case("clock_off", "problem", server(clock_offset_us=HOUR_US)),
    Case("schema_outdated", "warning", schema(pending=("0002",))),
    Case("schema_outdated", "problem", schema(pending=("0002",), auto_migrate=False)),
    Case("schema_outdated", "problem", schema(current=None, pending=("0001",), auto_migrate=False)),
    Case("schema_refused", "problem", schema(refusal="a newer panope has upgraded it")),
    Case("no_schema", "note", schema(current=None, pending=("0001",))),
    Case("clients_ahead", "warning", senders(-20 * MINUTE_US, 1_000)),
    Case("clients_behind", "note", senders(2 * HOUR_US, 3 * HOUR_US)),
    Case("no_keys", "note", keys(listed=())),
    Case("key_expires", "warning", keys(listed=[replace(KEY, expires_us=NOW_US + 24 * HOUR_US)])),
    Case("refused_key", "note", keys(("", REASONS.NO_HEADER, 4))),
    Case("refused_key", "note", keys(("", REASONS.NOT_A_KEY, 4))),
    Case("refused_key", "warning", keys(("", REASONS.UNREADABLE_HEADER, 4))),
    Case("refused_key", "warning", keys(("", REASONS.SECRET_FIRST, 4))),
    Case("refused_key", "warning", keys(("pk-lf-strange", REASONS.UNKNOWN_KEY, 4))),
    Case("refused_key", "problem", keys(("pk-lf-12345678", REASONS.WRONG_SECRET, 4))),
    Case("refused_key", "problem", keys(("pk-lf-expired1", REASONS.EXPIRED, 4))),
    Case("more_refused_keys", "note", keys(*((f"pk-lf-{n}", REASONS.UNKNOWN_KEY, 1) for n in range(9)))),
    Case("nothing_received", "note", clients()),
    Case("ledger_cut", "note", clients(USE, is_cut=True)),
    Case("client", "note", clients(replace(USE, repairs={"dropped_usage": 3}))),
    Case("client_rejected", "warning", clients(replace(USE, rejected=10, reasons={"bad_time": 10}))),
    Case("client_rejected", "problem", clients(replace(USE, rejected=500, reasons={"wrong_type": 500}))),
    Case("client_rejected", "problem", clients(replace(USE, refused=50, reasons={"malformed_otlp": 50}))),
    Case(
        "client_repaired",
        "note",
        clients(replace(USE, rejected=10, reasons={"bad_time": 10}, repairs={"dropped_cost": 2})),
    ),
    Case("more_clients", "ok", clients(*(replace(USE, sdk_version=f"{n}") for n in range(9)))),
    Case("more_clients", "warning", clients(*(replace(USE, sdk_version=f"{n}", rejected=1) for n in range(9)))),
    Case("no_price", "warning", prices(UNPRICED)),
    Case("more_unpriced", "warning", prices(*(replace(UNPRICED, model=f"house-{n}b") for n in range(9)))),
    Case("priced_since", "note", prices(replace(UNPRICED, model="gpt-4o"))),
    Case("nameless_generations", "note", prices(nameless=5)),
    Case("rootless_traces", "note", traces(count=1, newest=[LOST])),
    Case("rootless_traces", "warning", traces(count=40, newest=[LOST])),
    Case("other_tables", "ok", list(check_tables([TABLE, replace(TABLE, name="score", bytes=1)]))),
    Case("other_projects", "ok", list(check_projects({ProjectId(f"p{n}"): SIZE for n in range(11)}, 0))),
    Case("projects_cut", "note", list(check_projects({AGENTS: SIZE}, 3))),
]
