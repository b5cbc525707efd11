"""Numbers with units, as people write them, in storage units."""

import re
from collections.abc import Mapping
from decimal import Decimal
from typing import Final

_INT64_MAX: Final = 2**63 - 1
_NUMBER: Final = re.compile(
    r"(-?)(\$?)((?:[0-9]{1,30}(?:\.[0-9]{0,30})?|\.[0-9]{1,30})(?:[eE][+-]?[0-9]{1,3})?)([a-zµ]*)"
)
_MULTIPLES: Final = {"": Decimal(1), "k": Decimal(1_000), "m": Decimal(1_000_000)}
_SECOND: Final = 1_000_000
_USD: Final = 10**12

DURATION: Final[Mapping[str, Decimal]] = {
    "": Decimal(_SECOND),
    "us": Decimal(1),
    "µs": Decimal(1),
    "ms": Decimal(1_000),
    "s": Decimal(_SECOND),
    "m": Decimal(60 * _SECOND),
    "h": Decimal(3_600 * _SECOND),
    "d": Decimal(86_400 * _SECOND),
}
"""µs in one unit; a bare number is seconds."""
MONEY: Final[Mapping[str, Decimal]] = {unit: factor * _USD for unit, factor in _MULTIPLES.items()}
"""10⁻¹² USD in one unit; a bare number is dollars, with or without `$` before it."""
COUNT: Final[Mapping[str, Decimal]] = _MULTIPLES
"""A bare number, thousands (`k`) or millions (`m`)."""
NUMBER: Final[Mapping[str, Decimal]] = {"": Decimal(1)}


def read_number(text: str, units: Mapping[str, Decimal]) -> int | float | None:
    """The number in storage units; None for what is no number with one of the units."""
    match = _NUMBER.fullmatch(text.replace("M", "m") if units is not DURATION else text)
    if match is None:
        return None
    sign, dollar, digits, unit = match.groups()
    if unit not in units or (dollar and units is not MONEY):
        return None
    return scale_number(Decimal(sign + digits), units[unit])


def scale_number(value: Decimal, scale: Decimal | int) -> int | float:
    """Exact when the scaled number is whole; out of 64 bits it becomes the nearest bound."""
    scaled = value * scale
    if abs(scaled) > _INT64_MAX:
        return _INT64_MAX if scaled > 0 else -_INT64_MAX
    if scaled != scaled.to_integral_value():
        return float(scaled)
    return int(scaled)
