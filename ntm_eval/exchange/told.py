"""What `compare` found, as lines of text for a screen."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandas as pd

from ntm_eval import reference, units
from ntm_eval.checks.case import known
from ntm_eval.exchange.compare import CHANGED, ONLY_NEW, ONLY_OLD
from ntm_eval.intake import sheets
from ntm_eval.intake.values import QUALIFIERS
from ntm_eval.language import marked, using
from ntm_eval.language import translate as _
from ntm_eval.workspace import VIETNAMESE

CHANGES = {
    CHANGED: "nội dung khác",
    ONLY_OLD: "chỉ có ở bản trước",
    ONLY_NEW: "chỉ có ở bản sau",
}
TITLES = {
    "inputs": "Tệp đầu vào khác nhau",
    "facts": "Số liệu thay đổi",
    "scores": "Điểm thay đổi",
    "ranking": "Xếp hạng thay đổi",
}
REVIEW_WORDS = {
    "value": "giá trị",
    "state": "tình trạng",
    "qualifier": "chữ đi kèm",
    "corrected": "bản sửa",
    "held": "chờ giải trình",
    "points": "điểm",
    "max_points": "điểm tối đa",
    "plan": "kế hoạch",
    "reason": "lý do",
    "grade": "xếp loại đề xuất",
    "rank": "thứ hạng",
    "rank_low": "thứ hạng cao nhất có thể",
    "rank_high": "thứ hạng thấp nhất có thể",
}


def reports(changes: pd.DataFrame) -> list[str]:
    """The rows of `reports` as lines of text, by sheet."""
    if changes.empty:
        return ["Hai bản giống nhau ở mọi ô phải báo cáo."]
    first = changes.iloc[0]
    lines = [f"{len(changes)} ô khác nhau: {first['old_file']} → {first['new_file']}"]
    for sheet, rows in changes.groupby("sheet", sort=False):
        lines += ["", f"Trang '{sheet}'"]
        lines += [f"- {_told_cell(row)}" for row in rows.to_dict("records")]
    return lines


def reviews(changed: Mapping[str, pd.DataFrame]) -> list[str]:
    """The tables of `reviews` as lines of text, each change with its reason."""
    lines = []
    for name, title in TITLES.items():
        rows = changed[name]
        lines += ["", f"{title}: {len(rows) or 'không có'}"]
        if name == "inputs":
            lines += [f"- {file}: {CHANGES[change]}" for file, change in rows.to_numpy()]
            continue
        for row in rows.to_dict("records"):
            about = [units.district(row["district_code"]).short, known(row.get("part"))]
            about += [known(row.get("indicator")), sheets.MEASURE_NAMES.get(row.get("measure"))]
            about += [(cell := known(row.get("cell"))) and f"ô {cell}", REVIEW_WORDS[row["column"]]]
            where = ", ".join(filter(None, about))
            old, new = (known(row[key]) or "(trống)" for key in ("old", "new"))
            lines.append(f"- {where}: {old} → {new} ({row['why']})")
    return lines[1:]


def value(read: object, raw: object) -> str:
    """What was typed, and how it is understood where that is not plain."""
    if pd.isna(read):
        return _("(không có dòng này)")
    typed, text = known(raw), _text(read)
    with using(VIETNAMESE):
        as_typed = _text(read)
    if typed is not None and str(read).startswith("(không đọc"):
        return _("(không đọc được: {raw})", raw=typed.strip())
    if typed is None or typed in (as_typed, as_typed.replace(",", ".")):
        return text
    return _("'{raw}' (hiểu là {read})", raw=typed, read=text)


def _text(read: object) -> str:
    if isinstance(read, float):
        return marked(f"{read:.15g}")
    words, space, number = str(read).rpartition(" ")
    return _(words) + space + number if words in QUALIFIERS else _(str(read))


def _told_cell(row: Mapping[str, Any]) -> str:
    names = reference.catalogue()["name_vi"]
    cells = dict.fromkeys(known(row[key]) for key in ("old_cell", "new_cell"))
    about = ("commune_code", "indicator", "survey", "question")
    commune, indicator, survey, question = (known(row[key]) for key in about)
    parts = [
        "ô " + " → ".join(filter(None, cells)) if any(cells) else None,
        commune and units.commune_name(commune, row.get("district_code")),
        survey,
        question and f"câu {question}",
        indicator and f"{indicator} {names[indicator]}",
        sheets.MEASURE_NAMES.get(row["measure"], row["measure"]),
    ]
    if row["change"] != CHANGED:
        parts.append(CHANGES[row["change"]])
    old, new = (value(row[f"{at}_value"], row[f"{at}_raw"]) for at in ("old", "new"))
    return f"{', '.join(part for part in parts if part)}: {old} → {new}"
