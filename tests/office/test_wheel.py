"""The package from its wheel: in a venv of its own, outside the checkout, in folders with letters.

The venv sees the libraries of the present one and nothing of the checkout, so that this needs no
network and takes seconds.
"""

import os
import subprocess
import sys
import sysconfig
import zipfile
from pathlib import Path

import nbformat
import pytest

from ntm_eval.root import MARK, PACKAGE, SHIPPED
from ntm_eval.workspace import SAMPLE

CHECKOUT = PACKAGE.parent
LIBRARIES = sysconfig.get_path("purelib")
SCRIPTS = "Scripts" if os.name == "nt" else "bin"


def run(*command, cwd=None):
    """A command with a fresh home, and without what a checkout or this test run sets."""
    ended = subprocess.run(
        [*map(str, command)],
        cwd=cwd,
        capture_output=True,
        encoding="utf-8",
        timeout=300,
        env={
            **{k: v for k, v in os.environ.items() if not k.startswith(("NTM_", "PYTHON"))},
            "HOME": str(cwd or CHECKOUT),
            "JUPYTER_PATH": str(Path(sys.prefix) / "share" / "jupyter"),
            "PYTHONDONTWRITEBYTECODE": "1",
        },
    )
    assert ended.returncode == 0, ended.stdout + ended.stderr
    return ended.stdout


@pytest.fixture(scope="module")
def wheel(tmp_path_factory):
    folder = tmp_path_factory.mktemp("wheel")
    run(
        sys.executable,
        "-m",
        "pip",
        "wheel",
        "-q",
        "--no-deps",
        "--no-build-isolation",
        "--no-index",
        "-w",
        folder,
        CHECKOUT,
    )
    (made,) = folder.glob("*.whl")
    return made


@pytest.fixture(scope="module")
def installed(wheel, tmp_path_factory):
    """The folder of scripts of a venv with the wheel, which nobody may write to afterwards."""
    venv = tmp_path_factory.mktemp("môi trường") / "của tôi"
    run(sys.executable, "-m", "venv", "--without-pip", venv)
    python = venv / SCRIPTS / Path(sys.executable).name
    run(
        sys.executable,
        "-m",
        "pip",
        "--python",
        python,
        "install",
        "-q",
        "--no-index",
        "--no-deps",
        wheel,
    )
    place = Path(
        run(python, "-c", "import sysconfig; print(sysconfig.get_path('purelib'))").strip()
    )
    (place / "libraries.pth").write_text(f"{LIBRARIES}\n", encoding="utf-8")
    for path in (place / "ntm_eval").rglob("*"):
        path.chmod(0o555 if path.is_dir() else 0o444)
    before = sorted(place.rglob("*"))
    yield venv / SCRIPTS
    assert sorted(place.rglob("*")) == before


@pytest.fixture(scope="module")
def office(installed, tmp_path_factory):
    """A folder laid out by the installed command, with one report to review in it."""
    root = tmp_path_factory.mktemp("nhà") / "Văn phòng Sơn La"
    said = run(installed / "ntm-eval", "init", root, cwd=root.parent)
    assert str(root) in said
    report = next((SAMPLE / "2022" / "annual").glob("Sop Cop*"))
    there = root / "data" / "raw" / "2022" / "annual"
    there.mkdir(parents=True)
    (there / "báo cáo.xlsx").write_bytes(report.read_bytes())
    return root


def test_the_wheel_holds_all_that_the_checkout_has_and_nothing_private(wheel):
    tracked = run("git", "-C", CHECKOUT, "ls-files", "-z", "ntm_eval", "data", "docs", "notebooks")
    wanted = {
        name if name.startswith("ntm_eval") else f"ntm_eval/shipped/{name}"
        for name in tracked.split("\0")
        if name
    }
    held = {n for n in zipfile.ZipFile(wheel).namelist() if ".dist-info/" not in n}
    new = {n for n in held if not (CHECKOUT / n.replace("ntm_eval/shipped/", "")).is_file()}
    assert wanted - held == set()
    assert new == set()
    assert not any("raw" in n or "scratch" in n for n in held)


def test_init_lays_out_notebooks_reference_data_and_folders(office):
    for name in (MARK, "notebooks/04_evaluation.ipynb", "data/reference/indicators.csv"):
        assert (office / name).is_file()
    own = (office / "data" / "reference" / "indicators.csv").read_bytes()
    assert own == (SHIPPED / "data" / "reference" / "indicators.csv").read_bytes()
    for path in filter(Path.is_file, SAMPLE.rglob("*")):
        copied = office / "data" / "sample" / path.relative_to(SAMPLE)
        assert copied.read_bytes() == path.read_bytes()
    for name in ("data/raw", "outputs", "notebooks/scratch"):
        assert (office / name).is_dir()
    assert [*office.rglob("__pycache__")] == []  # pip compiles what it installs


def test_a_notebook_of_the_folder_runs_with_its_own_reference_data(installed, office):
    districts = office / "data" / "reference" / "districts.csv"
    districts.write_text(
        districts.read_text("utf-8").replace("Huyện Sốp Cộp", "Huyện Sốp Cộp Mới"), encoding="utf-8"
    )
    run(
        installed / "python",
        "-m",
        "papermill",
        "01_clean.ipynb",
        office / "x.ipynb",
        "-p",
        "district",
        "sop-cop",
        "-p",
        "data",
        "data/raw",
        "--no-progress-bar",
        cwd=office / "notebooks",
    )
    outputs = str(nbformat.read(office / "x.ipynb", as_version=4).cells)
    assert "Huyện Sốp Cộp Mới" in outputs
    assert (office / "outputs" / "2022-annual" / "cache").is_dir()


def test_a_district_makes_its_workbook_outside_any_folder_laid_out(installed, tmp_path):
    run(
        installed / "ntm-eval",
        "template",
        "--year",
        "2022",
        "--district",
        "sop-cop",
        "--out",
        "mẫu gửi đi",
        cwd=tmp_path,
    )
    assert (tmp_path / "mẫu gửi đi" / "sop-cop-2022-annual.xlsx").is_file()


def test_the_doctor_finds_its_lock_and_says_where_there_is_no_folder_to_work_in(
    installed, tmp_path
):
    said = run(installed / "ntm-eval", "doctor", cwd=tmp_path)
    assert "đúng các phiên bản đã kiểm thử" in said
    assert "[nên xem] Nơi làm việc" in said
