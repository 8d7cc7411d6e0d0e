"""Small wrong changes of a module, one at a time: what a slip of the hand would do to a rule."""

from __future__ import annotations

import ast
import copy
from collections.abc import Callable, Iterator
from dataclasses import dataclass

_COMPARISONS: dict[type[ast.cmpop], type[ast.cmpop]] = {
    ast.Lt: ast.LtE,
    ast.LtE: ast.Lt,
    ast.Gt: ast.GtE,
    ast.GtE: ast.Gt,
    ast.Eq: ast.NotEq,
    ast.NotEq: ast.Eq,
    ast.Is: ast.IsNot,
    ast.IsNot: ast.Is,
    ast.In: ast.NotIn,
    ast.NotIn: ast.In,
}
_SETS: dict[type[ast.operator], type[ast.operator]] = {ast.BitOr: ast.BitAnd, ast.BitAnd: ast.BitOr, ast.Sub: ast.BitOr}
_CALLS = {"max": "min", "min": "max", "any": "all", "all": "any", "union": "intersection", "difference": "union"}


@dataclass(frozen=True)
class Mutant:
    """One changed module.

    Parameters
    ----------
    where : str
        Function and line of the change.
    what : str
        The change, as code before and after.
    source : str
        The module with it.
    """

    module: str
    where: str
    what: str
    source: str


def mutants_of(module: str, source: str, only: frozenset[str] | None = None) -> Iterator[Mutant]:
    """Every mutant of a module, or of the functions and names that are listed."""
    tree = ast.parse(source)
    for owner, path in _places(tree, only):
        for change in _changes(_at(tree, path)):
            changed = copy.deepcopy(tree)
            node = _at(changed, path)
            before = _text(node)
            after = change(node)
            _put(changed, path, after)
            new = ast.unparse(ast.fix_missing_locations(changed))
            what = f"{before}  ->  {_text(after)}"
            yield Mutant(module, f"{owner}:{getattr(node, 'lineno', 0)}", what, new)


# A path leads from the module to a node: names of fields, and places in lists.
_Path = tuple[str | int, ...]


def _places(tree: ast.Module, only: frozenset[str] | None) -> Iterator[tuple[str, _Path]]:
    for n, statement in enumerate(tree.body):
        yield from _inside(statement, ("body", n), "", only)


def _inside(node: ast.AST, path: _Path, owner: str, only: frozenset[str] | None) -> Iterator[tuple[str, _Path]]:
    if isinstance(node, ast.Import | ast.ImportFrom | ast.AnnAssign) and not owner:
        return
    if isinstance(node, ast.If) and _text(node.test) == "TYPE_CHECKING":
        return
    name = getattr(node, "name", None)
    if isinstance(node, ast.Assign) and not owner and isinstance(node.targets[0], ast.Name):
        name = node.targets[0].id
    if isinstance(name, str) and isinstance(node, ast.FunctionDef | ast.ClassDef | ast.Assign):
        owner = f"{owner}.{name}" if owner else name
    if only is None or any(owner == each or owner.startswith(f"{each}.") for each in only):
        yield owner, path
    for field, value in ast.iter_fields(node):
        if field in {"annotation", "returns", "decorator_list", "args", "type_params", "ctx"} and not isinstance(
            node, ast.Call
        ):
            continue
        if isinstance(value, ast.AST):
            yield from _inside(value, (*path, field), owner, only)
        elif isinstance(value, list):
            for n, each in enumerate(value):
                if isinstance(each, ast.AST):
                    yield from _inside(each, (*path, field, n), owner, only)


def _at(tree: ast.AST, path: _Path) -> ast.AST:
    node: object = tree
    for step in path:
        node = node[step] if isinstance(step, int) else getattr(node, step)  # type: ignore[index]
    assert isinstance(node, ast.AST)
    return node


def _put(tree: ast.AST, path: _Path, new: ast.AST) -> None:
    parent: object = tree
    for step in path[:-1]:
        parent = parent[step] if isinstance(step, int) else getattr(parent, step)  # type: ignore[index]
    if isinstance(path[-1], int):
        parent[path[-1]] = new  # type: ignore[index]
    else:
        setattr(parent, path[-1], new)


def _text(node: ast.AST) -> str:
    text = " ".join(ast.unparse(node).split())
    return text if len(text) <= 110 else f"{text[:107]}..."


Change = Callable[[ast.AST], ast.AST]


def _changes(node: ast.AST) -> Iterator[Change]:
    match node:
        case ast.Compare():
            for n, operator in enumerate(node.ops):
                if type(operator) in _COMPARISONS:
                    yield lambda found, n=n: _compared(found, n)
        case ast.BoolOp():
            yield _other_joint
            for n in range(len(node.values)):
                yield lambda found, n=n: _without_part(found, n)
        case ast.UnaryOp(op=ast.Not()):
            yield lambda found: found.operand  # type: ignore[attr-defined]
        case ast.If():
            for value in (True, False):
                yield lambda found, value=value: _tested(found, value)
        case ast.IfExp():
            yield lambda found: found.body  # type: ignore[attr-defined]
            yield lambda found: found.orelse  # type: ignore[attr-defined]
        case ast.BinOp() if type(node.op) in _SETS:
            yield _other_sets
            yield lambda found: found.left  # type: ignore[attr-defined]
            yield lambda found: found.right  # type: ignore[attr-defined]
        case ast.Constant(value=bool()):
            yield lambda found: ast.Constant(not found.value)  # type: ignore[attr-defined]
        case ast.Set() if len(node.elts) > 1:
            for n in range(len(node.elts)):
                yield lambda found, n=n: _without_element(found, n)
        case ast.comprehension():
            for n in range(len(node.ifs)):
                yield lambda found, n=n: _without_filter(found, n)
        case ast.Call(func=ast.Name(id=name)) if name in _CALLS:
            yield lambda found: _renamed(found)
        case ast.Call(func=ast.Attribute(attr=name)) if name in _CALLS:
            yield lambda found: _renamed(found)
        case ast.FunctionDef(name="judge"):
            yield _silent


def _compared(node: ast.AST, n: int) -> ast.AST:
    assert isinstance(node, ast.Compare)
    operators = [_COMPARISONS[type(op)]() if k == n else op for k, op in enumerate(node.ops)]
    return ast.Compare(node.left, operators, node.comparators)


def _other_joint(node: ast.AST) -> ast.AST:
    assert isinstance(node, ast.BoolOp)
    return ast.BoolOp(ast.Or() if isinstance(node.op, ast.And) else ast.And(), node.values)


def _without_part(node: ast.AST, n: int) -> ast.AST:
    assert isinstance(node, ast.BoolOp)
    kept = [value for k, value in enumerate(node.values) if k != n]
    return kept[0] if len(kept) == 1 else ast.BoolOp(node.op, kept)


def _tested(node: ast.AST, value: bool) -> ast.AST:
    assert isinstance(node, ast.If)
    return ast.If(_with_names(node.test, value), node.body, node.orelse)


def _with_names(test: ast.expr, value: bool) -> ast.expr:
    """A test that is always true or false; what it gives a name to still has one."""
    if any(isinstance(part, ast.NamedExpr) for part in ast.walk(test)):
        joint: ast.boolop = ast.Or() if value else ast.And()
        return ast.BoolOp(joint, [test, ast.Constant(value)])
    return ast.Constant(value)


def _other_sets(node: ast.AST) -> ast.AST:
    assert isinstance(node, ast.BinOp)
    return ast.BinOp(node.left, _SETS[type(node.op)](), node.right)


def _without_element(node: ast.AST, n: int) -> ast.AST:
    assert isinstance(node, ast.Set)
    return ast.Set([each for k, each in enumerate(node.elts) if k != n])


def _without_filter(node: ast.AST, n: int) -> ast.AST:
    assert isinstance(node, ast.comprehension)
    kept = [each for k, each in enumerate(node.ifs) if k != n]
    # What the filter gives a name to must still be given one.
    kept += [_with_names(each, True) for k, each in enumerate(node.ifs) if k == n]
    return ast.comprehension(node.target, node.iter, kept, node.is_async)


def _renamed(node: ast.AST) -> ast.AST:
    assert isinstance(node, ast.Call)
    func = node.func
    new: ast.expr
    if isinstance(func, ast.Name):
        new = ast.Name(_CALLS[func.id], func.ctx)
    else:
        assert isinstance(func, ast.Attribute)
        new = ast.Attribute(func.value, _CALLS[func.attr], func.ctx)
    return ast.Call(new, node.args, node.keywords)


def _silent(node: ast.AST) -> ast.AST:
    """The rule deleted: it has nothing to say of anything."""
    assert isinstance(node, ast.FunctionDef)
    return ast.FunctionDef(node.name, node.args, [ast.Return(ast.Constant(None))], [], node.returns)
