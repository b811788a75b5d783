"""The documents tell the truth: links lead somewhere, commands run, the dictionary is today's.

Commands that other tests run whole, and that take long, are only read here, as the program reads
what is typed: `review`, `release` (tests/batch), `sample` (tests/test_sample.py), `lab`, `inspect`
(tests/office).
"""

import importlib
import operator
import re
import shlex
import shutil
from datetime import datetime

import pytest
import typer
from typer.testing import CliRunner

from ntm_eval import cli
from ntm_eval.office.dictionary import dictionary
from ntm_eval.root import SHIPPED
from ntm_eval.running import manifest
from ntm_eval.workspace import SAMPLE, Workspace

PAGES = sorted([*SHIPPED.glob("*.md"), *SHIPPED.glob("docs/*.md"), SHIPPED / "data" / "README.md"])
BLOCK = re.compile(r"^```(\w*)\n(.*?)^```", re.M | re.S)
LINK = re.compile(r"(?:\]\(|src=\")(?!https?://|#)([^)#\"]+)")
INLINE = re.compile(r"`ntm-eval ([a-z][a-z-]*)\s*([^`]*)`")
LONG = {"review", "sample", "lab", "inspect", "release"}
# a check that finds something to mend, and a review whose files changed, say so by their status
MAY_SAY_NO = {"check", "verify"}


def typed(program: str) -> list[tuple[str, str]]:
    """Every line that calls a program in the blocks of the documents, with its page."""
    return [
        (page.relative_to(SHIPPED).as_posix(), line.split("  #")[0].strip())
        for page in PAGES
        for _, block in BLOCK.findall(page.read_text(encoding="utf-8"))
        for line in block.splitlines()
        if line.startswith(f"{program} ")
    ]


def python_blocks():
    text = (SHIPPED / "docs" / "cong-thuc.md").read_text(encoding="utf-8")
    return [block for kind, block in BLOCK.findall(text) if kind == "python"]


@pytest.fixture(scope="module")
def place(tmp_path_factory):
    """A folder with illustrative reports, two versions of one, and a review without pages."""
    here = tmp_path_factory.mktemp("văn phòng")
    for year in (2021, 2022):
        shutil.copytree(SAMPLE / f"{year}", here / "data" / "sample" / f"{year}")
    report = here / "data" / "sample" / "2022" / "annual" / "Sop Cop BC nam 2022.xlsx"
    for version in ("bản đầu", "bản sau"):
        shutil.copyfile(report, here / f"{version}.xlsx")
    manifest.write(Workspace(2022, "annual", SAMPLE, here / "outputs"), [], complete=True)
    return here


@pytest.mark.parametrize(("page", "line"), typed("ntm-eval"))
def test_a_command_runs_as_it_is_typed(page, line, place, monkeypatch):
    monkeypatch.chdir(place)
    monkeypatch.setattr("ntm_eval.office.commands.RAW", place / "data" / "raw")
    _, *words = shlex.split(line)
    if words[0] in LONG:
        command = typer.main.get_command(cli.app).commands[words[0]]
        command.make_context(words[0], words[1:])
        return
    more = ["--to", str(place / "mau")] if words[0] == "new-year" else []
    more += ["--no-sample"] if words[0] == "init" else []
    ended = CliRunner().invoke(cli.app, words + more)
    allowed = {0, 1} if words[0] in MAY_SAY_NO else {0}
    assert ended.exit_code in allowed, f"{page}: {line}\n{ended.output}\n{ended.exception!r}"
    assert ended.exception is None or isinstance(ended.exception, SystemExit)


@pytest.mark.parametrize("page", PAGES, ids=lambda p: p.name)
def test_a_command_named_in_a_sentence_has_its_options(page):
    commands = typer.main.get_command(cli.app).commands
    for name, rest in INLINE.findall(page.read_text(encoding="utf-8")):
        options = {option for parameter in commands[name].params for option in parameter.opts}
        assert set(re.findall(r"--[a-z-]+", rest)) <= options, (name, rest)


def test_every_command_is_told_of_somewhere():
    text = "\n".join(page.read_text(encoding="utf-8") for page in PAGES)
    names = typer.main.get_command(cli.app).commands
    assert [name for name in names if f"ntm-eval {name}" not in text] == []


@pytest.mark.parametrize("page", PAGES, ids=lambda p: p.name)
def test_links_and_pictures_lead_somewhere(page):
    text = page.read_text(encoding="utf-8")
    assert [to for to in LINK.findall(text) if not (page.parent / to).exists()] == []


def test_pictures_are_small():
    sizes = {p.name: p.stat().st_size for p in SHIPPED.glob("docs/images/*")}
    assert {name: size for name, size in sizes.items() if size > 200_000} == {}


def test_the_dictionary_is_as_the_reference_data_has_it():
    written = (SHIPPED / "docs" / "chi-tieu.md").read_text(encoding="utf-8")
    rows = [line for line in written.splitlines() if line and not line.startswith("#")]
    assert all(line.endswith("|") for line in rows[3:])  # a cell is one line
    of = datetime.strptime(re.findall(r"hiệu lực ngày (\S+);", written)[0], "%d/%m/%Y").date()
    assert written == dictionary(of), "chạy: ntm-eval indicators --out docs/chi-tieu.md"


def test_the_recipe_runs(annual, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    for block in python_blocks():
        exec(block.replace('"outputs"', repr(str(annual.folder.parent))), {})
    assert (tmp_path / "sop-cop.png").stat().st_size > 10_000


def test_every_hop_from_a_cell_to_a_sentence_is_there():
    text = (SHIPPED / "ARCHITECTURE.md").read_text(encoding="utf-8")
    hops = re.findall(r"^\| \d+ \| `([\w/]+)\.py` `([\w.]+)`", text, re.M)
    assert 10 <= len(hops) <= 15
    for path, function in hops:
        module = importlib.import_module("ntm_eval." + path.replace("/", "."))
        assert callable(operator.attrgetter(function.split(".")[0])(module)), (path, function)
