"""How much is let in at once."""

from typing import Annotated

from pydantic import ByteSize, Field

from panope.config.area import Area, Variable

_MIB = 1024 * 1024


class LimitsSettings(Area):
    """Table `limits`. Sizes are bytes, or numbers with a unit such as 64MiB."""

    max_body_bytes: Annotated[ByteSize, Variable("PANOPE_MAX_BODY_BYTES", ("PANOPE_MAX_UNPACKED_BYTES",))] = Field(
        ByteSize(64 * _MIB), gt=0, description="Largest request body, as sent and unpacked alike."
    )
    browser_max_body_bytes: Annotated[ByteSize, Variable("PANOPE_BROWSER_MAX_BODY_BYTES")] = Field(
        ByteSize(_MIB), gt=0, description="The same for callers with a public key alone, such as browsers."
    )
    browser_requests_per_minute: Annotated[int, Variable("PANOPE_BROWSER_REQUESTS_PER_MINUTE")] = Field(
        3_000,
        gt=0,
        description="Writes of each public key that is sent alone, on each server; beyond it the answer is 429.",
    )
    max_in_flight_bytes: Annotated[ByteSize, Variable("PANOPE_MAX_IN_FLIGHT_BYTES")] = Field(
        ByteSize(256 * _MIB),
        gt=0,
        description="Bytes of all bodies together that are being received or stored; beyond it senders have to wait.",
    )
    max_in_flight_requests: Annotated[int, Variable("PANOPE_MAX_IN_FLIGHT_REQUESTS")] = Field(
        256, gt=0, description="Writes that are being received or stored; beyond it senders are told to wait."
    )
    read_max_rows: Annotated[int, Variable("PANOPE_READ_MAX_ROWS")] = Field(
        2_000_000,
        gt=0,
        description="Rows that one read may visit to find what is asked for; beyond it the answer is 422 and says what "
        "to narrow. SQLite counts them roughly; Postgres is bounded by read_timeout_s alone.",
    )
    read_timeout_s: Annotated[float, Variable("PANOPE_READ_TIMEOUT_S")] = Field(
        10.0, gt=0, description="Seconds that one read may take in the store before it is refused in the same way."
    )
    body_timeout_s: Annotated[float, Variable("PANOPE_BODY_TIMEOUT_S")] = Field(
        60.0, gt=0, description="Seconds for a request body to arrive."
    )
