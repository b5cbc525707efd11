"""Who may see what is no project's: refused keys of strangers, the size of the whole store."""

from panope.domain.accounts import Role
from panope.domain.ids import UserId
from panope.ports.catalog import Catalog


async def owns_everything(catalog: Catalog, user_id: UserId) -> bool:
    """Whether somebody owns every organisation of this installation."""
    user = await catalog.users.get(user_id)
    organizations = await catalog.organizations.list()
    return user is not None and all(user.roles.get(one.id) is Role.OWNER for one in organizations)
