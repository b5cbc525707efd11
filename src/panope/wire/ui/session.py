"""Who is signed in, on the wire of the web app."""

from collections.abc import Sequence

from msgspec import Struct

from panope.domain.accounts import User, UserSession, VisibleProject
from panope.wire.langfuse.jsonvalues import encode
from panope.wire.langfuse.requests import read_body


class UserBody(Struct, frozen=True, kw_only=True):
    """Somebody as they see themselves."""

    id: str
    email: str
    name: str | None


class ProjectAccessBody(Struct, frozen=True, kw_only=True, rename="camel"):
    """A project that they may see."""

    id: str
    name: str
    organization_id: str
    organization_name: str
    role: str


class SessionBody(Struct, frozen=True, kw_only=True):
    """All that the app begins with. `csrf` goes into the header X-Panope-Csrf of every unsafe request."""

    user: UserBody
    projects: list[ProjectAccessBody]
    csrf: str
    version: str


class AccountBody(Struct, frozen=True, kw_only=True, rename="camel"):
    """One's own account."""

    id: str
    email: str
    name: str | None
    created_us: int


class AccountChange(Struct, frozen=True, kw_only=True):
    """What becomes of one's own account."""

    name: str | None


class PasswordChange(Struct, frozen=True, kw_only=True, rename="camel"):
    """Another password, and the one until now."""

    current_password: str
    new_password: str

    def __repr__(self) -> str:
        return "PasswordChange(…)"


class UserSessionBody(Struct, frozen=True, kw_only=True, rename="camel"):
    """A browser in which one is signed in."""

    id: str
    user_agent: str
    created_us: int
    seen_us: int
    expires_us: int
    is_current: bool


class UserSessionsBody(Struct, frozen=True, kw_only=True):
    """All of them, the last used first."""

    sessions: list[UserSessionBody]


def encode_session(user: User, projects: Sequence[VisibleProject], csrf: str, version: str) -> bytes:
    """Write who is signed in."""
    shown = [
        ProjectAccessBody(
            id=project.id,
            name=project.name,
            organization_id=project.organization_id,
            organization_name=project.organization_name,
            role=project.role.value,
        )
        for project in projects
    ]
    person = UserBody(id=user.id, email=user.email, name=user.name)
    return encode(SessionBody(user=person, projects=shown, csrf=csrf, version=version))


def encode_account(user: User) -> bytes:
    """Write an account."""
    return encode(AccountBody(id=user.id, email=user.email, name=user.name, created_us=user.created_us))


def encode_sessions(sessions: Sequence[UserSession], current: str) -> bytes:
    """Write the sessions of an account; `current` is the id of the one that asks."""
    shown = [
        UserSessionBody(
            id=session.id,
            user_agent=session.user_agent,
            created_us=session.created_us,
            seen_us=session.seen_us,
            expires_us=session.expires_us,
            is_current=session.id == current,
        )
        for session in sessions
    ]
    return encode(UserSessionsBody(sessions=shown))


def read_account_change(body: bytes) -> AccountChange:
    """Read a change of an account."""
    return read_body(body, AccountChange)


def read_password_change(body: bytes) -> PasswordChange:
    """Read a change of a password."""
    return read_body(body, PasswordChange)
