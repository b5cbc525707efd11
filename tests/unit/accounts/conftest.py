"""A catalog in memory with everything that works on it, at a time that tests set."""

from itertools import count

import pytest
from msgspec import Struct

from panope.adapters.memory.catalog.whole import MemoryCatalog
from panope.features.accounts.authenticate import Authenticator
from panope.features.accounts.failures import KeyFailureLog
from panope.features.accounts.keys import KeyRing
from panope.features.accounts.provision import Provisioner
from panope.features.accounts.secrets import SecretHasher
from panope.features.accounts.users import UserRegistry
from tests.support.passwords import PlainPasswords


class Accounts(Struct, kw_only=True):
    catalog: MemoryCatalog
    hasher: SecretHasher
    keys: KeyRing
    users: UserRegistry
    provisioner: Provisioner
    authenticator: Authenticator
    failures: KeyFailureLog
    now_us: int = 1_000


@pytest.fixture
def accounts() -> Accounts:
    catalog = MemoryCatalog()
    hasher = SecretHasher("mysalt")
    numbers = count(1)
    made: list[Accounts] = []

    def clock() -> int:
        return made[0].now_us

    def new_id() -> str:
        return f"id-{next(numbers)}"

    keys = KeyRing(catalog, hasher, clock=clock, new_id=new_id)
    failures = KeyFailureLog(catalog.key_failures, clock)
    users = UserRegistry(catalog, PlainPasswords(), clock=clock, new_id=new_id)
    made.append(
        Accounts(
            catalog=catalog,
            hasher=hasher,
            keys=keys,
            users=users,
            provisioner=Provisioner(catalog, keys, users, clock),
            authenticator=Authenticator(catalog, hasher, clock, failures),
            failures=failures,
        )
    )
    return made[0]
