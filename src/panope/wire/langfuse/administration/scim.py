"""Users as SCIM 2.0 describes them (RFC 7643 and 7644), as far as directories of people need it.

A user is active as long as they are a member. Their address is their user name, in lower case; passwords are ignored.
"""

import re
from collections.abc import Sequence
from typing import Any, Final

from msgspec import Struct, field

from panope.domain.accounts import Member, MemberChange, Role
from panope.domain.errors import Issue
from panope.wire.langfuse.administration.members import RoleName, role_of
from panope.wire.langfuse.jsonvalues import encode
from panope.wire.langfuse.paging import Params, invalid
from panope.wire.langfuse.requests import invalid_body, read_body
from panope.wire.langfuse.times import format_time

USER_SCHEMA: Final = "urn:ietf:params:scim:schemas:core:2.0:User"
LIST_SCHEMA: Final = "urn:ietf:params:scim:api:messages:2.0:ListResponse"
MAX_COUNT: Final = 1_000
DEFAULT_COUNT: Final = 100
_MAX_NUMBER: Final = 2**53 - 1
_FILTER: Final = re.compile(r'\s*userName\s+eq\s+"([^"\\]*)"\s*', re.IGNORECASE)
_OPERATIONS: Final = frozenset({"add", "replace"})
_WORDS: Final = {"true": True, "false": False}


class NameBody(Struct, rename="camel", kw_only=True):
    """A name; the parts stand in for a whole that is not there."""

    formatted: str | None = None
    given_name: str | None = None
    family_name: str | None = None

    def whole(self) -> str | None:
        """The name in one piece."""
        parts = " ".join(part.strip() for part in (self.given_name, self.family_name) if part)
        return (self.formatted or parts).strip() or None


class UserRequest(Struct, rename="camel", kw_only=True):
    """A user to make."""

    user_name: str
    name: NameBody | None = None
    active: bool | None = None
    roles: list[Any] | None = None


class UserReplacement(Struct, rename="camel", kw_only=True):
    """What a user is to be. Only roles and whether they are active can change; the rest may come along."""

    active: bool | None = None
    roles: list[Any] | None = None


class PatchOperation(Struct, kw_only=True):
    """One change: `add` or `replace`, of `active` or `roles`, or of both by a value that names them."""

    op: str
    path: str | None = None
    value: Any = None


class PatchRequest(Struct, kw_only=True):
    """Changes of a user."""

    operations: list[PatchOperation] = field(name="Operations")


class EmailBody(Struct, kw_only=True):
    """An address of a user."""

    primary: bool = True
    value: str
    type: str = "work"


class ShownName(Struct):
    """The name of a user."""

    formatted: str


class UserMeta(Struct, rename="camel", kw_only=True):
    """What is known of the resource itself."""

    resource_type: str = "User"
    created: str
    last_modified: str


class UserBody(Struct, rename="camel", kw_only=True):
    """A user."""

    schemas: tuple[str, ...] = (USER_SCHEMA,)
    id: str
    user_name: str
    name: ShownName
    emails: list[EmailBody]
    active: bool
    roles: list[str]
    meta: UserMeta


class UsersBody(Struct, rename="camel", kw_only=True):
    """Some of the users."""

    schemas: tuple[str, ...] = (LIST_SCHEMA,)
    total_results: int
    start_index: int
    items_per_page: int
    resources: list[UserBody] = field(name="Resources")


class UserListRequest(Struct, frozen=True, kw_only=True):
    """Which users were asked for."""

    email: str | None
    """None: all."""
    start_index: int
    """The first is 1."""
    count: int


def read_list_request(params: Params) -> UserListRequest:
    """Read the query string of a list of users."""
    text, email = params.text("filter"), None
    if text is not None:
        found = _FILTER.fullmatch(text)
        if found is None:
            raise invalid(("filter",), 'can only be userName eq "address"')
        email = found[1].lower()
    return UserListRequest(
        email=email,
        start_index=max(1, params.integer("startIndex", 1, -_MAX_NUMBER, _MAX_NUMBER)),
        count=min(MAX_COUNT, max(0, params.integer("count", DEFAULT_COUNT, -_MAX_NUMBER, _MAX_NUMBER))),
    )


def read_user(body: bytes) -> tuple[UserRequest, Role]:
    """Read a user to make, and the role that they are given."""
    request = read_body(body, UserRequest)
    if request.active is False:
        raise invalid_body([Issue(("active",), "must not be false: whoever is not active is not kept")])
    return request, _role(request.roles) or Role.NONE


def read_replacement(body: bytes) -> MemberChange:
    """Read what a user is to be."""
    request = read_body(body, UserReplacement)
    return MemberChange(role=_role(request.roles), is_active=request.active)


def read_patch(body: bytes) -> MemberChange:
    """Read changes of a user."""
    wanted: dict[str, Any] = {}
    for at, operation in enumerate(read_body(body, PatchRequest).operations):
        if operation.op.lower() not in _OPERATIONS:
            raise invalid_body([Issue(("Operations", at, "op"), "must be add or replace")])
        values = operation.value if operation.path is None else {operation.path: operation.value}
        if not isinstance(values, dict) or not values.keys() <= {"active", "roles"}:
            raise invalid_body([Issue(("Operations", at), "can change active and roles, and nothing else")])
        wanted |= values
    is_active = wanted.get("active")
    if isinstance(is_active, str):
        is_active = _WORDS.get(is_active.lower(), is_active)
    if not isinstance(is_active, bool | None):
        raise invalid_body([Issue(("Operations",), "active must be true or false")])
    roles = wanted.get("roles")
    if not isinstance(roles, list | None):
        roles = [roles]
    return MemberChange(role=_role(roles), is_active=is_active)


def encode_user(member: Member, *, is_active: bool = True) -> bytes:
    """Write one user."""
    return encode(_show(member, is_active=is_active))


def encode_users(members: Sequence[Member], asked: UserListRequest) -> bytes:
    """Write those of the users that were asked for."""
    matching = [member for member in members if asked.email in {None, member.email}]
    shown = matching[asked.start_index - 1 : asked.start_index - 1 + asked.count]
    return encode(
        UsersBody(
            total_results=len(matching),
            start_index=asked.start_index,
            items_per_page=len(shown),
            resources=[_show(member, is_active=True) for member in shown],
        )
    )


def _role(roles: list[Any] | None) -> Role | None:
    """The role that the first of them names, as text or as the value of an object."""
    if not roles:
        return None
    named = roles[0].get("value") if isinstance(roles[0], dict) else roles[0]
    name = named.upper() if isinstance(named, str) else ""
    if name not in RoleName.__members__:
        raise invalid_body([Issue(("roles", 0), f"must be one of {', '.join(RoleName)}")])
    return role_of(RoleName[name])


def _show(member: Member, *, is_active: bool) -> UserBody:
    created = format_time(member.created_us)
    return UserBody(
        id=member.user_id,
        user_name=member.email,
        name=ShownName(member.name or ""),
        emails=[EmailBody(value=member.email)],
        active=is_active,
        roles=[RoleName[member.role.name].value],
        meta=UserMeta(created=created, last_modified=created),
    )
