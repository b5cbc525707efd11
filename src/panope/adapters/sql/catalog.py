"""The whole catalog over one SQL database."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Final

from panope.adapters.sql.accounts import SqlKeyStore, SqlOrganizationStore
from panope.adapters.sql.administration.members import SqlMemberStore
from panope.adapters.sql.administration.projects import SqlProjectStore
from panope.adapters.sql.database import CatalogDatabase, unavailable
from panope.adapters.sql.dataset_items import SqlDatasetItemStore
from panope.adapters.sql.dataset_runs import SqlDatasetItemIndex, SqlDatasetRunStore
from panope.adapters.sql.datasets import SqlDatasetStore
from panope.adapters.sql.feedback import SqlFeedbackStore
from panope.adapters.sql.key_failures import SqlKeyFailureStore
from panope.adapters.sql.llm_connections import SqlLlmConnectionStore
from panope.adapters.sql.media import SqlMediaStore
from panope.adapters.sql.models import SqlModelStore
from panope.adapters.sql.people.sessions import SqlAttemptStore, SqlUserSessionStore
from panope.adapters.sql.people.users import SqlUserStore
from panope.adapters.sql.people.views import SqlSavedViewStore
from panope.adapters.sql.prompts.index import SqlPromptIndex
from panope.adapters.sql.prompts.store import SqlPromptStore
from panope.adapters.sql.review.comments import SqlCommentStore
from panope.adapters.sql.review.items import SqlAnnotationItemStore
from panope.adapters.sql.review.queues import SqlAnnotationQueueStore
from panope.adapters.sql.score_configs import SqlScoreConfigStore
from panope.adapters.sql.settings import SqlSettingStore
from panope.ports.catalog import CatalogLock, CatalogVersion

_CHECK_TIMEOUT_S: Final = 1.0


class SqlCatalog:
    """Implements `Catalog`. How the version is read and the lock is held differs by engine, so both are given.

    `close_version` releases what `version` holds open.
    """

    def __init__(
        self,
        database: CatalogDatabase,
        version: CatalogVersion,
        lock: CatalogLock,
        close_version: Callable[[], Awaitable[None]],
    ) -> None:
        self._database = database
        self._close_version = close_version
        self.organizations = SqlOrganizationStore(database)
        self.projects = SqlProjectStore(database)
        self.keys = SqlKeyStore(database)
        self.key_failures = SqlKeyFailureStore(database)
        self.users = SqlUserStore(database)
        self.user_sessions = SqlUserSessionStore(database)
        self.attempts = SqlAttemptStore(database)
        self.members = SqlMemberStore(database)
        self.models = SqlModelStore(database)
        self.comments = SqlCommentStore(database)
        self.annotation_queues = SqlAnnotationQueueStore(database)
        self.annotation_items = SqlAnnotationItemStore(database)
        self.score_configs = SqlScoreConfigStore(database)
        self.feedback = SqlFeedbackStore(database)
        self.media = SqlMediaStore(database)
        self.prompts = SqlPromptStore(database)
        self.prompt_index = SqlPromptIndex(database)
        self.datasets = SqlDatasetStore(database)
        self.dataset_items = SqlDatasetItemStore(database)
        self.dataset_item_index = SqlDatasetItemIndex(database)
        self.dataset_runs = SqlDatasetRunStore(database)
        self.llm_connections = SqlLlmConnectionStore(database)
        self.saved_views = SqlSavedViewStore(database)
        self.settings = SqlSettingStore(database)
        self.version = version
        self.lock = lock

    async def check(self) -> None:
        """See `Catalog.check`."""
        try:
            async with asyncio.timeout(_CHECK_TIMEOUT_S):
                await self.version.current()
        except TimeoutError:
            raise unavailable() from None

    async def close(self) -> None:
        """See `Catalog.close`."""
        await self._close_version()
        await self._database.close()
