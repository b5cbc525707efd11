"""What the operators that compare two numbers mean, in Python and wherever Python's operators make something else."""

import operator
from collections.abc import Callable
from typing import Any, Final

from panope.query.ast import Op

COMPARISONS: Final[dict[Op, Callable[[Any, Any], Any]]] = {
    Op.EQ: operator.eq,
    Op.NE: operator.ne,
    Op.LT: operator.lt,
    Op.LE: operator.le,
    Op.GT: operator.gt,
    Op.GE: operator.ge,
}
