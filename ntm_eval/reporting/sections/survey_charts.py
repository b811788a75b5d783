"""Pictures of residents' answers: the overall question, and every question of every commune."""

from __future__ import annotations

import math
import textwrap

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.ticker import MaxNLocator

from ntm_eval import notation
from ntm_eval.analysis import satisfaction
from ntm_eval.language import translate as _
from ntm_eval.notation import percent
from ntm_eval.reporting import style
from ntm_eval.reporting.blocks import Figure
from ntm_eval.reporting.sections.satisfaction import judged
from ntm_eval.reporting.style import GREY, INK, SHADES, SKY, VERMILION

CONTENTS_ALT = (
    "Lưới các xã và câu hỏi: trong ô là phần trăm hài lòng, dấu ✗ là dưới ngưỡng. Số ở bảng kết "
    "quả lấy ý kiến."
)
ALT = (
    "Mỗi hàng một xã: tỷ lệ hài lòng, khoảng tin cậy 95%, ngưỡng và kết luận bằng chữ. Số của "
    "từng câu hỏi ở bảng kết quả lấy ý kiến."
)
PALEST = 0.8  # the usual threshold of a content: whatever is below is as pale as that


def draw(ax: Axes, table: pd.DataFrame) -> Axes:
    """Shares of satisfied residents by commune, with intervals, thresholds and verdicts in words.

    A row for each overall question; where a count is held back, a bar between its two ends.
    """
    rows = satisfaction.overall(table)
    if rows.empty:
        return style.no_data(ax)
    style.fit_height(ax, 0.28 * len(rows) + 0.9)
    lowest = rows[["low", "share_low", "threshold"]].min(axis=None)
    ax.set_xlim((0 if math.isnan(lowest) else max(0, lowest - 0.04)), 1.005)
    _intervals(ax, rows)
    for y, (row, mark) in enumerate(zip(rows.to_dict("records"), judged(rows), strict=True)):
        _row(ax, y, row, mark)
    style.name_rows(ax, _survey_labels(rows))
    ax.xaxis.set_major_locator(MaxNLocator(8, steps=[1, 2, 5, 10]))
    ax.xaxis.set_major_formatter(style.percents())
    label = _("Tỷ lệ hài lòng trên số phiếu thu; thanh ngang: khoảng tin cậy 95%")
    if rows["threshold"].notna().any():
        label = _("{label}; vạch đứt: ngưỡng", label=label)
    hidden = rows["share"].isna() & rows["share_low"].notna()
    if hidden.any():
        label += "\n" + _("Thanh dày: số không công bố, nằm trong khoảng đó")
    ax.set_xlabel(label)
    if rows["survey"].nunique() == 1:
        ax.set_title(_("Câu hỏi chung, khảo sát {survey}", survey=_(rows["survey"].iloc[0])))
    return ax


def draw_contents(ax: Axes, table: pd.DataFrame) -> Axes:
    """Every question in every commune: whole per cent downward, with ✗ below the threshold."""
    if table.empty:
        return style.no_data(ax)
    rows = table.assign(row=_survey_of(table), column=table["question"].astype(int))
    labels = _survey_labels(rows.drop_duplicates("row"))
    columns = range(1, int(rows["column"].max()) + 1)
    style.fit_height(ax, 0.27 * len(labels) + 0.9)
    last = satisfaction.is_overall(rows)
    _cells(ax, rows, last)
    ax.xaxis.tick_top()
    ax.set(xlim=(0.4, columns[-1] + 0.6), xticks=columns)
    ax.tick_params(axis="x", labelsize=7)
    style.name_rows(ax, labels, size=7)
    ax.set_title(_("Tỷ lệ hài lòng từng câu, %"), pad=16)
    ax.set_xlabel(
        _("Khung đậm: câu hỏi chung. ✗ dưới ngưỡng, ? chưa chắc, ≥ số không công bố, ○ chưa có số.")
        + "\n"
        + _("Phần trăm làm tròn xuống; ô càng đậm, tỷ lệ càng cao.")
    )
    return ax


def cell_text(cell: dict) -> str:
    """One published row as a cell: '97', '≥98' where held back, '✗74', '91?', or '○'."""
    if math.isnan(cell["share_low"]):
        return "○"
    number = f"{math.floor(100 * cell['share_low'] + 1e-9)}"
    least = "≥" if math.isnan(cell["share"]) else ""
    unsure = "?" if cell["verdict"] == "unclear" else ""
    return f"{'✗' if cell['rule'] == 'not_met' else ''}{least}{number}{unsure}"


def chart(table: pd.DataFrame, caption: str = "") -> Figure:
    """The answers to the overall question, commune by commune."""
    return Figure.drawn(draw, table, alt=ALT, tables="satisfaction", caption=caption)


def contents(table: pd.DataFrame) -> Figure:
    """The answers to every question in every commune."""
    return Figure.drawn(draw_contents, table, alt=CONTENTS_ALT, tables="satisfaction")


def _intervals(ax: Axes, rows: pd.DataFrame) -> None:
    """Thresholds as dashes across their rows; intervals, and thick where the count is held back."""
    y = np.arange(len(rows))
    ax.vlines(rows["threshold"], y - 0.5, y + 0.5, VERMILION, "dashed", linewidth=1)
    hidden = rows["share"].isna().to_numpy()
    for part, low, high, color, width in (
        (hidden, "share_low", "share_high", SKY, 5),
        (~hidden, "low", "high", INK, 1),
    ):
        ax.hlines(y[part], rows.loc[part, low], rows.loc[part, high], color=color, linewidth=width)


def _row(ax: Axes, y: int, row: dict, mark: tuple[str, str, str]) -> None:
    words, marker, fill = _(mark[0]), *mark[1:]
    if math.isnan(row["share_low"]):
        style.at_right(ax, y, words, GREY)
    elif math.isnan(row["share"]):
        style.at_right(ax, y, words)
    else:
        ax.plot(row["share"], y, marker, color=INK, markerfacecolor=fill, label="share")
        style.at_right(ax, y, f"{notation.percent(row['share'])}  {words}{_returned(row)}")


def _returned(row: dict) -> str:
    """How many of the forms handed out came back, where that is known."""
    share = row["collected"] / row["issued"] if row["issued"] > 0 else math.nan
    return "" if math.isnan(share) else _("; thu {share} phiếu", share=percent(share, 0))


def _survey_of(rows: pd.DataFrame) -> pd.Series:
    """The place of each row's survey, in the order in which they first stand."""
    return rows.groupby(["commune_code", "survey"], sort=False).ngroup()


def _cells(ax: Axes, rows: pd.DataFrame, common: pd.Series) -> None:
    """A shade and a text for each published row; a bold frame about the overall questions."""
    shares = rows.pivot(index="row", columns="column", values="share_low")
    shares = shares.reindex(columns=range(1, shares.columns.max() + 1))
    style.heatmap(ax, shares.to_numpy(float), first=1, vmin=PALEST, vmax=1, cmap=SHADES)
    x, y = (rows.loc[common, name].to_numpy() for name in ("column", "row"))
    frames = np.column_stack([x - 0.5, x + 0.5, y - 0.5, y + 0.5])
    style.boxes(ax, frames, facecolor="none", edgecolor=INK, linewidth=1.2, zorder=3)
    for cell in rows.to_dict("records"):
        bold = "bold" if cell["rule"] == "not_met" else "normal"
        ax.text(
            cell["column"],
            cell["row"],
            cell_text(cell),
            ha="center",
            va="center",
            fontsize=6.5,
            fontweight=bold,
        )


def _survey_labels(rows: pd.DataFrame) -> list[str]:
    """The commune, and the survey where there are several."""
    several = rows["survey"].nunique() > 1
    return [
        textwrap.fill(notation.commune_name(*place) + (f", {_(survey)}" if several else ""), 34)
        for survey, *place in rows[["survey", "commune_code", "district_code"]].to_numpy()
    ]
