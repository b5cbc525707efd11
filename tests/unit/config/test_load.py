"""Where settings come from and which source wins."""

from pathlib import Path
from typing import Any

import pytest

from panope.config.area import Variable, is_secret, variable_of
from panope.config.load import AREAS, Settings, load_settings
from panope.domain.errors import InvalidError

KEY = "0123456789abcdef" * 4


@pytest.fixture(autouse=True)
def _elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """No settings file of the checkout plays a part."""
    monkeypatch.chdir(tmp_path)


def load(environ: dict[str, str] | None = None, **flags: Any) -> Settings:
    return load_settings({name.replace("__", "."): value for name, value in flags.items()}, environ=environ or {})


def test_nothing_has_to_be_set() -> None:
    settings = load()
    assert (settings.server.host, settings.server.port) == ("127.0.0.1", 3001)
    assert settings.storage.data_dir == Path("panope-data")
    assert settings.storage.database() is None
    assert settings.storage.auto_migrate
    assert settings.limits.max_body_bytes == 64 * 1024 * 1024
    assert settings.provisioning.plan() is None
    assert settings.warnings == ()
    assert settings.origins == {}


def test_flag_beats_environment_beats_file_beats_default(tmp_path: Path) -> None:
    (tmp_path / "panope.toml").write_text('[server]\nport = 1\nhost = "filehost"\nroot_path = "from/file"\n')
    settings = load({"PANOPE_PORT": "2", "PANOPE_HOST": "envhost"}, server__port=3)
    assert (settings.server.port, settings.server.host, settings.server.root_path) == (3, "envhost", "/from/file")
    assert settings.origins == {
        "server.port": "flag",
        "server.host": "environment PANOPE_HOST",
        "server.root_path": "file panope.toml",
    }


def test_a_flag_that_was_not_given_hides_nothing() -> None:
    assert load({"PANOPE_PORT": "2"}, server__port=None).server.port == 2


def test_our_own_name_beats_the_alias() -> None:
    settings = load({"PORT": "1", "PANOPE_PORT": "2"})
    assert settings.server.port == 2
    assert load({"PORT": "1"}).origins == {"server.port": "environment PORT"}


def test_the_operations_guides_variables_are_understood() -> None:
    settings = load(
        {
            "DATABASE_URL": "postgresql://u:p@db/langfuse",
            "NEXTAUTH_URL": "https://obs.example.com/",
            "NEXTAUTH_SECRET": "s3",
            "SALT": "pepper",
            "ENCRYPTION_KEY": KEY,
            "PORT": "3000",
            "HOSTNAME": "0.0.0.0",
            "LANGFUSE_LOG_LEVEL": "FATAL",
            "LANGFUSE_LOG_FORMAT": "json",
            "LANGFUSE_AUTO_POSTGRES_MIGRATION_DISABLED": "true",
            "TELEMETRY_ENABLED": "false",
        }
    )
    assert settings.server.public_url == "https://obs.example.com"
    assert (settings.server.host, settings.server.port) == ("0.0.0.0", 3000)
    assert (settings.logging.level, settings.logging.format) == ("error", "json")
    assert not settings.storage.auto_migrate
    secrets = settings.security
    assert secrets.salt is not None
    assert secrets.session_secret is not None
    assert secrets.encryption_key is not None
    assert secrets.salt.get_secret_value() == "pepper"
    assert secrets.session_secret.get_secret_value() == "s3"
    database = settings.storage.database()
    assert database is not None
    assert database.url == "postgresql://u:p@db/langfuse"
    assert settings.warnings == ()


@pytest.mark.parametrize(("hostname", "host"), [("::", "::"), ("10.0.0.7", "10.0.0.7"), ("pod-7f", "127.0.0.1")])
def test_hostname_counts_only_when_it_is_an_address(hostname: str, host: str) -> None:
    assert load({"HOSTNAME": hostname}).server.host == host


def test_an_empty_variable_is_not_set() -> None:
    settings = load({"SALT": "", "PORT": " ", "DATABASE_URL": ""})
    assert settings.security.salt is None
    assert settings.server.port == 3001
    assert settings.storage.database_url is None


def test_what_kubernetes_sets_for_a_service_is_no_setting() -> None:
    settings = load(
        {
            "PANOPE_PORT": "tcp://10.0.0.1:3001",
            "PANOPE_SERVICE_HOST": "10.0.0.1",
            "PANOPE_SERVICE_PORT": "3001",
            "PANOPE_PORT_3001_TCP_ADDR": "10.0.0.1",
        }
    )
    assert settings.server.port == 3001
    assert settings.warnings == ()


def test_a_secret_may_be_a_file(tmp_path: Path) -> None:
    (tmp_path / "salt").write_text("from a file\n")
    salt = load({"SALT_FILE": str(tmp_path / "salt")}).security.salt
    assert salt is not None
    assert salt.get_secret_value() == "from a file"


@pytest.mark.parametrize(
    "variable",
    sorted(
        {
            name
            for area in AREAS
            for info in area.model_fields.values()
            if is_secret(info)
            for name in variable_of(info).names
        }
    ),
)
def test_every_secret_may_be_a_file_that_is_missing(variable: str) -> None:
    with pytest.raises(InvalidError, match=f"{variable}_FILE"):
        load({f"{variable}_FILE": "/nowhere/at/all"})


def test_a_secret_given_twice_is_refused(tmp_path: Path) -> None:
    (tmp_path / "salt").write_text("a")
    with pytest.raises(InvalidError, match="SALT_FILE"):
        load({"SALT": "b", "SALT_FILE": str(tmp_path / "salt")})


def test_an_empty_secret_file_is_refused(tmp_path: Path) -> None:
    (tmp_path / "salt").write_text("\n")
    with pytest.raises(InvalidError, match="empty"):
        load({"SALT_FILE": str(tmp_path / "salt")})


def test_a_misspelt_variable_is_reported_with_the_name_that_was_meant() -> None:
    [warning] = load({"PANOPE_PROT": "1"}).warnings
    assert "PANOPE_PROT" in warning
    assert "PANOPE_PORT?" in warning


@pytest.mark.parametrize("name", ["PANOPE_TEST_PG_URL", "PANOPE_SALT_FILE", "PANOPE_CONFIG", "LANGFUSE_ANYTHING"])
def test_what_is_known_or_foreign_is_not_reported(name: str, tmp_path: Path) -> None:
    (tmp_path / "there").write_text("x = 1")
    assert load({name: str(tmp_path / "there")}).warnings == ()


def test_unknown_names_in_the_file_are_reported(tmp_path: Path) -> None:
    (tmp_path / "panope.toml").write_text("[server]\nprot = 1\n[servre]\nport = 2\n")
    warnings = load().warnings
    assert any("server.prot" in warning and "port?" in warning for warning in warnings)
    assert any("[servre]" in warning and "server?" in warning for warning in warnings)


def test_another_file_can_be_named(tmp_path: Path) -> None:
    (tmp_path / "other.toml").write_text("[server]\nport = 7\n")
    assert load({"PANOPE_CONFIG": str(tmp_path / "other.toml")}).server.port == 7
    assert load_settings(environ={}, config_path=tmp_path / "other.toml").server.port == 7
    with pytest.raises(InvalidError, match=r"gone.toml"):
        load_settings(environ={}, config_path=tmp_path / "gone.toml")


def test_a_broken_file_is_named(tmp_path: Path) -> None:
    (tmp_path / "panope.toml").write_text("[server\n")
    with pytest.raises(InvalidError, match=r"panope.toml.*TOML"):
        load()


@pytest.mark.parametrize(
    ("environ", "setting"),
    [
        ({"PANOPE_PORT": "70000"}, "server.port"),
        ({"PANOPE_PORT": "x"}, "server.port"),
        ({"NEXTAUTH_URL": "obs.example.com"}, "server.public_url"),
        ({"PANOPE_ROOT_PATH": "/a?b"}, "server.root_path"),
        ({"PANOPE_ROOT_PATH": "http://h/a"}, "server.root_path"),
        ({"PANOPE_MAX_BODY_BYTES": "0"}, "limits.max_body_bytes"),
        ({"PANOPE_LOG_LEVEL": "loud"}, "logging.level"),
        ({"LANGFUSE_INIT_PROJECT_RETENTION": "2"}, "provisioning.project_retention"),
    ],
)
def test_a_wrong_value_is_reported_by_setting_and_source(environ: dict[str, str], setting: str) -> None:
    [variable] = environ
    with pytest.raises(InvalidError) as refused:
        load(environ)
    assert setting in refused.value.message
    assert f"environment {variable}" in refused.value.message
    assert "\n" not in refused.value.message


@pytest.mark.parametrize(
    ("variable", "value"), [("ENCRYPTION_KEY", "s3cret-not-hex"), ("DATABASE_URL", "mysql://root:s3cret@db/x")]
)
def test_a_wrong_secret_is_not_repeated(variable: str, value: str) -> None:
    with pytest.raises(InvalidError) as refused:
        load({variable: value})
    assert "s3cret" not in refused.value.message
    assert "s3cret" not in repr(refused.value.__cause__)


def test_sizes_take_units() -> None:
    assert load({"PANOPE_MAX_UNPACKED_BYTES": "8MiB"}).limits.max_body_bytes == 8 * 1024 * 1024


@pytest.mark.parametrize(("given", "path"), [("", ""), ("/", ""), ("panope", "/panope"), ("/a/b/", "/a/b")])
def test_a_root_path_has_one_leading_slash_and_no_last_one(given: str, path: str) -> None:
    assert load(server__root_path=given).server.root_path == path


def test_the_sign_in_path_is_no_part_of_the_public_address() -> None:
    assert load({"NEXTAUTH_URL": "http://h/base/api/auth"}).server.public_url == "http://h/base"


def test_no_secret_shows_in_the_settings_text() -> None:
    environ = {"SALT": "s3cret", "DATABASE_URL": "postgres://u:s3cret@db/x", "LANGFUSE_INIT_USER_PASSWORD": "s3cret"}
    settings = load(environ)
    assert "s3cret" not in repr(settings)
    assert "s3cret" not in repr(settings.storage.database())


@pytest.mark.parametrize("area", AREAS)
def test_every_setting_is_described_and_has_a_variable_of_ours(area: type[Any]) -> None:
    assert area.model_fields
    for name, info in area.model_fields.items():
        assert info.description, name
        variable = variable_of(info)
        assert isinstance(variable, Variable)
        assert variable.name.startswith("PANOPE_")


def test_no_two_settings_share_a_variable() -> None:
    names = [name for area in AREAS for info in area.model_fields.values() for name in variable_of(info).names]
    assert len(names) == len(set(names))
