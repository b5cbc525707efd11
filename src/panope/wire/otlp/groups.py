"""Resource and scope of a group of spans: their attribute sets and what every span below takes from them."""

from hashlib import blake2b
from typing import Any, Final

import msgspec

from panope.domain.events import AttributeSet
from panope.wire.langfuse.events.sending import MAX_TEXT_CHARS
from panope.wire.semconv import precedence
from panope.wire.semconv.dialects.langfuse import SDK_SCOPE
from panope.wire.semconv.dialects.rules import SpanContext
from panope.wire.semconv.draft import MAPPER, GroupFacts
from panope.wire.semconv.fields import find_environment
from panope.wire.semconv.span import Scope
from panope.wire.semconv.text import as_text

_encode = msgspec.json.Encoder(order="sorted").encode
_ID_DIGITS: Final = 16


def group_facts(resource: dict[str, Any], scope: Scope) -> GroupFacts:
    """Work out what a resource and a scope say about all their spans."""
    resource_set = attribute_set(resource)
    scope_set = attribute_set({"name": scope.name, "version": scope.version, "attributes": scope.attributes})
    shared: dict[str, Any] = {"mapper": MAPPER, "resource": resource_set.id, "scope": scope_set.id}
    environment = find_environment({}, resource)
    if environment is not None:
        shared["environment"] = environment
    version, release = _text(resource, "service.version"), _text(resource, precedence.RELEASE[0])
    if version is not None:
        shared["version"] = version
    return GroupFacts(SpanContext(scope, resource), shared, version, release, resource_set, scope_set)


def attribute_set(attributes: dict[str, Any]) -> AttributeSet:
    """Attributes as they are stored, by the hash of their content."""
    encoded = _encode(attributes)
    return AttributeSet(blake2b(encoded).hexdigest()[:_ID_DIGITS], encoded.decode())


def sdk_of(context: SpanContext) -> tuple[str | None, str | None]:
    """Name and version of what sent the spans: Langfuse's SDK where it is their scope, else OpenTelemetry's."""
    resource, scope = context.resource, context.scope
    language = _text(resource, "telemetry.sdk.language")
    if scope.name.startswith(SDK_SCOPE):
        return "-".join(filter(None, ("langfuse", language))), scope.version or None
    name = "-".join(filter(None, (_text(resource, "telemetry.sdk.name"), language)))
    return name or None, _text(resource, "telemetry.sdk.version")


def _text(attributes: dict[str, Any], key: str) -> str | None:
    value = attributes.get(key)
    return as_text(value)[:MAX_TEXT_CHARS] if value is not None and value != "" else None
