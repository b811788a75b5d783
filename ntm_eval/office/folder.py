"""The folder that an office works in, laid out from what came with the package.

Nothing is overwritten: a file that the office changed stays, and is named.
"""

from __future__ import annotations

from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path

from ntm_eval.office.waiting import told
from ntm_eval.root import MARK, SHIPPED
from ntm_eval.workspace import (
    FOLDERS,
    OUTPUTS,
    SHIPPED_SAMPLES,
    AnalystError,
    refuse_too_deep,
    shipped,
    write_beside,
)

ABOUT = (
    "Thư mục làm việc của ntm_eval, lập bằng ntm-eval init, phiên bản {}.\n"
    "Giữ tệp này: nhờ nó, lệnh ntm-eval gõ ở mọi thư mục con đều biết số liệu nằm đâu.\n"
)
IGNORED = "# số liệu thật, kết quả và bản nháp không vào kho mã nguồn\n{}\n"


@dataclass(frozen=True)
class LaidOut:
    """What became of each file, by its place in the folder."""

    made: tuple[str, ...]
    kept: tuple[str, ...]  # there before, and other than what the package has

    @property
    def sentence(self) -> str:
        """What was done, and what the office may want to look at."""
        done = f"Đã tạo {len(self.made)} tệp." if self.made else "Mọi tệp đã có sẵn."
        if not self.kept:
            return done
        names = "".join(f"- {name}\n" for name in self.kept)
        return (
            f"{done} Giữ nguyên {len(self.kept)} tệp đã có, khác với bản kèm phần mềm:\n{names}"
            "Muốn lấy bản kèm phần mềm: đổi tên tệp cũ rồi chạy lại lệnh này."
        )


def lay_out(root: Path) -> LaidOut:
    """Notebooks, reference data, documents, and empty folders for what comes in and goes out.

    Raises
    ------
    AnalystError
        Where the place is a file, or the project's own folder of code.
    """
    if root.is_file():
        raise AnalystError(f"{root} là một tệp. Chọn tên thư mục khác.")
    if root == SHIPPED:
        raise AnalystError(f"{root} đã là thư mục dự án, không cần init. Chọn thư mục khác.")
    refuse_too_deep(root / OUTPUTS.name)
    made, kept = [], []
    files = _files()
    for name, content in told(files.items(), "Chép sổ tay, bảng tham chiếu, hướng dẫn", len(files)):
        path = root / name
        if not path.exists():
            with write_beside(path) as draft:
                draft.write_bytes(content)
            made.append(name)
        elif path.read_bytes() != content and name != MARK:
            kept.append(name)
    for folder in FOLDERS:
        (root / folder).mkdir(parents=True, exist_ok=True)
    return LaidOut(tuple(made), tuple(kept))


def illustrate(out: Path, communes: bool = False) -> None:
    """Copy the illustrative reports: of the districts, with `communes` also those since 2025.

    Raises
    ------
    AnalystError
        Where there are none to copy.
    """
    for source in [SHIPPED_SAMPLES[False], *([SHIPPED_SAMPLES[True]] if communes else [])]:
        paths = [path for path in sorted(source.rglob("*")) if path.is_file()]
        if not paths:
            raise AnalystError(
                f"Không thấy số liệu minh họa ở {source}. Cài lại phần mềm; trong kho mã nguồn: "
                "make sample."
            )
        for path in told(paths, "Chép số liệu minh họa"):
            with write_beside(out / path.relative_to(source)) as draft:
                draft.write_bytes(path.read_bytes())


def _files() -> dict[str, bytes]:
    own = {
        MARK: ABOUT.format(version("ntm_eval")),
        ".gitignore": IGNORED.format("\n".join(f"{folder}/" for folder in FOLDERS)),
    }
    written = {name: text.encode() for name, text in own.items()}
    return written | {name: (SHIPPED / name).read_bytes() for name in shipped()}
