from tests.conformance.dialects.expect import QUESTION, WEATHER, seen, trace

EXPECTED = [
    trace(
        seen(
            "crewai.workflow",
            "AGENT",
            seen(
                f"{QUESTION}.task",
                "CHAIN",
                seen("Weather agent.agent", "AGENT", agent="Weather agent"),
                input=QUESTION,
                output=WEATHER,
            ),
            output=WEATHER,
        ),
        name="crewai.workflow",
        output=WEATHER,
    )
]
