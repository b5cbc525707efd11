"""What settings contradict each other, mean nothing, or suit a laptop only."""

from collections.abc import Iterator

from msgspec import Struct

from panope.features.diagnosis.finding import Area, Finding, Severity, counted, show_bytes
from panope.ports.diagnosis import PortFacts


class SecretFacts(Struct, frozen=True, kw_only=True):
    """What may be told of a secret."""

    variable: str
    is_set: bool
    weakness: str = ""
    """Why it is easy to guess: `is short`, `is the example of a handbook`; empty when it is not."""


class SettingsFacts(Struct, frozen=True, kw_only=True):
    """What may be told of the settings."""

    problems: tuple[str, ...] = ()
    """Why a server would not start with them."""
    warnings: tuple[str, ...] = ()
    """What was set and does nothing."""
    given: int = 0
    """Settings that do not have their default."""
    aliases: tuple[str, ...] = ()
    """Variables in use that are another server's names of settings."""
    shadowed: tuple[tuple[str, str], ...] = ()
    """A variable that counts, and one that says something else and does not."""
    foreign: tuple[str, ...] = ()
    """Variables of that other server which have no meaning here."""
    uses_server_database: bool = False
    is_directory_given: bool = False
    is_exposed: bool = False
    """Whether it listens on more than this machine's own loopback."""
    address: str = ""
    """`host:port`."""
    public_url: str | None = None
    is_public_url_plain: bool = False
    """Whether that is http:// and not this machine."""
    secrets: tuple[SecretFacts, ...] = ()
    max_body_bytes: int = 0
    max_in_flight_bytes: int = 0
    auto_migrate: bool = True


def check_settings(facts: SettingsFacts) -> Iterator[Finding]:
    """What the settings say by themselves."""
    for problem in facts.problems:
        yield _finding("invalid_setting", Severity.PROBLEM, "settings", problem, "No server starts before it is right.")
    for warning in facts.warnings:
        yield _finding(
            "setting_without_effect", Severity.WARNING, "settings", warning, "Correct the name or remove it."
        )
    if not facts.problems and not facts.warnings:
        seen = f"{counted(facts.given, 'setting')} given, all understood" if facts.given else "all at their defaults"
        yield _finding("settings_understood", Severity.OK, "settings", seen)
    if facts.aliases:
        yield _finding("aliases_used", Severity.OK, "aliases", f"{', '.join(facts.aliases)} understood")
    yield from _check_contradictions(facts)
    yield from _check_exposure(facts)
    yield from _check_secrets(facts)


def _check_contradictions(facts: SettingsFacts) -> Iterator[Finding]:
    for winner, loser in facts.shadowed:
        yield _finding(
            "setting_shadowed",
            Severity.WARNING,
            loser,
            f"says something else than {winner}, which counts",
            f"Keep one of {winner} and {loser}.",
        )
    if facts.foreign:
        yield _finding(
            "foreign_variables",
            Severity.NOTE,
            "variables of Langfuse",
            f"{', '.join(facts.foreign)}: no meaning here",
            "panope needs neither ClickHouse nor Redis nor S3; remove them when nothing else reads them.",
        )
    if facts.uses_server_database and facts.is_directory_given:
        yield _finding(
            "data_dir_unused",
            Severity.NOTE,
            "storage.data_dir",
            "is set beside a database URL, and is used for nothing then",
            "Remove it, or remove the database URL to keep everything in the directory.",
        )
    if facts.max_body_bytes > facts.max_in_flight_bytes:
        yield _finding(
            "limits_contradict",
            Severity.WARNING,
            "limits",
            f"a body may have {show_bytes(facts.max_body_bytes)}, all bodies together "
            f"{show_bytes(facts.max_in_flight_bytes)}: the largest bodies are never let in",
            "Raise PANOPE_MAX_IN_FLIGHT_BYTES to at least twice PANOPE_MAX_BODY_BYTES, or lower the latter.",
        )


def _check_exposure(facts: SettingsFacts) -> Iterator[Finding]:
    if facts.is_public_url_plain:
        yield _finding(
            "no_tls",
            Severity.WARNING,
            "server.public_url",
            "begins with http://, so keys and payloads cross the network unencrypted",
            "Put a proxy with TLS in front and give the https:// address.",
        )
    if facts.is_exposed and facts.public_url is None:
        yield _finding(
            "no_public_url",
            Severity.NOTE,
            "server.public_url",
            f"is not set, while the server listens for other machines on {facts.address}",
            "Set PANOPE_PUBLIC_URL (or NEXTAUTH_URL) to the address that people use, so that links are right.",
        )
    if not facts.is_exposed and (facts.uses_server_database or facts.public_url):
        yield _finding(
            "local_only",
            Severity.NOTE,
            "server.host",
            f"{facts.address} is reached from this machine only: right behind a proxy on it, wrong in a container",
            "For other machines set PANOPE_HOST=0.0.0.0.",
        )


def _check_secrets(facts: SettingsFacts) -> Iterator[Finding]:
    is_production = facts.is_exposed or facts.uses_server_database or facts.public_url is not None
    for secret in facts.secrets:
        if secret.weakness:
            yield _finding(
                "weak_secret",
                Severity.WARNING if is_production else Severity.NOTE,
                secret.variable,
                f"{secret.weakness}: others can guess it",
                "Make one with `openssl rand -hex 32`. (Another SALT invalidates the keys that were made with the old.)"
                if secret.variable.endswith("SALT")
                else "Make one with `openssl rand -hex 32`.",
            )
    missing = [secret.variable for secret in facts.secrets if not secret.is_set]
    if missing and is_production:
        has_salt = not any(name.endswith("SALT") for name in missing)
        advice = "Nothing uses them yet; set them before people sign in."
        if not has_salt:
            advice = (
                "Keys are safe: the catalog keeps a salt of its own, and setting SALT now would invalidate them. "
                "The others are used once people sign in."
            )
        yield _finding("secrets_unset", Severity.NOTE, "secrets", f"{', '.join(missing)}: not set", advice)


def check_port(facts: PortFacts, *, is_held: bool) -> Finding:
    """Whether a server could listen, or who does. `is_held`: a server of this store runs already."""
    subject = facts.address
    if facts.is_free:
        return _finding("port_free", Severity.OK, subject, "free: a server can listen there")
    if facts.answers_as is not None:
        return _finding("port_answers", Severity.OK, subject, f"panope {facts.answers_as} answers there")
    if facts.refusal is not None:
        return _finding(
            "port_refused",
            Severity.PROBLEM,
            subject,
            f"cannot be listened on: {facts.refusal}",
            "Choose another with PANOPE_HOST and PANOPE_PORT.",
        )
    if is_held:
        seen = "in use, and does not answer as panope would; the server of this data directory may listen elsewhere"
        return _finding("port_in_use", Severity.WARNING, subject, seen, "Give doctor the settings of the server.")
    return _finding(
        "port_in_use",
        Severity.PROBLEM,
        subject,
        "in use by a program that is not panope",
        "Stop that program, or choose another port with PANOPE_PORT.",
    )


def _finding(code: str, severity: Severity, subject: str, seen: str, advice: str = "") -> Finding:
    return Finding(area=Area.SETTINGS, code=code, severity=severity, subject=subject, seen=seen, advice=advice)
