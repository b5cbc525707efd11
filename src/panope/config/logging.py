"""What the server says about itself."""

from typing import Annotated, Final, Literal

from pydantic import Field, field_validator

from panope.config.area import Area, Variable

LogLevel = Literal["debug", "info", "warning", "error"]
LogFormat = Literal["auto", "text", "json"]
_LEVELS: Final = {"trace": "debug", "warn": "warning", "fatal": "error", "critical": "error"}


class LoggingSettings(Area):
    """Table `logging`."""

    level: Annotated[LogLevel, Variable("PANOPE_LOG_LEVEL", ("LANGFUSE_LOG_LEVEL",), "--log-level")] = Field(
        "info",
        description="Least level that is logged: debug, info, warning or error (trace and fatal are understood).",
    )
    format: Annotated[LogFormat, Variable("PANOPE_LOG_FORMAT", ("LANGFUSE_LOG_FORMAT",), "--log-format")] = Field(
        "auto", description="text for people, json for machines, auto for text on a terminal and json elsewhere."
    )

    @field_validator("level", "format", mode="before")
    @classmethod
    def _in_our_words(cls, value: object) -> object:
        return _LEVELS.get(value.strip().lower(), value.strip().lower()) if isinstance(value, str) else value
