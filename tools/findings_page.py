"""Writes `docs/reference/findings.md` from what `panope verify` can find; part of `make docs`."""

from pathlib import Path
from typing import Final

from panope.features.verification.findings import ADVICE, FindingKind

ROOT: Final = Path(__file__).parents[1]
PAGE: Final = ROOT / "docs" / "reference" / "findings.md"

_INTRODUCTION: Final = """# Findings

What [`panope verify`](cli.md#panope-verify) can find, what it means, and what to do. How to run it and what it cannot
see is in [Check what is stored](../howto/verify.md).

This page is made from the code: `make docs`.

| Finding | What it means | What to do |
|---|---|---|
"""


def render() -> str:
    """The page as it ought to be."""
    rows = [f"| `{kind.value}` | {ADVICE[kind].means} | {ADVICE[kind].do} |\n" for kind in FindingKind]
    return _INTRODUCTION + "".join(rows)
