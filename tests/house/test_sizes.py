"""The rules of modules: small enough to be read at once, and each public thing says what it promises."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

WEBAPP = Path(__file__).resolve().parents[2] / "webapp"
MODULES = sorted(path for path in WEBAPP.rglob("*.py") if path.read_text().strip())
LINES_OF_A_MODULE, LINES_OF_A_FUNCTION = 250, 40
DRAWERS = {"utils", "util", "helpers", "helper", "manager", "managers", "common", "misc", "base", "tools", "lib"}
Function = ast.FunctionDef | ast.AsyncFunctionDef


@pytest.fixture(params=MODULES, ids=lambda path: str(path.relative_to(WEBAPP)))
def module(request: pytest.FixtureRequest) -> Path:
    """Each module in turn."""
    path: Path = request.param
    return path


def test_a_module_is_small(module: Path) -> None:
    assert len(module.read_text().splitlines()) <= LINES_OF_A_MODULE


def test_a_function_is_small(module: Path) -> None:
    sizes = {node.name: (node.end_lineno or 0) - node.lineno + 1 for node in functions(module)}
    assert {name: lines for name, lines in sizes.items() if lines > LINES_OF_A_FUNCTION} == {}


def test_every_public_thing_says_what_it_promises(module: Path) -> None:
    tree = ast.parse(module.read_text())
    silent = [] if ast.get_docstring(tree) else ["the module"]
    assert silent + [node.name for node in public(tree) if not ast.get_docstring(node)] == []


def test_a_module_is_named_for_what_it_holds(module: Path) -> None:
    assert module.stem not in DRAWERS


def functions(module: Path) -> Iterator[Function]:
    """All functions of a module, however deep."""
    return (node for node in ast.walk(ast.parse(module.read_text())) if isinstance(node, Function))


def public(node: ast.AST) -> Iterator[Function | ast.ClassDef]:
    """Public functions and classes of a module, and the public methods of these classes; not what is in functions."""
    for child in ast.iter_child_nodes(node):
        if isinstance(child, Function | ast.ClassDef) and not child.name.startswith("_"):
            yield child
            if isinstance(child, ast.ClassDef):
                yield from public(child)
