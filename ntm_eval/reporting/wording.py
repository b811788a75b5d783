"""Findings -> words and numbers as an official would write them (Vietnamese)."""

from __future__ import annotations

import math
from datetime import date
from functools import cache
from html import escape

import pandas as pd

from ntm_eval import reference, units

MISSING = "–"
# not babel: its decimals fail on a figure of thirty digits, which a district may well mistype
VIETNAMESE_MARKS = str.maketrans(",.", ".,")


def number(value: float | None, decimals: int = 0) -> str:
    """A number in Vietnamese form, 1.234,5; a missing one is a dash, never zero.

    >>> number(1234.5, 1), number(None), number(-3.0)
    ('1.234,5', '–', '-3')
    """
    if value is None or math.isnan(value):
        return MISSING
    text = f"{round(float(value), decimals) + 0.0:,.{decimals}f}"
    return text.translate(VIETNAMESE_MARKS)


def percent(share: float | None, decimals: int = 1) -> str:
    """A share 0..1 as a percentage.

    >>> percent(0.9319, 2)
    '93,19%'
    """
    return MISSING if share is None or math.isnan(share) else f"{number(share * 100, decimals)}%"


def quantity(value: float | None, unit: str, *, with_unit: bool = True) -> str:
    """A value with its unit; money of a million đồng and more is in triệu or tỷ.

    >>> quantity(2_150_000_000, "đồng"), quantity(12.5, "km"), quantity(93.19, "%")
    ('2,15 tỷ đồng', '12,5 km', '93,19%')
    """
    if value is None or math.isnan(value):
        return MISSING
    if unit == "đồng" and abs(value) >= 1e6:
        scale, word = (1e9, "tỷ") if abs(value) >= 1e9 else (1e6, "triệu")
        return f"{_short(value / scale)} {word}" + (" đồng" if with_unit else "")
    if unit == "%":
        return f"{_short(value)}%"
    return _short(value) + (f" {unit}" if with_unit and unit else "")


def _short(value: float) -> str:
    """At most two decimals, or two figures of what is smaller, without trailing zeros."""
    small = 0 < abs(value) < 0.1
    text = number(value, 1 - math.floor(math.log10(abs(value))) if small else 2)
    return text.rstrip("0").rstrip(",") if "," in text else text


class Words(str):
    """Sentences that a notebook shows as paragraphs; whatever they quote stays text."""

    def _repr_html_(self) -> str:
        return "".join(f"<p>{escape(line)}</p>" for line in self.splitlines() if line.strip())

    def __repr__(self) -> str:
        return str(self)


class Quote(Words):
    """What a district wrote in its own words."""

    def _repr_html_(self) -> str:
        return f"<blockquote>{super()._repr_html_()}</blockquote>"


def show(*parts: object) -> None:
    """Show sentences, tables and pictures one below the other in a notebook."""
    from IPython.display import display

    for part in parts:
        display(part)


def quote(text: str | None) -> Words:
    """The district's own words as a quotation, or that there are none."""
    return Quote(text) if text else Words("Báo cáo không ghi nội dung này.")


STATUS = {
    "on_time": "đúng hạn",
    "late": "muộn",
    "missing": "chưa có báo cáo",
    "undated": "không rõ ngày gửi",
}
# a status is never a colour or a word alone
SIGNS = {"on_time": "✓", "late": "✗", "missing": "○", "undated": "?"}
ILLUSTRATIVE = "SỐ LIỆU MINH HỌA: số liệu được tạo ra để thử, không phải số thật."
PERIODS = {"h1": "6 tháng đầu năm", "annual": "năm"}


def day(when: date | None) -> str:
    """A day as it is written on paper."""
    return MISSING if when is None or pd.isna(when) else f"{when:%d/%m/%Y}"


def opening(who: str, year: int, period: str, illustrative: bool) -> Words:
    """Whose page this is, of which period, and whether its data is invented."""
    mark = f"\n{ILLUSTRATIVE}" if illustrative else ""
    return Words(f"{who}, {PERIODS[period]} {year}.{mark}")


def arrival(register: pd.Series) -> Words:
    """When one district's report came and how complete it is."""
    due = f"hạn gửi trước ngày {day(register['due'])}"
    if register["status"] == "missing":
        return Words(f"{register['district']} chưa có báo cáo ({due}).")
    came = {
        "on_time": f"gửi đúng hạn, nhận ngày {day(register['received'])}",
        "late": f"gửi muộn {number(register['days_late'])} ngày, "
        f"nhận ngày {day(register['received'])}",
        "undated": "không rõ ngày gửi",
    }[register["status"]]
    filled, owed = register["cells_filled"], register["cells_expected"]
    cut_off = register["cut_off"]
    upto = "không ghi ngày chốt số liệu" if pd.isna(cut_off) else f"số liệu đến {day(cut_off)}"
    return Words(
        f"{register['district']} {came} ({due}); {upto}.\n"
        f"Đã điền {number(filled)} trên {number(owed)} ô phải báo cáo ({percent(filled / owed)})."
    )


def problems(found: pd.DataFrame) -> Words:
    """How many problems of each weight a report has."""
    counts = found["severity"].value_counts()
    errors, warnings, notes = (int(counts.get(s, 0)) for s in ("error", "warning", "info"))
    if not len(found):
        return Words("Không phát hiện chỗ nào phải hỏi lại.")
    return Words(
        f"Có {errors} lỗi phải sửa, {warnings} chỗ cần xem lại và {notes} ghi nhận. "
        "Phần mềm chỉ đánh dấu, không tự sửa số liệu."
    )


DIRECTIONS = {
    "up": "tăng",
    "down": "giảm",
    "none": "chưa thấy xu hướng rõ",
    "too_few": "chưa đủ số liệu để nói về xu hướng",
}
GOOD = {"better": "tốt lên", "worse": "xấu đi", "unclear": "không phân tốt xấu"}


def trend(row: pd.Series) -> str:
    """One trend with its interval and its years, from a row of trends.csv."""
    name = measure_name(row["indicator"])
    if row["direction"] == "too_few":
        return f"{name}: {DIRECTIONS['too_few']} ({number(row['years'])} năm)."
    if row["direction"] == "none":
        said = DIRECTIONS["none"]
    else:
        said = f"{DIRECTIONS[row['direction']]} ({GOOD[row['good']]})"
    slope, low, high = (change(row[c], row["indicator"]) for c in ("slope", "low", "high"))
    return (
        f"{name}: {said}, mỗi năm {slope} (khoảng tin cậy 95% từ {low} đến {high}; "
        f"{number(row['years'])} năm {row['first_year']:.0f}–{row['last_year']:.0f}, "
        f"q = {number(row['q_value'], 3)}).{_four_years(row)}"
    )


def _four_years(row: pd.Series) -> str:
    """Why an interval without zero may stand beside 'no clear trend'."""
    short = row["years"] == 4 and row["direction"] == "none" and row["low"] * row["high"] > 0
    return " Bốn năm chưa đủ để kiểm định kết luận có xu hướng." if short else ""


def trends(table: pd.DataFrame) -> Words:
    """What rises and what falls, and how much of it is good news."""
    counts = table["direction"].value_counts()
    clear = table[table["direction"].isin(["up", "down"])]
    good = clear["good"].value_counts()
    return Words(
        f"Trong {len(table)} chỉ tiêu, {len(clear)} có xu hướng rõ: "
        f"{good.get('better', 0)} tốt lên, {good.get('worse', 0)} xấu đi, "
        f"{good.get('unclear', 0)} không phân tốt xấu. "
        f"{counts.get('none', 0)} chỉ tiêu chưa thấy xu hướng rõ và {counts.get('too_few', 0)} "
        "chỉ tiêu chưa đủ năm để kết luận."
    )


def improving_trends(table: pd.DataFrame) -> Words:
    """The clear trends for the better, in one sentence."""
    better = table[table["good"] == "better"].sort_values(["p_value", "indicator"])
    if better.empty:
        return Words("Không có chỉ tiêu nào tốt lên rõ rệt.")
    names = [
        f"{measure_name(r['indicator'])}, mỗi năm {change(r['slope'], r['indicator'])}"
        for _, r in better.iterrows()
    ]
    return Words(f"{len(names)} chỉ tiêu tốt lên rõ: {'; '.join(names)}.")


def worrying_trends(table: pd.DataFrame) -> Words:
    """A sentence for each trend that clearly goes the wrong way."""
    if not (table["good"] == "worse").any():
        return Words("Không có chỉ tiêu nào xấu đi rõ rệt.")
    return clear_trends(table[table["good"] == "worse"])


def clear_trends(table: pd.DataFrame) -> Words:
    """A sentence for each clear trend, the worrying ones first."""
    clear = table[table["direction"].isin(["up", "down"])]
    order = clear["good"].map({"worse": 0, "better": 1, "unclear": 2})
    rows = clear.assign(order=order).sort_values(["order", "p_value", "indicator"])
    lines = [trend(row) for _, row in rows.iterrows()]
    return Words("\n".join(lines) or "Chưa có chỉ tiêu nào có xu hướng rõ.")


NO_REPORT = "Chưa đủ căn cứ để chấm điểm vì chưa có báo cáo."


def standing(ranking: pd.DataFrame, district_code: str) -> Words:
    """One district's proposed grade, and how sure its place is."""
    row = ranking.set_index("district_code").loc[district_code]
    if pd.isna(row["points"]):
        return Words(NO_REPORT)
    low, high = int(row["rank_low"]), int(row["rank_high"])
    place = f"từ hạng {low} đến hạng {high}" if low < high else f"hạng {low}"
    own = (
        f" Đơn vị tự chấm {number(row['self_score'], 1)} điểm cho các chỉ tiêu."
        if pd.notna(row["self_score"])
        else " Đơn vị không tự chấm điểm."
    )
    return Words(
        f"Đề xuất: {row['grade']}, {number(row['points'], 1)} trên 100 điểm (khi đổi trọng số và "
        f"cách xử lý ô trống: từ {number(row['points_low'], 1)} đến "
        f"{number(row['points_high'], 1)} điểm). Xếp hạng {int(row['rank'])}, có thể {place}."
        f"{own}\nĐây là đề xuất để Hội đồng xem xét; theo Kế hoạch 227/KH-MTTQ-BTT, báo cáo chỉ "
        "là một trong những cơ sở để đánh giá, xếp loại."
    )


def lost_points(scores: pd.DataFrame, most: int = 5) -> Words:
    """Where one district lost the most points, with the reason of each."""
    if scores.empty:
        return Words(NO_REPORT)
    lost = scores.assign(lost=scores["max_points"] - scores["points"])
    lost = lost[lost["lost"] > 0.005].sort_values(["lost", "indicator"], ascending=[False, True])
    lines = [
        f"Mất {number(r['lost'], 2)} trên {number(r['max_points'], 2)} điểm ở "
        f"{score_name(r['part'], r['indicator'])}: {r['reason']}."
        for _, r in lost.head(most).iterrows()
    ]
    return Words("\n".join(lines) or "Không mất điểm ở chỉ tiêu nào.")


def against_plan(ratio: float, indicator: str) -> str:
    """A result over its plan; where less is better, how far the plan is exceeded.

    >>> against_plan(0.8, "C1-01"), against_plan(1.025, "C1-19")
    ('80,0%', 'cao hơn 2,5%')
    """
    if pd.isna(ratio) or reference.catalogue().loc[indicator, "better"] != "down":
        return percent(ratio)
    return f"cao hơn {percent(ratio - 1)}" if ratio > 1 else "không vượt"


def discipline(register: pd.DataFrame) -> Words:
    """Who reported on time, late, undated or not at all."""
    lines = []
    for status, word in STATUS.items():
        rows = register[register["status"] == status]
        if rows.empty:
            continue
        names = [
            f"{r['district']} ({number(r['days_late'])} ngày)"
            if status == "late"
            else r["district"]
            for _, r in rows.iterrows()
        ]
        who = "" if status == "on_time" else ": " + ", ".join(names)
        who_reports = units.reporters(register["district_code"].iloc[0])
        lines.append(f"{len(rows)} {who_reports} {word}{who}.")
    filled, owed = register["cells_filled"].sum(), register["cells_expected"].sum()
    lines.append(
        f"Đã điền {number(filled)} trên {number(owed)} ô phải báo cáo ({percent(filled / owed)}); "
        f"còn {int(register['errors'].sum())} lỗi và {int(register['warnings'].sum())} "
        "chỗ cần xem lại."
        if owed
        else "Chưa có ô số liệu nào."
    )
    return Words("\n".join(lines))


def failures(stopped: pd.DataFrame) -> Words:
    """The pages of this batch that stopped, by district."""
    lines = [
        f"Trang {r['notebook']} của {district_name(units.district(r['district']).code)} "
        f"chưa lập được: {' '.join(r['error'].split()).rstrip('.')}."
        for _, r in stopped.dropna(subset="district").iterrows()
    ]
    return Words("\n".join(lines))


def totals(table: pd.DataFrame) -> Words:
    """How many of the province's plans are met, and which are furthest from it."""
    planned = table.dropna(subset="ratio")
    if planned.empty:
        return Words("Chưa có chỉ tiêu nào có cả kế hoạch và kết quả.")
    falling = planned["indicator"].map(reference.catalogue()["better"]) == "down"
    met = planned[(planned["ratio"] <= 1).where(falling, planned["ratio"] >= 1)]
    short = planned[(planned["ratio"] < 1) & ~falling].sort_values("ratio").head(3)
    worst = "; ".join(
        f"{score_name('', r['indicator'])} ({percent(r['ratio'])})" for _, r in short.iterrows()
    )
    tail = f" Xa kế hoạch nhất: {worst}." if worst else ""
    return Words(f"{len(met)} trên {len(planned)} chỉ tiêu có kế hoạch đã đạt hoặc vượt.{tail}")


def communes(table: pd.DataFrame) -> Words:
    """How many communes hold each title, and who has met the fewest criteria."""
    held = table["title"].value_counts()
    known = table.dropna(subset="criteria_met")
    if known.empty:
        return Words("Chưa có số liệu tiêu chí của xã nào.")
    few = known.sort_values(["criteria_met", "commune_code"]).head(3)
    names = "; ".join(
        f"{r['commune']} ({district_name(r['district_code'])}): {number(r['criteria_met'])}"
        for _, r in few.iterrows()
    )
    titles = "; ".join(f"{title}: {count}" for title, count in held.items())
    mean = number(known["criteria_met"].mean(), 1)
    return Words(
        f"Danh hiệu được báo cáo: {titles or 'chưa có'}. Bình quân {mean} tiêu chí một xã, "
        f"tính trên {len(known)} xã có số liệu. Ít tiêu chí nhất: {names}."
    )


def score_name(part: str, indicator: str | None) -> str:
    """A row of scores.csv in words."""
    if pd.isna(indicator):
        return _parts()[part]
    if part == "reporting":
        items = reference.table("score_reporting").set_index("item")["name_vi"]
        return str(items[indicator]).lower()
    return f"{indicator} {reference.catalogue().loc[indicator, 'name_vi']}"


def district_name(code: str) -> str:
    """The short name of a district by its code."""
    return units.district(code).short


@cache
def commune_name(code: str, district_code: str | None = None) -> str:
    """The full name of a commune by its code and the unit that reports on it."""
    return units.commune_name(code, district_code)


@cache
def _parts() -> dict[str, str]:
    return reference.table("score_parts").set_index("part")["name_vi"].to_dict()


def measure_name(indicator: str) -> str:
    """What a series shows: the rate where there is a denominator, else the figure itself."""
    row = reference.catalogue().loc[indicator]
    name = row["rate_vi"] if pd.notna(row["rate_vi"]) else row["name_vi"]
    return f"{name} ({indicator})"


def measured_as(value: float, indicator: str) -> str:
    """A reported figure of an indicator in the unit it is reported in."""
    return quantity(value, reference.catalogue().loc[indicator, "unit"])


def measured(value: float, indicator: str) -> str:
    """A value of a series in the unit that it is shown in."""
    row = reference.catalogue().loc[indicator]
    if row["rate_unit"] == "%":
        return percent(value)
    return quantity(value, row["unit"] if pd.isna(row["rate_unit"]) else row["rate_unit"])


def change(value: float, indicator: str) -> str:
    """A yearly change with its sign; of a share in percentage points."""
    if pd.isna(value):
        return MISSING
    row = reference.catalogue().loc[indicator]
    if row["rate_unit"] == "%":
        text = f"{number(abs(value) * 100, 2)} điểm %"
    elif row["unit"] == "%":
        text = f"{number(abs(value), 2)} điểm %"
    else:
        text = measured(abs(value) if abs(value) < 100 else round(abs(value)), indicator)
    return ("+" if value > 0 else "-" if value < 0 else "") + text


def catalogued(indicator: str) -> pd.Series:
    """The catalogue's row of an indicator."""
    return reference.catalogue().loc[indicator]
