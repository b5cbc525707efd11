"""What clients send about prompts."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Annotated, Final, Literal

import msgspec
from msgspec import UNSET, Meta, Struct, UnsetType

from panope.domain.errors import InvalidError, Issue, TooLargeError
from panope.domain.prompts.naming import (
    MAX_LABELS,
    MAX_TAG_CHARS,
    MAX_TAGS,
    find_free_label_mistake,
    find_label_mistake,
    find_name_mistake,
    find_placeholders,
    find_variables,
    is_placeholder_name,
)
from panope.domain.prompts.prompt import (
    LATEST,
    MAX_VERSION,
    PRODUCTION,
    Body,
    Message,
    Placeholder,
    PromptDraft,
    PromptLookup,
    PromptQuery,
    PromptType,
)
from panope.wire.langfuse.paging import PageNumber, Params, invalid, read_page
from panope.wire.langfuse.prompts.filtering import read_filter
from panope.wire.langfuse.requests import invalid_body, read_body

MAX_BODY_BYTES: Final = 4 * 1024 * 1024
"""Largest request that writes a prompt."""
DEFAULT_LIMIT: Final = 10
MAX_COMMIT_MESSAGE_CHARS: Final = 500

_MAX_VERSION_DIGITS: Final = 20
_INVALID_PROMPT: Final = "invalid_prompt"
_PLACEHOLDER: Final = "placeholder"
_Place = tuple[str | int, ...]


class _Camel(Struct, rename="camel", kw_only=True):
    pass


class MessageRequest(_Camel):
    """A message with role and content, or a placeholder with a name."""

    type: str | None = None
    role: str | None = None
    content: str | None = None
    name: str | None = None


class PromptRequest(_Camel, kw_only=True):
    """A new version of a prompt: a text, or the messages of a chat."""

    name: str
    prompt: str | list[MessageRequest]
    type: Literal["text", "chat"] | None = None
    config: msgspec.Raw | UnsetType = UNSET
    labels: list[str] | None = None
    tags: list[str] | None = None
    commit_message: Annotated[str, Meta(max_length=MAX_COMMIT_MESSAGE_CHARS)] | None = None
    confirm_labels: list[str] | None = None
    """Protected labels that may move."""


class LegacyPromptRequest(PromptRequest, kw_only=True):
    """The same in the first version of the API, where a flag stands for the label `production`."""

    is_active: bool


class LabelsRequest(_Camel):
    """Labels to give to a version."""

    new_labels: list[str]
    confirm_labels: list[str] | None = None
    """Protected labels that may move."""


class PromotionRequest(_Camel):
    """From which label to which."""

    from_label: str = msgspec.field(name="from")
    to_label: str = msgspec.field(name="to")
    confirm_labels: list[str] | None = None
    """Protected labels that may move."""


class Creation(Struct, frozen=True):
    """A version to be made, and the protected labels that may move for it."""

    draft: PromptDraft
    confirmed: frozenset[str]


def read_creation(body: bytes) -> Creation:
    """Read a new version; raises `InvalidError` with every place that is wrong, `TooLargeError` beyond the limit."""
    return _read_creation(body, PromptRequest)


def read_legacy_creation(body: bytes) -> Creation:
    """Read a new version as clients of the first version of the API send it."""
    return _read_creation(body, LegacyPromptRequest)


def _read_creation(body: bytes, shape: type[PromptRequest]) -> Creation:
    if len(body) > MAX_BODY_BYTES:
        text = f"A prompt with its config may have at most {MAX_BODY_BYTES} bytes as JSON: shorten it or split it"
        raise TooLargeError(text, code="prompt_too_large")
    request = read_body(body, shape, code=_INVALID_PROMPT)
    request.name = request.name.strip()
    issues = list(_check(request))
    if issues:
        raise invalid_body(issues, code=_INVALID_PROMPT)
    labels = [*(request.labels or ())]
    if isinstance(request, LegacyPromptRequest) and request.is_active:
        labels.append(PRODUCTION)
    config = "null" if request.config is UNSET else bytes(request.config).decode()
    draft = PromptDraft(
        name=request.name,
        type=PromptType(request.type or PromptType.TEXT),
        body=_read_messages(request.prompt),
        config="{}" if config == "null" else config,
        labels=tuple(label for label in dict.fromkeys(labels) if label != LATEST),
        tags=None if request.tags is None else tuple(dict.fromkeys(request.tags)),
        commit_message=request.commit_message,
    )
    return Creation(draft, frozenset(request.confirm_labels or ()))


def _read_messages(sent: str | list[MessageRequest]) -> Body:
    if isinstance(sent, str):
        return sent
    return tuple(
        Placeholder(message.name or "")
        if _is_placeholder(message)
        else Message(message.role or "", message.content or "")
        for message in sent
    )


def _is_placeholder(message: MessageRequest) -> bool:
    return message.type == _PLACEHOLDER or (
        message.role is None and message.content is None and message.name is not None
    )


def _check(request: PromptRequest) -> Iterator[Issue]:
    mistake = find_name_mistake(request.name)
    if mistake is not None:
        yield Issue(("name",), mistake)
    is_text = isinstance(request.prompt, str)
    if is_text is (request.type == "chat"):
        wanted = "a text" if is_text is False else "an array of messages"
        yield Issue(("prompt",), f"must be {wanted}, as the type is {request.type or PromptType.TEXT}", "invalid_type")
    if not isinstance(request.prompt, str):
        yield from _check_messages(request.prompt)
    yield from _check_each(("labels",), request.labels, MAX_LABELS, find_label_mistake)
    yield from _check_each(("tags",), request.tags, MAX_TAGS, _find_tag_mistake)
    if request.config is UNSET:
        return
    try:
        msgspec.json.decode(request.config)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        yield Issue(("config",), "is not JSON in UTF-8", "invalid_json")


def _check_messages(messages: Sequence[MessageRequest]) -> Iterator[Issue]:
    for index, message in enumerate(messages):
        place: _Place = ("prompt", index)
        if _is_placeholder(message):
            if message.name is None or not is_placeholder_name(message.name):
                yield Issue((*place, "name"), "must be a letter followed by letters, digits and underscores")
        elif message.role is None or message.content is None:
            yield Issue(place, 'must have a role and a content, or the type "placeholder" and a name')
    body = _read_messages(list(messages))
    for name in sorted({*find_variables(body)} & {*find_placeholders(body)}):
        yield Issue(("prompt",), f"uses the name {name} for a variable and for a placeholder: rename one of them")


def _check_each(
    place: _Place, values: Sequence[str] | None, most: int, find_mistake: Callable[[str], str | None]
) -> Iterator[Issue]:
    if values is not None and len(values) > most:
        yield Issue(place, f"must hold at most {most} entries")
        return
    for index, value in enumerate(values or ()):
        mistake = find_mistake(value)
        if mistake is not None:
            yield Issue((*place, index), mistake)


def _find_tag_mistake(tag: str) -> str | None:
    return None if 0 < len(tag) <= MAX_TAG_CHARS else f"must have 1 to {MAX_TAG_CHARS} characters"


class LabelAddition(Struct, frozen=True):
    """Labels to give, and the protected ones among them that may move."""

    labels: tuple[str, ...]
    confirmed: frozenset[str]


def read_labels(body: bytes) -> LabelAddition:
    """Read labels for a version that is there."""
    request = read_body(body, LabelsRequest)
    issues = list(_check_each(("newLabels",), request.new_labels, MAX_LABELS, _find_new_label_mistake))
    if issues:
        raise invalid_body(issues)
    return LabelAddition(tuple(dict.fromkeys(request.new_labels)), frozenset(request.confirm_labels or ()))


def _find_new_label_mistake(label: str) -> str | None:
    if label == LATEST:
        return f"must not be {LATEST}, which the newest version has by itself"
    return find_free_label_mistake(label)


class Promotion(Struct, frozen=True):
    """From which label to which, and the protected labels that may move."""

    from_label: str
    to_label: str
    confirmed: frozenset[str]


def read_promotion(body: bytes) -> Promotion:
    """Read a promotion."""
    request = read_body(body, PromotionRequest)
    mistake = _find_new_label_mistake(request.to_label)
    if mistake is not None:
        raise invalid_body([Issue(("to",), mistake)])
    return Promotion(request.from_label, request.to_label, frozenset(request.confirm_labels or ()))


def require_own_label(label: str) -> str:
    """A label that may be protected or removed: any but `latest`. Raises `InvalidError`."""
    mistake = _find_new_label_mistake(label)
    if mistake is not None:
        raise InvalidError(f"The label {mistake}", code="invalid_label")
    return label


def read_lookup(names: Iterable[str], params: Params) -> PromptLookup:
    """Read which version is asked for. The number 0 counts as none."""
    version, label = _read_version(params), params.text("label")
    if version is not None and label is not None:
        raise InvalidError("Cannot specify both version and label", code="version_and_label")
    resolve = params.flag("resolve")
    return PromptLookup(names=tuple(names), version=version, label=label, resolve=resolve is not False)


def read_legacy_lookup(params: Params) -> PromptLookup:
    """Read which version is asked for in the first version of the API."""
    name = params.text("name")
    if name is None:
        raise invalid(("name",), "is missing: it names the prompt")
    return PromptLookup(names=(name,), version=_read_version(params))


class Deletion(Struct, frozen=True):
    """Which versions are to go, and the protected labels that may go with them."""

    version: int | None
    label: str | None
    confirmed: frozenset[str]


def read_deletion(params: Params) -> Deletion:
    """Read which versions are to go."""
    return Deletion(_read_version(params), params.text("label"), read_confirmed(params))


def read_confirmed(params: Params) -> frozenset[str]:
    """Read the protected labels that may move or go."""
    return frozenset(params.words("confirmLabels"))


def _read_version(params: Params) -> int | None:
    return params.integer("version", 0, 0, MAX_VERSION) or None


class PromptListRequest(Struct, frozen=True):
    """One page of prompts as it was asked for."""

    query: PromptQuery
    page: PageNumber


def read_list_request(params: Params) -> PromptListRequest:
    """Read the query string of a list of prompts."""
    page, text = read_page(params, DEFAULT_LIMIT), params.text("filter")
    if text is not None:  # it stands for all other conditions
        return PromptListRequest(PromptQuery(where=read_filter(text), limit=page.limit, offset=page.offset), page)
    query = PromptQuery(
        name=params.text("name"),
        label=params.text("label"),
        tag=params.text("tag"),
        version=_read_version(params),
        from_updated_us=params.time("fromUpdatedAt"),
        to_updated_us=params.time("toUpdatedAt"),
        limit=page.limit,
        offset=page.offset,
    )
    return PromptListRequest(query, page)


def read_path_version(text: str) -> int:
    """Read the number of a version in a path; raises `InvalidError`."""
    is_number = text.isascii() and text.isdigit() and len(text) <= _MAX_VERSION_DIGITS
    if not is_number or not 0 < int(text) <= MAX_VERSION:
        raise invalid(("version",), "must be a whole number from 1")
    return int(text)


class VersionsRequest(Struct, frozen=True):
    """Which stretch of a prompt's versions is asked for."""

    limit: int
    before: int | None


def read_versions_request(params: Params) -> VersionsRequest:
    """Read the query string of a list of versions."""
    before = params.integer("before", 0, 0, MAX_VERSION) or None
    return VersionsRequest(params.integer("limit", DEFAULT_LIMIT, 1, 100), before)
