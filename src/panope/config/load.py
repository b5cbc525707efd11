"""All settings, from flags, environment, `panope.toml` and defaults."""

import os
import tomllib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final, TypeVar

from pydantic import ValidationError
from pydantic.fields import FieldInfo

from panope.config.area import LAYERS, Area, Layers, is_secret, variable_of
from panope.config.environment import CONFIG_VARIABLE, find_unknown, nearest, prepare_environment
from panope.config.limits import LimitsSettings
from panope.config.logging import LoggingSettings
from panope.config.media import MediaSettings
from panope.config.provisioning import ProvisioningSettings
from panope.config.security import SecuritySettings
from panope.config.server import ServerSettings
from panope.config.storage import StorageSettings
from panope.domain.errors import InvalidError

_FILE_NAME: Final = "panope.toml"
_AreaType = TypeVar("_AreaType", bound=Area)
AREAS: Final[tuple[type[Area], ...]] = (
    ServerSettings,
    StorageSettings,
    ProvisioningSettings,
    LimitsSettings,
    MediaSettings,
    LoggingSettings,
    SecuritySettings,
)


@dataclass(frozen=True)
class Settings:
    """All settings of one process."""

    server: ServerSettings
    storage: StorageSettings
    provisioning: ProvisioningSettings
    limits: LimitsSettings
    media: MediaSettings
    logging: LoggingSettings
    security: SecuritySettings
    warnings: tuple[str, ...] = ()
    """What the operator should know about what they set; to be logged or printed once."""
    origins: Mapping[str, str] = field(default_factory=dict)
    """Where a value came from, `server.port` → `environment PORT`; defaults are left out."""


def load_settings(
    flags: Mapping[str, Any] | None = None,
    *,
    environ: Mapping[str, str] | None = None,
    config_path: Path | None = None,
) -> Settings:
    """Read and check all settings.

    `flags` are by dotted name, such as `server.port`; None in it means that the flag was not given. The file is
    `config_path`, else what `PANOPE_CONFIG` names, else `panope.toml` in the working directory if it is there. Raises
    `InvalidError` that names the setting, where its value came from and what is wrong with it.
    """
    given = os.environ if environ is None else environ
    environment, warnings = prepare_environment(given, secret_variables())
    path, tables = find_file(config_path, environment)
    layers = Layers(environment, tables, path.name)
    used = {name: value for name, value in (flags or {}).items() if value is not None}
    layers.origins.update(dict.fromkeys(used, "flag"))
    token = LAYERS.set(layers)
    try:
        areas = {area.area_name(): _load(area, used, layers) for area in AREAS}
    finally:
        LAYERS.reset(token)
    return complete(areas, warnings, layers, given, path)


def complete(
    areas: Mapping[str, Any], warnings: Sequence[str], layers: Layers, environ: Iterable[str], path: Path
) -> Settings:
    """Put the areas together, with what there is to warn of. `areas` are by name, all of them."""
    storage, provisioning = areas["storage"], areas["provisioning"]
    database = storage.database()
    found = [
        *warnings,
        *find_unknown(environ, _known_variables()),
        *_unknown_in_file(layers.file, path),
        *provisioning.warnings(),
        *(database.warnings if database else ()),
    ]
    return Settings(**areas, warnings=tuple(found), origins=layers.origins)


def _load(area: type[_AreaType], flags: Mapping[str, Any], layers: Layers) -> _AreaType:
    prefix = f"{area.area_name()}."
    try:
        return area(**{name.removeprefix(prefix): value for name, value in flags.items() if name.startswith(prefix)})
    except ValidationError as error:
        raise InvalidError("; ".join(explain(area, error, layers)), code="invalid_setting") from None


def explain(area: type[Area], error: ValidationError, layers: Layers) -> Iterator[str]:
    """One problem per wrong value: its name, where it came from and what is wrong, never the value."""
    for problem in error.errors(include_url=False, include_context=False, include_input=False):
        name = f"{area.area_name()}.{problem['loc'][0]}"
        message = problem["msg"].removeprefix("Value error, ")
        yield f"The setting {name} (from {layers.origins.get(name, 'default')}) is not valid: {message}"


def find_file(path: Path | None, environment: Mapping[str, str]) -> tuple[Path, dict[str, dict[str, Any]]]:
    """The settings file and its tables; raises `InvalidError` when it cannot be read."""
    return _read_file(path or (Path(environment[CONFIG_VARIABLE]) if CONFIG_VARIABLE in environment else None))


def secret_variables() -> list[str]:
    """Names of the variables that may be given as a file."""
    return [name for name, info in _variables() if is_secret(info)]


def _read_file(path: Path | None) -> tuple[Path, dict[str, dict[str, Any]]]:
    if path is None and not Path(_FILE_NAME).is_file():
        return Path(_FILE_NAME), {}
    path = path or Path(_FILE_NAME)
    try:
        tables = tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise InvalidError(
            f"The settings file {path} cannot be read: {error.strerror}", code="no_settings_file"
        ) from None
    except ValueError as error:  # TOML and text encoding; the text names line and column, not the content
        raise InvalidError(
            f"The settings file {path} is not valid TOML: {error}", code="invalid_settings_file"
        ) from None
    return path, {name: table for name, table in tables.items() if isinstance(table, dict)}


def _unknown_in_file(tables: Mapping[str, Mapping[str, Any]], path: Path) -> Iterator[str]:
    areas = {area.area_name(): area for area in AREAS}
    for table, values in tables.items():
        if table not in areas:
            yield f"The table [{table}] of {path} is not one of settings{nearest(table, areas)}"
            continue
        fields = areas[table].model_fields
        for name in values:
            if name not in fields:
                yield f"{table}.{name} in {path} is not a setting{nearest(name, fields)}"


def _variables() -> Iterator[tuple[str, FieldInfo]]:
    for area in AREAS:
        for info in area.model_fields.values():
            for name in variable_of(info).names:
                yield name, info


def _known_variables() -> set[str]:
    names = set(dict(_variables()))
    return names | {f"{name}_FILE" for name, info in _variables() if is_secret(info)}
