"""Listing all settings with where they came from, secrets masked."""

from collections.abc import Iterator, Mapping
from typing import Any, Final

from msgspec import Struct
from pydantic import BaseModel, ByteSize, SecretStr
from pydantic.fields import FieldInfo

from panope.config.area import is_secret, variable_of
from panope.config.load import AREAS, Settings

_MASK: Final = "********"


class ShownSetting(Struct, frozen=True, kw_only=True):
    """One setting, fit to be shown to anybody."""

    name: str
    """Dotted, as in `panope.toml`: `server.port` is `port` in the table `server`."""
    value: Any
    """A JSON value; secrets are masked, and null when not set."""
    source: str
    """`flag`, `environment NAME`, `file NAME` or `default`."""
    variables: list[str]
    """Environment variables, the strongest first."""
    flag: str | None
    description: str


def show_settings(settings: Settings) -> Iterator[ShownSetting]:
    """All settings, by area, in the order in which they are documented."""
    for area_type in AREAS:
        area: BaseModel = getattr(settings, area_type.area_name())
        for name, info in area_type.model_fields.items():
            yield _shown(f"{area_type.area_name()}.{name}", getattr(area, name), info, settings.origins)


def _shown(name: str, value: Any, info: FieldInfo, origins: Mapping[str, str]) -> ShownSetting:
    variable = variable_of(info)
    files = [f"{each}_FILE" for each in variable.names] if is_secret(info) else []
    return ShownSetting(
        name=name,
        value=_plain(value),
        source=origins.get(name, "default"),
        variables=[*variable.names, *files],
        flag=variable.flag,
        description=info.description or "",
    )


def _plain(value: Any) -> Any:
    if isinstance(value, SecretStr):
        return _MASK
    if isinstance(value, ByteSize):
        return int(value)
    return value if value is None or isinstance(value, bool | int | float | str) else str(value)
