"""What the score is made of: three sentences for leaders, tables for analysts."""

from __future__ import annotations

import math
from datetime import date

import pandas as pd

from ntm_eval import notation, reference
from ntm_eval.analysis.composition import TOTAL
from ntm_eval.analysis.scheme import REPORTING
from ntm_eval.language import translate as _
from ntm_eval.notation import number, percent, score_name
from ntm_eval.reporting.blocks import Column, Table, Text

METHODS = {
    "minmax": "chuẩn hóa từ kém nhất đến tốt nhất",
    "z": "chuẩn hóa theo độ lệch chuẩn",
    "geometric": "nhân các phần thay vì cộng",
}


def punctual(indicators: pd.DataFrame, parts: pd.DataFrame, day: date) -> Text:
    """The warning that the ranking has become one of punctuality; '' where it has not."""
    capped = _capped(indicators)
    if _most(parts) != REPORTING or not capped >= reference.constant("capped_share", day):
        return Text("", parts)
    text = (
        "{capped} số lượt chấm chỉ tiêu đã đạt điểm tối đa, nên thứ hạng kỳ này chủ yếu phản ánh "
        "việc gửi báo cáo đúng hạn, đầy đủ; không dùng để so sánh kết quả công việc."
    )
    return Text(_(text, capped=percent(capped, 0)), parts)


def findings(indicators: pd.DataFrame, parts: pd.DataFrame, scorings: pd.DataFrame) -> Text:
    """What tells the districts apart, and what other ways to score would change.

    The tables are those of `analysis.composition`.
    """
    if scorings.empty:
        return Text("")
    by_part, most = parts[parts["part"] != TOTAL].set_index("part"), _most(parts)
    capped = percent(_capped(indicators), 0)
    lines = [_("{capped} số lượt chấm chỉ tiêu được điểm tối đa.", capped=capped)]
    if most:
        row = by_part.loc[most]
        lines.append(
            _(
                "Chênh lệch điểm giữa các đơn vị nhiều nhất là do phần {part}: {share} chênh lệch, "
                "trong khi trọng số là {weight}.",
                part=score_name(most, None),
                share=percent(row["variance_share"], 0),
                weight=percent(row["weight"] / by_part["weight"].sum(), 0),
            )
        )
    lines.append(_moved(scorings))
    return Text("\n".join(lines), parts)


def _capped(indicators: pd.DataFrame) -> float:
    """The share of assessed indicators at full points."""
    count = indicators["districts"].sum()
    return (indicators["capped"] * indicators["districts"]).sum() / count if count else math.nan


def _most(parts: pd.DataFrame) -> str | None:
    """The part that the differences between districts come from most."""
    shares = parts[parts["part"] != TOTAL].set_index("part")["variance_share"]
    return str(shares.idxmax()) if shares.notna().any() else None


def _moved(scorings: pd.DataFrame) -> str:
    others = scorings[scorings["method"] != "published"]
    far = others.groupby("district_code")["moved"].agg(lambda moved: moved.abs().max())
    first = scorings[scorings["rank"] == 1].groupby("method")["district_code"].agg(set)
    same = all(leads == first["published"] for leads in first)
    if not far.max() > 0:
        return _("Chấm theo ba cách thường dùng khác không đơn vị nào đổi hạng.")
    return _(
        "Chấm theo ba cách thường dùng khác, {moved} trên {count} đơn vị đổi hạng, nhiều nhất "
        "{most} bậc; {first}.",
        moved=(far > 0).sum(),
        count=len(far),
        most=number(far.max()),
        first=_("hạng nhất không đổi") if same else _("hạng nhất có đổi"),
    )


def plans_met(attainment: pd.DataFrame) -> dict[str, str]:
    """By district the plans met of those given: '2/46'."""
    known = attainment.dropna(subset="indicators").set_index("district_code")
    return {str(row.Index): f"{row.met:.0f}/{row.indicators:.0f}" for row in known.itertuples()}


def parts_table(parts: pd.DataFrame) -> Table:
    """How much each part decides beside its weight, and how far its indicators agree."""
    columns = {
        "part": Column(
            "Phần", lambda part: _("Tổng điểm") if part == TOTAL else score_name(part, None)
        ),
        "weight": Column.number("Trọng số"),
        "spread": Column.number("Độ lệch chuẩn của tỷ lệ điểm", 2),
        "with_rest": Column.number("Tương quan với các phần khác", 2),
        "main_effect": Column.number("Ảnh hưởng chính (r²)", 2),
        "variance_share": Column.percent("Phần trong độ chênh tổng điểm", 0),
        "alpha": Column.number("α Cronbach", 2),
        "first_component": Column.percent("Thành phần thứ nhất", 0),
        "by_chance": Column.percent("Nếu ngẫu nhiên", 0),
    }
    return Table.from_frame(parts, columns, "Các phần của điểm: trọng số và ảnh hưởng thật")


def indicators_table(indicators: pd.DataFrame) -> Table:
    """What each scored indicator adds to telling the districts apart."""
    columns = {
        "name": Column.of_row("Chỉ tiêu", lambda row: score_name(row["part"], row["indicator"])),
        "districts": Column.number("Số đơn vị"),
        "capped": Column.percent("Được điểm tối đa", 0),
        "spread": Column.number("Độ lệch chuẩn", 2),
        "with_part": Column.number("Tương quan với phần", 2),
        "with_total": Column.number("Tương quan với tổng điểm", 2),
    }
    return Table.from_frame(indicators, columns, "Từng chỉ tiêu phân biệt các đơn vị đến đâu")


def scorings_table(scorings: pd.DataFrame) -> Table:
    """The ranks that other ways to normalise and to add up would give."""
    ranks = scorings.pivot(index="district_code", columns="method", values="rank")
    ranks = ranks.reindex(columns=["published", *METHODS])
    frame = ranks.sort_values("published").reset_index()
    columns = {
        "district_code": Column("Huyện, thành phố", notation.district_name),
        "published": Column.number("Hạng đề xuất"),
        **{name: Column.number(_(words)) for name, words in METHODS.items()},
    }
    return Table.from_frame(frame, columns, "Hạng theo cách chuẩn hóa và cách gộp khác")
