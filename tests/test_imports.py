"""The house of the package: imports point one way, and few modules may do certain things.

The checkers read source text with `ast`, so that they work on a planted package as on ours.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

import pytest

import ntm_eval

PACKAGE = Path(ntm_eval.__file__).parent
# from the source of the data to the command; each imports only from those before it
ORDER = (
    "disk",
    "characters",
    "spellings",
    "root",
    "workspace",
    "language",
    "cache",
    "schemas",
    "reference_schemas",
    "reference",
    "units",
    "notation",
    "crosswalk",
    "intake",
    "checks",
    "exchange",
    "analysis",
    "review",
    "reporting",
    "running",
    "office",
    "cli",
)
VAGUE = {"utils", "util", "helpers", "helper", "common", "misc"}
HEAVY = {"pandas", "matplotlib", "seaborn", "scipy", "statsmodels", "papermill"}
# what every notebook and page waits for when it opens a review
OPENING = (HEAVY - {"pandas"}) | {"docx"}
FOLDERS = {"data", "outputs", "notebooks"}
Modules = Mapping[str, ast.Module]


def modules(package: Path) -> Modules:
    """The modules of a package by dotted name; a folder's `__init__` has the folder's name."""
    found = {}
    for path in sorted(package.rglob("*.py")):
        parts = path.relative_to(package.parent).with_suffix("").parts
        name = ".".join(parts[:-1] if parts[-1] == "__init__" else parts)
        found[name] = ast.parse(path.read_text(encoding="utf-8"), str(path))
    return found


def layering(found: Modules) -> Iterator[str]:
    """Imports against the order, of the tools, and modules without a place."""
    for name, tree in found.items():
        if "." not in name:
            continue
        here = _layer(name)
        if here not in ORDER:
            yield f"{name} has no place in the order {ORDER}"
            continue
        for used in _internal(tree, found):
            there = _layer(used)
            if there not in ORDER:
                yield f"{name} imports {used}, which has no place in the order {ORDER}"
            elif ORDER.index(there) > ORDER.index(here):
                yield f"{name} imports {used}, which comes after it"
        if any(used.split(".")[0] == "tools" for used in _imports(ast.walk(tree))):
            yield f"{name} imports the tools, which hold the planted truth"


def cycles(found: Modules) -> Iterator[str]:
    """Modules that import each other in a ring, also through imports inside functions."""
    graph = {name: set(_internal(tree, found)) - {name} for name, tree in found.items()}
    try:
        TopologicalSorter(graph).prepare()
    except CycleError as error:
        yield " <- ".join(error.args[1])


def vague_names(found: Modules) -> Iterator[str]:
    """Modules whose name does not say what they are about."""
    for name in found:
        if VAGUE & set(name.split(".")[-1].split("_")):
            yield f"{name}: name it after what it holds"


def heavy_start(found: Modules, start: str, heavy: set[str] = HEAVY) -> Iterator[str]:
    """Heavy libraries that importing `start` would load, itself or through our own modules."""
    waiting, seen = [start], set()
    while waiting:
        name = waiting.pop()
        seen.add(name)
        for used in _imports(_outside_functions(found[name])):
            if used.split(".")[0] in heavy:
                yield f"{start} loads {used}, by {name}"
        waiting += set(_internal(found[name], found, _outside_functions)) - seen


def paths_built(found: Modules) -> Iterator[str]:
    """Places outside `root` that start from `__file__`, outside `workspace` from a folder."""
    for name, tree in found.items():
        layer = _layer(name)
        for node in ast.walk(tree):
            if layer != "root" and isinstance(node, ast.Name) and node.id == "__file__":
                yield f"{name}:{node.lineno} uses __file__"
            for text in _path_parts(node) if layer != "workspace" else ():
                if text.replace("\\", "/").split("/")[0] in FOLDERS:
                    yield f"{name}:{node.lineno} builds a path from '{text}'"


def _layer(module: str) -> str:
    """The first name below the package."""
    return module.split(".")[1] if "." in module else module


def _internal(tree: ast.Module, found: Modules, part=ast.walk) -> Iterator[str]:
    """Our own modules that a module imports."""
    for used in _imports(part(tree)):
        while used and used not in found:
            used = used.rpartition(".")[0]
        # the package itself imports nothing, so that `from ntm_eval import units` names units
        if "." in used:
            yield used


def _imports(nodes: Iterator[ast.AST]) -> Iterator[str]:
    for node in nodes:
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"line {node.lineno}: write the whole name of the module"
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def _outside_functions(tree: ast.AST) -> Iterator[ast.AST]:
    """What runs when the module is imported."""
    for node in ast.iter_child_nodes(tree):
        if isinstance(node, ast.If) and getattr(node.test, "id", "") == "TYPE_CHECKING":
            continue
        if not isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda):
            yield node
            yield from _outside_functions(node)


def _path_parts(node: ast.AST) -> Iterator[str]:
    """Literal texts that a node joins into a path."""
    candidates: list[ast.AST] = []
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Div):
        candidates = [node.left, node.right]
    elif isinstance(node, ast.Call):
        called = getattr(node.func, "id", None) or getattr(node.func, "attr", None)
        if called in {"Path", "joinpath", "open", "join", "from_root"}:
            candidates = node.args
    for candidate in candidates:
        if isinstance(candidate, ast.JoinedStr) and candidate.values:
            candidate = candidate.values[0]
        if isinstance(candidate, ast.Constant) and isinstance(candidate.value, str):
            yield candidate.value


@pytest.fixture(scope="module")
def ours() -> Modules:
    return modules(PACKAGE)


@pytest.fixture
def plant(tmp_path):
    """Writes a package of the given files and returns its modules."""

    def write(**files: str) -> Modules:
        for name, text in {"__init__": "", "cli": "", **files}.items():
            path = tmp_path / "planted" / f"{name.replace('__in__', '/')}.py"
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")
        return modules(tmp_path / "planted")

    return write


def test_our_imports_point_one_way(ours):
    assert list(layering(ours)) == []


def test_our_imports_form_no_ring(ours):
    assert list(cycles(ours)) == []


def test_our_modules_are_named_after_what_they_hold(ours):
    assert list(vague_names(ours)) == []


def test_our_command_starts_without_heavy_libraries(ours):
    assert list(heavy_start(ours, "ntm_eval.cli")) == []


def test_a_review_opens_with_pandas_alone(ours):
    assert list(heavy_start(ours, "ntm_eval.review", OPENING)) == []


def test_only_our_workspace_builds_paths(ours):
    assert list(paths_built(ours)) == []


def test_folders_import_nothing_themselves_but_the_review_and_what_the_package_offers(ours):
    folders = [name for name in ours if (PACKAGE.parent / name.replace(".", "/")).is_dir()]
    imported = {name: set(_internal(ours[name], ours)) for name in folders}
    assert {name: used for name, used in imported.items() if used} == {
        "ntm_eval": {"ntm_eval.review"},
        "ntm_eval.review": {"ntm_eval.review.review"},
    }
    assert list(heavy_start(ours, "ntm_eval")) == []


def test_an_import_against_the_order_is_found(plant):
    found = plant(
        units="def f():\n    from planted.intake import clean\n", intake__in__clean="import re\n"
    )
    assert list(layering(found)) == [
        "planted.units imports planted.intake.clean, which comes after it"
    ]


def test_an_import_along_the_order_passes(plant):
    found = plant(units="", intake__in__clean="from planted import units\n")
    assert list(layering(found)) == []


def test_a_module_without_a_place_is_found(plant):
    assert "planted.extras has no place" in "".join(layering(plant(extras="")))


def test_an_analysis_that_reads_the_planted_truth_is_found(plant):
    found = plant(analysis__in__trends="from tools.sample.truth import X\n")
    assert list(layering(found)) == [
        "planted.analysis.trends imports the tools, which hold the planted truth"
    ]


def test_a_ring_inside_a_folder_is_found(plant):
    found = plant(
        intake__in__values="from planted.intake import clean\n",
        intake__in__clean="def f():\n    from planted.intake.values import read\n",
    )
    assert ["values" in ring and "clean" in ring for ring in cycles(found)] == [True]


@pytest.mark.parametrize("name", ["utils", "intake__in__helpers", "date_utils"])
def test_a_vague_name_is_found(plant, name):
    assert len(list(vague_names(plant(**{name: ""})))) == 1


@pytest.mark.parametrize(
    "files",
    [
        {"cli": "import pandas as pd\n"},
        {"cli": "try:\n    from scipy import stats\nexcept ImportError:\n    pass\n"},
        {"cli": "from planted import units\n", "units": "import matplotlib.pyplot as plt\n"},
    ],
)
def test_a_heavy_start_is_found(plant, files):
    assert len(list(heavy_start(plant(**files), "planted.cli"))) == 1


def test_a_heavy_import_inside_a_command_passes(plant):
    found = plant(cli="def review():\n    import pandas\n")
    assert list(heavy_start(found, "planted.cli")) == []


@pytest.mark.parametrize(
    ("home", "line"),
    [
        ("workspace", "p = Path('data/reference/x.csv')"),
        ("workspace", "p = root / 'outputs' / name"),
        ("workspace", "p = open(f'outputs/{year}')"),
        ("root", "p = Path(__file__).parent"),
    ],
)
def test_a_path_built_outside_the_workspace_is_found(plant, home, line):
    empty = dict.fromkeys(("units", "root", "workspace"), "")
    for where in empty:
        found = list(paths_built(plant(**empty | {where: line + "\n"})))
        assert len(found) == (where != home)


def test_a_folder_named_in_a_message_is_not_a_path(plant):
    found = plant(units="message = f'Sửa data/reference/{name}.csv'\nshare = done / total\n")
    assert list(paths_built(found)) == []
