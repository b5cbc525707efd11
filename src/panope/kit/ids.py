"""The one place that makes ids: random ones, and those that every retry derives again."""

import itertools
import uuid
from typing import Final

_NAMESPACE: Final = uuid.uuid5(uuid.NAMESPACE_DNS, "panope.dev")


class RequestIds:
    """Ids of requests: unlike any other process's, and cheaper than random ones. They are no secret."""

    def __init__(self) -> None:
        self._process = uuid.uuid4().hex[:16]
        self._numbers = itertools.count(1)

    def next(self) -> str:
        """Return the next one."""
        return f"{self._process}-{next(self._numbers):08x}"


def new_id() -> str:
    """Return an id that nobody has made before."""
    return str(uuid.uuid4())


def derive_id(project_id: str, event_id: str) -> str:
    """Return the id of an entity that its event did not name: the same for the same project and event, always."""
    return str(uuid.uuid5(uuid.uuid5(_NAMESPACE, project_id), event_id))
