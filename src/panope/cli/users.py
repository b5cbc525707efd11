"""`panope users`."""

import sys
from typing import TYPE_CHECKING, Annotated, Any

import typer

from panope.cli.options import AsJson, ConfigPath, DatabaseUrl, DataDir, run, storage_settings
from panope.cli.output import print_json, print_table, show_time
from panope.domain.accounts import Role

if TYPE_CHECKING:
    from panope.config.load import Settings
    from panope.domain.accounts import User

app = typer.Typer(no_args_is_help=True, help="Manage people, who sign in to the web app.")
sessions = typer.Typer(no_args_is_help=True, help="Manage the browsers in which people are signed in.")
app.add_typer(sessions, name="sessions")
Email = Annotated[str, typer.Argument(metavar="EMAIL", help="Address of the user, as `panope users list` shows it.")]
PasswordStdin = Annotated[
    bool, typer.Option("--password-stdin", help="Read the password from standard input instead of asking for it.")
]


@app.command()
def create(
    email: Annotated[str, typer.Argument(metavar="EMAIL", help="Address to sign in with.")],
    name: Annotated[str | None, typer.Option(metavar="TEXT", help="Name to show.")] = None,
    role: Annotated[Role, typer.Option(help="What they may do in the organisation.")] = Role.MEMBER,
    organization: Annotated[
        str | None, typer.Option(metavar="ID", help="Organisation they belong to; needed when there are several.")
    ] = None,
    password_stdin: PasswordStdin = False,
    data_dir: DataDir = None,
    database_url: DatabaseUrl = None,
    config: ConfigPath = None,
) -> None:
    """Make a user. Asks for a password of at least 8 characters."""
    settings = storage_settings(config, data_dir, database_url)
    user = run(_create(settings, email, _read_password(password_stdin), name, role, organization))
    print(f"Created {user.email}, {role.value} of {', '.join(user.roles)}, with the id {user.id}.")


@app.command("list")
def list_users(
    as_json: AsJson = False,
    data_dir: DataDir = None,
    database_url: DatabaseUrl = None,
    config: ConfigPath = None,
) -> None:
    """List users and their roles in organisations."""
    found = run(_list(storage_settings(config, data_dir, database_url)))
    if as_json:
        print_json([_describe(user) for user in found])
        return
    rows = [
        (
            user.email,
            user.id,
            user.name or "",
            ", ".join(f"{role.value} of {organization}" for organization, role in user.roles.items()),
            "yes" if user.password_hash else "no",
            show_time(user.created_us),
        )
        for user in found
    ]
    print_table(("E-mail", "Id", "Name", "Roles", "Password", "Created"), rows)


@app.command("set-password")
def set_password(
    email: Email,
    password_stdin: PasswordStdin = False,
    data_dir: DataDir = None,
    database_url: DatabaseUrl = None,
    config: ConfigPath = None,
) -> None:
    """Give a user another password, of at least 8 characters. It signs them out everywhere."""
    settings = storage_settings(config, data_dir, database_url)
    user = run(_set_password(settings, email, _read_password(password_stdin)))
    print(f"Changed the password of {user.email}, who is signed out everywhere.")


@sessions.command()
def revoke(
    email: Email,
    data_dir: DataDir = None,
    database_url: DatabaseUrl = None,
    config: ConfigPath = None,
) -> None:
    """Sign a user out everywhere, at once, on every running server."""
    count = run(_sign_out(storage_settings(config, data_dir, database_url), email))
    print(f"Ended {count} session{'' if count == 1 else 's'} of {email.strip().lower()}.")


async def _list(settings: "Settings") -> "list[User]":
    from panope.composition import open_accounts

    async with open_accounts(settings, create=False) as accounts:
        return [*await accounts.users.list()]


async def _set_password(settings: "Settings", email: str, password: str) -> "User":
    from panope.composition import open_accounts

    async with open_accounts(settings, create=False) as accounts:
        return await accounts.users.set_password(email, password)


async def _sign_out(settings: "Settings", email: str) -> int:
    from panope.composition import open_accounts

    async with open_accounts(settings, create=False) as accounts:
        return await accounts.users.sign_out(email)


def _describe(user: "User") -> dict[str, Any]:
    return {
        "id": user.id,
        "email": user.email,
        "name": user.name,
        "roles": {organization: role.value for organization, role in user.roles.items()},
        "has_password": user.password_hash is not None,
        "created_at": show_time(user.created_us),
    }


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
