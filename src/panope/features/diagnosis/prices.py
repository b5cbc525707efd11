"""Models that have no price, and what would give them one."""

import difflib
import re
import shlex
from collections.abc import Iterator, Sequence
from typing import Final

import msgspec
from msgspec.structs import replace

from panope.domain.ids import ProjectId
from panope.domain.pricing import PriceBook
from panope.features.diagnosis.finding import Area, Finding, Severity, counted, printable, share
from panope.ports.diagnosis import GenerationCounts
from panope.ports.telemetry import UnpricedModel

_MOST_SHOWN: Final = 8
_ALIKE: Final = 0.75
_MOST_COMPARED_CHARS: Final = 100
_SPECIAL: Final = re.compile(r"[\\^$.|?*+()\[\]{}]")
_SEPARATORS: Final = re.compile(r"[^a-z0-9]+")
_DATES: Final = re.compile(r"\d{4}-?\d{2}-?\d{2}|latest|preview")


def check_prices(
    project_id: ProjectId,
    unpriced: Sequence[UnpricedModel],
    generations: GenerationCounts,
    book: PriceBook,
    base_url: str,
) -> Iterator[Finding]:
    """Names without a price, the most used first, and generations without a name."""
    is_told_how = False
    for model in unpriced[:_MOST_SHOWN]:
        found = _check_model(project_id, model, book)
        if found.code == "no_price":
            found = _say_how(found, model.model, base_url, is_told_how=is_told_how)
            is_told_how = True
        yield found
    if len(unpriced) > _MOST_SHOWN:
        rest = unpriced[_MOST_SHOWN:]
        seen = f"{counted(len(rest), 'model')} without a price, {sum(model.uses for model in rest):,} uses"
        advice = "GET /api/public/unpriced-models lists them all."
        yield _finding(project_id, "more_unpriced", Severity.WARNING, "others", seen, advice)
    if generations.nameless:
        seen = (
            f"{generations.nameless:,} of {counted(generations.total, 'generation')} "
            f"({share(generations.nameless, generations.total)}) name no model, so they have no computed cost"
        )
        advice = "Give generations a model: the parameter `model` of SDKs, gen_ai.request.model in OpenTelemetry."
        yield _finding(project_id, "nameless_generations", Severity.NOTE, "no model", seen, advice)
    if not unpriced and not generations.nameless:
        seen = "every generation with usage has one" if generations.total else "no generation in this time"
        yield _finding(project_id, "all_priced", Severity.OK, "prices", seen)


def _check_model(project_id: ProjectId, model: UnpricedModel, book: PriceBook) -> Finding:
    name = printable(model.model)
    tokens = "" if model.total_tokens is None else f" {model.total_tokens:,} tokens,"
    seen = f"{counted(model.uses, 'observation')},{tokens} no cost"
    now_priced = book.match(model.model, model.last_us)
    if now_priced is not None:
        advice = (
            f"{now_priced.name} prices this name by now: what arrived before has no cost until it is repriced. What "
            "has none after that was used in ways that it has no price for, or came with costs without a total: GET "
            "/api/public/observations/{id} says which in costExplanation."
        )
        command = f"panope reprice --since 30d --project {shlex.quote(project_id)}"
        return _finding(project_id, "priced_since", Severity.NOTE, name, seen, advice, command)
    near = find_nearest(model.model, [known.name for known in book.managed.models])
    hint = f"If it is {near} under another name, take the prices of that. " if near else ""
    return _finding(project_id, "no_price", Severity.WARNING, name, seen, hint)


def _say_how(found: Finding, name: str, base_url: str, *, is_told_how: bool) -> Finding:
    """The whole call with the first model; it is long, and the same for the others."""
    if is_told_how:
        return replace(found, advice=f"{found.advice}Add its price as above.")
    advice = f"{found.advice}Add its price, in USD per token, with a key pair of the project:"
    return replace(found, advice=advice, command=how_to_price(name, base_url))


def how_to_price(name: str, base_url: str) -> str:
    """The call that gives a model a price, for a shell; the prices in it are to be replaced."""
    pattern = _SPECIAL.sub(r"\\\g<0>", name)
    body = {"modelName": name, "matchPattern": f"(?i)^({pattern})$", "unit": "TOKENS"}
    prices = '"inputPrice": 0.000001, "outputPrice": 0.000002'
    text = f"{printable(msgspec.json.encode(body).decode()[:-1], 500)}, {prices}}}"
    return (
        f"curl -u PUBLIC_KEY:SECRET_KEY {base_url}/api/public/models -H 'Content-Type: application/json' "
        f"-d {shlex.quote(text)}"
    )


def find_nearest(name: str, known: Sequence[str]) -> str | None:
    """The known name that is most alike once providers, separators and dates are left aside; None when none is."""
    wanted = _simplify(name)
    if not wanted:
        return None
    simplified: dict[str, str] = {}
    for each in known:
        simplified.setdefault(_simplify(each), each)
    if wanted in simplified:
        return simplified[wanted]
    found = difflib.get_close_matches(wanted, list(simplified), n=1, cutoff=_ALIKE)
    return simplified[found[0]] if found else None


def _simplify(name: str) -> str:
    last = name[:_MOST_COMPARED_CHARS].lower().rpartition("/")[2]
    return _SEPARATORS.sub("", _DATES.sub("", last))


def _finding(
    project_id: ProjectId, code: str, severity: Severity, subject: str, seen: str, advice: str = "", command: str = ""
) -> Finding:
    return Finding(
        area=Area.PRICES,
        code=code,
        severity=severity,
        subject=subject,
        seen=seen,
        advice=advice,
        command=command,
        project=project_id,
    )
