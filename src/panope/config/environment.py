"""Preparing environment variables: secrets from files, names that mean something else, names that mean nothing."""

import difflib
import ipaddress
import re
from collections.abc import Collection, Iterable, Mapping
from pathlib import Path
from typing import Final

from panope.config.database_url import compose_database_url
from panope.domain.errors import InvalidError

_OURS: Final = "PANOPE_"
_KUBERNETES: Final = re.compile(r"PANOPE(_\w+)?_(SERVICE_(HOST|PORT)(_\w+)?|PORT(_\d+_(TCP|UDP)(_\w+)?)?)")
"""What Kubernetes sets in every pod for a service named panope."""
_NOT_SETTINGS: Final = ("PANOPE_TEST_", "PANOPE_BENCH_")
_DATABASE_PARTS: Final = ("HOST", "NAME", "USERNAME", "PASSWORD", "ARGS")
_MIGRATION_SWITCH: Final = "LANGFUSE_AUTO_POSTGRES_MIGRATION_DISABLED"
CONFIG_VARIABLE: Final = "PANOPE_CONFIG"
_TRUE: Final = frozenset({"1", "true", "yes", "on"})


def prepare_environment(
    environ: Mapping[str, str], secrets: Collection[str], refused: dict[str, str] | None = None
) -> tuple[dict[str, str], list[str]]:
    """Return the variables to read settings from, and warnings.

    Empty ones count as not set. `secrets` are the variables that may be given as `NAME_FILE`, a path to read the value
    from. Raises `InvalidError` when such a file cannot be read or both forms are given; into `refused`, if it is there,
    that goes by the name of the variable, which is left out.
    """
    prepared = {name: value for name, value in environ.items() if value.strip() and not _is_kubernetes(name, value)}
    for name in sorted({*secrets, "DATABASE_PASSWORD"}):
        if f"{name}_FILE" not in prepared:
            continue
        try:
            prepared[name] = _secret_of(prepared, name)
        except InvalidError as error:
            if refused is None:
                raise
            refused[name] = error.message
            prepared.pop(name, None)
    if not _is_address(prepared.get("HOSTNAME", "")):
        prepared.pop("HOSTNAME", None)
    if prepared.get(_MIGRATION_SWITCH, "").strip().lower() in _TRUE:
        prepared.setdefault("PANOPE_AUTO_MIGRATE", "false")
    return prepared, _join_database_parts(prepared)


def find_unknown(environ: Iterable[str], known: Collection[str]) -> list[str]:
    """A warning for each variable of ours that no setting has, with the name that was probably meant."""
    names = {*known, CONFIG_VARIABLE}
    return [
        f"The environment variable {name} is not a setting{nearest(name, names)}"
        for name in sorted(environ)
        if name.startswith(_OURS)
        and name not in names
        and not name.startswith(_NOT_SETTINGS)
        and not _KUBERNETES.fullmatch(name)
    ]


def nearest(name: str, names: Collection[str]) -> str:
    """`: did you mean X?` when one of the names is close, else nothing."""
    close = difflib.get_close_matches(name, sorted(names), n=1, cutoff=0.7)
    return f": did you mean {close[0]}?" if close else ""


def _is_kubernetes(name: str, value: str) -> bool:
    """`PANOPE_PORT` is a setting too, except when a service has written its address there."""
    return bool(_KUBERNETES.fullmatch(name)) and (name != "PANOPE_PORT" or value.startswith("tcp://"))


def _is_address(value: str) -> bool:
    try:
        ipaddress.ip_address(value.strip())
    except ValueError:
        return False
    return True


def _secret_of(prepared: Mapping[str, str], name: str) -> str:
    if name in prepared:
        raise InvalidError(f"Both {name} and {name}_FILE are set: keep one of them", code="ambiguous_setting")
    return _read_secret(f"{name}_FILE", prepared[f"{name}_FILE"])


def _read_secret(variable: str, path: str) -> str:
    try:
        value = Path(path).read_text(encoding="utf-8").rstrip("\r\n")
    except (OSError, UnicodeError):
        raise InvalidError(
            f"{variable} names a file that cannot be read: check the path and its permissions", code="unreadable_secret"
        ) from None
    if not value.strip():
        raise InvalidError(f"{variable} names an empty file: write the secret into it", code="unreadable_secret")
    return value


def _join_database_parts(prepared: dict[str, str]) -> list[str]:
    """Make `DATABASE_URL` of its parts unless an address is given; return warnings."""
    given = {part: prepared.get(f"DATABASE_{part}", "") for part in _DATABASE_PARTS}
    if "DATABASE_URL" in prepared or "PANOPE_DATABASE_URL" in prepared or not given["HOST"]:
        return []
    missing = [f"DATABASE_{part}" for part in ("NAME", "USERNAME") if not given[part]]
    if missing:
        return [f"DATABASE_HOST is set without {' and '.join(missing)}, so it does nothing"]
    prepared["DATABASE_URL"] = compose_database_url(
        given["HOST"], given["NAME"], given["USERNAME"], given["PASSWORD"], given["ARGS"]
    )
    return []
