"""What an item says about the files that it refers to."""

from collections.abc import Mapping, Sequence

from msgspec import Struct

from panope.domain.ids import DatasetItemId


class MediaReference(Struct, frozen=True, kw_only=True):
    """One place of an item that stands for a file."""

    field: str
    """`input`, `expectedOutput` or `metadata`."""
    reference_string: str
    """What stands there."""
    json_path: str
    media_id: str
    content_type: str
    content_length: int
    url: str
    url_expiry: str


MediaByItem = Mapping[DatasetItemId, Sequence[MediaReference]]
"""Items without any may be left out."""
