"""How an area of settings finds its values: flag, environment, `panope.toml`, default, in this order."""

from collections.abc import Mapping
from contextvars import ContextVar
from dataclasses import dataclass, field
from typing import Any, get_args

from pydantic import SecretStr
from pydantic.fields import FieldInfo
from pydantic_settings import BaseSettings, PydanticBaseSettingsSource, SettingsConfigDict


@dataclass(frozen=True)
class Variable:
    """By which names a setting is known outside; stands in the field's annotation."""

    name: str
    aliases: tuple[str, ...] = ()
    """Names of the operations guide, asked in this order when `name` is not set."""
    flag: str | None = None

    @property
    def names(self) -> tuple[str, ...]:
        """All environment variables, in order of precedence."""
        return (self.name, *self.aliases)


@dataclass
class Layers:
    """Where values come from during one load, and a note of which came from where."""

    environment: Mapping[str, str] = field(default_factory=dict)
    file: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    """By area, then by field."""
    file_name: str = "panope.toml"
    origins: dict[str, str] = field(default_factory=dict)
    """`server.port` → `environment PORT`; what is missing here has its default."""


LAYERS: ContextVar[Layers] = ContextVar("LAYERS")
"""The load in progress. Pydantic makes the sources itself, so they cannot be handed over."""


class Area(BaseSettings):
    """A group of settings; a table of the same name in `panope.toml`."""

    model_config = SettingsConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)

    @classmethod
    def area_name(cls) -> str:
        """`server` for `ServerSettings`."""
        return cls.__name__.removesuffix("Settings").lower()

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,  # noqa: ARG003 - ours know aliases and secrets in files
        dotenv_settings: PydanticBaseSettingsSource,  # noqa: ARG003
        file_secret_settings: PydanticBaseSettingsSource,  # noqa: ARG003
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Ask flags, then the environment, then the file."""
        layers = LAYERS.get(Layers())
        return init_settings, _EnvironmentSource(settings_cls, layers), _FileSource(settings_cls, layers)


class _LayerSource(PydanticBaseSettingsSource):
    """A source that notes in `origins` what it supplied, unless a stronger one was first."""

    def __init__(self, settings_cls: type[BaseSettings], layers: Layers) -> None:
        super().__init__(settings_cls)
        self._layers = layers
        assert issubclass(settings_cls, Area)
        self._area = settings_cls.area_name()

    def get_field_value(self, field: FieldInfo, field_name: str) -> tuple[Any, str, bool]:
        """Return the value or None, the origin, and that it needs no decoding."""
        value, origin = self._find(field, field_name)
        return value, origin, False

    def __call__(self) -> dict[str, Any]:
        values: dict[str, Any] = {}
        for name, info in self.settings_cls.model_fields.items():
            value, origin = self._find(info, name)
            if value is not None:
                values[name] = value
                self._layers.origins.setdefault(f"{self._area}.{name}", origin)
        return values

    def _find(self, info: FieldInfo, name: str) -> tuple[Any, str]:
        raise NotImplementedError


class _EnvironmentSource(_LayerSource):
    def _find(self, info: FieldInfo, name: str) -> tuple[Any, str]:  # noqa: ARG002 - found by its variable
        for variable in variable_of(info).names:
            if variable in self._layers.environment:
                return self._layers.environment[variable], f"environment {variable}"
        return None, ""


class _FileSource(_LayerSource):
    def _find(self, info: FieldInfo, name: str) -> tuple[Any, str]:  # noqa: ARG002 - found by its name
        return self._layers.file.get(self._area, {}).get(name), f"file {self._layers.file_name}"


def variable_of(info: FieldInfo) -> Variable:
    """The outside names of a field; every field of an area has them."""
    return next(mark for mark in info.metadata if isinstance(mark, Variable))


def is_secret(info: FieldInfo) -> bool:
    """Whether the value must never be shown, and may be given as a file."""
    return info.annotation is SecretStr or SecretStr in get_args(info.annotation)
