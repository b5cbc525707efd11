"""`panope keys`."""

import sys
from typing import TYPE_CHECKING, Annotated, Any

import typer

from panope.cli.options import AsJson, ConfigPath, DatabaseUrl, DataDir, print_warnings, run, storage_settings
from panope.cli.output import print_json, print_table, show_time

if TYPE_CHECKING:
    from panope.config.load import Settings
    from panope.domain.accounts import ApiKey
    from panope.features.accounts.keys import CreatedKey

app = typer.Typer(no_args_is_help=True, help="Make, list and revoke the key pairs that SDKs send.")
Project = Annotated[
    str | None, typer.Option("--project", metavar="ID", help="Project of the key; needed when there are several.")
]


@app.command()
def create(
    project: Project = None,
    organization: Annotated[
        str | None,
        typer.Option("--organization", metavar="ID", help="Make the key of an organisation, not of a project."),
    ] = None,
    note: Annotated[str | None, typer.Option(metavar="TEXT", help="What the key is for, shown in lists.")] = None,
    as_json: AsJson = False,
    data_dir: DataDir = None,
    database_url: DatabaseUrl = None,
    config: ConfigPath = None,
) -> None:
    """Make a key pair and print it, this once: only a hash of the secret is kept.

    Works beside a running server, which accepts the new pair at once. Makes a first project if there is none. The key
    of an organisation manages its projects, their keys and its members, and reads nothing that a project holds.
    """
    if project is not None and organization is not None:
        raise typer.BadParameter("a key belongs to a project or to an organisation: leave one of both out")
    settings = storage_settings(config, data_dir, database_url)
    created = run(_create_of(settings, organization, note) if organization else _create(settings, project, note))
    key, pair = created.key, created.pair
    if as_json:
        print_json(
            {
                "id": key.id,
                "project_id": key.project_id,
                "organization_id": key.organization_id,
                "public_key": pair.public_key,
                "secret_key": pair.secret_key,
                "note": key.note,
            }
        )
        return
    print(f"LANGFUSE_PUBLIC_KEY={pair.public_key}")
    print(f"LANGFUSE_SECRET_KEY={pair.secret_key}")
    print(f"For {_owner(key)}. Keep the secret now: it is not shown again.", file=sys.stderr)


@app.command("list")
def list_keys(
    project: Annotated[str | None, typer.Option("--project", metavar="ID", help="Only keys of this project.")] = None,
    as_json: AsJson = False,
    data_dir: DataDir = None,
    database_url: DatabaseUrl = None,
    config: ConfigPath = None,
) -> None:
    """List keys, without their secrets."""
    found = run(_list(storage_settings(config, data_dir, database_url), project))
    if as_json:
        print_json([_describe(key) for key in found])
        return
    rows = [
        (
            key.public_key,
            key.display_secret_key,
            key.project_id or "",
            key.organization_id or "",
            key.note or "",
            show_time(key.created_us),
            show_time(key.expires_us),
            show_time(key.last_used_us),
        )
        for key in found
    ]
    print_table(("Public key", "Secret", "Project", "Organisation", "Note", "Created", "Expires", "Last used"), rows)


@app.command()
def revoke(
    key: Annotated[str, typer.Argument(metavar="KEY", help="Public key or id, as `panope keys list` shows them.")],
    data_dir: DataDir = None,
    database_url: DatabaseUrl = None,
    config: ConfigPath = None,
) -> None:
    """Revoke a key for good. Its next request fails, on every running server."""
    gone = run(_revoke(storage_settings(config, data_dir, database_url), key))
    print(f"Revoked {gone.public_key} of {_owner(gone)}.")


async def _create(settings: "Settings", project: str | None, note: str | None) -> "CreatedKey":
    from panope.composition import open_accounts  # brings SQLAlchemy
    from panope.domain.ids import ProjectId

    async with open_accounts(settings, create=True) as accounts:
        print_warnings(accounts.warnings)
        if project is None:
            await accounts.provisioner.ensure_project()
        return await accounts.keys.create(ProjectId(project) if project else None, note=note)


async def _create_of(settings: "Settings", organization: str, note: str | None) -> "CreatedKey":
    from panope.composition import open_accounts
    from panope.domain.ids import OrganizationId

    async with open_accounts(settings, create=True) as accounts:
        print_warnings(accounts.warnings)
        await accounts.provisioner.ensure_project()
        return await accounts.keys.create_for_organization(OrganizationId(organization), note=note)


async def _list(settings: "Settings", project: str | None) -> "list[ApiKey]":
    from panope.composition import open_accounts
    from panope.domain.ids import ProjectId

    async with open_accounts(settings, create=False) as accounts:
        return [*await accounts.keys.list(ProjectId(project) if project else None)]


async def _revoke(settings: "Settings", key: str) -> "ApiKey":
    from panope.composition import open_accounts

    async with open_accounts(settings, create=False) as accounts:
        return await accounts.keys.revoke(key)


def _owner(key: "ApiKey") -> str:
    return f"organisation {key.organization_id}" if key.organization_id else f"project {key.project_id}"


def _describe(key: "ApiKey") -> dict[str, Any]:
    return {
        "id": key.id,
        "project_id": key.project_id,
        "organization_id": key.organization_id,
        "public_key": key.public_key,
        "display_secret_key": key.display_secret_key,
        "note": key.note,
        "created_at": show_time(key.created_us),
        "expires_at": show_time(key.expires_us) or None,
        "last_used_at": show_time(key.last_used_us) or None,
    }
