"""From an `Authorization` header to the principal it speaks for."""

import base64
import binascii
import hmac
from typing import Final

from msgspec import Struct

from panope.domain.accounts import Access, ApiKey, OrganizationPrincipal, Principal
from panope.domain.errors import UnauthenticatedError
from panope.domain.key_failures import KeyFailureReason
from panope.features.accounts.failures import KeyFailureLog
from panope.features.accounts.secrets import SecretHasher
from panope.features.accounts.uses import KeyUseLog
from panope.kit.clock import Clock
from panope.ports.catalog import Catalog, Version

_HINT: Final = "Confirm that you've configured the correct host."
_MAX_CACHED: Final = 10_000


class Credentials(Struct, frozen=True):
    """What a header says: a key pair, or a public key alone."""

    public_key: str
    secret_key: str | None

    def __repr__(self) -> str:
        return f"Credentials(public_key={self.public_key!r}, secret_key=…)"


class Admission(Struct, frozen=True):
    """Whom a header speaks for, and the version of the catalog by which that is so.

    The version was read for this header alone, so whatever is cached under the same one is as fresh.
    """

    principal: Principal | OrganizationPrincipal
    version: Version
    expires_us: int | None = None


class _Known(Struct, frozen=True):
    """A key that was found valid, until the catalog changes or the key expires."""

    principal: Principal | OrganizationPrincipal
    expires_us: int | None


class KeyRefusedError(UnauthenticatedError):
    """The reason too, and what was sent as the public key: for the memory of refusals, not for the answer."""

    def __init__(self, message: str, reason: KeyFailureReason, public_key: str = "") -> None:
        super().__init__(message)
        self.reason = reason
        self.public_key = public_key


def parse_authorization(header: str | None) -> Credentials:
    """Read Basic or Bearer credentials; raise `UnauthenticatedError` for anything else."""
    if not header:
        raise KeyRefusedError("No authorization header", KeyFailureReason.NO_HEADER)
    scheme, _, value = header.strip().partition(" ")
    value = value.strip()
    if scheme.lower() == "bearer" and value:
        return Credentials(value, None)
    if scheme.lower() != "basic":
        raise _unreadable()
    try:
        text = base64.b64decode(value, validate=True).decode()
    except (binascii.Error, ValueError):
        raise _unreadable() from None
    public_key, secret_key, *_ = [*text.split(":"), "", ""]
    if not public_key or not secret_key:
        raise _refused("Invalid credentials.", KeyFailureReason.UNREADABLE_HEADER)
    return Credentials(public_key, secret_key)


class Authenticator:
    """Checks credentials against the catalog.

    Valid ones are remembered under the catalog's version, which is asked for on every request: a key that is revoked
    anywhere fails at once everywhere.
    """

    def __init__(
        self,
        catalog: Catalog,
        hasher: SecretHasher,
        clock: Clock,
        failures: KeyFailureLog | None = None,
        uses: KeyUseLog | None = None,
    ) -> None:
        self._uses = uses
        self._failures = failures
        self._catalog = catalog
        self._hasher = hasher
        self._clock = clock
        self._known: dict[tuple[str, str | None], _Known] = {}
        self._version = -1

    async def authenticate(self, header: str | None) -> Principal | OrganizationPrincipal:
        """Return whom the header speaks for; see `admit`."""
        return (await self.admit(header)).principal

    async def admit(self, header: str | None) -> Admission:
        """Return whom the header speaks for.

        A pair reaches its project or its organisation when both halves match one key; a project's public key alone may
        write scores. Raises `UnauthenticatedError` for everything else and `UnavailableError` when the catalog is away.
        """
        try:
            admission = await self._identify(header)
        except KeyRefusedError as error:
            if self._failures is not None:
                self._failures.note(error.public_key, error.reason)
            raise
        if self._uses is not None:
            self._uses.note(admission.principal.key_id)
        return admission

    async def _identify(self, header: str | None) -> Admission:
        credentials = parse_authorization(header)
        secret_key = credentials.secret_key
        secret_hash = None if secret_key is None else self._hasher.hash(secret_key)
        identity = (credentials.public_key, secret_hash)
        current = await self._catalog.version.current()
        version = current.accounts
        if version != self._version:
            self._known.clear()
            self._version = version
        known = self._known.get(identity)
        if known is None:
            known = await self._look_up(credentials.public_key, secret_hash)
            self._remember(identity, known, version)
        if known.expires_us is not None and known.expires_us <= self._clock():
            raise _refused("The key has expired.", KeyFailureReason.EXPIRED, credentials.public_key)
        return Admission(known.principal, current, known.expires_us)

    def _remember(self, identity: tuple[str, str | None], known: _Known, version: int) -> None:
        """Keep what was read under `version`, unless another request has seen a later one in the meantime."""
        if version != self._version:
            return
        if len(self._known) >= _MAX_CACHED:
            self._known.clear()
        self._known[identity] = known

    async def _look_up(self, public_key: str, secret_hash: str | None) -> _Known:
        key = await self._catalog.keys.find_by_public_key(public_key)
        if key is None:
            text = "Invalid public key." if secret_hash is None else "Invalid credentials."
            raise _refused(text, KeyFailureReason.UNKNOWN_KEY, public_key)
        if secret_hash is not None and not hmac.compare_digest(key.secret_hash, secret_hash):
            raise _refused("Invalid credentials.", KeyFailureReason.WRONG_SECRET, public_key)
        if key.organization_id is not None:
            if secret_hash is None:
                text = "The key of an organisation needs its secret: send both by Basic authentication."
                raise _refused(text, KeyFailureReason.WRONG_SECRET, public_key)
            organization = OrganizationPrincipal(
                organization_id=key.organization_id, key_id=key.id, public_key=key.public_key
            )
            return _Known(organization, key.expires_us)
        access = Access.SCORES if secret_hash is None else Access.PROJECT
        return _Known(await self._find_principal(key, access), key.expires_us)

    async def _find_principal(self, key: ApiKey, access: Access) -> Principal:
        project = None if key.project_id is None else await self._catalog.projects.get(key.project_id)
        if project is None:
            raise _refused("Invalid credentials.", KeyFailureReason.UNKNOWN_KEY, key.public_key)
        return Principal(
            project_id=project.id,
            organization_id=project.organization_id,
            key_id=key.id,
            public_key=key.public_key,
            access=access,
        )


def _refused(text: str, reason: KeyFailureReason, public_key: str = "") -> KeyRefusedError:
    return KeyRefusedError(f"{text} {_HINT}", reason, public_key)


def _unreadable() -> KeyRefusedError:
    return KeyRefusedError("Invalid authorization header", KeyFailureReason.UNREADABLE_HEADER)
