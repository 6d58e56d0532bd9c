"""Who may import whom (DESIGN §2), read from the code itself.

A feature's modules are of four kinds: its models, its services, its shells (what meets Flask: routes, jobs, commands)
and its door, `__init__.py`. A service is whatever else there is.
"""

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
MODULES = sorted((ROOT / "webapp").rglob("*.py"))
APART = {"jobs", "sheets"}
"""Rooms that know nothing of ours: they could leave as packages."""
PLUMBING = "web"
SHELLS = {"routes", "jobs", "cli", "forms", "pages", "submission", "identity"}
SHELLS |= {"column_forms", "header_choice", "list_pages", "narrowing", "previews", "unsubscribe_routes"}
SHELLS |= {"monitor", "monitor_frame", "operations", "operations_page", "performances", "workers"}
GUIDES = {"seeding", "demo"}
"""Rooms that show what the others can: they may ask all of them, and nobody asks them."""
FACES = {"service", "audit", "changes", "documents", "taking_back", "fitting"}
FACES |= {"tables", "references", "sources", "table_source"}
"""What the services of other rooms may ask."""
FOUNDATION = {"config", "db", "extensions", "instance", "migrations"}
FLASK = {"flask", "flask_login", "flask_wtf", "wtforms", "flask_caching", "werkzeug"}


@dataclass(frozen=True)
class Module:
    """A module of ours: its room ("" at the root), and its name."""

    room: str
    name: str

    @property
    def kind(self) -> str:
        """What kind of module it is."""
        if self.room == "":
            return "root"
        if self.room in APART or self.room == PLUMBING:
            return self.room
        return {"models": "models", "__init__": "door"}.get(self.name) or (
            "shell" if self.name in SHELLS else "service"
        )


FLOOR = {Module("", "db"), Module("", "problems"), Module("", "sql")}
"""What everything that is ours may stand on."""


def module_of(dotted: str) -> Module:
    """`webapp.imports.models` → room `imports`, name `models`; `webapp.imports.checks.jobs` → `imports`, `jobs`."""
    _, *parts = dotted.split(".")
    if not parts:
        return Module("", "__init__")
    if (ROOT / "webapp" / parts[0]).is_dir():
        names = parts[1:] or ["__init__"]
        return Module(parts[0], next((name for name in names if name in SHELLS), names[-1]))
    return Module("", parts[0])


def imported(path: Path) -> Iterator[str]:
    """The dotted names of what a module imports; a name taken from a package counts as its module, if it is one."""
    package = ["webapp", *path.relative_to(ROOT / "webapp").parts[:-1]]
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            start = package[: len(package) - node.level + 1] if node.level else []
            base = ".".join([*start, *([node.module] if node.module else [])])
            yield from (f"{base}.{alias.name}" if is_module(f"{base}.{alias.name}") else base for alias in node.names)


def is_module(dotted: str) -> bool:
    """Whether there is a module of ours by this name."""
    path = ROOT / Path(*dotted.split("."))
    return path.with_suffix(".py").exists() or (path / "__init__.py").exists()


@pytest.fixture(params=MODULES, ids=lambda path: str(path.relative_to(ROOT)))
def path(request: pytest.FixtureRequest) -> Path:
    """Each module in turn."""
    found: Path = request.param
    return found


def is_allowed(source: Module, target: Module) -> bool:
    """Whether the one may import the other."""
    if source.room == target.room or target == Module("", "__init__"):
        return True
    foundation = target.room == "" and target.name in FOUNDATION
    if source.room in GUIDES and source.kind != "door":
        return foundation or target in FLOOR or target.room != ""
    if target.room in GUIDES:
        return source.kind == "root"
    return {
        "root": True,
        "jobs": False,
        "sheets": False,
        "models": target == Module("", "db") or target.kind == "models",
        "service": target in FLOOR or target.room in APART or target.name in FACES,
        "shell": foundation or target.room in (APART | {PLUMBING}) or target.kind in ("service", "models"),
        "door": foundation or target.room in (APART | {PLUMBING}),
        PLUMBING: foundation or target.room == "jobs" or target.name == "service",
    }[source.kind]


def test_the_arrows_of_the_house_hold(path: Path) -> None:
    source = module_of(".".join(path.relative_to(ROOT).with_suffix("").parts))
    targets = {name: module_of(name) for name in imported(path) if name.split(".")[0] == "webapp"}
    assert [name for name, target in targets.items() if not is_allowed(source, target)] == []


def test_only_the_kernel_knows_huey(path: Path) -> None:
    if path.parent != ROOT / "webapp" / "jobs":
        assert [name for name in imported(path) if name.split(".")[0] == "huey"] == []


def test_rooms_apart_models_and_services_know_no_request(path: Path) -> None:
    source = module_of(".".join(path.relative_to(ROOT).with_suffix("").parts))
    if source.kind in APART | {"models", "service"}:
        assert [name for name in imported(path) if name.split(".")[0] in FLASK] == []


def test_nothing_imports_another_room_s_routes(path: Path) -> None:
    source = module_of(".".join(path.relative_to(ROOT).with_suffix("").parts))
    targets = {name: module_of(name) for name in imported(path) if name.startswith("webapp.")}
    routes = {name for name, target in targets.items() if target.name == "routes" and target.room != source.room}
    assert routes == set()


def test_the_package_itself_is_empty() -> None:
    assert (ROOT / "webapp" / "__init__.py").read_text() == ""
