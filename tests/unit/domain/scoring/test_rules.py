"""A score is judged by its config exactly as the config says."""

import math
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from panope.domain.ids import ScoreConfigId
from panope.domain.scoring.configs import BOOLEAN_CATEGORIES, ScoreCategory, ScoreConfig, check_config
from panope.domain.scoring.presets import make_presets
from panope.domain.scoring.rules import Breach, judge_score

CONFIG = ScoreConfig(id=ScoreConfigId("c"), name="accuracy", data_type="NUMERIC")
numbers = st.one_of(st.floats(allow_nan=False, allow_infinity=False), st.sampled_from([0.0, 1.0, -0.0]))
bounds = st.one_of(st.none(), numbers)
texts = st.text(max_size=6)


@given(bounds, bounds, numbers)
def test_a_number_is_kept_when_and_only_when_it_lies_between_the_bounds(
    low: float | None, high: float | None, value: float
) -> None:
    config = replace(CONFIG, min_value=low, max_value=high)
    judged = judge_score(config, {"number": value})
    if (-math.inf if low is None else low) <= value <= (math.inf if high is None else high):
        assert judged == {"name": "accuracy", "data_type": "NUMERIC"}
    else:
        assert isinstance(judged, Breach)
        assert (judged.code, judged.status) == ("score_breaks_range", 400)


@given(st.dictionaries(texts.filter(bool), numbers, min_size=1, max_size=6), texts)
def test_a_label_is_kept_with_its_number_when_and_only_when_it_is_one_of_the_config(
    labels: dict[str, float], label: str
) -> None:
    categories = tuple(ScoreCategory(name, value) for name, value in labels.items())
    config = replace(CONFIG, data_type="CATEGORICAL", categories=categories)
    for sent in (label, *labels):
        judged = judge_score(config, {"text": sent})
        if sent in labels:
            assert judged == {"name": "accuracy", "data_type": "CATEGORICAL", "number": labels[sent]}
        else:
            assert isinstance(judged, Breach)
            assert judged.code == "score_breaks_categories"


@given(numbers)
def test_a_boolean_is_0_or_1(value: float) -> None:
    config = replace(CONFIG, data_type="BOOLEAN", categories=BOOLEAN_CATEGORIES)
    assert isinstance(judge_score(config, {"number": value}), Breach) is (value not in (0, 1))


VALUES: dict[str, dict[str, Any]] = {
    "NUMERIC": {"number": 1.0},
    "BOOLEAN": {"number": 1.0},
    "CATEGORICAL": {"text": "a"},
    "TEXT": {"text": "a"},
}


@pytest.mark.parametrize("data_type", VALUES)
@pytest.mark.parametrize("sent_type", VALUES)
def test_a_sent_type_must_be_that_of_the_config(data_type: str, sent_type: str) -> None:
    config = replace(CONFIG, data_type=data_type, categories=(ScoreCategory("a", 1.0),))
    judged = judge_score(config, {**VALUES[sent_type], "data_type": sent_type})
    assert isinstance(judged, Breach) is (sent_type != data_type)
    if isinstance(judged, Breach):
        assert judged.code == "score_breaks_type"


@pytest.mark.parametrize(
    ("config", "code", "status"),
    [
        (None, "unknown_score_config", 404),
        (replace(CONFIG, is_archived=True), "archived_score_config", 400),
    ],
)
def test_a_config_that_is_not_there_or_not_in_use_takes_nothing(
    config: ScoreConfig | None, code: str, status: int
) -> None:
    judged = judge_score(config, {"number": 1.0})
    assert isinstance(judged, Breach)
    assert (judged.code, judged.status) == (code, status)
    assert "configId" in judged.message


def test_the_presets_are_lawful_and_of_one_direction() -> None:
    presets = make_presets(1)
    assert [list(check_config(preset)) for preset in presets] == [[]] * 6
    assert {preset.direction for preset in presets} == {"higher"}
    assert len({preset.id for preset in presets}) == 6
