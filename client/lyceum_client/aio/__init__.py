"""The same for asyncio: `async with AsyncLyceum("http://127.0.0.1:8080") as lyceum`."""

from lyceum_client.aio.operations import AsyncLyceum
from lyceum_client.aio.transport import AsyncEventStream

__all__ = ["AsyncEventStream", "AsyncLyceum"]
