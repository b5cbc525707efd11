"""Which config of a name says which way is better."""

from typing import Any

from panope.domain.ids import ScoreConfigId
from panope.domain.scoring.configs import Direction, ScoreConfig, directions_of


def config(direction: str, created_us: int, **fields: Any) -> ScoreConfig:
    told = {"name": "q", "data_type": "NUMERIC", **fields}
    return ScoreConfig(id=ScoreConfigId(f"c{created_us}"), direction=direction, created_us=created_us, **told)


def test_the_newest_config_of_a_name_counts_in_any_order() -> None:
    configs = [config("lower", 2), config("higher", 1), config("none", 3, name="other", data_type="BOOLEAN")]
    expected = {"q": Direction.LOWER, "other": Direction.NONE}
    assert directions_of(configs) == directions_of(configs[::-1]) == expected


def test_an_archived_config_counts_only_where_there_is_no_other() -> None:
    archived = config("lower", 9, is_archived=True)
    assert directions_of([archived]) == {"q": Direction.LOWER}
    assert directions_of([archived, config("higher", 1)]) == {"q": Direction.HIGHER}


def test_a_config_of_labels_says_nothing_of_numbers() -> None:
    assert directions_of([config("lower", 9, data_type="CATEGORICAL")]) == {}
