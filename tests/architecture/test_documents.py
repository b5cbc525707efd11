"""What the documents say of the source is still so."""

import re
from pathlib import Path

from panope.domain.events import EntityKind
from panope.domain.merge.fields import FIELDS
from tools import settings_page

ROOT = Path(__file__).parents[2]
MERGE_DECISION = ROOT / "docs" / "adr" / "0004-merge-semantics.md"
DOCUMENTS = [*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")]

LINK = re.compile(r"\]\((?!\w+:)([^)#\s]+)")
ROW = re.compile(r"^\| (trace|observation|score) \| ([a-z ]+) \| ([a-z_ ]+) \|", re.MULTILINE)
TARGET = re.compile(r"`make ([a-z]+)")
DECISION = re.compile(r"^\*\*Status:\*\* .+\n\n\*\*Decision\.\*\* (?s:.+?)\n\n## Context\n")


def test_merge_decision_lists_every_field_with_its_rule() -> None:
    listed = [
        (kind, field, rule)
        for kind, rule, fields in ROW.findall(MERGE_DECISION.read_text(encoding="utf-8"))
        for field in fields.split()
    ]
    coded = [(kind.value, name, rule.rule.value) for kind in EntityKind for name, rule in FIELDS[kind].items()]
    assert sorted(listed) == sorted(coded)


def test_configuration_page_is_what_the_settings_are() -> None:
    assert settings_page.PAGE.read_text(encoding="utf-8") == settings_page.render(), "run `make docs`"


def test_no_relative_link_is_broken() -> None:
    links = [(path, link) for path in DOCUMENTS for link in LINK.findall(path.read_text(encoding="utf-8"))]
    assert links
    broken = [f"{path.relative_to(ROOT)}: {link}" for path, link in links if not (path.parent / link).exists()]
    assert not broken


def test_every_decision_is_listed_and_has_its_parts() -> None:
    index = (ROOT / "docs/adr/README.md").read_text(encoding="utf-8")
    decisions = sorted((ROOT / "docs/adr").glob("0*.md"))
    assert [path.name[:4] for path in decisions] == [f"{number:04}" for number in range(1, len(decisions) + 1)]
    for path in decisions:
        text = path.read_text(encoding="utf-8")
        assert f"({path.name})" in index, path.name
        assert text.startswith(f"# {path.name[:4]}: "), path.name
        assert DECISION.match(text.partition("\n\n")[2]), path.name
        assert "## Alternatives\n" in text, path.name
        assert "## Consequences\n" in text, path.name


def test_every_make_target_in_the_documents_exists() -> None:
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    targets = set(re.findall(r"^([a-z]+):.* ## ", makefile, re.MULTILINE))
    phony = re.search(r"^\.PHONY: (.+)$", makefile, re.MULTILINE)
    assert phony is not None
    assert targets == set(phony[1].split())
    named = {target for path in DOCUMENTS for target in TARGET.findall(path.read_text(encoding="utf-8"))}
    assert named
    assert named <= targets
