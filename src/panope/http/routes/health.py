"""Health and readiness, as load balancers and SDKs ask for them."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Annotated

from fastapi import APIRouter, Query, Response
from pydantic import BaseModel

from panope.domain.errors import UnavailableError
from panope.http.auth import ANYONE

Check = Callable[[], Awaitable[None]]
"""Raises `UnavailableError` unless its store answers within a second."""


class Lifecycle:
    """Whether this process still wants new work."""

    def __init__(self) -> None:
        self.is_draining = False


class Health(BaseModel):
    """What a health check learns."""

    status: str
    version: str
    database: str
    """`OK`, or `unavailable` when a store did not answer in time."""


class Readiness(BaseModel):
    """Whether to send traffic here."""

    status: str
    version: str


def health_router(version: str, checks: tuple[Check, ...], lifecycle: Lifecycle) -> APIRouter:
    """Make the routes over the checks of every store."""
    router = APIRouter(prefix="/api/public", tags=["Health"], dependencies=[ANYONE])

    @router.head("/health", include_in_schema=False)
    @router.get("/health")
    async def check_health(
        response: Response,
        *,
        fail_if_database_unavailable: Annotated[bool, Query(alias="failIfDatabaseUnavailable")] = False,
    ) -> Health:
        """Tell that the process answers, and whether its stores do; 503 for the latter only when asked."""
        is_up = await _all_answer(checks)
        if is_up or not fail_if_database_unavailable:
            return Health(status="OK", version=version, database="OK" if is_up else "unavailable")
        response.status_code = 503
        return Health(status="Database not available", version=version, database="unavailable")

    @router.head("/ready", include_in_schema=False)
    @router.get("/ready")
    async def check_readiness(response: Response) -> Readiness:
        """Tell whether to send traffic here; 500 once the process was told to stop."""
        if lifecycle.is_draining:
            response.status_code = 500
            return Readiness(status="Shutting down", version=version)
        return Readiness(status="OK", version=version)

    return router


async def _all_answer(checks: tuple[Check, ...]) -> bool:
    try:
        await asyncio.gather(*(check() for check in checks))
    except UnavailableError:
        return False
    return True
