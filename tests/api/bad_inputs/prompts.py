"""New versions of prompts, and labels for them."""

from typing import Any, Final

from tests.api.bad_inputs.shapes import RAW, Accepted, Refused, named_values, values

GOOD: Final = {"name": "mine", "prompt": "Hello {{who}}", "labels": ["production"], "config": {"n": 1}, "tags": ["t"]}


def prompt(**body: Any) -> dict[str, Any]:
    """A good prompt but for what is said here."""
    return {**GOOD, **body}


def chat(*messages: Any) -> dict[str, Any]:
    """A chat prompt of these messages."""
    return prompt(type="chat", prompt=list(messages))


def without(key: str) -> dict[str, Any]:
    """A good prompt that lacks a key."""
    return {name: value for name, value in GOOD.items() if name != key}


USER: Final = {"role": "user", "content": "{{history}}"}

REFUSED: Final = [
    *(
        Refused(name=f"{name} as body", sent=sent, code="invalid_type")
        for name, sent in named_values({"null": None, "a list": [], "text": "x", "a number": 7})
    ),
    *(Refused(name=f"no {key}", sent=without(key), code="invalid_type", says=key) for key in ("name", "prompt")),
    *(
        Refused(name=f"{key} {value!r}", sent=prompt(**{key: value}), code="invalid_type")
        for key in ("name", "prompt", "type", "labels", "tags", "commitMessage", "confirmLabels")
        for value in values([True, 7, {"a": 1}])
    ),
    *(
        Refused(name=f"the name {name}", sent=prompt(name=sent), code="custom", says="name")
        for name, sent in named_values(
            {
                "nothing": "",
                "blank": "  ",
                "of 801 bytes": "é" * 400 + "x",
                "with a bar": "a|b",
                "with a tag of HTML": "a<b>c",
                "with a line break": "a\nb",
                "with a control character": "a\x7fb",
                "of two slashes": "a//b",
                "with a slash at the end": "a/",
                "with a slash before": "/a",
                "new": "new",
                "metrics": "metrics",
            }
        )
    ),
    *(
        Refused(name=f"the label {label!r}", sent=prompt(labels=[label]), code="custom", says="labels")
        for label in ("", "Production", "a b", "x" * 37, "ü", "a/b")
    ),
    Refused(name="101 labels", sent=prompt(labels=[f"l{n}" for n in range(101)]), code="custom", says="labels"),
    Refused(name="101 tags", sent=prompt(tags=[f"t{n}" for n in range(101)]), code="custom", says="tags"),
    Refused(name="a tag of 256 letters", sent=prompt(tags=["x" * 256]), code="custom", says="tags"),
    Refused(name="commit message of 501 letters", sent=prompt(commitMessage="x" * 501), code="invalid_type"),
    Refused(name="text as chat", sent=prompt(type="chat"), code="invalid_type", says="prompt"),
    Refused(name="messages as text", sent=prompt(prompt=[USER]), code="invalid_type", says="prompt"),
    Refused(name="another type", sent=prompt(type="image"), code="invalid_type", says="type"),
    Refused(name="a message of text", sent=chat("hello"), code="invalid_type", says="prompt"),
    Refused(name="message without role", sent=chat({"content": "x"}), code="custom", says="prompt"),
    Refused(name="message without content", sent=chat({"role": "x"}), code="custom", says="prompt"),
    Refused(name="content of parts", sent=chat({"role": "x", "content": []}), code="invalid_type", says="content"),
    Refused(name="empty message", sent=chat({}), code="custom", says="prompt"),
    Refused(name="placeholder without name", sent=chat({"type": "placeholder"}), code="custom", says="name"),
    Refused(name="placeholder 1a", sent=chat({"type": "placeholder", "name": "1a"}), code="custom", says="name"),
    Refused(
        name="variable named like a placeholder",
        sent=chat(USER, {"type": "placeholder", "name": "history"}),
        code="custom",
        says="history",
    ),
    Refused(name="config of NaN", sent=prompt(config=RAW), raw=b"NaN", code="invalid_json"),
    Refused(name="half a surrogate pair in the config", sent=prompt(config={"a": "\ud800"}), code="invalid_json"),
    Refused(name="NUL in the config", sent=prompt(config={"a\0": 1}), code="invalid_text"),
    Refused(name="NUL in the prompt", sent=prompt(prompt="a\0b"), code="invalid_text"),
    Refused(name="NUL in a tag", sent=prompt(tags=["\0"]), code="invalid_text"),
    Refused(name="half a surrogate pair", sent=prompt(prompt="\ud800"), code="invalid_json"),
    Refused(name="bytes that are no UTF-8", sent=prompt(prompt=RAW), raw=b'"a\xff"', code="invalid_json"),
    Refused(name="bytes that are no UTF-8 in the config", sent=prompt(config=RAW), raw=b'"a\xff"', code="invalid_json"),
    Refused(
        name="config of 201 levels",
        sent=prompt(config=RAW),
        raw=b'{"a":' * 201 + b"1" + b"}" * 201,
        code="too_deep",
    ),
    Refused(name="20000 levels", sent=prompt(config=RAW), raw=b"[" * 20_000 + b"]" * 20_000, code="invalid_json"),
    Refused(name="not JSON", sent=RAW, raw=b"{", code="invalid_json"),
    Refused(name="nothing", sent=RAW, raw=b"", code="invalid_json"),
]

ACCEPTED: Final = [
    Accepted(name="unknown keys", sent=prompt(colour="red"), shows={"name": "mine"}),
    Accepted(
        name="everything that may be null",
        shows={"config": {}, "tags": [], "commitMessage": None},
        sent={
            "name": "mine",
            "prompt": "",
            "labels": ["production"],
            "type": None,
            "config": None,
            "tags": None,
            "commitMessage": None,
            "confirmLabels": None,
        },
    ),
    Accepted(name="name of 800 bytes", sent=prompt(name="é" * 400), shows={"name": "é" * 400}),
    Accepted(name="name that climbs", sent=prompt(name="../../a/.."), shows={"name": "../../a/.."}),
    Accepted(name="encoded name", sent=prompt(name="a%2Fb%252F"), shows={"name": "a%2Fb%252F"}),
    Accepted(name="emoji", sent=prompt(name="🦊/❤️"), shows={"name": "🦊/❤️"}),
    Accepted(name="name with spaces around", sent=prompt(name=" a b "), shows={"name": "a b"}),
    Accepted(name="name that reverses", sent=prompt(name="a\u202eb"), shows={"name": "a\u202eb"}),
    Accepted(
        name="labels twice",
        sent=prompt(labels=["a", "production", "a"]),
        shows={"labels": ["a", "production", "latest"]},
    ),
    Accepted(name="config as a list", sent=prompt(config=[1, "a", None]), shows={"config": [1, "a", None]}),
    Accepted(name="config as a number", sent=prompt(config=0), shows={"config": 0}),
    Accepted(name="config of 30 digits", sent=prompt(config={"a": 10**30}), shows={"config": {"a": 10**30}}),
    Accepted(name="no messages", sent=chat(), shows={"prompt": []}),
    Accepted(
        name="half a reference",
        sent=prompt(prompt="@@@langfusePrompt:name=x"),
        shows={"prompt": "@@@langfusePrompt:name=x"},
    ),
    Accepted(name="markup", sent=prompt(prompt="<script>'; --"), shows={"prompt": "<script>'; --"}),
]

BAD_LABELS: Final = {
    "nothing": b"",
    "no labels": b"{}",
    "null": b'{"newLabels": null}',
    "text": b'{"newLabels": "a"}',
    "numbers": b'{"newLabels": [1]}',
    "an empty label": b'{"newLabels": [""]}',
    "latest": b'{"newLabels": ["a", "latest"]}',
    "a line break": b'{"newLabels": ["a\\n"]}',
    "NUL": b'{"newLabels": ["a\\u0000"]}',
    "256 letters": b'{"newLabels": ["' + b"x" * 256 + b'"]}',
}
