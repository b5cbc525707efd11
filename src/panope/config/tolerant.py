"""Reading settings that a server would refuse: what is wrong with them, and what is left when that is left out."""

import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from pydantic import ValidationError

from panope.config.area import LAYERS, Area, Layers, variable_of
from panope.config.environment import prepare_environment
from panope.config.load import AREAS, Settings, complete, explain, find_file, secret_variables
from panope.domain.errors import InvalidError

_DATABASE: Final = frozenset({"DATABASE_PASSWORD", "DATABASE_URL", "PANOPE_DATABASE_URL"})


@dataclass(frozen=True)
class Reading:
    """Settings as far as they can be understood."""

    settings: Settings
    """What cannot be understood has its default."""
    problems: tuple[str, ...]
    """Why a server would not start with them; each says what to do."""
    is_storage_known: bool
    """False when what says where everything is kept is among what cannot be understood."""
    environment: Mapping[str, str] = field(default_factory=dict, repr=False)
    """The variables that were looked at, by name, with values: never to be shown."""


def read_tolerantly(
    flags: Mapping[str, Any] | None = None,
    *,
    environ: Mapping[str, str] | None = None,
    config_path: Path | None = None,
) -> Reading:
    """Read settings as `load_settings` does, but go on after what it would refuse. Never raises for their sake."""
    given = os.environ if environ is None else environ
    refused: dict[str, str] = {}
    environment, warnings = prepare_environment(given, secret_variables(), refused)
    problems = list(refused.values())
    used = {name: value for name, value in (flags or {}).items() if value is not None}
    is_storage_known = not _DATABASE & refused.keys()
    path, tables = Path("panope.toml"), dict[str, dict[str, Any]]()
    try:
        path, tables = find_file(config_path, environment)
    except InvalidError as error:
        problems.append(error.message)
        is_storage_known &= bool({"storage.database_url", "storage.data_dir"} & used.keys()) or bool(
            {"PANOPE_DATABASE_URL", "DATABASE_URL", "PANOPE_DATA_DIR"} & environment.keys()
        )
    layers = Layers(environment, tables, path.name)
    layers.origins.update(dict.fromkeys(used, "flag"))
    areas: dict[str, Area] = {}
    for area in AREAS:
        areas[area.area_name()], wrong = _load_what_is_right(area, used, layers)
        problems += wrong
        is_storage_known &= not (wrong and area.area_name() == "storage")
    settings = complete(areas, warnings, layers, given, path)
    return Reading(settings, tuple(problems), is_storage_known, environment)


def _load_what_is_right(area: type[Area], flags: Mapping[str, Any], layers: Layers) -> tuple[Area, list[str]]:
    """The area with the defaults in place of what is wrong, and what that is."""
    name = area.area_name()
    own = {key.removeprefix(f"{name}."): value for key, value in flags.items() if key.startswith(f"{name}.")}
    try:
        return _make(area, own, layers), []
    except ValidationError as error:
        problems = list(explain(area, error, layers))
        wrong = {str(problem["loc"][0]) for problem in error.errors(include_url=False, include_input=False)}
    variables = {
        each for field in wrong & area.model_fields.keys() for each in variable_of(area.model_fields[field]).names
    }
    kept = Layers(
        {key: value for key, value in layers.environment.items() if key not in variables},
        {**layers.file, name: {key: value for key, value in layers.file.get(name, {}).items() if key not in wrong}},
        layers.file_name,
        layers.origins,
    )
    for each in wrong:
        layers.origins.pop(f"{name}.{each}", None)
    return _make(area, {key: value for key, value in own.items() if key not in wrong}, kept), problems


def _make(area: type[Area], flags: Mapping[str, Any], layers: Layers) -> Area:
    token = LAYERS.set(layers)
    try:
        return area(**flags)
    finally:
        LAYERS.reset(token)
