"""Whether the schema of each plane is the one that this panope works with."""

from msgspec import Struct

from panope.features.diagnosis.finding import Area, Finding, Severity


class SchemaFacts(Struct, frozen=True, kw_only=True):
    """Where the schema of a plane stands."""

    plane: str
    current: str | None
    """Revision; None when there is nothing yet."""
    pending: tuple[str, ...] = ()
    refusal: str | None = None
    """Why this panope cannot work with it at all; says what to do."""

    @property
    def is_current(self) -> bool:
        """Whether the plane can be read."""
        return self.refusal is None and self.current is not None and not self.pending


def check_schema(facts: SchemaFacts, *, auto_migrate: bool) -> Finding:
    """One plane."""
    if facts.refusal is not None:
        return _finding("schema_refused", Severity.PROBLEM, facts.plane, facts.refusal, "No server starts on it.")
    if facts.is_current:
        return _finding("schema_current", Severity.OK, facts.plane, f"at revision {facts.current}, the newest")
    if facts.current is None and auto_migrate:
        return _finding("no_schema", Severity.NOTE, facts.plane, "not there yet; the first start makes it")
    at = f"at revision {facts.current}" if facts.current else "not there yet"
    seen = f"{at}; pending: {', '.join(facts.pending)}"
    if auto_migrate:
        advice = "The next start upgrades it; `panope db upgrade` does it now."
        return _finding("schema_outdated", Severity.WARNING, facts.plane, seen, advice)
    advice = "PANOPE_AUTO_MIGRATE is off, so no server starts: run `panope db upgrade`."
    return _finding("schema_outdated", Severity.PROBLEM, facts.plane, seen, advice)


def _finding(code: str, severity: Severity, subject: str, seen: str, advice: str = "") -> Finding:
    return Finding(area=Area.SCHEMA, code=code, severity=severity, subject=subject, seen=seen, advice=advice)
