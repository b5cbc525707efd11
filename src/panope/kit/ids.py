"""The one place that makes ids: random ones, and those that every retry derives again."""

import uuid
from typing import Final

_NAMESPACE: Final = uuid.uuid5(uuid.NAMESPACE_DNS, "panope.dev")


def new_id() -> str:
    """Return an id that nobody has made before."""
    return str(uuid.uuid4())


def derive_id(project_id: str, event_id: str) -> str:
    """Return the id of an entity that its event did not name: the same for the same project and event, always."""
    return str(uuid.uuid5(uuid.uuid5(_NAMESPACE, project_id), event_id))
