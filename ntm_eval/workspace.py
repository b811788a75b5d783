"""Where everything lives: the only module that builds a path."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from ntm_eval import disk
from ntm_eval.characters import SURROGATE, file_name
from ntm_eval.root import PACKAGE, SHIPPED, root
from ntm_eval.spellings import did_you_mean, period_meant, year_meant


def _own_or_shipped(*parts: str) -> Path:
    """A folder of the root; where nobody laid one out, the one that came with the package."""
    own = ROOT.joinpath(*parts)
    return own if own.is_dir() else SHIPPED.joinpath(*parts)


ROOT, IS_SURE = root()
REFERENCE = _own_or_shipped("data", "reference")
TEMPLATES = REFERENCE / "templates"
NOTEBOOKS = _own_or_shipped("notebooks")
GUIDE = Path("docs", "huong-dan.md")  # in a folder laid out as in the checkout
SCRATCH = ROOT / "notebooks" / "scratch"
SAMPLE = ROOT / "data" / "sample"
# the illustrative reports as they came: of the districts, and of the communes (True) since 2025
SHIPPED_SAMPLES = {
    False: SHIPPED / "data" / "sample",
    True: SHIPPED / "data" / "sample-communes",
}
RAW = ROOT / "data" / "raw"
OUTPUTS = ROOT / "outputs"
TO_SEND = ROOT / "mau"  # the blank workbooks of a new year
STYLE = PACKAGE / "style.mplstyle"
LOCALE = PACKAGE / "locale"  # the catalogues of the other languages, as gettext has them
LOCK = SHIPPED / "requirements.lock"  # the versions that were tested
# what an office's own folder begins with, and what must stay out of any repository
FOLDERS = ("data/raw", "outputs", "notebooks/scratch")
SCHEMAS = PACKAGE / "schemas.csv"  # what the columns of a review's tables mean
HEADERS = PACKAGE / "headers.csv"  # what they are called in a workbook
MANIFEST_SCHEMA = PACKAGE / "running" / "manifest.schema.json"
RELEASE_SCHEMA = PACKAGE / "exchange" / "release.schema.json"
RELEASED = "release.json"  # in the folder of an edition, which nothing is written to
LAB = PACKAGE / "lab"  # how JupyterLab is set up, as a folder of JUPYTER_CONFIG_PATH

# what Windows and Excel open by its whole path, and what a review adds to that of its outputs
MOST_PATH = 259 if os.name == "nt" else None
DEEPEST = 90

PERIODS = ("h1", "annual")
VIETNAMESE, ENGLISH = "vi", "en"
LANGUAGES = {VIETNAMESE: "tiếng Việt", ENGLISH: "tiếng Anh"}
# The tables of the contract, in its order.
RESULTS = (
    "register",
    "facts",
    "problems",
    "series",
    "trends",
    "outlook",
    "satisfaction",
    "communes",
    "towns",
    "organisations",
    "scores",
    "ranking",
    "inspections",
)


class AnalystError(ValueError):
    """A letter to the analyst, in Vietnamese: what is wrong, where, what to do."""

    def _render_traceback_(self) -> list[str]:
        """What a notebook shows in place of a traceback."""
        return [f"Lỗi: {self}"]


@dataclass(frozen=True)
class Workspace:
    """The folders of one review."""

    year: int
    period: str
    data: Path
    out: Path
    lang: str = VIETNAMESE

    def received(self, year: int, period: str) -> Path:
        """Where the reports of a year and period lie, as received."""
        return self.data / str(year) / period

    def followup(self, year: int) -> Path:
        """What the office notes in a year of the recommendations of the year before."""
        return self.data / str(year) / "followup.csv"

    @property
    def carried(self) -> Path:
        """This review's own recommendations, for the office to put where next year looks."""
        return self.pages(None) / f"followup-{self.year + 1}.csv"

    @property
    def keys(self) -> list[tuple[int, str]]:
        """The years and periods up to the review's own, whether or not they have a folder.

        What a 6-month review says must not change when the year's own report comes in.
        """
        folders = (p.name for p in self.data.iterdir() if p.is_dir())
        years = {int(name) for name in folders if name.isdecimal()} | {self.year}
        last = (self.year, PERIODS.index(self.period))
        return [(y, p) for y in sorted(years) for p in PERIODS if (y, PERIODS.index(p)) <= last]

    @property
    def review(self) -> Path:
        """Everything made for this review."""
        return self.out / folder_name(self.year, self.period, self.lang)

    @property
    def manifest(self) -> Path:
        """The truth about the pages of the review."""
        return self.review / "manifest.json"

    @property
    def lock(self) -> Path:
        """Held by the batch that is at work here."""
        return self.review / ".lock"

    @property
    def index(self) -> Path:
        """The landing page."""
        return self.review / "index.html"

    @property
    def overview(self) -> Path:
        """The landing page over all reviews."""
        return self.out / "index.html"

    @property
    def releases(self) -> Path:
        """Where the editions that were issued are kept, each in a folder by its number."""
        return releases(self.review)

    @property
    def changes(self) -> Path:
        """What changed since the 6-month report and since last year."""
        return self.review / "changes.html"

    @property
    def bundle(self) -> Path:
        """The pages and papers of the review in one file, to pass on."""
        return self.review / "published.zip"

    @property
    def boundaries(self) -> Path:
        """The outlines of the districts as GeoJSON, where the office gives them."""
        return self.data / "boundaries.geojson"

    @property
    def log(self) -> Path:
        """What libraries say while pages run, and why pages stopped."""
        return self.review / "failed" / "log.txt"

    def table(self, name: str, suffix: str = ".parquet") -> Path:
        """A result table of the contract, for example `facts`."""
        return self.review / f"{name}{suffix}"

    @property
    def book(self) -> Path:
        """The result tables to pass on, as one workbook."""
        return self.review / "tables.xlsx"

    @property
    def package(self) -> Path:
        """What the published tables are, for programs (Frictionless data package)."""
        return self.review / "datapackage.json"

    def published(self, name: str) -> Path:
        """A result table as it may be passed on: without small counts of residents' answers."""
        return self.review / "published" / f"{name}.csv"

    def pages(self, slug: str | None) -> Path:
        """The folder of a district's pages, or of the province's when `slug` is None."""
        return self.review / "districts" / slug if slug else self.review / "review"

    def failed(self, slug: str | None, notebook: str) -> Path:
        """Where a notebook that stopped is put: never beside the reports."""
        return self.review / "failed" / f"{slug or 'review'}-{notebook}.ipynb"

    def cache(self, step: str) -> Path:
        """Intermediate tables of one step, with the fingerprint of what made them."""
        return self.review / "cache" / step


def workspace(
    year: int | str, period: str, data: str | Path, out: str | Path, lang: str = VIETNAMESE
) -> Workspace:
    """The workspace of a review; a relative folder counts from the project's root.

    Raises
    ------
    AnalystError
        Where the year, the period, the language or the data folder cannot be right.
    """
    year, period = year_and_period(year, period)
    check_language(lang)
    folder, made = from_root(data), from_root(out)
    refuse_too_deep(made)
    for path in (folder, made):
        if SURROGATE.search(str(path)):
            raise AnalystError(
                f"Tên thư mục {file_name(str(path))} có ký tự không phải UTF-8. Đổi tên thư mục, "
                "rồi chạy lại."
            )
    refuse_released(made)
    if not folder.is_dir():
        raise AnalystError(
            f"Không thấy thư mục số liệu {folder}. Đặt báo cáo của các huyện vào "
            f"{folder / str(year) / period}{or_the_sample()}."
        )
    space = Workspace(year, period, folder, made, lang)
    if not space.received(space.year, space.period).is_dir():
        there = sorted(f"{p.parent.name}/{p.name}" for p in folder.glob("[0-9]*/*") if p.is_dir())
        raise AnalystError(
            f"Không có thư mục {space.received(space.year, space.period)}. "
            f"Trong {folder} đang có: {', '.join(there) or 'chưa có năm nào'}."
        )
    return space


def releases(review: Path) -> Path:
    """Where the editions of a review's folder are kept, each in a folder by its number."""
    return review.parent / "releases" / review.name


def shipped() -> list[str]:
    """The files that an office's own folder begins with, by their place in it."""
    found = [
        SHIPPED / "data" / "README.md",
        *(SHIPPED / "data" / "reference").rglob("[!.~]*.*"),
        *(SHIPPED / "docs").rglob("[!.~]*.*"),
        *(SHIPPED / "notebooks").glob("0*.ipynb"),
        *(SHIPPED / "notebooks" / "explore").glob("*.ipynb"),
    ]
    names = (path.relative_to(SHIPPED).as_posix() for path in found if path.is_file())
    return sorted(name for name in names if "__pycache__" not in name)  # of the templates' makers


def refuse_too_deep(outputs: Path) -> None:
    """Refuse outputs whose paths Windows would not write, nor Excel open.

    Raises
    ------
    AnalystError
        With what to do.
    """
    if MOST_PATH and len(str(outputs)) + 1 + DEEPEST > MOST_PATH:
        asked = {"where": outputs, "long": len(str(outputs)), "more": DEEPEST, "most": MOST_PATH}
        raise AnalystError(disk.TOO_DEEP.format(**asked))


def or_the_sample() -> str:
    """Where the illustrative reports are, for who has none of their own; empty without them."""
    return f', hoặc chạy thử với số liệu minh họa: --data "{SAMPLE}"' if SAMPLE.is_dir() else ""


def year_and_period(year: int | str, period: str) -> tuple[int, str]:
    """The year and the period that are meant, in any of the usual words.

    >>> year_and_period("２０２２", "6 tháng"), year_and_period("Năm 2022", "Cả năm")
    ((2022, 'h1'), (2022, 'annual'))

    Raises
    ------
    AnalystError
        Where there is no such year or period, with the valid periods.
    """
    meant = period_meant(period)
    if meant is None:
        raise AnalystError(
            f"Kỳ báo cáo '{period}' không có.{did_you_mean(period, PERIODS)} Chọn "
            f"một trong: {', '.join(PERIODS)} (h1 là 6 tháng, annual là cả năm)."
        )
    number = year_meant(year)
    if number is None or not 2000 <= number <= 2100:
        raise AnalystError(f"Năm '{year}' không đúng. Ghi bốn chữ số, ví dụ 2022.")
    return number, meant


def check_language(lang: str) -> None:
    """Refuse a language that reports cannot be in.

    Raises
    ------
    AnalystError
        Listing those there are.
    """
    if lang not in LANGUAGES:
        known = ", ".join(f"{code} ({name})" for code, name in LANGUAGES.items())
        raise AnalystError(f"Không có ngôn ngữ '{lang}'. Chọn một trong: {known}.")


def folder_name(year: int | str, period: str, lang: str = VIETNAMESE) -> str:
    """The name of a review's folder; one in English stands beside the Vietnamese one.

    >>> folder_name(2022, "annual"), folder_name(2022, "annual", "en")
    ('2022-annual', '2022-annual-en')
    """
    return f"{int(year)}-{period}" + ("" if lang == VIETNAMESE else f"-{lang}")


def from_root(folder: str | Path) -> Path:
    """An absolute path; what is relative counts from the project's root.

    Raises
    ------
    AnalystError
        Where it is an address, its links lead in a circle, it begins with `~` and a name that
        nobody has, or a notebook cannot know the root.
    """
    _refuse_address(folder)
    if not IS_SURE and not Path(folder).expanduser().is_absolute():
        raise AnalystError(
            f"Không biết sổ tay này nằm trong thư mục làm việc nào, nên không biết '{folder}' ở "
            "đâu. Chạy lệnh trong thư mục làm việc, hoặc ghi đường dẫn đầy đủ cho data và out."
        )
    try:
        return (ROOT / Path(folder).expanduser()).resolve()
    except (RuntimeError, OSError):
        raise AnalystError(
            f"Đường dẫn {folder} không dùng được: các liên kết trên đó trỏ vòng quanh, hoặc tên "
            "người dùng sau dấu ~ không có. Chọn thư mục khác."
        ) from None


def typed(given: str | None, default: Path) -> str:
    """A folder as typed counts from where it was typed; a default from the project's root."""
    if given is None:
        return str(default)
    _refuse_address(given)
    return str(Path(given).absolute())


def _refuse_address(folder: str | Path) -> None:
    if "://" in str(folder):
        raise AnalystError(
            f"{folder} là địa chỉ, không phải thư mục. Chép số liệu về một thư mục, hoặc gắn kho "
            "đó thành thư mục, rồi ghi đường dẫn của thư mục."
        )


def refuse_released(path: Path) -> None:
    """Refuse to write inside an edition that was issued.

    Raises
    ------
    AnalystError
        Naming the edition.
    """
    for folder in (path, *path.parents):
        if (folder / RELEASED).is_file():
            raise AnalystError(
                f"{folder} là bản đã phát hành, không được ghi thêm hay sửa. Chọn thư mục khác."
            )


@contextmanager
def write_beside(path: Path) -> Iterator[Path]:
    """A path beside `path` to write to; it replaces `path` only when all is written.

    Raises
    ------
    AnalystError
        What the disk refuses: no room, no right, or the file is open in Word. The old one stays.
    """
    refuse_released(path)
    draft = path.with_name(f".{os.getpid()}-{path.name}")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        try:
            yield draft
            disk.move(draft, path)
        finally:
            with suppress(OSError):  # Windows keeps what a library still holds; the cause is told
                draft.unlink(missing_ok=True)
    except Exception as stop:
        if refused := disk.refusal(stop):
            ours = str(refused.filename) in ("None", str(draft))
            raise AnalystError(disk.letter(refused, path if ours else None)) from stop
        raise
