"""The command line: what it prints, where, and how it leaves."""

import io
import json
import re
import subprocess
import sys
from pathlib import Path

import pytest

from panope import __version__, bootstrap
from panope.config.load import Settings
from panope.domain.accounts import Role
from tests.unit.cli.conftest import Run

COMMANDS = (
    (),
    ("serve",),
    ("verify",),
    ("keys",),
    ("keys", "create"),
    ("keys", "list"),
    ("keys", "revoke"),
    ("users",),
    ("users", "create"),
    ("users", "list"),
    ("users", "set-password"),
    ("users", "sessions"),
    ("users", "sessions", "revoke"),
    ("datasets",),
    ("datasets", "list"),
    ("datasets", "import"),
    ("datasets", "export"),
    ("datasets", "from-traces"),
    ("db",),
    ("db", "upgrade"),
    ("db", "status"),
    ("reprice",),
    ("remap",),
    ("operations",),
    ("operations", "list"),
    ("operations", "cancel"),
    ("scores",),
    ("scores", "presets"),
    ("feedback",),
    ("feedback", "list"),
    ("config",),
    ("config", "show"),
    ("doctor",),
)


def test_the_version_is_shown(run: Run) -> None:
    assert run("--version").out == f"panope {__version__}\n"


@pytest.mark.parametrize("command", COMMANDS, ids=" ".join)
def test_every_command_has_help(run: Run, command: tuple[str, ...]) -> None:
    shown = run(*command, "--help")
    assert shown.status == 0
    assert "Usage: panope" in shown.out


def test_help_and_version_import_nothing_heavy() -> None:
    heavy = ["sqlalchemy", "alembic", "psycopg", "fastapi", "pydantic", "asyncio", "argon2"]
    program = f"import sys, panope.cli.main; print([name for name in {heavy} if name in sys.modules])"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout == "[]\n"


@pytest.mark.parametrize(
    "arguments",
    [
        ("bogus",),
        ("serve", "--port", "x"),
        ("serve", "--port", "65536"),
        ("serve", "--data-dir", ""),
        ("keys", "create", "--bogus"),
        ("datasets", "import", "name"),
        ("datasets", "import", "name", "missing.csv"),
        ("datasets", "from-traces", "name", "--filter", "{"),
        ("reprice",),
        ("reprice", "--since", "yesterday", "--dry-run"),
        ("reprice", "--since", "7d"),
        ("remap", "--since", "7d", "--json"),
    ],
)
def test_bad_usage_leaves_with_2(run: Run, arguments: tuple[str, ...]) -> None:
    refused = run(*arguments)
    assert refused.status == 2
    assert refused.out == ""
    assert "Usage" in refused.err


def test_a_key_is_created_listed_and_revoked(run: Run) -> None:
    created = run("keys", "create", "--note", "ci")
    assert created.status == 0
    lines = dict(line.split("=") for line in created.out.splitlines())
    assert sorted(lines) == ["LANGFUSE_PUBLIC_KEY", "LANGFUSE_SECRET_KEY"]
    secret = lines["LANGFUSE_SECRET_KEY"]
    assert "not shown again" in created.err
    listed = run("keys", "list").out
    assert lines["LANGFUSE_PUBLIC_KEY"] in listed
    assert secret not in listed
    assert f"...{secret[-4:]}" in listed
    assert "ci" in listed.split("\t")
    assert run("keys", "revoke", lines["LANGFUSE_PUBLIC_KEY"]).status == 0
    assert run("keys", "list").out == ""


def test_json_for_programs(run: Run) -> None:
    created = json.loads(run("keys", "create", "--json").out)
    [listed] = json.loads(run("keys", "list", "--json").out)
    assert created["public_key"] == listed["public_key"]
    assert created["project_id"] == listed["project_id"] == "default"
    assert created["secret_key"].startswith("sk-lf-")
    assert created["secret_key"] not in json.dumps(listed)


def test_on_a_terminal_a_list_is_a_table(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    run("keys", "create", "--note", "[bold]not markup")
    monkeypatch.setattr(sys.stdout, "isatty", lambda: True)
    monkeypatch.setenv("COLUMNS", "110")
    shown = run("keys", "list").out
    assert "Public key" in shown
    assert re.search(r"\bpk-lf-[0-9a-f-]{36} ", shown)
    assert "[bold]" in shown


@pytest.mark.parametrize(
    "arguments",
    [("keys", "list"), ("keys", "revoke", "pk"), ("reprice", "--since", "7d", "--dry-run"), ("operations", "list")],
)
def test_looking_into_an_empty_place_creates_nothing(run: Run, tmp_path: Path, arguments: tuple[str, ...]) -> None:
    refused = run(*arguments, "--data-dir", str(tmp_path / "typo"))
    assert refused.status == 1
    assert "--data-dir" in refused.err
    assert not (tmp_path / "typo").exists()


@pytest.mark.parametrize(
    ("arguments", "reason"),
    [
        (("keys", "revoke", "pk-unknown"), "pk-unknown"),
        (("keys", "create", "--project", "ghost"), "ghost"),
        (("keys", "create", "--organization", "ghost"), "these are there: default"),
        (("keys", "list", "--project", "ghost"), "ghost"),
        (("reprice", "--since", "7d", "--dry-run", "--project", "ghost"), "ghost"),
        (("reprice", "--since", "7d", "--until", "8d", "--dry-run"), "exchange the two"),
        (("operations", "list", "--project", "ghost"), "There is no project ghost: these are there: default"),
        (("feedback", "list", "--project", "ghost"), "There is no project ghost: these are there: default"),
        (("operations", "cancel", "no-such"), "no-such"),
        (("keys", "list", "--config", "gone.toml"), "gone.toml"),
        (("keys", "list", "--database-url", "mysql://u:s3cret@h/x"), "Postgres"),
        (("keys", "list", "--database-url", "postgres://u:s3cret@/x?host=/nowhere"), "Postgres"),
    ],
)
def test_an_expected_failure_is_one_line_and_1(run: Run, arguments: tuple[str, ...], reason: str) -> None:
    run("keys", "create")
    refused = run(*arguments)
    assert refused.status == 1
    assert refused.out == ""
    assert refused.err.startswith("panope: ")
    assert refused.err.count("\n") == 1
    assert reason in refused.err
    assert "s3cret" not in refused.err


@pytest.mark.parametrize(
    "arguments",
    [
        ("verify",),
        ("reprice", "--since", "7d", "--dry-run"),
        ("remap", "--since", "7d", "--dry-run"),
        ("operations", "list"),
        ("keys", "create"),
        ("keys", "list"),
        ("users", "list"),
        ("datasets", "list"),
        ("feedback", "list"),
        ("scores", "presets"),
        ("db", "status"),
        ("db", "upgrade"),
    ],
    ids=" ".join,
)
def test_a_directory_that_cannot_be_looked_into_is_one_line(run: Run, arguments: tuple[str, ...]) -> None:
    too_long_a_name = f"{'n' * 300}/store"
    refused = run(*arguments, "--data-dir", too_long_a_name)
    assert refused.status == (2 if arguments == ("verify",) else 1)
    assert refused.err.startswith("panope: The data directory ")
    assert refused.err.count("\n") == 1
    assert "--data-dir" in refused.err


def test_a_user_is_created_with_a_password_from_standard_input(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdin", io.StringIO("long enough\n"))
    created = run("users", "create", "Ada@Example.com", "--role", "admin", "--password-stdin")
    assert created.status == 0
    assert re.fullmatch(r"Created ada@example\.com, admin of default, with the id [0-9a-f-]{36}\.\n", created.out)
    monkeypatch.setattr(sys, "stdin", io.StringIO("long enough\n"))
    again = run("users", "create", "ada@example.com", "--password-stdin")
    assert again.status == 1
    assert "exists already" in again.err


def test_users_are_listed_and_get_another_password(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdin", io.StringIO("long enough\nanother one\n"))
    run("users", "create", "ada@example.com", "--name", "Ada", "--role", "owner", "--password-stdin")
    assert "owner of default" in run("users", "list").out.split("\t")
    [user] = json.loads(run("users", "list", "--json").out)
    assert (user["email"], user["name"], user["roles"]) == ("ada@example.com", "Ada", {"default": "owner"})
    assert user["has_password"] is True
    changed = run("users", "set-password", "Ada@example.com", "--password-stdin")
    assert changed.out == "Changed the password of ada@example.com, who is signed out everywhere.\n"
    assert run("users", "sessions", "revoke", "ada@example.com").out == "Ended 0 sessions of ada@example.com.\n"
    for command in (("users", "sessions", "revoke"), ("users", "set-password")):
        monkeypatch.setattr(sys, "stdin", io.StringIO("long enough\n"))
        options = ("--password-stdin",) if "set-password" in command else ()
        refused = run(*command, "bea@example.com", *options)
        assert (refused.status, "panope users list" in refused.err) == (1, True)


def test_a_short_password_is_refused_without_repeating_it(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdin", io.StringIO("tiny\n"))
    refused = run("users", "create", "a@example.com", "--password-stdin")
    assert refused.status == 1
    assert "8" in refused.err
    assert "tiny" not in refused.err


def test_without_a_terminal_the_password_must_come_from_standard_input(
    run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "stdin", io.StringIO())
    refused = run("users", "create", "a@example.com")
    assert refused.status == 2
    assert "--password-stdin" in refused.err


@pytest.mark.parametrize("role", list(Role))
def test_every_role_can_be_given(run: Run, monkeypatch: pytest.MonkeyPatch, role: Role) -> None:
    monkeypatch.setattr(sys, "stdin", io.StringIO("tiny\n"))
    assert run("users", "create", "a@example.com", "--role", role.value, "--password-stdin").status == 1


def test_the_schema_is_upgraded_once(run: Run, tmp_path: Path) -> None:
    assert "pending: 0001" in run("db", "status").out
    assert not (tmp_path / "panope-data").exists()
    assert "catalog: upgraded from nothing to 0001" in run("db", "upgrade").out
    assert run("db", "upgrade").out.count("up to date") == 2
    status = json.loads(run("db", "status", "--json").out)
    assert status["planes"]["telemetry"] == {"current": "0001", "pending": []}
    assert str(tmp_path / "panope-data") in status["storage"]


def test_when_migrating_is_off_an_old_schema_is_refused(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PANOPE_AUTO_MIGRATE", "off")
    refused = run("keys", "create")
    assert refused.status == 1
    assert "panope db upgrade" in refused.err
    assert run("db", "upgrade").status == 0
    assert run("keys", "create").status == 0


def test_settings_are_shown_with_their_source_and_secrets_masked(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SALT", "s3cret")
    monkeypatch.setenv("PANOPE_PROT", "1")
    shown = run("config", "show")
    assert "s3cret" not in shown.out
    assert "environment SALT" in shown.out
    assert "PANOPE_PORT?" in shown.err
    listed = {setting["name"]: setting for setting in json.loads(run("config", "show", "--json").out)}
    assert listed["security.salt"]["value"] == "********"
    assert listed["server.port"] == {
        "name": "server.port",
        "value": 3001,
        "source": "default",
        "variables": ["PANOPE_PORT", "PORT"],
        "flag": "--port",
        "description": listed["server.port"]["description"],
    }


def test_serve_hands_its_flags_over_as_settings(run: Run, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    given: list[Settings] = []
    monkeypatch.setattr(bootstrap, "serve", given.append, raising=False)
    flags = ("--host", "0.0.0.0", "--port", "0", "--data-dir", str(tmp_path / "d"), "--root-path", "p")
    assert run("serve", *flags, "--log-level", "debug", "--log-format", "json").status == 0
    [settings] = given
    assert (settings.server.host, settings.server.port, settings.server.root_path) == ("0.0.0.0", 0, "/p")
    assert settings.storage.data_dir == tmp_path / "d"
    assert (settings.logging.level, settings.logging.format) == ("debug", "json")
    assert settings.origins["server.port"] == "flag"


def test_the_module_is_the_command() -> None:
    done = subprocess.run([sys.executable, "-m", "panope", "--version"], capture_output=True, text=True, check=True)
    assert done.stdout == f"panope {__version__}\n"
