"""Settings that a server refuses: each fault is told, and the rest is read all the same."""

from pathlib import Path
from typing import Any

import pytest

from panope.config.load import load_settings
from panope.config.review import review_settings
from panope.config.tolerant import Reading, read_tolerantly
from panope.domain.errors import InvalidError
from panope.features.diagnosis.settings import SettingsFacts


def read(environ: dict[str, str] | None = None, flags: dict[str, Any] | None = None, **more: Any) -> Reading:
    return read_tolerantly(flags, environ=environ or {}, **more)


def review(environ: dict[str, str]) -> SettingsFacts:
    return review_settings(read(environ))


@pytest.mark.parametrize(
    "environ",
    [
        {},
        {"PORT": "4000", "PANOPE_PROT": "1", "SALT": "x" * 20, "LANGFUSE_INIT_PROJECT_ID": "p"},
        {"DATABASE_HOST": "db", "DATABASE_NAME": "n", "DATABASE_USERNAME": "u", "DATABASE_PASSWORD": "p"},
    ],
)
def test_what_a_server_accepts_is_read_alike(environ: dict[str, str]) -> None:
    reading = read(environ, {"logging.level": "debug"})
    assert reading.settings == load_settings({"logging.level": "debug"}, environ=environ)
    assert (reading.problems, reading.is_storage_known) == ((), True)


def test_every_fault_is_told_and_the_rest_is_read() -> None:
    environ = {
        "PANOPE_PORT": "many",
        "PANOPE_SHUTDOWN_TIMEOUT_S": "-1",
        "HOSTNAME": "10.0.0.1",
        "LANGFUSE_LOG_LEVEL": "x",
    }
    reading = read(environ)
    assert [problem.split(" (")[0] for problem in reading.problems] == [
        "The setting server.port",
        "The setting server.shutdown_timeout_s",
        "The setting logging.level",
    ]
    assert (reading.settings.server.port, reading.settings.server.host) == (3001, "10.0.0.1")
    assert "server.port" not in reading.settings.origins
    assert reading.is_storage_known
    with pytest.raises(InvalidError):
        load_settings(environ=environ)


def test_a_wrong_flag_is_told_and_left_out() -> None:
    reading = read({}, {"server.port": 70_000})
    assert "server.port (from flag)" in reading.problems[0]
    assert reading.settings.server.port == 3001


@pytest.mark.parametrize(
    "environ",
    [
        {"DATABASE_URL": "mysql://x"},
        {"DATABASE_URL_FILE": "/nowhere/at/all"},
        {"DATABASE_URL": "postgresql://h/n", "DATABASE_URL_FILE": "/x"},
        {"PANOPE_AUTO_MIGRATE": "perhaps"},
        {"PANOPE_CONFIG": "/nowhere/panope.toml"},
    ],
    ids=lambda environ: next(iter(environ)),
)
def test_storage_is_not_guessed_when_what_says_where_it_is_cannot_be_read(environ: dict[str, str]) -> None:
    reading = read(environ)
    assert len(reading.problems) == 1
    assert not reading.is_storage_known


def test_a_broken_file_does_not_hide_the_storage_that_a_variable_names(tmp_path: Path) -> None:
    broken = tmp_path / "panope.toml"
    broken.write_text("[server\n")
    reading = read({"PANOPE_DATA_DIR": "/kept"}, config_path=broken)
    assert "not valid TOML" in reading.problems[0]
    assert reading.is_storage_known
    assert reading.settings.storage.data_dir == Path("/kept")


def test_a_wrong_value_of_the_file_is_told_and_left_out(tmp_path: Path) -> None:
    file = tmp_path / "panope.toml"
    file.write_text('[server]\nport = "x"\nhost = "10.0.0.1"\n')
    reading = read({}, config_path=file)
    assert "server.port (from file panope.toml)" in reading.problems[0]
    assert (reading.settings.server.port, reading.settings.server.host) == (3001, "10.0.0.1")


def test_no_secret_is_in_what_is_told() -> None:
    environ = {
        "DATABASE_URL": "postgresql://u:hunter2@h/n",
        "ENCRYPTION_KEY": "hunter2",
        "SALT": "hunter2",
        "LANGFUSE_INIT_USER_PASSWORD": "hunter2",
    }
    reading = read(environ)
    assert reading.problems
    assert "hunter2" not in repr(reading)
    assert "hunter2" not in repr(review_settings(reading))


def test_weak_secrets_are_told_apart() -> None:
    environ = {
        "SALT": "mysalt",
        "NEXTAUTH_SECRET": "abc123xyz",
        "ENCRYPTION_KEY": "0" * 64,
        "LANGFUSE_INIT_PROJECT_SECRET_KEY": "sk-lf-1234567890",
    }
    assert {secret.variable: secret.weakness for secret in review(environ).secrets} == {
        "SALT": "is the example of a handbook",
        "NEXTAUTH_SECRET": "is short",
        "ENCRYPTION_KEY": "repeats the same few characters",
        "LANGFUSE_INIT_PROJECT_SECRET_KEY": "is the example of a handbook",
    }
    strong = review({"PANOPE_SALT": "a-long-and-varied-salt"}).secrets
    assert [(secret.variable, secret.is_set, secret.weakness) for secret in strong] == [
        ("PANOPE_SALT", True, ""),
        ("NEXTAUTH_SECRET", False, ""),
        ("ENCRYPTION_KEY", False, ""),
    ]


def test_of_two_names_of_a_setting_the_one_that_does_not_count_is_told() -> None:
    environ = {"PANOPE_PORT": "4000", "PORT": "5000", "PANOPE_SALT": "same", "SALT": "same"}
    facts = review(environ)
    assert facts.shadowed == (("PANOPE_PORT", "PORT"),)
    assert facts.aliases == ()
    assert review({"PORT": "5000"}).aliases == ("PORT",)


def test_an_address_beside_parts_of_another_is_told() -> None:
    url = "postgresql://u@one/n"
    assert review({"DATABASE_URL": url, "DATABASE_HOST": "two"}).shadowed == (("DATABASE_URL", "DATABASE_HOST"),)
    parts = {"DATABASE_HOST": "two", "DATABASE_NAME": "n", "DATABASE_USERNAME": "u"}
    assert review(parts).shadowed == ()


def test_variables_of_another_server_are_listed_and_those_of_sdks_are_not() -> None:
    names = ["CLICKHOUSE_URL", "REDIS_HOST", "LANGFUSE_S3_BUCKET", "LANGFUSE_PUBLIC_KEY", "LANGFUSE_INIT_ORG_ID"]
    facts = review(dict.fromkeys(names, "x"))
    assert facts.foreign == ("CLICKHOUSE_URL", "LANGFUSE_S3_BUCKET", "REDIS_HOST")


@pytest.mark.parametrize(
    ("environ", "is_exposed", "is_plain"),
    [
        ({}, False, False),
        ({"PANOPE_HOST": "localhost", "NEXTAUTH_URL": "http://localhost:3000"}, False, False),
        ({"PANOPE_HOST": "0.0.0.0", "NEXTAUTH_URL": "http://traces.example.com"}, True, True),
        ({"PANOPE_HOST": "::", "NEXTAUTH_URL": "https://traces.example.com"}, True, False),
    ],
)
def test_what_others_can_reach_is_known(environ: dict[str, str], *, is_exposed: bool, is_plain: bool) -> None:
    facts = review(environ)
    assert (facts.is_exposed, facts.is_public_url_plain) == (is_exposed, is_plain)
