"""Composition: laws over any set of prompts, and the grammar of a reference."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from panope.domain.errors import InvalidError
from panope.domain.ids import PromptId
from panope.domain.prompts.prompt import Message, Placeholder, PromptKey, PromptType, PromptVersion
from panope.domain.prompts.references import (
    MAX_COMPOSED_CHARS,
    MAX_READ_DEPTH,
    MAX_REFERENCES,
    compose,
    find_references,
    missing_references,
)


def version(name: str, body: str, number: int = 1, kind: PromptType = PromptType.TEXT) -> PromptVersion:
    return PromptVersion(
        id=PromptId(f"{name}-{number}"), name=name, version=number, type=kind, body=body, created_us=1, updated_us=1
    )


def tag(name: str, wanted: str = "version=1") -> str:
    return f"@@@langfusePrompt:name={name}|{wanted}@@@"


def keyed(*versions: PromptVersion) -> dict[PromptKey, PromptVersion]:
    return {PromptKey(one.name, version=one.version): one for one in versions}


@pytest.mark.parametrize(
    ("text", "keys"),
    [
        (tag("a"), [PromptKey("a", version=1)]),
        (tag("a b/ü", "label=x y"), [PromptKey("a b/ü", label="x y")]),
        (f"{tag('a')}{tag('a')} {tag('b')}", [PromptKey("a", version=1), PromptKey("b", version=1)]),
        ("@@@langfusePrompt:version=1|name=a@@@", []),
        ("@@@langfusePrompt:name=a@@@", []),
        ("@@@langfusePrompt:name=|version=1@@@", []),
        ("@@@langfusePrompt:name=a|label=@@@", []),
        ("@@@langfusePrompt:name=a|version=x@@@", []),
        ("@@@langfusePrompt:name=a|version=²@@@", []),
        ("@@@langfusePrompt:name=a|version=1|label=b@@@", []),
        ("@@@langfusePrompt:name=a\nb|version=1@@@", []),
        ("@@@langfusePrompt:name=a|version=1", []),
        (f"@@@langfusePrompt:name={tag('a')}", [PromptKey("a", version=1)]),
        ("@@@", []),
    ],
)
def test_only_what_is_exactly_a_reference_is_one(text: str, keys: list[PromptKey]) -> None:
    assert list(find_references(text)) == keys
    if not keys:
        assert compose(version("root", text), {}, is_new=True).body == text


def test_the_messages_of_a_chat_are_looked_at_one_by_one() -> None:
    body = (Message("user", tag("a")), Placeholder("history"), Message("system", tag("b", "label=x")))
    assert find_references(body) == (PromptKey("a", version=1), PromptKey("b", label="x"))


TEXT = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="@"), max_size=8)


@st.composite
def worlds(draw: st.DrawFn) -> list[PromptVersion]:
    """Prompts of which each names only earlier ones, so that there are no circles."""
    made: list[PromptVersion] = []
    for number in range(draw(st.integers(1, 8))):
        parts = draw(st.lists(st.one_of(TEXT, st.integers(0, number - 1) if number else TEXT), max_size=4))
        text = "".join(tag(f"p{part}") if isinstance(part, int) else part for part in parts)
        made.append(version(f"p{number}", text))
    return made


def by_hand(text: str, found: dict[PromptKey, PromptVersion]) -> str:
    """The composed text by replacing again and again."""
    while keys := find_references(text):
        for key in keys:
            text = text.replace(tag(key.name), str(found[key].body))
    return text


@given(worlds())
def test_composing_is_replacing_until_nothing_is_left(world: list[PromptVersion]) -> None:
    found = keyed(*world)
    root = world[-1]
    composition = compose(root, found, is_new=False)
    assert composition.body == by_hand(str(root.body), found)
    named = {
        key.name
        for owner in (root, *found.values())
        if owner.id in composition.parts
        for key in find_references(owner.body)
    }
    assert {part.name for parts in composition.parts.values() for part in parts} == named


@given(worlds(), st.data())
def test_a_reference_back_is_found_wherever_it_stands(world: list[PromptVersion], data: st.DataObject) -> None:
    depth = data.draw(st.integers(1, len(world)))
    chain = [version(f"c{number}", tag(f"c{(number + 1) % depth}")) for number in range(depth)]
    with pytest.raises(InvalidError, match="Circular") as refused:
        compose(chain[0], keyed(*chain), is_new=False)
    assert refused.value.code == "reference_cycle"


@given(worlds())
def test_keys_are_asked_for_until_all_are_there(world: list[PromptVersion]) -> None:
    everything, root = keyed(*world), world[-1]
    found: dict[PromptKey, PromptVersion] = {}
    rounds = 0
    while missing := missing_references(root, found):
        assert not set(missing) & set(found)
        found |= {key: everything[key] for key in missing}
        rounds += 1
    assert rounds <= len(world)
    assert compose(root, found, is_new=False) == compose(root, everything, is_new=False)


def test_a_new_prompt_leads_nowhere_back_to_its_own_name() -> None:
    other = version("other", tag("mine"))
    old = version("mine", "old")
    new = version("mine", tag("other"), number=2)
    found = keyed(other, old)
    with pytest.raises(InvalidError, match="Circular"):
        compose(new, found, is_new=True)
    assert compose(new, found, is_new=False).body == "old"


@pytest.mark.parametrize(("is_new", "most"), [(True, 4), (False, MAX_READ_DEPTH)])
def test_levels_are_bounded(*, is_new: bool, most: int) -> None:
    chain = [version(f"c{number}", tag(f"c{number + 1}")) for number in range(most + 1)]
    found = keyed(*chain, version(f"c{most + 1}", "end"))
    assert compose(chain[1], found, is_new=is_new).body == "end"
    with pytest.raises(InvalidError, match="Maximum nesting depth"):
        compose(chain[0], found, is_new=is_new)
    shared = version("root", tag(f"c{most}") + tag("c1") + tag("c0"))  # short ways first do not hide long ones
    with pytest.raises(InvalidError, match="Maximum nesting depth"):
        compose(shared, found, is_new=is_new)


def test_text_that_multiplies_is_refused_quickly() -> None:
    bombs = [version(f"b{number}", tag(f"b{number + 1}") * 1000) for number in range(3)]
    began_s = time.process_time()
    with pytest.raises(InvalidError, match=str(MAX_COMPOSED_CHARS)):
        compose(bombs[0], keyed(*bombs, version("b3", "x" * 1000)), is_new=True)
    assert time.process_time() - began_s < 5


def test_text_that_multiplies_by_the_messages_of_a_chat_is_refused() -> None:
    part = version("part", "x" * 1_000_000)
    chat = replace(version("chat", "", kind=PromptType.CHAT), body=(Message("user", tag("part")),) * 20)
    with pytest.raises(InvalidError, match=str(MAX_COMPOSED_CHARS)):
        compose(chat, keyed(part), is_new=True)


def test_no_more_is_looked_up_once_there_is_too_much_to_compose() -> None:
    parts = [version(f"p{number}", tag(f"p{number + 1}") + "x" * 1_000_000) for number in range(20)]
    with pytest.raises(InvalidError, match=str(MAX_COMPOSED_CHARS)):
        missing_references(parts[0], keyed(*parts[1:]))


def test_too_many_references_are_refused() -> None:
    with pytest.raises(InvalidError, match=str(MAX_REFERENCES)):
        missing_references(version("root", "".join(map(tag, map(str, range(MAX_REFERENCES + 1))))), {})


@pytest.mark.parametrize(
    "text", ["@@@langfusePrompt:" * 200_000, "@@@langfusePrompt:name=" * 100_000 + "@@@" * 100_000]
)
def test_hostile_text_takes_no_longer_than_its_length(text: str) -> None:
    began_s = time.process_time()
    assert compose(version("root", text), {}, is_new=True).body == text
    assert time.process_time() - began_s < 5
