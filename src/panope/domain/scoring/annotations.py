"""What somebody says who gives a score by hand."""

from msgspec import UNSET, Struct, UnsetType

from panope.domain.review.queues import ItemObjectType


class NewScore(Struct, frozen=True, kw_only=True):
    """A score that somebody gives: by a config, or under a name of their own."""

    object_type: ItemObjectType
    object_id: str
    value: float | str
    config_id: str | None = None
    name: str | None = None
    data_type: str | None = None
    """Both of a score without config."""
    comment: str | None = None


class ScoreChange(Struct, frozen=True, kw_only=True):
    """What becomes of a score."""

    value: float | str | UnsetType = UNSET
    comment: str | UnsetType | None = UNSET
    """None: none any more."""
