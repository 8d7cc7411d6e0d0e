"""Formulas of parameters as people write them: `x**2 + log(time)`; arithmetic and a few functions, nothing else.

Names that are no identifiers are written in braces: `{Print Speed} * 2`.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from kiban.errors import InvalidValue
from kiban.planning.space.parameter import Floats

_FUNCTIONS: Mapping[str, Callable[..., Floats]] = {
    "abs": np.abs,
    "exp": np.exp,
    "log": np.log,
    "log10": np.log10,
    "sqrt": np.sqrt,
    "min": np.minimum,
    "max": np.maximum,
    "sin": np.sin,
    "cos": np.cos,
}
_OPERATORS: Mapping[type, Callable[..., Floats]] = {
    ast.Add: np.add,
    ast.Sub: np.subtract,
    ast.Mult: np.multiply,
    ast.Div: np.divide,
    ast.Pow: np.power,
    ast.USub: np.negative,
    ast.UAdd: np.positive,
}
_BRACES = re.compile(r"\{([^{}]+)\}")
_LONGEST = 1000
_LARGEST = 1e300


@dataclass(frozen=True, slots=True)
class Formula:
    """A formula that was understood; called with the columns of its names it gives one number for each row."""

    text: str
    names: tuple[str, ...]
    tree: ast.expr
    spelt: Mapping[str, str]

    def __call__(self, columns: Mapping[str, Floats], n_rows: int) -> Floats:
        """Work it out; where it has no value (a logarithm of a negative number) the answer is not finite."""
        with np.errstate(all="ignore"):
            value = self._value(self.tree, columns)
        return np.broadcast_to(np.asarray(value, dtype=np.float64), (n_rows,))

    def _value(self, node: ast.expr, columns: Mapping[str, Floats]) -> Floats:
        if isinstance(node, ast.Constant):
            return np.float64(node.value)  # type: ignore[arg-type, return-value]
        if isinstance(node, ast.Name):
            return columns[self.spelt[node.id]]
        if isinstance(node, ast.UnaryOp):
            return _OPERATORS[type(node.op)](self._value(node.operand, columns))
        if isinstance(node, ast.BinOp):
            return _OPERATORS[type(node.op)](self._value(node.left, columns), self._value(node.right, columns))
        assert isinstance(node, ast.Call)  # noqa: S101  `compiled` lets nothing else through
        assert isinstance(node.func, ast.Name)  # noqa: S101
        return _FUNCTIONS[node.func.id](*(self._value(argument, columns) for argument in node.args))


@lru_cache(maxsize=256)
def compiled(text: str) -> Formula:
    """Understand a formula. Raises InvalidValue that names what cannot be understood."""
    spelt: dict[str, str] = {}

    def stand_in(found: re.Match[str]) -> str:
        spelt[f"braced_{len(spelt)}"] = found[1]
        return f"braced_{len(spelt) - 1}"

    if len(text) > _LONGEST:
        raise InvalidValue(f"A formula has {len(text)} characters.", mend=f"Keep to {_LONGEST}.")
    try:
        tree = ast.parse(_BRACES.sub(stand_in, text), mode="eval").body
        names = tuple(dict.fromkeys(_names(tree, spelt)))
    except (SyntaxError, ValueError, RecursionError) as e:
        raise InvalidValue(
            f"The formula {text!r} cannot be understood: {e}.",
            mend="Use numbers, names of parameters (in braces if they hold spaces), + - * / **, "
            f"and {', '.join(_FUNCTIONS)}.",
        ) from e
    return Formula(text, names, tree, {**spelt, **{name: name for name in names if name not in spelt.values()}})


def _names(node: ast.expr, spelt: Mapping[str, str]) -> list[str]:
    if isinstance(node, ast.Constant) and isinstance(node.value, int | float) and not isinstance(node.value, bool):
        if abs(node.value) > _LARGEST:
            raise ValueError(f"a number beyond {_LARGEST:g}")
        return []
    if isinstance(node, ast.Name):
        return [spelt.get(node.id, node.id)]
    if isinstance(node, ast.UnaryOp) and type(node.op) in _OPERATORS:
        return _names(node.operand, spelt)
    if isinstance(node, ast.BinOp) and type(node.op) in _OPERATORS:
        return _names(node.left, spelt) + _names(node.right, spelt)
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and not node.keywords:
        wanted = 2 if node.func.id in {"min", "max"} else 1
        if node.func.id in _FUNCTIONS and len(node.args) == wanted:
            return [name for argument in node.args for name in _names(argument, spelt)]
    raise ValueError(f"{ast.unparse(node)!r} has no place in a formula")
