"""What stores that write files share: threads that are waited for, and pieces that are worth one."""

import asyncio
from collections.abc import AsyncIterable, AsyncIterator, Callable
from typing import Final, TypeVar

CHUNK_BYTES: Final = 1024 * 1024
"""What is read, and what is written, at a time."""
_Result = TypeVar("_Result")


async def in_thread(call: Callable[[], _Result]) -> _Result:
    """Run a blocking call in a thread. When the caller is cancelled, that waits until the call has ended.

    Else a file might be closed, and its number be another file's, while a thread still writes to it.
    """
    running = asyncio.ensure_future(asyncio.to_thread(call))
    try:
        return await asyncio.shield(running)
    except asyncio.CancelledError:
        await asyncio.wait([running])
        raise


async def gathered(chunks: AsyncIterable[bytes]) -> AsyncIterator[bytes]:
    """The same bytes in larger pieces: each costs a thread its turn."""
    piece = bytearray()
    async for chunk in chunks:
        piece += chunk
        if len(piece) >= CHUNK_BYTES:
            yield bytes(piece)
            piece.clear()
    if piece:
        yield bytes(piece)
