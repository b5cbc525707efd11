"""Memberships on the wire."""

from collections.abc import Sequence
from enum import StrEnum

from msgspec import Struct

from panope.domain.accounts import Member, Role
from panope.wire.langfuse.jsonvalues import encode
from panope.wire.langfuse.requests import read_body


class RoleName(StrEnum):
    """Roles as the wire calls them."""

    OWNER = "OWNER"
    ADMIN = "ADMIN"
    MEMBER = "MEMBER"
    VIEWER = "VIEWER"
    NONE = "NONE"


class MembershipRequest(Struct, rename="camel", kw_only=True):
    """Which role a user is to have."""

    user_id: str
    role: RoleName


class MembershipDeletionRequest(Struct, rename="camel", kw_only=True):
    """Who is to be a member no more."""

    user_id: str


class MembershipBody(Struct, rename="camel", kw_only=True):
    """A member."""

    user_id: str
    role: RoleName
    email: str
    name: str


class MembershipsBody(Struct):
    """All members."""

    memberships: list[MembershipBody]


class MembershipDeletionBody(Struct, rename="camel", kw_only=True):
    """Who is a member no more."""

    message: str
    user_id: str


def read_membership(body: bytes) -> MembershipRequest:
    """Read a membership to keep."""
    return read_body(body, MembershipRequest)


def read_deletion(body: bytes) -> MembershipDeletionRequest:
    """Read whom to take out."""
    return read_body(body, MembershipDeletionRequest)


def role_of(name: RoleName) -> Role:
    """The role of a name."""
    return Role[name.name]


def encode_member(member: Member) -> bytes:
    """Write one member."""
    return encode(_show(member))


def encode_members(members: Sequence[Member], *, is_for_sdk: bool = False) -> bytes:
    """Write all members. SDKs get those whose role they know: another one fails on the whole list."""
    shown = [member for member in members if member.role is not Role.NONE] if is_for_sdk else members
    return encode(MembershipsBody([_show(member) for member in shown]))


def encode_removed(user_id: str) -> bytes:
    """Write that somebody is a member no more."""
    return encode(MembershipDeletionBody(message="Membership deleted successfully", user_id=user_id))


def _show(member: Member) -> MembershipBody:
    role = RoleName[member.role.name]
    return MembershipBody(user_id=member.user_id, role=role, email=member.email, name=member.name or "")
