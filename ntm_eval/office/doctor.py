"""Is this machine ready: what was looked at, what was found, and what to do where it is wrong.

Each check is a function that returns one `Finding`; the list at the end is the order shown.
"""

from __future__ import annotations

import locale
import os
import platform
import re
import shutil
import sys
import tempfile
from dataclasses import dataclass
from datetime import datetime, timedelta
from importlib import metadata
from pathlib import Path

from ntm_eval import characters
from ntm_eval.root import MARK, PACKAGE, SHIPPED
from ntm_eval.workspace import LOCK, OUTPUTS, RAW, ROOT

OK, WARN, BAD = "được", "nên xem", "phải sửa"
PYTHON = ((3, 11), (3, 13))  # the oldest and the newest that the tests run on
ROOM, LITTLE_ROOM = 0.5, 2.0  # GB: a review takes about 0.1, and the disk serves others as well
PIN = re.compile(r"^(?P<name>[\w.-]+)==(?P<version>[^\s;\\]+)(?: ; (?P<marker>[^\\]+?))? \\$", re.M)
SOFFICE = (
    "soffice",
    "libreoffice",
    r"C:\Program Files\LibreOffice\program\soffice.exe",
    "/Applications/LibreOffice.app/Contents/MacOS/soffice",
)


@dataclass(frozen=True)
class Finding:
    """One thing looked at: its state, what was found, and the remedy where there is a need."""

    subject: str
    state: str
    found: str
    remedy: str = ""

    @property
    def lines(self) -> list[str]:
        """What was found, and what to do where it is not right."""
        first = f"[{self.state}] {self.subject}: {self.found}"
        return [first, f"    Cách sửa: {self.remedy}"] if self.remedy else [first]


def python() -> Finding:
    """Whether this Python is one that the tests run on."""
    here, (oldest, newest) = sys.version_info[:2], PYTHON
    found = f"{platform.python_version()} ({sys.executable})"
    if oldest <= here <= newest:
        return Finding("Python", OK, found)
    wanted = f"từ {oldest[0]}.{oldest[1]} đến {newest[0]}.{newest[1]}"
    state = WARN if here > newest else BAD
    return Finding("Python", state, found, f"Cài Python {wanted} rồi dựng lại môi trường.")


def packages(lock: Path = LOCK) -> Finding:
    """Installed libraries against what the package needs, and against the versions tested."""
    from packaging.requirements import Requirement

    wrong = []
    for needed in map(Requirement, metadata.requires("ntm_eval") or []):
        if needed.marker is None or needed.marker.evaluate({"extra": ""}):
            there = _version(needed.name)
            if there is None or not needed.specifier.contains(there, prereleases=True):
                wrong.append(f"{needed.name} {there or 'chưa cài'} (cần {needed.specifier})")
    if wrong:
        return Finding("Thư viện", BAD, "; ".join(wrong), _again(lock))
    other = _unlike(lock.read_text(encoding="utf-8"))
    if other:
        shown = ", ".join(other[:6]) + (f" và {len(other) - 6} thư viện khác" if other[6:] else "")
        if (prefix() / "conda-meta").is_dir():  # which has versions of its own
            found = f"đúng các khoảng phiên bản cho phép (conda); khác bản đã kiểm thử: {shown}"
            return Finding("Thư viện", OK, found)
        remedy = f"Để số liệu giống hệt bản đã kiểm thử: {_again(lock)}"
        return Finding("Thư viện", WARN, f"khác bản đã kiểm thử: {shown}", remedy)
    return Finding("Thư viện", OK, "đúng các phiên bản đã kiểm thử")


def engine() -> Finding:
    """What runs the notebooks and what sets the PDF, with their versions."""
    there = metadata.entry_points(group="papermill.engine", name="warm")
    names = ("papermill", "ipykernel", "typst")
    versions = ", ".join(f"{name} {_version(name) or 'chưa cài'}" for name in names)
    if there:
        return Finding("Chạy sổ tay, lập PDF", OK, f"cách warm (nhanh); {versions}")
    found = f"chỉ có cách papermill (chậm hơn); {versions}"
    return Finding("Chạy sổ tay, lập PDF", WARN, found, _again(LOCK))


def fonts() -> Finding:
    """Whether papers get a face with the measures of Times New Roman and Vietnamese letters."""
    used = f"bản PDF dùng {characters.face()}"
    if characters.face() != characters.ALWAYS:
        return Finding("Phông chữ", OK, f"{used}, có đủ chữ tiếng Việt")
    faces = " hay ".join(characters.FACES)
    return Finding(
        "Phông chữ",
        WARN,
        f"{used}, vì không thấy {faces} có chữ tiếng Việt; trang in có thể ngắt dòng khác",
        "Cài phông Times New Roman, hoặc Liberation (Debian, Ubuntu: apt install "
        "fonts-liberation2), rồi chạy lại.",
    )


def libreoffice() -> Finding:
    """Whether LibreOffice is there, for machines without Office to open what a review leaves."""
    there = next((path for name in SOFFICE if (path := shutil.which(name))), None)
    if there:
        return Finding("LibreOffice", OK, there)
    found = "không có; lập báo cáo không cần, mở tệp DOCX, XLSX thì cần phần mềm này hoặc Office"
    return Finding("LibreOffice", WARN, found, "Máy chưa có Office: cài từ libreoffice.org.")


def disk(room: Path = ROOT) -> Finding:
    """Free room where the outputs go."""
    free = shutil.disk_usage(room).free / 1e9
    found = f"còn trống {free:.1f} GB".replace(".", ",")
    if free >= LITTLE_ROOM:
        return Finding("Đĩa", OK, found)
    state = WARN if free >= ROOM else BAD
    return Finding("Đĩa", state, found, "Xóa bớt tệp, hoặc đặt --out sang đĩa khác.")


def folders(wanted: tuple[Path, ...] = (RAW, OUTPUTS, Path(tempfile.gettempdir()))) -> Finding:
    """Whether the folders for what comes in and goes out can be written to."""
    refused = [str(path) for path in wanted if not _writable(path)]
    if refused:
        remedy = (
            "Sửa quyền của thư mục, hoặc lập thư mục làm việc ở chỗ ghi được: ntm-eval init "
            "THƯ-MỤC."
        )
        return Finding("Thư mục", BAD, f"không ghi được vào {', '.join(refused)}", remedy)
    return Finding("Thư mục", OK, f"ghi được vào {', '.join(map(str, wanted))}")


def workplace() -> Finding:
    """Whether one stands in a folder laid out for work."""
    if (ROOT / MARK).is_file() or ROOT == SHIPPED:
        return Finding("Nơi làm việc", OK, str(ROOT))
    remedy = 'ntm-eval init "Văn phòng", rồi cd vào thư mục đó.'
    found = f"{ROOT} chưa phải thư mục làm việc: chưa có sổ tay và bảng tham chiếu"
    return Finding("Nơi làm việc", WARN, found, remedy)


def clock(now: datetime | None = None) -> Finding:
    """Whether the clock is behind the day on which the package was installed."""
    here = now or datetime.now()
    installed = datetime.fromtimestamp((PACKAGE / "__init__.py").stat().st_mtime)
    found = f"{here:%d/%m/%Y %H:%M}"
    if here >= installed - timedelta(days=1):
        return Finding("Đồng hồ", OK, found)
    found += f", trước cả ngày cài phần mềm ({installed:%d/%m/%Y})"
    return Finding("Đồng hồ", BAD, found, "Đặt lại ngày giờ của máy.")


def terminal() -> Finding:
    """Whether Vietnamese letters reach the screen and the names of files."""
    names = sys.getfilesystemencoding()
    shown = "utf-8" if os.name == "nt" else locale.nl_langinfo(locale.CODESET)
    if {names.lower(), shown.lower()} <= {"utf-8"}:
        return Finding("Chữ tiếng Việt", OK, "cửa sổ lệnh và tên tệp dùng UTF-8")
    found = f"cửa sổ lệnh dùng {shown}, tên tệp dùng {names}"
    return Finding("Chữ tiếng Việt", WARN, found, "Đặt biến LANG=C.UTF-8 và PYTHONUTF8=1.")


CHECKS = (
    python,
    packages,
    engine,
    fonts,
    libreoffice,
    disk,
    folders,
    workplace,
    clock,
    terminal,
)


def prefix() -> Path:
    """The environment that this Python belongs to."""
    return Path(sys.prefix)


def _again(lock: Path) -> str:
    """How the libraries are installed again as tested, by what this environment was made with."""
    if (prefix() / "uv-receipt.toml").is_file():
        return f'uv tool install --reinstall TỆP.whl -c "{lock}"'
    if (prefix() / "pipx_metadata.json").is_file():
        return 'pipx install --force TỆP.whl --pip-args="-c constraints.txt"'
    if (prefix() / "conda-meta").is_dir():
        return "conda env update -f environment.yml"
    return f'"{sys.executable}" -m pip install --no-deps -r "{lock}"'


def _version(name: str) -> str | None:
    try:
        return metadata.version(name)
    except metadata.PackageNotFoundError:
        return None


def _unlike(lock: str) -> list[str]:
    """Installed libraries whose version is not the one in the lock, as 'pandas 3.0.1 (3.0.2)'."""
    from packaging.markers import Marker

    found = []
    for pin in PIN.finditer(lock):
        here = _version(pin["name"])
        meant = pin["marker"] is None or Marker(pin["marker"]).evaluate()
        if meant and here is not None and here != pin["version"]:
            found.append(f"{pin['name']} {here} ({pin['version']})")
    return found


def _writable(folder: Path) -> bool:
    """Whether a file can be made in a folder, or in the nearest above it that is there."""
    there = next(path for path in (folder, *folder.parents) if path.exists())
    try:
        with tempfile.TemporaryFile(dir=there):
            return True
    except OSError:
        return False
