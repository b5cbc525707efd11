"""The machine."""

import asyncio
from collections.abc import Sequence
from pathlib import Path

from panope.adapters.host.directory import inspect_directory
from panope.adapters.host.port import inspect_port
from panope.domain.errors import UnavailableError
from panope.ports.diagnosis import DirectoryFacts, PortFacts


class HostProbe:
    """Implements `MachineProbe`."""

    async def inspect_directory(self, path: str, files: Sequence[str]) -> DirectoryFacts:
        """See the port."""
        try:
            return await asyncio.to_thread(inspect_directory, Path(path), files)
        except OSError as error:
            raise UnavailableError(
                f"The directory {path} cannot be looked at ({error.strerror}): run this as the user of the server",
                code="data_directory_unusable",
            ) from None

    async def inspect_port(self, host: str, port: int) -> PortFacts:
        """See the port."""
        return await asyncio.to_thread(inspect_port, host, port)
