from tests.conformance.dialects.expect import REFUSED, refused, seen, trace, turn

_DATED = "gpt-4o-mini-2024-07-18"

EXPECTED = [
    trace(
        seen(
            "azure.workflow",
            "CHAIN",
            turn(
                "openai.chat",
                "ask",
                "gpt-4o-mini",
                model=_DATED,
                model_parameters={"temperature": 0.2, "service_tier": "default"},
            ),
            turn("openai.chat", "greet", "gpt-4o-mini", model=_DATED, has_first_token=True),
            refused(
                "openai.chat",
                f"Error code: 400 - {REFUSED}",
                model="weather-deployment",
                error_type="BadRequestError",
            ),
        ),
        name="azure.workflow",
    )
]
