"""What a SCIM server says of itself: which features it has, and what its users look like."""

from typing import Any, Final

from msgspec import Struct, field

from panope.wire.langfuse.administration.scim import LIST_SCHEMA, MAX_COUNT, USER_SCHEMA
from panope.wire.langfuse.jsonvalues import encode

_SCHEMAS: Final = "urn:ietf:params:scim:schemas:core:2.0"
_PATH: Final = "/api/public/scim"


class Feature(Struct, frozen=True):
    """Whether the server can do something."""

    supported: bool


class BulkFeature(Struct, rename="camel", kw_only=True, frozen=True):
    """Whether it takes many requests in one."""

    supported: bool = False
    max_operations: int = 0
    max_payload_size: int = 0


class FilterFeature(Struct, rename="camel", kw_only=True, frozen=True):
    """Whether lists can be filtered."""

    supported: bool = True
    max_results: int = MAX_COUNT


class Scheme(Struct, rename="camel", kw_only=True, frozen=True):
    """How callers say who they are."""

    name: str = "HTTP Basic"
    description: str = "The key pair of an organisation: public key as user, secret key as password"
    spec_uri: str = "https://www.rfc-editor.org/info/rfc2617"
    type: str = "httpbasic"
    primary: bool = True


class Meta(Struct, rename="camel", kw_only=True, frozen=True):
    """What a description is, and where."""

    resource_type: str
    location: str


class ServiceProviderConfig(Struct, rename="camel", kw_only=True, frozen=True):
    """What the server can do."""

    schemas: tuple[str, ...] = (f"{_SCHEMAS}:ServiceProviderConfig",)
    documentation_uri: str = "https://www.rfc-editor.org/info/rfc7644"
    patch: Feature = Feature(supported=True)
    bulk: BulkFeature = BulkFeature()
    filter: FilterFeature = FilterFeature()
    change_password: Feature = Feature(supported=False)
    sort: Feature = Feature(supported=False)
    etag: Feature = Feature(supported=False)
    authentication_schemes: tuple[Scheme, ...] = (Scheme(),)
    meta: Meta = Meta(resource_type="ServiceProviderConfig", location=f"{_PATH}/ServiceProviderConfig")


class ResourceType(Struct, rename="camel", kw_only=True, frozen=True):
    """One kind of resource."""

    schemas: tuple[str, ...] = (f"{_SCHEMAS}:ResourceType",)
    id: str = "User"
    name: str = "User"
    endpoint: str = "/Users"
    description: str = "Members of the organisation"
    schema: str = USER_SCHEMA
    schema_extensions: tuple[()] = ()
    meta: Meta = Meta(resource_type="ResourceType", location=f"{_PATH}/ResourceTypes/User")


class ResourceTypes(Struct, rename="camel", kw_only=True, frozen=True):
    """All kinds of resources."""

    schemas: tuple[str, ...] = (LIST_SCHEMA,)
    total_results: int = 1
    resources: tuple[ResourceType, ...] = field(default=(ResourceType(),), name="Resources")


class Schema(Struct, kw_only=True, frozen=True):
    """What resources of one kind look like."""

    id: str = USER_SCHEMA
    name: str = "User"
    description: str = "A member of the organisation"
    attributes: list[dict[str, Any]]
    meta: Meta = Meta(resource_type="Schema", location=f"{_PATH}/Schemas/{USER_SCHEMA}")


class Schemas(Struct, rename="camel", kw_only=True, frozen=True):
    """What resources of all kinds look like."""

    schemas: tuple[str, ...] = (LIST_SCHEMA,)
    total_results: int = 1
    resources: list[Schema] = field(name="Resources")


def _attribute(name: str, kind: str, description: str, **more: Any) -> dict[str, Any]:
    usual = {
        "multiValued": False,
        "required": False,
        "caseExact": False,
        "mutability": "immutable",
        "returned": "default",
        "uniqueness": "none",
    }
    return {"name": name, "type": kind, "description": description, **usual, **more}


_ATTRIBUTES: Final = [
    _attribute("userName", "string", "The e-mail address", required=True, uniqueness="server"),
    _attribute(
        "name",
        "complex",
        "The name",
        subAttributes=[_attribute("formatted", "string", "The name in one piece")],
    ),
    _attribute(
        "emails",
        "complex",
        "The e-mail address once more",
        multiValued=True,
        mutability="readOnly",
        subAttributes=[
            _attribute("value", "string", "The address", mutability="readOnly"),
            _attribute("type", "string", "Always work", mutability="readOnly"),
            _attribute("primary", "boolean", "Always true", mutability="readOnly"),
        ],
    ),
    _attribute("active", "boolean", "Whether they are a member", mutability="readWrite"),
    _attribute("roles", "string", "One role in the organisation", multiValued=True, mutability="readWrite"),
]

SERVICE_PROVIDER_CONFIG: Final = encode(ServiceProviderConfig())
RESOURCE_TYPES: Final = encode(ResourceTypes())
SCHEMAS: Final = encode(Schemas(resources=[Schema(attributes=_ATTRIBUTES)]))
