"""Keys that do not open anything."""

from collections.abc import Iterator, Sequence
from typing import Final

from panope.domain.accounts import ApiKey
from panope.domain.key_failures import KeyFailure, KeyFailureReason
from panope.features.diagnosis.finding import Area, Finding, Severity, counted, printable, show_duration

_MOST_SHOWN: Final = 8
_SOON_US: Final = 7 * 24 * 3_600_000_000
WHY: Final = {
    KeyFailureReason.NO_HEADER: (
        "came without any key",
        "Where an SDK sends: set LANGFUSE_PUBLIC_KEY and LANGFUSE_SECRET_KEY. Browsers and probes are harmless.",
    ),
    KeyFailureReason.UNREADABLE_HEADER: (
        "had an Authorization header that is not public:secret",
        "For OpenTelemetry the header is `Authorization=Basic <base64 of public:secret>`, without line breaks.",
    ),
    KeyFailureReason.SECRET_FIRST: (
        "had the secret key where the public key belongs",
        "Swap them: public is pk-…, secret is sk-…. Consider the secret seen: proxies log that half.",
    ),
    KeyFailureReason.NOT_A_KEY: (
        "had something that is no key where the public key belongs",
        "Keys begin with pk- and sk-. Some program speaks to the wrong server, or was given other credentials.",
    ),
    KeyFailureReason.UNKNOWN_KEY: (
        "no such key here",
        "It was revoked, or belongs to another server or database. `panope keys list` shows those that are valid.",
    ),
    KeyFailureReason.WRONG_SECRET: (
        "the secret does not belong to it",
        "Use the pair as it was made, or make another with `panope keys create`: secrets cannot be shown again.",
    ),
    KeyFailureReason.EXPIRED: ("has expired", "Make another with `panope keys create` and give it to who sends."),
}


def check_keys(keys: Sequence[ApiKey], failures: Sequence[KeyFailure], now_us: int) -> Iterator[Finding]:
    """Keys as they are, and those that were refused."""
    if not keys:
        yield _finding("no_keys", Severity.NOTE, "keys", "there are none", "Make a pair with `panope keys create`.")
    expired = [key for key in keys if key.expires_us is not None and key.expires_us <= now_us]
    soon = [key for key in keys if key.expires_us is not None and now_us < key.expires_us <= now_us + _SOON_US]
    for key in soon[:_MOST_SHOWN]:
        left = show_duration((key.expires_us or 0) - now_us)
        advice = "Make another with `panope keys create` before it does."
        yield _finding("key_expires", Severity.WARNING, key.public_key, f"expires in {left}", advice)
    if keys:
        seen = f"{counted(len(keys), 'key')}, {len(expired)} of them expired" if expired else counted(len(keys), "key")
        yield _finding("keys", Severity.OK, "keys", seen)
    yield from _check_failures(keys, failures, now_us)


def _check_failures(keys: Sequence[ApiKey], failures: Sequence[KeyFailure], now_us: int) -> Iterator[Finding]:
    totals: dict[tuple[str, str], tuple[int, int]] = {}
    for failure in failures:
        count, last_us = totals.get((failure.key_prefix, failure.reason), (0, 0))
        totals[failure.key_prefix, failure.reason] = (count + failure.count, max(last_us, failure.last_us))
    if not totals:
        yield _finding("no_refused_keys", Severity.OK, "refused", "none")
        return
    most_first = sorted(totals.items(), key=lambda total: (-total[1][0], total[0]))
    for (prefix, reason), (count, last_us) in most_first[:_MOST_SHOWN]:
        seen, advice = WHY.get(KeyFailureReason(reason), (reason, ""))
        when = f"last {show_duration(max(0, now_us - last_us))} ago"
        is_ours = any(key.public_key.startswith(prefix) for key in keys) if prefix else False
        subject = f"{printable(prefix)}…" if prefix else counted(count, "request")
        times = f"refused {counted(count, 'time')}, {when}: {seen}" if prefix else f"{seen}; {when}"
        yield _finding("refused_key", _severity(reason, is_ours=is_ours), subject, times, advice)
    if len(most_first) > _MOST_SHOWN:
        rest = sum(count for _, (count, _) in most_first[_MOST_SHOWN:])
        seen = f"{counted(rest, 'request')} with {counted(len(most_first) - _MOST_SHOWN, 'other key')}"
        yield _finding("more_refused_keys", Severity.NOTE, "more", seen, "A shorter --since shows those of late.")


def _severity(reason: str, *, is_ours: bool) -> Severity:
    if reason in {KeyFailureReason.NO_HEADER, KeyFailureReason.NOT_A_KEY}:
        return Severity.NOTE
    if reason == KeyFailureReason.EXPIRED or is_ours:
        return Severity.PROBLEM
    return Severity.WARNING


def _finding(code: str, severity: Severity, subject: str, seen: str, advice: str = "") -> Finding:
    return Finding(area=Area.KEYS, code=code, severity=severity, subject=subject, seen=seen, advice=advice)
