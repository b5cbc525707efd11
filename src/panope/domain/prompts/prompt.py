"""A prompt is a name with numbered versions. Labels point at versions; tags belong to the name."""

from collections.abc import Iterable
from enum import StrEnum
from typing import Final

from msgspec import Struct, field

from panope.domain.ids import PromptId
from panope.domain.prompts.sifting import Candidate, VersionCondition

LATEST: Final = "latest"
"""The label that the newest version always has; nobody sets or removes it."""
PRODUCTION: Final = "production"
"""The label that a reader means who names none."""
MAX_VERSION: Final = 2**31 - 1


class PromptType(StrEnum):
    """The shape of a prompt's body."""

    TEXT = "text"
    CHAT = "chat"


class Message(Struct, frozen=True, tag="message"):
    """One message of a chat prompt."""

    role: str
    content: str


class Placeholder(Struct, frozen=True, tag="placeholder"):
    """Where the reader of a chat prompt puts in messages of its own."""

    name: str


Body = str | tuple[Message | Placeholder, ...]
"""The text of a text prompt, or the messages of a chat prompt."""


class PromptKey(Struct, frozen=True):
    """How one version is asked for: by its number, or by a label that it has. Exactly one of the two is set."""

    name: str
    version: int | None = None
    label: str | None = None

    def __str__(self) -> str:
        wanted = f"with version {self.version}" if self.label is None else f"with label '{self.label}'"
        return f"'{self.name}' {wanted}"


class PromptLookup(Struct, frozen=True, kw_only=True):
    """How a reader asks for one version. A label or a number, not both; neither means `production`."""

    names: tuple[str, ...]
    """What the name may stand for, the likeliest first."""
    version: int | None = None
    label: str | None = None
    resolve: bool = True
    """Whether references are replaced by what they name."""

    def keys(self) -> tuple[PromptKey, ...]:
        """The versions that are looked for, the first that exists being meant."""
        label = self.label if self.version is not None or self.label is not None else PRODUCTION
        return tuple(PromptKey(name, self.version, label) for name in self.names)


class PromptLink(Struct, frozen=True):
    """What an observation says of the prompt that it used."""

    name: str
    version: int


class PromptDraft(Struct, frozen=True, kw_only=True):
    """A version before it has a number."""

    name: str
    type: PromptType
    body: Body
    config: str = "{}"
    """JSON text, as it was sent."""
    labels: tuple[str, ...] = ()
    """Without `latest`, each once."""
    tags: tuple[str, ...] | None = None
    """None: those that the prompt has already."""
    commit_message: str | None = None
    created_by: str = "API"


class PromptVersion(Struct, frozen=True, kw_only=True):
    """One version as it is now. Body and config never change; labels and tags do."""

    id: PromptId
    name: str
    version: int
    type: PromptType
    body: Body
    config: str = "{}"
    """JSON text, as it was sent."""
    labels: tuple[str, ...] = ()
    """In the order in which it got them, `latest` last."""
    tags: tuple[str, ...] = ()
    """Those of the prompt, the same for all versions."""
    commit_message: str | None = None
    created_by: str = "API"
    created_us: int
    updated_us: int
    """When its labels or tags changed last."""


class PromptSummary(Struct, frozen=True, kw_only=True):
    """One prompt in a list. What is said of versions and labels is said of those that match the question."""

    name: str
    type: PromptType
    versions: tuple[int, ...]
    """Ascending."""
    labels: tuple[str, ...]
    """Each once, by code point, `latest` last."""
    tags: tuple[str, ...]
    updated_us: int
    config: str
    """Of the newest matching version."""


class PromptQuery(Struct, frozen=True, kw_only=True):
    """Which versions a list of prompts looks at, and which page of it is wanted. None asks for nothing."""

    name: str | None = None
    label: str | None = None
    tag: str | None = None
    version: int | None = None
    from_updated_us: int | None = None
    """Inclusive."""
    to_updated_us: int | None = None
    """Exclusive."""
    where: tuple[VersionCondition, ...] = ()
    """All of which a version has to fulfil beside the rest."""
    limit: int = 10
    offset: int = 0


class PromptPage(Struct, frozen=True):
    """One page of a list of prompts, by name."""

    rows: list[PromptSummary]
    total: int


class LabelChange(Struct, frozen=True, kw_only=True):
    """What goes with every change that may take a label away from a version."""

    now_us: int
    confirmed: frozenset[str] = field(default_factory=frozenset)
    """Protected labels that the caller has said may be moved or removed."""


def in_label_order(labels: Iterable[str], *, is_latest: bool) -> tuple[str, ...]:
    """Labels of a version as everybody shows them."""
    own = tuple(labels)
    return (*own, LATEST) if is_latest else own


def candidate_of(version: PromptVersion) -> Candidate:
    """A version as the conditions of a list see it."""
    return Candidate(
        id=version.id,
        name=version.name,
        type=version.type.value,
        version=version.version,
        labels=version.labels,
        tags=version.tags,
        config=version.config,
        created_us=version.created_us,
        updated_us=version.updated_us,
    )
