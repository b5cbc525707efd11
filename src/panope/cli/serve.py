"""`panope serve`."""

from enum import StrEnum
from typing import Annotated

import typer

from panope.cli.options import ConfigPath, DatabaseUrl, DataDir, read_settings


class Level(StrEnum):
    """Choices of `--log-level`."""

    DEBUG = "debug"
    INFO = "info"
    WARNING = "warning"
    ERROR = "error"


class Format(StrEnum):
    """Choices of `--log-format`."""

    AUTO = "auto"
    TEXT = "text"
    JSON = "json"


def serve(
    host: Annotated[
        str | None, typer.Option(metavar="ADDRESS", help="Address to listen on; 127.0.0.1 unless set, 0.0.0.0 for all.")
    ] = None,
    port: Annotated[
        int | None, typer.Option(min=0, max=65535, help="Port to listen on; 3001 unless set, 0 for a free one.")
    ] = None,
    data_dir: DataDir = None,
    database_url: DatabaseUrl = None,
    root_path: Annotated[
        str | None, typer.Option(metavar="PATH", help="Path under which a reverse proxy publishes the server.")
    ] = None,
    log_level: Annotated[Level | None, typer.Option(help="Least level that is logged; info unless set.")] = None,
    log_format: Annotated[
        Format | None, typer.Option(help="Form of the log; auto is text on a terminal and JSON elsewhere.")
    ] = None,
    config: ConfigPath = None,
) -> None:
    """Run the server.

    The first start makes a project and a key pair and prints them. Every option is a setting too:
    `panope config show` lists all, with the environment variable of each.
    """
    settings = read_settings(
        config,
        {
            "server.host": host,
            "server.port": port,
            "server.root_path": root_path,
            "storage.data_dir": data_dir,
            "storage.database_url": database_url,
            "logging.level": log_level,
            "logging.format": log_format,
        },
    )
    from panope import bootstrap  # brings the whole server

    bootstrap.serve(settings)
