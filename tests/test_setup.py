"""Set-up: every way to install gives the same libraries, and the commands are those promised."""

from __future__ import annotations

import os
import re
import subprocess
import tomllib
from pathlib import Path

import pytest
import yaml
from packaging.requirements import Requirement
from packaging.specifiers import SpecifierSet
from packaging.utils import canonicalize_name
from programs import needs

from tools.wheel import constraints

ROOT = Path(__file__).resolve().parent.parent
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
GROUPS = {"runtime": PROJECT["dependencies"], **PROJECT["optional-dependencies"]}
CONDA_SPEC = re.compile(
    r"(?P<name>[a-z0-9][a-z0-9._-]*)(?P<range>(?:>=|<=|==|!=|<|>)\d[\d.]*"
    r"(?:,(?:>=|<=|==|!=|<|>)\d[\d.]*)*)?"
)
PIN = re.compile(
    r"(?P<pin>[^\s\\#]+==[^\s\\]+(?: ; [^\\]+?)?)(?: \\\n    --hash=sha256:[0-9a-f]{64})+"
)
PLATFORMS = [
    {"sys_platform": system, "platform_system": name, "python_version": v, "python_full_version": f}
    for system, name in (("linux", "Linux"), ("win32", "Windows"), ("darwin", "Darwin"))
    for v, f in (("3.11", "3.11.7"), ("3.12", "3.12.1"), ("3.13", "3.13.0"))
]


# not on conda-forge under these names: nbformat brings the first, pip the next three with the
# package; where the others are not there the tests of pages in a browser are skipped
BY_PIP_ONLY = {
    "fastjsonschema",
    "typst",
    "viparse",
    "jupyterlab-language-pack-vi-vn",
    "axe-playwright-python",
    "playwright",
}


def read(name: str) -> str:
    return (ROOT / name).read_text(encoding="utf-8")


def ranges(specs: list[str]) -> dict[str, SpecifierSet]:
    """The range by name. An unreadable spec raises, a name given twice fails."""
    found = [Requirement(spec) for spec in specs]
    named = {canonicalize_name(r.name): r.specifier for r in found}
    assert len(named) == len(found), f"a name stands twice in {specs}"
    return named


def conda_specs(text: str) -> list[str]:
    """The conda part of an environment file, each spec strictly read."""
    environment = yaml.safe_load(text)
    assert list(environment) == ["name", "channels", "dependencies"]
    specs = [spec for spec in environment["dependencies"] if isinstance(spec, str)]
    for spec in specs:
        assert CONDA_SPEC.fullmatch(spec), f"conda would misread '{spec}'"
    return specs


def pins() -> list[Requirement]:
    return [Requirement(found["pin"]) for found in PIN.finditer(read("requirements.lock"))]


def makefile_targets() -> set[str]:
    return set(re.search(r"^\.PHONY: (.+)$", read("Makefile"), re.M)[1].split())


def test_conda_and_pip_ask_for_the_same_libraries_in_the_same_ranges():
    conda = ranges(conda_specs(read("environment.yml")))
    assert conda.pop("python") == SpecifierSet(PROJECT["requires-python"])
    assert conda.pop("pip") == SpecifierSet()
    wanted = ranges(GROUPS["runtime"] + GROUPS["cluster"] + GROUPS["test"])
    assert conda == {name: spec for name, spec in wanted.items() if name not in BY_PIP_ONLY}


def test_the_conda_environment_is_named_and_adds_only_this_package_by_pip():
    environment = yaml.safe_load(read("environment.yml"))
    assert (environment["name"], environment["channels"]) == (PROJECT["name"], ["conda-forge"])
    by_pip = [part for part in environment["dependencies"] if not isinstance(part, str)]
    assert by_pip == [{"pip": ["-e ."]}]


@pytest.mark.parametrize(
    "spec",
    ["pandas>>3", "matplotlib ==", "nbval=0.11.0", "numpy>=2.0;", "Pandas>=3", "scipy>=", "a b"],
)
def test_a_conda_spec_that_would_be_misread_fails(spec):
    text = f"name: x\nchannels: [y]\ndependencies:\n  - {spec}\n"
    with pytest.raises(AssertionError, match="conda would misread"):
        conda_specs(text)


def test_a_misspelt_key_of_the_environment_fails():
    with pytest.raises(AssertionError):
        conda_specs(read("environment.yml").replace("dependencies:", "dependancies:"))


@pytest.mark.parametrize("group", GROUPS)
def test_the_lock_covers_the_group_on_every_platform_and_python(group):
    locked = pins()
    for wanted in map(Requirement, GROUPS[group]):
        same = [p for p in locked if canonicalize_name(p.name) == canonicalize_name(wanted.name)]
        for platform in PLATFORMS:
            here = [p for p in same if p.marker is None or p.marker.evaluate(platform)]
            assert len(here) == 1, f"{wanted.name} on {platform}: {len(here)} pins"
            version = str(here[0].specifier).removeprefix("==")
            assert wanted.specifier.contains(version), f"{here[0]} is outside {wanted}"


def test_every_line_of_the_lock_belongs_to_a_pin_with_hashes():
    assert PIN.sub("", read("requirements.lock")).strip() == ""
    assert len(pins()) > 100


def test_the_constraints_of_an_office_are_the_pins_of_the_lock():
    lines = constraints(read("requirements.lock")).splitlines()
    assert [Requirement(line) for line in lines] == pins()
    assert not any("--hash" in line or "[" in line for line in lines)


def test_the_lock_holds_no_address():
    for address in ("http:", "https:", "file:", " @ ", "--index", "--find-links", "-e "):
        assert address not in read("requirements.lock")


def test_versions_that_seaborn_cannot_use_are_kept_out():
    runtime = ranges(GROUPS["runtime"])
    assert not runtime["matplotlib"].contains("3.13.0")
    assert not runtime["pandas"].contains("4.0.0")


@needs("make")
def test_make_alone_lists_every_target_in_one_line_each():
    # a `make` that runs these tests passes its own options on through MAKEFLAGS
    clean = {k: v for k, v in os.environ.items() if not k.startswith(("MAKE", "MFLAGS"))}
    listing = subprocess.run(
        ["make"], cwd=ROOT, env=clean, capture_output=True, encoding="utf-8", check=True
    ).stdout
    listed = re.findall(r"^  make ([a-z-]+) +\S.{9,}$", listing, re.M)
    assert sorted(listed) == sorted(makefile_targets() - {"help"})


def test_every_phony_target_of_the_makefile_has_a_recipe():
    rules = set(re.findall(r"^([a-z-]+):", read("Makefile"), re.M))
    assert rules == makefile_targets()


@pytest.mark.parametrize("name", ["README.md", "README.vi.md"])
def test_the_commands_of_the_readme_exist(name):
    readme = read(name)
    assert {"review", "test"} <= set(re.findall(r"^make (\w+)", readme, re.M))
    assert set(re.findall(r"\bmake (\w+)", readme)) <= makefile_targets()
    on_windows = set(re.findall(r"make\.cmd (\w+)", readme))
    assert {"review", "test"} <= on_windows
    assert on_windows <= set(re.findall(r"^:(\w+)", read("make.cmd"), re.M))


def test_windows_gets_the_same_commands():
    text = read("make.cmd")
    goto = re.findall(r'^if /i "%~1"=="([\w-]+)" goto \1$', text, re.M)
    assert sorted(goto) == sorted(makefile_targets())
    assert set(goto) <= set(re.findall(r"^:([\w-]+)$", text, re.M))
    listed = re.findall(r"^echo   make\.cmd ([\w-]+) +\S.{9,}$", text, re.M)
    assert sorted(listed) == sorted(makefile_targets() - {"help"})


def test_on_windows_an_unknown_command_fails_with_the_list():
    after = read("make.cmd").partition('if "%~1"=="" goto help\n')[2]
    assert after.startswith('echo Không có lệnh "%~1".\ncall :help\nexit /b 1\n')


@pytest.mark.parametrize("target", ["catalogue", "lock", "cover", "test-all"])
def test_what_a_command_is_given_is_the_same_on_windows(target):
    """The options in the recipe of the Makefile all stand in that of make.cmd."""
    recipe = re.search(rf"^{target}:.*\n?((?:\t.*\n)*)", read("Makefile"), re.M)[0]
    theirs = re.search(rf"^:{target}\n(?:.+\n)*", read("make.cmd"), re.M)[0]
    wanted = set(re.findall(r"(?<= )--?[a-z][\w-]*", recipe.partition("##")[2]))
    wanted |= set(re.findall(r"--hypothesis-profile \w+", recipe))
    assert [option for option in wanted if option not in theirs] == []


def test_cmd_can_read_the_windows_commands():
    text = (ROOT / "make.cmd").read_bytes()
    assert text.isascii() is False
    assert not text.startswith(b"\xef\xbb\xbf")
    assert text.count(b"\r\n") == text.count(b"\n")
    assert text.index(b"chcp 65001") < len(text) - len(text.lstrip(bytes(range(128))))


def steps(workflow: str, job: str) -> list[str]:
    found = yaml.safe_load(read(f".github/workflows/{workflow}.yml"))["jobs"][job]["steps"]
    return [step["run"] for step in found if "run" in step]


def test_ci_runs_the_command_of_the_readme_and_every_night_all_there_is():
    script = read(".ci/run")
    assert script.rstrip().splitlines()[-1] == 'make "${1:-test}"'
    assert "set -euo pipefail" in script
    assert steps("test", "test") == [".ci/run"]
    assert steps("nightly", "linux") == [".ci/run test-all"]
    tested, unknown, _, laid_out, review, papers, lab = steps("nightly", "windows")
    assert tested == r".\make.cmd test"
    assert "exit 1" in unknown
    assert " init " in laid_out
    assert review.count("--district") == 2
    assert all(name in papers for name in ("report.docx", "report.pdf", "sop-cop", "van-ho"))
    assert re.search(r'-k "(\w+)"', lab)[1] in read("tests/office/test_lab.py")


@pytest.mark.skipif(os.name == "nt", reason="Windows không có quyền chạy tệp kiểu Unix")
def test_ci_can_be_run():
    assert os.access(ROOT / ".ci" / "run", os.X_OK)


def test_the_licence_is_the_one_named():
    assert PROJECT["license"] == "MIT"
    assert read("LICENSE").startswith("MIT License\n\nCopyright (c) 2026 The ntm_eval authors\n")


@pytest.mark.parametrize("name", ["Makefile", "make.cmd"])
def test_the_lock_is_installed_as_it_stands(name):
    """pip would look for extras that libraries name, as `coverage[toml]`, and refuse the lock."""
    assert "--no-deps --require-hashes" in read(name)
