"""Reading the address of a Postgres database, also as other tools write it."""

from dataclasses import dataclass
from typing import Final
from urllib.parse import quote, unquote, urlsplit

_SCHEMES: Final = frozenset({"postgres", "postgresql", "postgresql+psycopg"})
_LIBPQ: Final = frozenset(
    """host hostaddr port dbname user password passfile require_auth channel_binding connect_timeout client_encoding
    options application_name fallback_application_name keepalives keepalives_idle keepalives_interval keepalives_count
    tcp_user_timeout gssencmode sslmode sslnegotiation sslcompression sslcert sslkey sslpassword sslcertmode sslrootcert
    sslcrl sslcrldir sslsni requirepeer ssl_min_protocol_version ssl_max_protocol_version krbsrvname gsslib
    gssdelegation service target_session_attrs load_balance_hosts""".split()
)
"""Arguments that go to the server's client library as they are."""
_NEEDLESS: Final = frozenset({"pgbouncer", "statement_cache_size"})
"""Arguments that ask for what is so anyway: nothing is prepared."""
_MALFORMED: Final = (
    "a database URL is postgresql://user:password@host:port/name, with special characters of user and password written "
    "as %XX"
)


@dataclass(frozen=True)
class DatabaseTarget:
    """A database as its client library takes it."""

    url: str
    """With the password, if there is one: never to be shown."""
    location: str
    """Host, port and name, fit to be shown."""
    warnings: tuple[str, ...] = ()

    def __repr__(self) -> str:
        return f"DatabaseTarget(location={self.location!r})"


def parse_database_url(raw: str) -> DatabaseTarget:
    """Translate an address into libpq's own form; raise `ValueError`, without a word of the address, if it is none.

    `postgres://` is understood, and of the arguments that Prisma has, `schema` and those about TLS are translated and
    the others left out with a warning.
    """
    try:
        parts = urlsplit(raw.strip())
        port = parts.port
    except ValueError:
        raise ValueError(_MALFORMED) from None
    if parts.scheme not in _SCHEMES:
        raise ValueError(f"only Postgres is supported; {_MALFORMED}; for SQLite set data_dir instead")
    arguments = _split_arguments(parts.query)
    if parts.fragment or not (parts.hostname or arguments.keys() & {"host", "hostaddr", "service"}):
        raise ValueError(_MALFORMED)
    kept, warnings = _translate(arguments)
    query = "&".join(f"{name}={quote(value, safe='')}" for name, value in kept.items())
    host = parts.hostname or arguments.get("host") or arguments.get("service") or arguments["hostaddr"]
    return DatabaseTarget(
        url=f"postgresql://{parts.netloc}{parts.path}{'?' if query else ''}{query}",
        location=f"{host}{f':{port}' if port else ''}{parts.path}",
        warnings=tuple(warnings),
    )


def compose_database_url(host: str, name: str, user: str, password: str, arguments: str) -> str:
    """Make an address of its parts, as the operations guide's settings give them."""
    credentials = quote(user, safe="") + (f":{quote(password, safe='')}" if password else "")
    return f"postgresql://{credentials}@{host}/{quote(name, safe='')}{'?' if arguments else ''}{arguments}"


def _split_arguments(query: str) -> dict[str, str]:
    """Unlike in forms, a plus is a plus here."""
    pairs = (piece.partition("=") for piece in query.split("&") if piece)
    return {unquote(name): unquote(value) for name, _, value in pairs}


def _translate(arguments: dict[str, str]) -> tuple[dict[str, str], list[str]]:
    kept: dict[str, str] = {}
    warnings: list[str] = []
    for name, value in arguments.items():
        if name == "schema":
            _add_schema(kept, arguments.get("options", ""), value)
        elif name == "sslaccept":
            kept["sslmode"] = "verify-full" if value == "strict" else arguments.get("sslmode", "require")
        elif name == "sslcert" and "sslkey" not in arguments:
            kept["sslrootcert"] = value  # Prisma means the authority; a client's own certificate comes with a key
        elif name in _LIBPQ:
            kept.setdefault(name, value)
        elif name not in _NEEDLESS:
            warnings.append(f"The argument {name} of the database URL is not one of Postgres and was left out")
    return kept, warnings


def _add_schema(kept: dict[str, str], options: str, schema: str) -> None:
    if schema and schema != "public":
        quoted = schema.replace("\\", "\\\\").replace(" ", "\\ ")
        kept["options"] = f"{options} -csearch_path={quoted}".strip()
