"""What may be told of settings: where they contradict each other, and which secrets are none."""

import ipaddress
from collections.abc import Iterator, Mapping
from typing import Final
from urllib.parse import urlsplit

from pydantic import SecretStr

from panope.config.area import Variable, variable_of
from panope.config.load import AREAS, Settings
from panope.config.tolerant import Reading
from panope.features.diagnosis.settings import SecretFacts, SettingsFacts

_MIN_SECRET_CHARS: Final = 16
_MIN_KINDS: Final = 5
"""Different characters: sixty-four zeros are a key of the right form."""
_EXAMPLES: Final = frozenset(
    """change-me changeme default langfuse mysalt mysecret password postgres salt secret sk-lf-1234567890 sk-lf-agents
    sk-lf-secret your-secret your-secret-key""".split()
)
_GUARDED: Final = ("security.salt", "security.session_secret", "security.encryption_key")
_GUESSED: Final = ("provisioning.project_secret_key", "provisioning.user_password")
_LOCAL_NAMES: Final = frozenset({"localhost", "ip6-localhost"})
_FOREIGN: Final = ("CLICKHOUSE_", "LANGFUSE_", "MINIO_", "REDIS_")
_OF_SDKS: Final = (
    "LANGFUSE_BASE_URL LANGFUSE_BASEURL LANGFUSE_DEBUG LANGFUSE_ENABLED LANGFUSE_FLUSH_AT LANGFUSE_FLUSH_INTERVAL "
    "LANGFUSE_HOST LANGFUSE_MEDIA_UPLOAD_ENABLED LANGFUSE_PUBLIC_KEY LANGFUSE_RELEASE LANGFUSE_SAMPLE_RATE "
    "LANGFUSE_SECRET_KEY LANGFUSE_TIMEOUT LANGFUSE_TRACING_ENABLED LANGFUSE_TRACING_ENVIRONMENT"
).split()
_UNDERSTOOD: Final = frozenset({"LANGFUSE_AUTO_POSTGRES_MIGRATION_DISABLED", *_OF_SDKS})


def review_settings(reading: Reading) -> SettingsFacts:
    """The facts; no value of a secret is among them."""
    settings, environment = reading.settings, reading.environment
    server = settings.server
    variables = dict(_variables())
    return SettingsFacts(
        problems=reading.problems,
        warnings=settings.warnings,
        given=len(settings.origins),
        aliases=tuple(sorted(_aliases_in_use(settings, variables))),
        shadowed=tuple(_shadowed(environment, variables)),
        foreign=tuple(_foreign(environment, variables)),
        uses_server_database=settings.storage.database_url is not None,
        is_directory_given="storage.data_dir" in settings.origins,
        is_exposed=not _is_local(server.host),
        address=f"{server.host}:{server.port}",
        public_url=server.public_url,
        is_public_url_plain=_is_plain(server.public_url),
        secrets=tuple(_secrets(settings, variables)),
        max_body_bytes=settings.limits.max_body_bytes,
        max_in_flight_bytes=settings.limits.max_in_flight_bytes,
        auto_migrate=settings.storage.auto_migrate,
    )


def _variables() -> Iterator[tuple[str, Variable]]:
    for area in AREAS:
        for name, info in area.model_fields.items():
            yield f"{area.area_name()}.{name}", variable_of(info)


def _aliases_in_use(settings: Settings, variables: Mapping[str, Variable]) -> Iterator[str]:
    for name, origin in settings.origins.items():
        used = origin.removeprefix("environment ")
        if used in variables[name].aliases:
            yield used


def _shadowed(environment: Mapping[str, str], variables: Mapping[str, Variable]) -> Iterator[tuple[str, str]]:
    for variable in variables.values():
        given = [name for name in variable.names if name in environment]
        yield from ((given[0], loser) for loser in given[1:] if environment[loser] != environment[given[0]])
    if "DATABASE_URL" in environment and environment.get("DATABASE_HOST", "") not in environment["DATABASE_URL"]:
        yield "DATABASE_URL", "DATABASE_HOST"


def _foreign(environment: Mapping[str, str], variables: Mapping[str, Variable]) -> Iterator[str]:
    """Variables of a deployment of Langfuse that no setting reads; those of SDKs are not among them."""
    known = {name for variable in variables.values() for name in variable.names}
    for name in sorted(environment):
        if name.startswith(_FOREIGN) and name.removesuffix("_FILE") not in known and name not in _UNDERSTOOD:
            yield name


def _secrets(settings: Settings, variables: Mapping[str, Variable]) -> Iterator[SecretFacts]:
    for name in (*_GUARDED, *_GUESSED):
        area, _, field = name.partition(".")
        secret: SecretStr | None = getattr(getattr(settings, area), field)
        variable = settings.origins.get(name, "").removeprefix("environment ")
        shown = variable if variable in variables[name].names else variables[name].names[-1]
        if secret is not None or name in _GUARDED:
            weakness = _weakness(secret.get_secret_value()) if secret is not None else ""
            yield SecretFacts(variable=shown, is_set=secret is not None, weakness=weakness)


def _weakness(secret: str) -> str:
    if secret.lower() in _EXAMPLES:
        return "is the example of a handbook"
    if len(set(secret)) < _MIN_KINDS:
        return "repeats the same few characters"
    return "is short" if len(secret) < _MIN_SECRET_CHARS else ""


def _is_plain(url: str | None) -> bool:
    return url is not None and url.startswith("http://") and not _is_local(urlsplit(url).hostname or "")


def _is_local(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host in _LOCAL_NAMES
