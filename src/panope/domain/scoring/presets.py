"""Score configs that most teams want, made on request: measures between 0 and 1, of which more is better."""

from typing import Final

from panope.domain.ids import ScoreConfigId
from panope.domain.scores import ScoreDataType
from panope.domain.scoring.configs import Direction, ScoreConfig

_DESCRIPTIONS: Final = {
    "semantic-similarity": "How close the answer is in meaning to the expected one, by embeddings",
    "factual-accuracy": "How right the facts of the answer are, judged by a model",
    "toxicity": "How safe the answer is: 1 minus what the detector found, so more is safer",
    "user-feedback": "What the user said: 1 for a thumb up, 0 for a thumb down",
    "latency-sla": "Whether the answer came in the time agreed: 1 when it did",
    "cost-efficiency": "How well the answer kept to its budget",
}


def make_presets(now_us: int) -> list[ScoreConfig]:
    """The presets as configs created now; their ids are the same in every project."""
    return [
        ScoreConfig(
            id=ScoreConfigId(f"preset-{name}"),
            name=name,
            data_type=str(ScoreDataType.NUMERIC),
            min_value=0,
            max_value=1,
            description=description,
            direction=str(Direction.HIGHER),
            created_us=now_us,
            updated_us=now_us,
        )
        for name, description in _DESCRIPTIONS.items()
    ]
