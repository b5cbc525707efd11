"""Definitions of score configs, changes of them, and feedback."""

from typing import Any, Final

from panope.wire.jsontext import MAX_DEPTH
from tests.api.bad_inputs.shapes import RAW, Accepted, Refused, named_values, nested

GOOD: Final = {"name": "accuracy", "dataType": "NUMERIC", "minValue": 0, "maxValue": 1}
LABELS: Final = [{"label": "good", "value": 1}, {"label": "bad", "value": -1.5}]
MOOD: Final = {"name": "mood", "dataType": "CATEGORICAL", "categories": LABELS}


def config(**body: Any) -> dict[str, Any]:
    """A good config but for what is said here."""
    return {**GOOD, **body}


def plain(data_type: str, **body: Any) -> dict[str, Any]:
    """A config of a type that has no range."""
    return {"name": "plain", "dataType": data_type, **body}


def labelled(*labels: Any) -> dict[str, Any]:
    """A config of categories."""
    return {**MOOD, "categories": list(labels)}


ODD: Final[dict[str, list[Any]]] = {
    "name": [7, None, True, ["a"]],
    "dataType": [None, "", "numeric", "CORRECTION", 7],
    "minValue": ["0", True, [], {}],
    "maxValue": ["1", True, [], {}],
    "categories": ["a", {}, 7],
    "description": [7, True, []],
    "direction": ["up", "", 7],
}

REFUSED: Final = [
    *(
        Refused(name=f"{name} as body", sent=sent, code="invalid_type")
        for name, sent in named_values({"null": None, "a list": [], "text": "x", "a number": 7})
    ),
    *(
        Refused(name=f"no {key}", sent={name: said for name, said in GOOD.items() if name != key}, code="invalid_type")
        for key in ("name", "dataType")
    ),
    *(
        Refused(name=f"{key} {value!r}", sent=config(**{key: value}), code="invalid_type", says=key)
        for key, odd in ODD.items()
        for value in odd
    ),
    Refused(name="an empty name", sent=config(name=""), code="custom", says="name"),
    Refused(name="a name of blanks", sent=config(name="   "), code="custom", says="name"),
    Refused(name="a name of 36 letters", sent=config(name="n" * 36), code="custom", says="name"),
    *(
        Refused(name=f"a name with {sign!r}", sent=config(name=f"a{sign}b"), code="custom", says="name")
        for sign in ("/", "\n", "\t", "🙂", "\u200b", "\u202e", "'", ":", "+", "%")
    ),
    Refused(name="NUL in a name", sent=config(name="a\0b"), code="invalid_text"),
    Refused(name="NUL in a description", sent=config(description="a\0b"), code="invalid_text"),
    Refused(name="half a pair in a description", sent=config(description="\ud800"), code="invalid_json"),
    Refused(name="a description of 5001 letters", sent=config(description="d" * 5001), code="custom"),
    Refused(name="bounds that are equal", sent=config(minValue=1), code="custom", says="maxValue"),
    Refused(name="bounds in the wrong order", sent=config(minValue=2), code="custom", says="maxValue"),
    Refused(name="a bound of NaN", sent=config(minValue=RAW), raw=b"NaN", code="invalid_json"),
    Refused(name="a bound of 1e999", sent=config(minValue=RAW), raw=b"1e999", code="invalid_type"),
    Refused(name="categories of a number", sent=config(categories=LABELS), code="custom", says="categories"),
    Refused(name="no categories of a number", sent=config(categories=[]), code="custom", says="categories"),
    Refused(name="categories of a text", sent=plain("TEXT", categories=LABELS), code="custom", says="categories"),
    Refused(name="bounds of a text", sent=plain("TEXT", maxValue=1), code="custom", says="minValue"),
    Refused(name="categories of a boolean", sent=plain("BOOLEAN", categories=LABELS), code="custom", says="categories"),
    Refused(name="bounds of a boolean", sent=plain("BOOLEAN", minValue=0), code="custom", says="minValue"),
    Refused(name="no categories", sent=plain("CATEGORICAL"), code="custom", says="categories"),
    Refused(name="an empty list of categories", sent=labelled(), code="custom", says="categories"),
    Refused(name="bounds of categories", sent={**MOOD, "minValue": 0}, code="custom", says="minValue"),
    Refused(name="one label twice", sent=labelled(LABELS[0], {"label": "good", "value": 2}), code="custom"),
    Refused(name="one value twice", sent=labelled(LABELS[0], {"label": "fine", "value": 1.0}), code="custom"),
    Refused(name="an empty label", sent=labelled({"label": "", "value": 1}), code="custom"),
    Refused(name="a label of 501 letters", sent=labelled({"label": "x" * 501, "value": 1}), code="custom"),
    Refused(name="a label without a value", sent=labelled({"label": "x"}), code="invalid_type"),
    Refused(name="a value without a label", sent=labelled({"value": 1}), code="invalid_type"),
    Refused(name="a label that is null", sent=labelled({"label": None, "value": 1}), code="invalid_type"),
    Refused(name="a label that is alone", sent=labelled("good"), code="invalid_type"),
    Refused(
        name="501 categories",
        sent=labelled(*({"label": str(number), "value": number} for number in range(501))),
        code="custom",
    ),
    Refused(name="a body too deep", sent=config(other=RAW), raw=nested(MAX_DEPTH + 10), code="too_deep"),
]

ACCEPTED: Final = [
    Accepted(name="a name of 35 letters", sent=config(name="n" * 35), shows={"name": "n" * 35}),
    Accepted(name="a name of all signs", sent=config(name="Ünï 1_.()-"), shows={"name": "Ünï 1_.()-"}),
    Accepted(name="no bounds", sent=plain("NUMERIC"), shows={"minValue": None, "maxValue": None}),
    Accepted(name="null for what is not needed", sent=config(categories=None, description=None, direction=None)),
    Accepted(name="a smallest range", sent=config(minValue=0, maxValue=5e-324), shows={"maxValue": 5e-324}),
    Accepted(
        name="a widest range",
        sent=config(minValue=-1.7e308, maxValue=1.7e308),
        shows={"minValue": -1.7e308, "maxValue": 1.7e308},
    ),
    Accepted(name="keys of other clients", sent=config(later=1, id="mine"), shows={"name": "accuracy"}),
    Accepted(name="a description of 5000 letters", sent=config(description="é" * 5000)),
    Accepted(
        name="labels of any letters",
        sent=labelled({"label": "x" * 500, "value": 1e308}, {"label": " \n🙂", "value": -0.5}),
        shows={"categories": [{"label": "x" * 500, "value": 1e308}, {"label": " \n🙂", "value": -0.5}]},
    ),
    Accepted(
        name="500 categories",
        sent=labelled(*({"label": str(number), "value": number} for number in range(500))),
    ),
    Accepted(
        name="the categories that a boolean has",
        sent=plain("BOOLEAN", categories=[{"label": "True", "value": 1}, {"label": "False", "value": 0}]),
    ),
    Accepted(name="a direction", sent=config(direction="lower"), shows={"direction": "lower"}),
]

REFUSED_CHANGES: Final = [
    *(
        Refused(name=f"{name} as change", sent=sent, code="invalid_type")
        for name, sent in named_values({"null": None, "a list": [], "text": "x", "a number": 7})
    ),
    *(
        Refused(name=f"nothing in {name}", sent=sent, code="custom")
        for name, sent in named_values(
            {"an empty object": {}, "what never changes": {"dataType": "TEXT", "id": "x"}, "null": {"name": None}}
        )
    ),
    Refused(name="archived as text", sent={"isArchived": "true"}, code="invalid_type"),
    Refused(name="an upper bound below the lower", sent={"maxValue": -1}, code="custom", says="maxValue"),
    Refused(name="a lower bound above the upper", sent={"minValue": 2}, code="custom", says="maxValue"),
    Refused(name="categories for a number", sent={"categories": LABELS}, code="custom", says="categories"),
    Refused(name="a name that is none", sent={"name": "a/b"}, code="custom", says="name"),
]
"""Of the good config."""
