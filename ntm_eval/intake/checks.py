"""Rules that mark and change nothing: each is a function named as its rule in `rules.csv`."""

from __future__ import annotations

import operator
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import numpy as np
import pandas as pd

from ntm_eval import reference, units
from ntm_eval.intake import clean, received, sheets, workbook
from ntm_eval.intake.problems import Place, Problem, limit, problem

# The district's figure and the column of sheet Xã that it sums.
SUMS = {
    "C1-18": "households",
    "C1-19": "poor",
    "C1-20": "near_poor",
    "C2-01": "cultural_households",
    "C1-17": "temporary_houses",
}
# A mean is typed with two decimals, so it may differ by half of the last one.
ROUNDING = 0.005 + 1e-9
HOLDS = {"<=": operator.le, ">=": operator.ge, "=": lambda a, b: abs(a - b) <= ROUNDING}
SAYS = {"<=": "không được lớn hơn", ">=": "không được nhỏ hơn", "=": "phải bằng"}


@dataclass(frozen=True)
class Case:
    """One report with what it is checked against: the district's earlier reports."""

    district: units.District
    year: int
    period: str
    facts: pd.DataFrame
    earlier: pd.DataFrame
    communes: pd.DataFrame
    answers: pd.DataFrame

    @property
    def actual(self) -> pd.DataFrame:
        """The actual figures that could be read, by indicator."""
        rows = self.facts[(self.facts["measure"] == "actual") & self.facts["value"].notna()]
        return rows.set_index("indicator", drop=False)

    def about(self, row: pd.Series, rule: str, why: str) -> Problem:
        text = {key: _known(row[key]) for key in ("file", "sheet", "cell", "raw")}
        place = Place(
            self.district.short, self.district.code, text["file"], text["sheet"], text["cell"]
        )
        return problem(rule, why, place, indicator=row["indicator"], raw=text["raw"])


def negative(case: Case) -> Iterator[Problem]:
    """A figure below zero."""
    for _, row in case.facts[case.facts["value"] < 0].iterrows():
        yield case.about(row, "negative", "số này không thể âm. Ghi lại.")


def out_of_range(case: Case) -> Iterator[Problem]:
    """A figure above what is possible for its indicator."""
    most = reference.table("indicators").set_index("id")["plausible_max"]
    rows = case.facts[case.facts["measure"] != "self_score"]
    for _, row in rows[rows["value"] > rows["indicator"].map(most)].iterrows():
        why = f"vượt quá mức có thể là {most[row['indicator']]:g} {row['unit']}. Ghi lại."
        yield case.about(row, "out_of_range", why)


def rule_broken(case: Case) -> Iterator[Problem]:
    """The relations in column `check` of the catalogue, within one report."""
    indicators = reference.table("indicators").set_index("id")
    actual = case.actual
    totals = _totals(case)
    for code, check in indicators["check"].dropna().items():
        sign, other = re.fullmatch(r"(<=|>=|=)\s*(.+)", check).groups()
        right = actual["value"].get(other) if other in indicators.index else totals[other]
        if code not in actual.index or right is None or np.isnan(right):
            continue
        left = actual.loc[code, "value"]
        if not HOLDS[sign](left, right):
            name = _other_name(other, indicators)
            why = f"{SAYS[sign]} {name} ({right:g}). Kiểm tra cả hai số."
            yield case.about(actual.loc[code], "rule_broken", why)


def sum_mismatch(case: Case) -> Iterator[Problem]:
    """The district's figure differs from the sum of its communes, all of them filled in."""
    actual = case.actual
    for code, column in SUMS.items():
        parts = case.communes[column]
        if code not in actual.index or parts.empty or parts.isna().any():
            continue
        total = parts.sum()
        if actual.loc[code, "value"] != total:
            why = (
                f"tổng các xã ở trang '{sheets.COMMUNES}' là {total:g}. "
                "Kiểm tra số của huyện và của từng xã."
            )
            yield case.about(actual.loc[code], "sum_mismatch", why)


def h1_exceeds_annual(case: Case) -> Iterator[Problem]:
    """A flow that shrank within the year."""
    if case.period != "annual":
        return
    flows = set(reference.table("indicators").query("flow_stock == 'flow'")["id"])
    h1 = _earlier(case, case.year, "h1")
    for code, row in case.actual.iterrows():
        if code in flows and row["value"] < h1.get(code, -np.inf):
            why = f"số 6 tháng đã là {h1[code]:g}, số cả năm không thể nhỏ hơn. Kiểm tra cả hai."
            yield case.about(row, "h1_exceeds_annual", why)


def unit_suspect(case: Case) -> Iterator[Problem]:
    """A figure some thousand times off its own past: 'triệu' typed in a đồng column."""
    factor = limit("unit_suspect")
    past = case.earlier
    past = past[
        (past["period"] == case.period)
        & (past["year"] < case.year)
        & (past["measure"] == "actual")
        & (past["value"] > 0)
    ]
    usual = past.groupby("indicator")["value"].median()
    for code, row in case.actual.iterrows():
        if row["value"] <= 0 or code not in usual:
            continue
        ratio = row["value"] / usual[code]
        if ratio >= factor or ratio <= 1 / factor:
            why = (
                f"các năm trước thường khoảng {usual[code]:.0f} {row['unit']}, chênh nhau hàng "
                "trăm lần. Kiểm tra đơn vị tính (nghìn, triệu, tỷ)."
            )
            yield case.about(row, "unit_suspect", why)


def tally_mismatch(case: Case) -> Iterator[Problem]:
    """Forms that do not add up: answers against forms collected, collected against issued."""
    a = case.answers
    answered = a["satisfied"] + a["unsatisfied"] + a["no_answer"]
    pairs = [
        ((answered - a["collected"]).abs() > 0, "số trả lời cộng lại khác số phiếu thu"),
        (a["collected"] > a["issued"], "số phiếu thu lớn hơn số phiếu phát"),
        (a["issued"] > a["households"], "số phiếu phát lớn hơn tổng số hộ"),
    ]
    for broken, words in pairs:
        for _, row in a[broken].iterrows():
            yield _about_answers(case, row, "tally_mismatch", f"{words}. Kiểm tra lại phiếu.")


def all_satisfied(case: Case) -> Iterator[Problem]:
    """Every form satisfied with every question: possible, but worth a look at the forms."""
    for _, rows in case.answers.groupby(["commune_code", "survey"]):
        if len(rows) > 1 and (rows["satisfied"] == rows["collected"]).all():
            why = "100% hài lòng ở mọi câu. Đề nghị kiểm tra cách phát phiếu và lấy ý kiến."
            yield _about_answers(case, rows.iloc[0], "all_satisfied", why)


CHECKS = (
    negative,
    out_of_range,
    rule_broken,
    sum_mismatch,
    h1_exceeds_annual,
    unit_suspect,
    tally_mismatch,
    all_satisfied,
)


def find_problems(case: Case) -> list[Problem]:
    """Every broken rule of one report, in the order of `CHECKS`."""
    return [found for check in CHECKS for found in check(case)]


def check_file(path: Path) -> list[Problem]:
    """The problems of one workbook before it is sent, whatever folder it lies in."""
    try:
        info = workbook.read_info(path)
    except workbook.UnreadableError as error:
        return [problem("unreadable_file", str(error), Place(file=path.name))]
    periods = {units.fold(name): key for key, name in sheets.PERIOD_NAMES.items()}
    year = info["year"].text if "year" in info else ""
    period = periods.get(units.fold(info["period"].text)) if "period" in info else None
    if not year.isdecimal() or period is None:
        why = "ghi 'Năm' (bốn chữ số) và 'Kỳ báo cáo' ('6 tháng' hoặc 'Năm') ở trang 'Thông tin'."
        return [problem("wrong_year", why, Place(file=path.name))]
    report, found = received.report(path, int(year), period, {})
    if report is None:
        return found
    d = units.district(report.district_code)
    book = workbook.read(path, Place(d.short, d.code, report.file))
    cleaned = clean.clean(book, report)
    case = Case(
        d, report.year, period, cleaned.facts, clean.empty(clean.FACT_COLUMNS),
        cleaned.communes, cleaned.answers,
    )  # fmt: skip
    return [*found, *cleaned.problems, *find_problems(case)]


def restated(district: units.District, old: pd.DataFrame, new: pd.DataFrame) -> Iterator[Problem]:
    """Figures that differ between an earlier and the current report of the same period."""
    key = ["indicator", "measure"]
    before = old.set_index(key)[["value", "raw", "file"]]
    for _, row in new.iterrows():
        was = before.loc[(row["indicator"], row["measure"])]
        if not (was["value"] == row["value"] or (pd.isna(was["value"]) and pd.isna(row["value"]))):
            place = Place(
                district.short, district.code, _known(row["file"]), _known(row["sheet"]),
                _known(row["cell"]),
            )  # fmt: skip
            why = (
                f"bản trước ({was['file']}) ghi '{_known(was['raw']) or ''}'. "
                "Đề nghị cho biết lý do thay đổi."
            )
            yield problem(
                "restated", why, place, indicator=row["indicator"], raw=_known(row["raw"])
            )


def _about_answers(case: Case, row: pd.Series, rule: str, why: str) -> Problem:
    place = Place(case.district.short, case.district.code, row["file"], row["sheet"], row["cell"])
    names = case.communes.set_index("commune_code")["commune"]
    words = f"{names[row['commune_code']]}, {row['survey']}, câu {row['question']}: {why}"
    return problem(rule, words, place, commune_code=row["commune_code"])


def _totals(case: Case) -> dict[str, float]:
    """What a `check` may name beside an indicator, counted from the other sheets."""
    members = units.communes(case.district.code, date(case.year, 12, 31))
    kinds = pd.Series([c.kind for c in members])
    marks = case.communes[list(sheets.CRITERIA)]
    rural = marks[marks.notna().any(axis=1)]
    met = (rural == sheets.MET).sum(axis=1)
    return {
        "communes": float((kinds == "xã").sum()),
        "units": float(len(kinds)),
        "wards and towns": float((kinds != "xã").sum()),
        "mean of sheet Xã": met.mean() if len(met) else np.nan,
        "communes in sheet Hài lòng": float(case.answers["commune_code"].nunique()),
    }


def _other_name(other: str, indicators: pd.DataFrame) -> str:
    words = {
        "communes": "số xã của huyện",
        "units": "số xã, phường, thị trấn của huyện",
        "wards and towns": "số phường, thị trấn của huyện",
        "mean of sheet Xã": "bình quân tính từ trang 'Xã'",
        "communes in sheet Hài lòng": "số xã có phiếu ở trang 'Hài lòng'",
    }
    return words.get(other) or f"{other} {indicators.loc[other, 'name_vi']}"


def _earlier(case: Case, year: int, period: str) -> pd.Series:
    rows = case.earlier
    rows = rows[(rows["year"] == year) & (rows["period"] == period) & (rows["measure"] == "actual")]
    return rows.dropna(subset="value").set_index("indicator")["value"]


def _known(value: object) -> str | None:
    return None if pd.isna(value) else str(value)
