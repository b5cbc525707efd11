"""Giving scores in the web app, and the score configs that say how."""

from msgspec import UNSET, Struct, UnsetType

from panope.domain.errors import Issue
from panope.domain.review.queues import ItemObjectType
from panope.domain.scores import ScoreRow
from panope.domain.scoring.annotations import NewScore, ScoreChange
from panope.wire.langfuse.jsonvalues import encode
from panope.wire.langfuse.requests import invalid_body, read_body
from panope.wire.ui.scores import show_score

MAX_COMMENT_CHARS = 5_000
"""Of a score."""


class ScoreRequest(Struct, rename="camel", kw_only=True):
    """A score to give: with `configId`, or with `name` and `dataType`."""

    object_type: ItemObjectType
    object_id: str
    value: float | str
    """A number for NUMERIC and BOOLEAN, a text for CATEGORICAL and TEXT."""
    config_id: str | None = None
    name: str | None = None
    data_type: str | None = None
    comment: str | None = None


class ScoreChangeRequest(Struct, rename="camel", kw_only=True):
    """What becomes of a score; what is left out stays. A comment of null is none."""

    value: float | str | UnsetType = UNSET
    comment: str | UnsetType | None = UNSET


def read_score(body: bytes) -> NewScore:
    """Read the body of a new score. Raises `InvalidError`."""
    asked = read_body(body, ScoreRequest)
    return NewScore(
        object_type=asked.object_type,
        object_id=asked.object_id,
        value=asked.value,
        config_id=asked.config_id,
        name=None if asked.name is None else asked.name.strip(),
        data_type=asked.data_type,
        comment=_comment(asked.comment),
    )


def read_score_change(body: bytes) -> ScoreChange:
    """Likewise, of a change."""
    asked = read_body(body, ScoreChangeRequest)
    comment = asked.comment
    return ScoreChange(value=asked.value, comment=comment if comment is UNSET else _comment(comment))


def _comment(text: str | None) -> str | None:
    stripped = (text or "").strip() or None
    if stripped is not None and len(stripped) > MAX_COMMENT_CHARS:
        raise invalid_body([Issue(("comment",), f"must have at most {MAX_COMMENT_CHARS:,} characters")])
    return stripped


def encode_score(row: ScoreRow) -> bytes:
    """Write one score."""
    return encode(show_score(row))
