"""Steps of time in SQL."""

from panope.query.grid import Grid


def step_number(time: str, grid: Grid) -> str:
    """The number of the step that a time lies in, which is not before the first one. An expression; so is the time."""
    ahead = ""
    if grid.shifts:
        cases = " ".join(f"WHEN ({time}) >= {int(at_us)} THEN {int(by_us)}" for at_us, by_us in reversed(grid.shifts))
        ahead = f" + CASE {cases} ELSE 0 END"
    return f"((({time}) - {int(grid.origin_us)}{ahead}) / {int(grid.width_us)})"
