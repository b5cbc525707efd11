"""Addresses of Postgres databases as people and tools write them."""

import pytest
from psycopg.conninfo import conninfo_to_dict

from panope.config.database_url import parse_database_url
from panope.config.load import load_settings


@pytest.mark.parametrize("scheme", ["postgres", "postgresql", "postgresql+psycopg"])
def test_all_spellings_of_the_scheme_mean_postgres(scheme: str) -> None:
    assert parse_database_url(f"{scheme}://u:p@db:5433/name\n").url == "postgresql://u:p@db:5433/name"


@pytest.mark.parametrize(
    "raw",
    [
        "",
        "name",
        "mysql://u:s3cret@db/x",
        "sqlite:///x.db",
        "postgres://u:s3cret@db:port/x",
        "postgres://u:s3#cret@db/x",
        "postgres:///x",
        "postgres://[u:s3cret@db/x",
    ],
)
def test_what_is_no_address_is_refused_without_repeating_it(raw: str) -> None:
    with pytest.raises(ValueError, match="postgresql://user:password@host") as refused:
        parse_database_url(raw)
    assert "s3" not in str(refused.value)


def test_a_socket_directory_is_a_host() -> None:
    target = parse_database_url("postgresql://postgres@/name?host=/run/socket")
    assert conninfo_to_dict(target.url) == {"user": "postgres", "dbname": "name", "host": "/run/socket"}


def test_prismas_schema_becomes_a_search_path() -> None:
    target = parse_database_url("postgres://u:p@db/x?schema=my+schema&sslmode=require")
    assert conninfo_to_dict(target.url)["options"] == "-csearch_path=my+schema"
    assert conninfo_to_dict(target.url)["sslmode"] == "require"
    assert target.warnings == ()


def test_options_of_ones_own_stay_beside_the_schema() -> None:
    for query in ("schema=s&options=-cjit%3Doff", "options=-cjit%3Doff&schema=s"):
        options = conninfo_to_dict(parse_database_url(f"postgres://u:p@db/x?{query}").url)["options"]
        assert options == "-cjit=off -csearch_path=s"


def test_the_default_schema_needs_no_search_path() -> None:
    assert parse_database_url("postgres://u:p@db/x?schema=public").url == "postgresql://u:p@db/x"


def test_arguments_that_postgres_has_not_are_left_out_and_named() -> None:
    target = parse_database_url(
        "postgres://u:p@db/x?connection_limit=5&pool_timeout=2&connect_timeout=3&pgbouncer=true"
    )
    assert target.url == "postgresql://u:p@db/x?connect_timeout=3"
    assert [warning for warning in target.warnings if "connection_limit" in warning]
    assert [warning for warning in target.warnings if "pool_timeout" in warning]
    assert len(target.warnings) == 2


@pytest.mark.parametrize("query", ["sslaccept=strict&sslmode=require", "sslmode=require&sslaccept=strict"])
def test_strict_certificates_are_verified_in_full(query: str) -> None:
    parameters = conninfo_to_dict(parse_database_url(f"postgres://u:p@db/x?{query}&sslcert=/ca.pem").url)
    assert (parameters["sslmode"], parameters["sslrootcert"]) == ("verify-full", "/ca.pem")


def test_a_certificate_with_a_key_is_the_clients_own() -> None:
    parameters = conninfo_to_dict(parse_database_url("postgres://u@db/x?sslcert=/c.pem&sslkey=/k.pem").url)
    assert (parameters["sslcert"], parameters["sslkey"]) == ("/c.pem", "/k.pem")
    assert "sslrootcert" not in parameters


def test_the_location_shows_no_credentials() -> None:
    target = parse_database_url("postgres://user:s3cret@db:5433/name")
    assert target.location == "db:5433/name"
    assert "s3cret" not in repr(target)


def test_an_address_is_made_of_its_parts() -> None:
    parts = {
        "DATABASE_HOST": "db:5433",
        "DATABASE_NAME": "lang fuse",
        "DATABASE_USERNAME": "us/er",
        "DATABASE_PASSWORD": "p@ss:w%rd#",
        "DATABASE_ARGS": "sslmode=require",
    }
    database = load_settings(environ=parts).storage.database()
    assert database is not None
    assert conninfo_to_dict(database.url) == {
        "host": "db",
        "port": "5433",
        "dbname": "lang fuse",
        "user": "us/er",
        "password": "p@ss:w%rd#",
        "sslmode": "require",
    }


def test_a_whole_address_beats_its_parts() -> None:
    environ = {"DATABASE_URL": "postgres://u@a/x", "DATABASE_HOST": "b", "DATABASE_NAME": "y", "DATABASE_USERNAME": "v"}
    database = load_settings(environ=environ).storage.database()
    assert database is not None
    assert database.location == "a/x"


def test_parts_that_are_too_few_are_reported() -> None:
    settings = load_settings(environ={"DATABASE_HOST": "db", "DATABASE_USERNAME": "u"})
    assert settings.storage.database() is None
    assert "DATABASE_NAME" in settings.warnings[0]
