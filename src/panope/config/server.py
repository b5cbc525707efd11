"""Where the server listens and how it is reached."""

import re
from typing import Annotated, Final

from pydantic import Field, field_validator

from panope.config.area import Area, Variable

_SIGN_IN_SUFFIX: Final = "/api/auth"
ANY_ORIGIN: Final = "*"
_ORIGIN: Final = re.compile(r"[a-z][a-z0-9+.-]*://[^/?#@\s,*]+")
_ROOT_PATH: Final = re.compile(r"(/[A-Za-z0-9._~-]+)*")


class ServerSettings(Area):
    """Table `server`."""

    host: Annotated[str, Variable("PANOPE_HOST", ("HOSTNAME",), "--host")] = Field(
        "127.0.0.1",
        min_length=1,
        description="Address to listen on; 0.0.0.0 for all. HOSTNAME counts when it is an IP address.",
    )
    port: Annotated[int, Variable("PANOPE_PORT", ("PORT",), "--port")] = Field(
        3001, ge=0, le=65535, description="TCP port to listen on; 0 takes a free one."
    )
    root_path: Annotated[str, Variable("PANOPE_ROOT_PATH", (), "--root-path")] = Field(
        "", description="Path prefix under which a reverse proxy publishes the server, such as /panope."
    )
    public_url: Annotated[str | None, Variable("PANOPE_PUBLIC_URL", ("NEXTAUTH_URL",))] = Field(
        None, description="Address under which people and SDKs reach the server, for links."
    )
    browser_origins: Annotated[str, Variable("PANOPE_BROWSER_ORIGINS")] = Field(
        ANY_ORIGIN,
        description="Origins whose pages may call the public API, such as https://a.example.com, by commas; * is all.",
    )
    shutdown_timeout_s: Annotated[float, Variable("PANOPE_SHUTDOWN_TIMEOUT_S")] = Field(
        20.0, gt=0, description="Seconds that requests in progress get to finish after SIGTERM."
    )

    @field_validator("browser_origins")
    @classmethod
    def _are_origins(cls, value: str) -> str:
        origins = [origin.strip().rstrip("/").lower() for origin in value.split(",") if origin.strip()]
        if origins != [ANY_ORIGIN] and not all(_ORIGIN.fullmatch(origin) for origin in origins):
            raise ValueError("an origin is a scheme and a host, such as https://app.example.com, without a path")
        return ",".join(origins)

    @field_validator("root_path")
    @classmethod
    def _one_leading_slash(cls, value: str) -> str:
        path = value.strip().strip("/")
        prefix = f"/{path}" if path else ""
        if not _ROOT_PATH.fullmatch(prefix):
            raise ValueError("a path prefix is one name or several with slashes between, such as /panope or /team/llm")
        return prefix

    @field_validator("public_url")
    @classmethod
    def _without_the_end(cls, value: str | None) -> str | None:
        if value is None:
            return None
        url = value.strip().rstrip("/").removesuffix(_SIGN_IN_SUFFIX)
        if not url.startswith(("http://", "https://")):
            raise ValueError("an address begins with http:// or https://")
        return url
