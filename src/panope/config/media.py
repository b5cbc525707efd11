"""Where images, sounds and documents of traces are kept, and how large they may be."""

from pathlib import Path
from typing import Annotated

from pydantic import ByteSize, Field, SecretStr, ValidationInfo, field_validator

from panope.config.area import Area, Variable

_LANGFUSE = "LANGFUSE_S3_MEDIA_"


class MediaSettings(Area):
    """Table `media`. With a bucket they are kept there, else in a directory or in Postgres."""

    dir: Annotated[Path | None, Variable("PANOPE_MEDIA_DIR")] = Field(
        None,
        description="Directory of the files, made when missing; several servers over one Postgres must share it. "
        "Without it they are in media/ of the data directory, and with a database URL in that database.",
    )
    max_bytes: Annotated[ByteSize, Variable("PANOPE_MEDIA_MAX_BYTES", (f"{_LANGFUSE}MAX_CONTENT_LENGTH",))] = Field(
        ByteSize(1_000_000_000), gt=0, description="Largest one that is taken."
    )
    link_ttl_s: Annotated[int, Variable("PANOPE_MEDIA_LINK_TTL_S", (f"{_LANGFUSE}DOWNLOAD_URL_EXPIRY_SECONDS",))] = (
        Field(3_600, gt=0, le=604_800, description="Seconds for which a link to download one is good.")
    )
    s3_bucket: Annotated[str | None, Variable("PANOPE_MEDIA_S3_BUCKET", (f"{_LANGFUSE}UPLOAD_BUCKET",))] = Field(
        None, min_length=1, description="Bucket of S3, or of what speaks like it, that keeps them; needs panope[s3]."
    )
    s3_prefix: Annotated[str, Variable("PANOPE_MEDIA_S3_PREFIX", (f"{_LANGFUSE}UPLOAD_PREFIX",))] = Field(
        "", description="What all names in the bucket begin with, such as media/."
    )
    s3_region: Annotated[str, Variable("PANOPE_MEDIA_S3_REGION", (f"{_LANGFUSE}UPLOAD_REGION",))] = Field(
        "us-east-1", min_length=1, description="Region of the bucket."
    )
    s3_endpoint: Annotated[str | None, Variable("PANOPE_MEDIA_S3_ENDPOINT", (f"{_LANGFUSE}UPLOAD_ENDPOINT",))] = Field(
        None, description="Address of the service for this server; without it that of AWS."
    )
    s3_public_endpoint: Annotated[str | None, Variable("PANOPE_MEDIA_S3_PUBLIC_ENDPOINT")] = Field(
        None,
        description="Address of the service for clients, which then upload and download there; without it everything "
        "goes through this server.",
    )
    s3_access_key_id: Annotated[
        SecretStr | None, Variable("PANOPE_MEDIA_S3_ACCESS_KEY_ID", (f"{_LANGFUSE}UPLOAD_ACCESS_KEY_ID",))
    ] = Field(None, description="Credentials of the bucket; without them those of AWS's own variables or machines.")
    s3_secret_access_key: Annotated[
        SecretStr | None, Variable("PANOPE_MEDIA_S3_SECRET_ACCESS_KEY", (f"{_LANGFUSE}UPLOAD_SECRET_ACCESS_KEY",))
    ] = Field(None, validate_default=True, description="Secret half of the credentials.")
    s3_force_path_style: Annotated[
        bool, Variable("PANOPE_MEDIA_S3_FORCE_PATH_STYLE", (f"{_LANGFUSE}UPLOAD_FORCE_PATH_STYLE",))
    ] = Field(default=False, description="Name the bucket in the path of addresses, as most services but AWS want it.")

    @field_validator("dir")
    @classmethod
    def _at_home(cls, value: Path | None) -> Path | None:
        return value and value.expanduser()

    @field_validator("s3_prefix")
    @classmethod
    def _one_slash_at_the_end(cls, value: str) -> str:
        prefix = value.strip("/")
        if any(part in {"", ".", ".."} for part in prefix.split("/")) and prefix:
            raise ValueError("a prefix is one name or several with slashes between, such as media or llm/media")
        return f"{prefix}/" if prefix else ""

    @field_validator("s3_endpoint", "s3_public_endpoint")
    @classmethod
    def _is_an_address(cls, value: str | None) -> str | None:
        if value is not None and not value.startswith(("http://", "https://")):
            raise ValueError("an address begins with http:// or https://")
        return value and value.rstrip("/")

    @field_validator("s3_secret_access_key")
    @classmethod
    def _both_halves(cls, value: SecretStr | None, info: ValidationInfo) -> SecretStr | None:
        if (value is None) != (info.data.get("s3_access_key_id") is None):
            raise ValueError("an access key and its secret are needed together, or neither")
        return value
