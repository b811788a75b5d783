"""Two versions of one report, or two reviews -> what differs between them, and why."""

from __future__ import annotations

import io
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd

from ntm_eval import disk, units
from ntm_eval.checks import report as checks
from ntm_eval.checks.case import known
from ntm_eval.exchange.editions import changed_inputs
from ntm_eval.intake import reading, sheets
from ntm_eval.intake.cells import Cell, Row
from ntm_eval.intake.clean import Cleaned
from ntm_eval.intake.communes import NAMED
from ntm_eval.intake.organisations import FILLED
from ntm_eval.intake.problems import Place, Problem, problem
from ntm_eval.language import N_, message
from ntm_eval.language import translate as _
from ntm_eval.workspace import AnalystError

KEY = ["sheet", "commune_code", "indicator", "measure", "survey", "question"]
READ = ["raw", "value", "cell"]  # what was typed, how it is understood, and where
COLUMNS = [
    *("sheet", "change", *KEY[1:]),
    *(f"{version}_{what}" for version in ("old", "new") for what in READ),
    *("old_file", "new_file"),
]
STATES = {"blank": N_("(để trống)"), "not_applicable": N_("(không áp dụng)")}
ORDER = {name: n for n, name in enumerate(sheets.TABLES)}
CHANGED, ONLY_OLD, ONLY_NEW = "changed", "only_old", "only_new"
WHERE = ["file", "sheet", "cell"]  # beside a figure that changed: where it stands now
# What tells a row of these tables of a review from the others, and what may change in it.
REVIEW_KEYS = {
    "facts": ["district_code", "commune_code", "indicator", "measure"],
    "scores": ["district_code", "part", "indicator"],
    "ranking": ["district_code"],
}
REASONS = "problems"  # tells why cells were corrected
REVIEW_VALUES = {
    "facts": ["value", "state", "qualifier", "corrected", "held"],
    "scores": ["points", "max_points", "value", "plan", "reason"],
    "ranking": ["points", "grade", "rank", "rank_low", "rank_high"],
}


def reports(old: Cleaned, new: Cleaned) -> pd.DataFrame:
    """A row for each cell that differs between two versions of a report, by sheet.

    `change` tells a changed cell from a row that only one version has. A value is a number, a
    mark or a title, or the state where there is none: blank and zero differ, but '2 tỷ' and
    2000000000 do not. What could not be read is compared as typed.
    """
    both = pd.concat({"old": _cells(old), "new": _cells(new)}, axis="columns", sort=False)
    both.columns = [f"{version}_{what}" for version, what in both.columns]
    changed = both[both["old_value"] != both["new_value"]].reset_index().replace({"": None})
    only = [changed["old_value"].isna(), changed["new_value"].isna()]
    files = {"old_file": _file(old), "new_file": _file(new)}
    made = changed.assign(change=np.select(only, [ONLY_NEW, ONLY_OLD], CHANGED), **files)
    ordered = made.sort_values("sheet", key=lambda name: name.map(ORDER), kind="stable")
    plain = ordered[COLUMNS].astype(object)
    return plain.where(plain.notna(), None).reset_index(drop=True)


def restated(district: units.District, old: Cleaned, new: Cleaned) -> Iterator[Problem]:
    """What a later version of a report changed without saying so: a question for each figure."""
    fixed = new.facts[new.facts["corrected"].str.startswith(reading.CORRECTED, na=False)]
    explained = set(zip(fixed["indicator"], fixed["measure"], strict=True))
    for row in reports(old, new).to_dict("records"):
        if row["sheet"] != sheets.FIGURES or (row["indicator"], row["measure"]) in explained:
            continue
        place = Place(district.code, row["new_file"], row["sheet"], known(row["new_cell"]))
        before = known(row["old_raw"])
        why = message(
            "restated" if before else "restated.blank", file=row["old_file"], before=before
        )
        raw = known(row["new_raw"])
        yield problem(why, place, indicator=row["indicator"], raw=raw)


def files(old: Path, new: Path) -> pd.DataFrame:
    """`reports` of two workbooks, wherever they lie, with `district_code`: whose they are.

    Raises
    ------
    AnalystError
        Where one cannot be read, or they are not two versions of one report.
    """
    read = {}
    for path in (old, new):
        report, cleaned, found = checks.read_alone(path)
        if report is None or cleaned is None:
            raise AnalystError(f"Không so sánh được: {found[0].message}")
        read[path] = (report.district_code, report.year, report.period), cleaned
    (key, before), (other, after) = read[old], read[new]
    if key != other:
        said = " và ".join(
            f"{units.district(d).name} {year}-{period}" for d, year, period in (key, other)
        )
        raise AnalystError(
            f"Hai tệp không phải hai bản của một báo cáo: {said}. "
            "Chỉ so sánh hai bản của cùng đơn vị, cùng năm, cùng kỳ."
        )
    return reports(before, after).assign(district_code=key[0])


def reviews(old: Path, new: Path) -> dict[str, pd.DataFrame]:
    """What changed between two folders of one review: `inputs`, `facts`, `scores`, `ranking`.

    `inputs` names the files that differ; the others have a row for each changed value with
    `old`, `new` and `why`, as far as the manifests and the tables tell; a figure also with WHERE
    it stands now. An edition that was issued is such a folder as well.

    Raises
    ------
    AnalystError
        Where a folder holds no review, or they are of two different periods.
    """
    return _changed(_review(old), _review(new))


def since(
    old: Path, csv: Callable[[str], str], inputs: Mapping[str, str], year: int, period: str
) -> dict[str, pd.DataFrame]:
    """The same of a folder and a review that has no folder yet: `csv` gives its tables by name.

    Raises
    ------
    AnalystError
        As `reviews`.
    """
    tables = {name: _table(io.StringIO(csv(name)), name) for name in (*REVIEW_KEYS, REASONS)}
    return _changed(_review(old), _Review(tables, inputs, f"{year}-{period}"))


def _changed(before: _Review, after: _Review) -> dict[str, pd.DataFrame]:
    if before.when != after.when:
        raise AnalystError(
            f"Hai thư mục không cùng một kỳ: {before.when} và {after.when}. "
            "Chỉ so sánh hai lần đánh giá của cùng năm, cùng kỳ."
        )
    changed = {
        name: _differences(before.tables[name], after.tables[name], name) for name in REVIEW_KEYS
    }
    facts, scores, ranking = changed.values()
    inputs = _inputs(before.inputs, after.inputs)
    return {
        "inputs": inputs,
        "facts": _explained(facts, before, after, inputs),
        "scores": scores.assign(why=_why_scores(scores, facts)),
        "ranking": ranking.assign(
            why=[
                _("điểm của đơn vị thay đổi")
                if code in set(scores["district_code"])
                else _("điểm của đơn vị khác thay đổi")
                for code in ranking["district_code"]
            ]
        ),
    }


def _cells(report: Cleaned) -> pd.DataFrame:
    """What every cell of a report was understood as: READ by KEY, in the order of the form."""
    rows = [*_figures(report), *_others(report)]
    return pd.DataFrame(rows, columns=[*KEY, *READ], dtype=object).set_index(KEY)


def _figures(report: Cleaned) -> Iterator[tuple]:
    columns = ["indicator", "measure", "value", "state", "qualifier", "raw", "cell"]
    for indicator, measure, number, state, qualifier, raw, cell in _plain(report.facts[columns]):
        value = number if state == "reported" else _unread(state, raw)
        value = f"{qualifier} {number:.15g}" if qualifier else value
        yield sheets.FIGURES, "", indicator, measure, "", "", raw, value, cell


def _others(report: Cleaned) -> Iterator[tuple]:
    """The cells of the other sheets."""
    for (sheet, commune, survey, question), row, typed, keys in _rows(report):
        for key in keys:
            read = _read(row[key], typed.get(key))
            yield sheet, commune, "", key, survey, question, *read


def _rows(report: Cleaned) -> Iterator[tuple[tuple[str, ...], Mapping, Row, Iterable[str]]]:
    """Each row of the other sheets: what tells it from the rest, its values, cells and columns.

    A commune without a row is blank everywhere; a row of sheet Đoàn thể is told by the name and the
    how manieth of that name.
    """
    for sheet, table in {sheets.COMMUNES: report.communes, sheets.TOWNS: report.towns}.items():
        keys = [key for key in table if key not in NAMED]
        for row in table.to_dict("records"):
            code = row["commune_code"]
            yield (sheet, code, "", ""), row, report.rows.get((sheet, code), {}), keys
    for row in report.answers.to_dict("records"):
        about = row["commune_code"], row["survey"], row["question"]
        typed = report.rows.get(about, {})
        yield (sheets.SATISFACTION, *about), row, typed, sheets.SATISFACTION_COUNTS
    seen: Counter[str] = Counter()
    for n, row in enumerate(report.organisations.to_dict("records")):
        name = known(row["name"]) or ""
        seen[name] += 1
        told = name if seen[name] == 1 else f"{name} ({seen[name]})"
        typed = report.rows[sheets.ORGANISATIONS, str(n)]
        yield (sheets.ORGANISATIONS, "", told, ""), row, typed, FILLED


def _read(value: object, typed: Cell | None) -> tuple[str | None, object, str | None]:
    """What was typed, how it is understood, and where."""
    raw = None if typed is None or typed.blank else typed.text
    read = _unread("rejected" if raw else "blank", raw) if pd.isna(value) else value
    return raw, read, typed and typed.ref


def _unread(state: str, raw: object) -> str:
    """A state in words; of what could not be read, the text itself tells one from another."""
    return STATES.get(state) or f"(không đọc được: {str(raw).strip()})"


def _plain(frame: pd.DataFrame) -> list[tuple]:
    return frame.astype(object).where(frame.notna(), None).to_numpy().tolist()


def _file(report: Cleaned) -> str | None:
    return None if report.facts.empty else known(report.facts["file"].iloc[0])


@dataclass(frozen=True)
class _Review:
    """A review folder: its tables, the fingerprints of its input files, its year and period."""

    tables: Mapping[str, pd.DataFrame]
    inputs: Mapping[str, str]
    when: str


def _table(source: Path | io.StringIO, name: str) -> pd.DataFrame:
    """A table of the contract, every value as the file holds it."""
    read = pd.read_csv(
        source, dtype=str, encoding="utf-8-sig", na_values=[""], keep_default_na=False
    )
    read[[*REVIEW_KEYS.get(name, WHERE), *REVIEW_VALUES.get(name, ["rule"])]]  # each must be there
    return read


def _review(folder: Path) -> _Review:
    paths = {name: folder / f"{name}.csv" for name in (*REVIEW_KEYS, REASONS)}
    manifest = folder / "manifest.json"
    tables = {}
    for name, path in paths.items():
        try:
            tables[name] = _table(path, name)
        except (FileNotFoundError, ValueError, LookupError) as wrong:
            raise _not_whole(folder, path) from wrong
    match disk.read_json(manifest):
        case {"inputs": dict(inputs), "year": year, "period": period}:
            return _Review(tables, inputs, f"{year}-{period}")
    raise _not_whole(folder, manifest)


def _not_whole(folder: Path, path: Path) -> AnalystError:
    return AnalystError(
        f"{folder} không phải thư mục kết quả đủ các bảng ({path.name} không có hoặc bị hỏng). "
        "Chỉ đúng thư mục, ví dụ outputs/2022-annual, hoặc chạy lại ntm-eval review."
    )


def _inputs(before: Mapping[str, str], after: Mapping[str, str]) -> pd.DataFrame:
    """The input files that the manifests do not both name with the same fingerprint."""
    files = changed_inputs(before, after)
    kinds = [
        ONLY_NEW if file not in before else CHANGED if file in after else ONLY_OLD for file in files
    ]
    return pd.DataFrame({"file": files, "change": kinds}, dtype="str")


def _differences(old: pd.DataFrame, new: pd.DataFrame, name: str) -> pd.DataFrame:
    """A row for each value that differs between two versions of a table of the contract.

    Both are compared as the file holds them, so that a figure is equal to its last digit.
    """
    keys, columns = REVIEW_KEYS[name], REVIEW_VALUES[name]
    both = old[keys + columns].merge(new[keys + columns], "outer", on=keys, suffixes=("", " new"))
    rows = []
    for column in columns:
        before, after = both[column], both[f"{column} new"]
        differs = (before != after) & (before.notna() | after.notna())
        found = both.loc[differs, keys]
        rows.append(found.assign(column=column, old=before[differs], new=after[differs]))
    return pd.concat(rows).sort_index(kind="stable").reset_index(drop=True)


def _explained(
    facts: pd.DataFrame, before: _Review, after: _Review, inputs: pd.DataFrame
) -> pd.DataFrame:
    """The changed figures with WHERE and why: a correction, another file, else the software."""
    keys = REVIEW_KEYS["facts"]
    now = facts.merge(after.tables["facts"][[*keys, *WHERE, "corrected"]], "left", on=keys)
    then = facts[keys].merge(before.tables["facts"][[*keys, "file"]], "left", on=keys)["file"]
    fixed = set(facts.loc[facts["column"] == "corrected", "indicator"] + facts["district_code"])
    files = {name.rpartition("/")[2] for name in inputs["file"]}
    applied = after.tables[REASONS].query("rule == 'correction_applied'")
    said = dict(zip(map(tuple, applied[WHERE].to_numpy()), applied["message"], strict=True))
    reasons = []
    for row, file in zip(now.to_dict("records"), then, strict=True):
        if row["indicator"] + row["district_code"] in fixed:
            message = said.get(tuple(row[name] for name in WHERE), "")
            reasons.append(_fix(known(row["corrected"]), message.rpartition("): ")[2]))
        elif known(row["file"]) and known(file) and row["file"] != file:
            reasons.append(_("báo cáo gửi lại: {file}", file=row["file"]))
        elif row["file"] in files or (files and pd.isna(row["file"])):
            reasons.append(_("tệp báo cáo khác"))
        elif row["column"] == "held":
            reasons.append(_("số liệu khác hoặc giải trình đã thay đổi"))
        else:
            reasons.append(_("tệp không đổi; cách đọc hoặc quy tắc của phần mềm đã đổi"))
    return now.drop(columns="corrected").assign(why=reasons)


def _fix(corrected: str | None, reason: str) -> str:
    """Whose correction of which day, and its reason as the problem of the cell tells it."""
    if not corrected:
        return _("bản sửa không còn áp dụng")
    return ": ".join(filter(None, [reading.told(corrected), reason.rstrip(".")]))


def _why_scores(scores: pd.DataFrame, facts: pd.DataFrame) -> list[str]:
    touched = set(zip(facts["district_code"], facts["indicator"], strict=True))
    pairs = zip(scores["district_code"], scores["indicator"], strict=True)
    return [
        _("số liệu của chỉ tiêu thay đổi")
        if pair in touched
        else _("số liệu không đổi; mẫu số, năm trước hoặc cách chấm thay đổi")
        for pair in pairs
    ]
