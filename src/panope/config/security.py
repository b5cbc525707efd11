"""Secrets of the server itself."""

import re
from typing import Annotated, Final, Literal

from pydantic import Field, SecretStr, field_validator

from panope.config.area import Area, Variable

_KEY: Final = re.compile(r"[0-9a-fA-F]{64}")


class SecuritySettings(Area):
    """Table `security`."""

    salt: Annotated[SecretStr | None, Variable("PANOPE_SALT", ("SALT",))] = Field(
        None,
        description="Salt of the hashes of API secrets; must never change. Without it the catalog keeps its own.",
    )
    encryption_key: Annotated[SecretStr | None, Variable("PANOPE_ENCRYPTION_KEY", ("ENCRYPTION_KEY",))] = Field(
        None, description="64 hexadecimal digits that encrypt stored secrets of other services."
    )
    session_secret: Annotated[SecretStr | None, Variable("PANOPE_SESSION_SECRET", ("NEXTAUTH_SECRET",))] = Field(
        None, description="Signs the sessions of people who are signed in; without it the catalog keeps its own."
    )
    session_days: Annotated[float, Variable("PANOPE_SESSION_DAYS")] = Field(
        30.0, gt=0, le=400, description="Days for which people stay signed in without doing anything."
    )

    setup_from: Annotated[Literal["here", "anywhere"], Variable("PANOPE_SETUP_FROM")] = Field(
        "here",
        description="From where the first user may be made at `/setup`: `here`, on the server's own machine, "
        "or `anywhere`. To a container, its host is elsewhere.",
    )

    @field_validator("encryption_key")
    @classmethod
    def _is_a_key(cls, value: SecretStr | None) -> SecretStr | None:
        if value is not None and not _KEY.fullmatch(value.get_secret_value()):
            raise ValueError("a key is 64 hexadecimal digits: make one with `openssl rand -hex 32`")
        return value
