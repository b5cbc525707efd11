"""What may change, decided from a prompt's labels and versions alone, the same in every store."""

from collections.abc import Collection, Iterable, Mapping, Sequence

from msgspec import Struct

from panope.domain.errors import ForbiddenError, InvalidError, NotFoundError
from panope.domain.prompts.prompt import LATEST, PromptDraft, PromptType

_SHOWN_DEPENDENTS = 5


class PromptHead(Struct, frozen=True, kw_only=True):
    """A prompt without the bodies of its versions."""

    name: str
    type: PromptType
    versions: tuple[int, ...]
    """Ascending, at least one."""
    labels: Mapping[str, int]
    """The version of each label, in the order in which labels were set; without `latest`."""

    @property
    def latest(self) -> int:
        """The newest version."""
        return self.versions[-1]

    def labels_of(self, version: int) -> list[str]:
        """Labels of one version, without `latest`."""
        return [label for label, labelled in self.labels.items() if labelled == version]

    def version_of(self, label: str) -> int | None:
        """The version that has a label."""
        return self.latest if label == LATEST else self.labels.get(label)

    def select(self, version: int | None, label: str | None) -> list[int]:
        """Versions that fulfil both conditions, None being none."""
        labelled = None if label is None else self.version_of(label)
        return [
            number for number in self.versions if version in {None, number} and (label is None or labelled == number)
        ]


class Reference(Struct, frozen=True, kw_only=True):
    """That one version refers to another prompt, by version or by label."""

    owner_name: str
    owner_version: int
    version: int | None
    label: str | None


def next_version(head: PromptHead | None, draft: PromptDraft) -> int:
    """The number of a new version; raises `InvalidError` when it is not of the prompt's type."""
    if head is None:
        return 1
    if head.type is not draft.type:
        text = f"The prompt has {head.type} versions, and all of its versions have the same type: send type {head.type}"
        raise InvalidError(text, code="prompt_type_differs")
    return head.latest + 1


def plan_labels(head: PromptHead, version: int, labels: Iterable[str]) -> list[str]:
    """Those of the labels that the version does not have yet, each once."""
    return [label for label in dict.fromkeys(labels) if head.labels.get(label) != version]


def check_protection(
    head: PromptHead | None, touched: Iterable[str], protected: Collection[str], confirmed: Collection[str]
) -> None:
    """Raise `ForbiddenError` when a protected label that some version has would move or go without being confirmed."""
    held = {} if head is None else head.labels
    kept = [label for label in touched if label in held and label in protected and label not in confirmed]
    if kept:
        text = (
            f"The label '{kept[0]}' is protected in this project: to move or remove it, "
            f"name it in confirmLabels as well, or lift its protection"
        )
        raise ForbiddenError(text, code="label_protected")


def require_label(head: PromptHead, label: str) -> int:
    """The version that has a label; raises `NotFoundError`."""
    version = head.version_of(label)
    if version is None:
        raise not_found(f"'{head.name}' with label '{label}'")
    return version


def check_removal(
    head: PromptHead, gone_versions: Collection[int], gone_labels: Collection[str], references: Sequence[Reference]
) -> None:
    """Raise `InvalidError` when others refer to what goes. `references` are those of other prompts to this one."""
    everything_goes = set(head.versions) <= set(gone_versions)
    lost = {*gone_labels, *((LATEST,) if everything_goes else ())}
    broken = [
        reference
        for reference in references
        if (reference.version in gone_versions if reference.label is None else reference.label in lost)
    ]
    if broken:
        names = [f"'{one.owner_name}' version {one.owner_version}" for one in broken[:_SHOWN_DEPENDENTS]]
        more = f" and {len(broken) - len(names)} more" if len(broken) > len(names) else ""
        text = f"Other prompts refer to it: {', '.join(names)}{more}; delete those first"
        raise InvalidError(text, code="prompt_in_use")


def not_found(what: str | None = None) -> NotFoundError:
    """The error for a prompt, version or label that the project does not have."""
    return NotFoundError(f"Prompt not found: {what}" if what else "Prompt not found", code="prompt_not_found")
