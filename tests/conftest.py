"""The whole review, run once as a user runs it, for every test that looks at its outputs."""

from __future__ import annotations

import gc
import json
import os
import subprocess
import sys
import warnings
from collections.abc import Callable, Iterator
from contextlib import redirect_stderr, redirect_stdout
from dataclasses import dataclass
from io import BytesIO, TextIOWrapper
from pathlib import Path
from typing import TYPE_CHECKING

import docx
import pandas as pd
import pytest
from filelock import FileLock
from hypothesis import settings
from programs import CHROMIUM, SOFFICE, lacking

from ntm_eval import cli
from ntm_eval.language import using
from ntm_eval.root import HOME
from ntm_eval.running import manifest
from ntm_eval.workspace import SAMPLE, VIETNAMESE

pytest_plugins = ["district_folder", "windows_mode"]

if TYPE_CHECKING:
    from ntm_eval.review import Review

# the same examples each time: a change is judged by what it changed; at night others, and more
settings.register_profile("daily", derandomize=True, deadline=None, max_examples=25)
settings.register_profile("nightly", deadline=None, max_examples=300)
settings.load_profile("daily")

COMMAND = Path(sys.executable).with_name("ntm-eval")


@dataclass(frozen=True)
class Ran:
    """What a command said, and the folder that it made."""

    folder: Path
    status: int
    said: str

    def table(self, name: str) -> pd.DataFrame:
        """A result table with codes as text, as a program of the office would read it."""
        return pd.read_csv(
            self.folder / f"{name}.csv",
            dtype={"district_code": str, "commune_code": str, "question": str, "raw": str},
        )


@dataclass(frozen=True)
class Ended:
    """How a command ended, and what it said where."""

    returncode: int
    stdout: str
    stderr: str


def as_program(*arguments: object, cwd: Path) -> subprocess.CompletedProcess[str]:
    """Run the command in a folder of its own, as a user would."""
    return subprocess.run(
        [COMMAND, *map(str, arguments)], cwd=cwd, capture_output=True, encoding="utf-8", timeout=600
    )


def in_process(*arguments: object, cwd: Path) -> Ended:
    """The same without a process of its own: for words and exit codes."""
    out, err = (TextIOWrapper(BytesIO(), "utf-8", write_through=True) for _ in range(2))
    status = 0
    with pytest.MonkeyPatch.context() as patch, redirect_stdout(out), redirect_stderr(err):
        patch.chdir(cwd)
        patch.setattr(sys, "argv", ["ntm-eval", *map(str, arguments)])
        patch.setenv(HOME, "")  # what `main` names to its children is forgotten afterwards
        try:
            cli.main()
        except SystemExit as ended:
            status = int(ended.code or 0)
    return Ended(status, *(stream.buffer.getvalue().decode() for stream in (out, err)))


@pytest.fixture(scope="session")
def command():
    """The command in this process."""
    return in_process


@pytest.fixture(scope="session")
def program():
    """The command itself."""
    return as_program


@pytest.fixture(scope="session")
def shared(tmp_path_factory) -> Iterator[Callable[..., Ran]]:
    """Makes a review of the sample at the first asking, for the tests of all processes to read.

    A test that alters one works on a copy: at the end each must be as its manifest says.
    """
    root = tmp_path_factory.getbasetemp()
    root = (root.parent if "PYTEST_XDIST_WORKER" in os.environ else root) / "nơi khác"
    folders = []

    def review(name: str, *asked: object) -> Ran:
        """`ntm-eval review` over the sample, typed in another folder."""
        here = root / name
        here.mkdir(parents=True, exist_ok=True)
        said = here / "said.json"
        with FileLock(here / "made.lock"):
            if not said.exists():
                made = as_program("review", "--data", SAMPLE, "--out", "kết quả", *asked, cwd=here)
                said.write_text(json.dumps([made.returncode, made.stdout + made.stderr]))
        (folder,) = (here / "kết quả").glob("20*")
        folders.append(folder)
        return Ran(folder, *json.loads(said.read_text()))

    yield review
    assert [line for folder in folders for line in manifest.verify(folder)] == []


@pytest.fixture(scope="session")
def annual(shared) -> Ran:
    """`ntm-eval review --year 2022` over the sample: all twelve districts and the province."""
    return shared("cả năm", "--year", 2022)


@pytest.fixture(scope="session")
def half_year(shared) -> Ran:
    """The review of six months of two districts, one of which, Bắc Yên, has sent no report."""
    asked = ("--period", "h1", "--district", "bac-yen", "--district", "sop-cop")
    return shared("6 tháng", "--year", 2022, *asked)


@pytest.fixture(scope="session")
def sample_review(annual: Ran) -> Review:
    """The tables of `annual` as notebooks get them, read from what the review cached."""
    from ntm_eval.review import open_review

    with using(VIETNAMESE):
        return open_review(2022, "annual", str(SAMPLE), str(annual.folder.parent))


@pytest.fixture(scope="session")
def libreoffice(tmp_path_factory) -> Callable[..., list[Path]]:
    """Converts files with LibreOffice in one profile; what asks for it is skipped without it."""
    if SOFFICE is None:
        pytest.skip(lacking("soffice"))
    profile = f"-env:UserInstallation={tmp_path_factory.mktemp('profile').as_uri()}"

    def convert(to: str, into: Path, *paths: Path) -> list[Path]:
        """The files made of `paths` in the folder `into`: `to` is their suffix, or a filter."""
        command = [SOFFICE, profile, "--headless", "--convert-to", to, "--outdir", into, *paths]
        subprocess.run(command, check=True, capture_output=True, timeout=300)
        return [into / f"{path.stem}.{to.split(':', maxsplit=1)[0]}" for path in paths]

    return convert


@pytest.fixture(scope="session")
def writer(libreoffice, tmp_path_factory) -> Callable[..., list[Path]]:
    """The same where Writer is installed: some machines have Calc only."""
    folder = tmp_path_factory.mktemp("writer")
    docx.Document().save(folder / "thu.docx")
    if not libreoffice("pdf", folder, folder / "thu.docx")[0].is_file():
        pytest.skip(lacking("soffice"))
    return libreoffice


@pytest.fixture(autouse=True, scope="module")
def nothing_left():
    """What nbclient leaves open goes with its module, not in a test that allows no warning."""
    yield
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ResourceWarning)
        gc.collect()


@pytest.fixture(scope="module")
def chromium():
    """The system's own browser; what asks for it is skipped where there is none."""
    if CHROMIUM is None:
        pytest.skip(lacking("chromium"))
    sync_api = pytest.importorskip("playwright.sync_api")
    with sync_api.sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield browser
        browser.close()


@pytest.fixture
def opened(chromium, folder):
    """Opens a page of the module's `folder` from the disk.

    Whatever the page asks for elsewhere, or complains of, is a failure.
    """
    contexts, asked, said = [], [], []

    def open_page(name, **settings):
        contexts.append(chromium.new_context(**settings))
        page = contexts[-1].new_page()
        page.on("request", lambda request: asked.append(request.url))
        page.on("console", lambda message: said.append(message.text))
        page.on("pageerror", lambda error: said.append(str(error)))
        page.on("dialog", lambda dialog: (said.append(dialog.message), dialog.dismiss()))
        page.goto((folder / name).as_uri())
        return page

    yield open_page
    for context in contexts:
        context.close()
    assert [url for url in asked if not url.startswith(("file:", "data:"))] == []
    assert said == []


def pytest_collection_modifyitems(items):
    """What parses the package comes first: Python 3.11 counts the depth of `ast.parse` for all
    threads together, and is off by the threads of a batch afterwards (CPython issue 106905).
    """
    items.sort(key=lambda item: item.path.name != "test_imports.py")
