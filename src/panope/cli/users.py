"""`panope users`."""

import sys
from typing import TYPE_CHECKING, Annotated

import typer

from panope.cli.options import ConfigPath, DatabaseUrl, DataDir, run, storage_settings
from panope.domain.accounts import Role

if TYPE_CHECKING:
    from panope.config.load import Settings
    from panope.domain.accounts import User

app = typer.Typer(no_args_is_help=True, help="Manage people, who will sign in once there is a web app.")


@app.callback()
def _root() -> None:
    """Keep `create` a command of its own while it is the only one."""


@app.command()
def create(
    email: Annotated[str, typer.Argument(metavar="EMAIL", help="Address to sign in with.")],
    name: Annotated[str | None, typer.Option(metavar="TEXT", help="Name to show.")] = None,
    role: Annotated[Role, typer.Option(help="What they may do in the organisation.")] = Role.MEMBER,
    organization: Annotated[
        str | None, typer.Option(metavar="ID", help="Organisation they belong to; needed when there are several.")
    ] = None,
    password_stdin: Annotated[
        bool, typer.Option("--password-stdin", help="Read the password from standard input instead of asking for it.")
    ] = False,
    data_dir: DataDir = None,
    database_url: DatabaseUrl = None,
    config: ConfigPath = None,
) -> None:
    """Make a user. Asks for a password of at least 8 characters."""
    settings = storage_settings(config, data_dir, database_url)
    user = run(_create(settings, email, _read_password(password_stdin), name, role, organization))
    print(f"Created {user.email}, {role.value} of {', '.join(user.roles)}, with the id {user.id}.")


async def _create(
    settings: "Settings", email: str, password: str, name: str | None, role: Role, organization: str | None
) -> "User":
    from panope.composition import open_accounts  # brings SQLAlchemy
    from panope.domain.ids import OrganizationId

    async with open_accounts(settings, create=True) as accounts:
        if organization is None:
            await accounts.provisioner.ensure_project()
        chosen = OrganizationId(organization) if organization else None
        return await accounts.users.create(email, password, name=name, role=role, organization_id=chosen)


def _read_password(from_stdin: bool) -> str:
    if from_stdin:
        return sys.stdin.readline().rstrip("\r\n")
    if not sys.stdin.isatty():
        raise typer.BadParameter("there is no terminal to ask for the password: use --password-stdin")
    answer: str = typer.prompt("Password", hide_input=True, confirmation_prompt=True)
    return answer
