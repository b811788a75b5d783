"""What may be published of the residents' answers (`disclosure.published`) -> pictures."""

from __future__ import annotations

import math
import textwrap

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.ticker import FuncFormatter, MaxNLocator

from ntm_eval import notation
from ntm_eval.analysis import disclosure, planner, satisfaction
from ntm_eval.language import say
from ntm_eval.reporting import style
from ntm_eval.reporting.style import BLUE, GREY, INK, SHADES, SKY, VERMILION

# what the rule says and whether the interval agrees -> words, marker, fill
JUDGED = {
    ("met", "met"): ("✓ đạt", "o", BLUE),
    ("met", "unclear"): ("✓ đạt, chưa chắc", "D", "white"),
    ("not_met", "not_met"): ("✗ chưa đạt", "s", VERMILION),
    ("not_met", "unclear"): ("✗ chưa đạt, chưa chắc", "D", "white"),
    ("met", disclosure.WITHHELD): ("✓ đạt", "o", "white"),
    ("not_met", disclosure.WITHHELD): ("✗ chưa đạt", "s", "white"),
    ("not_configured", "not_configured"): ("– chưa có ngưỡng", "o", "white"),
    ("unclear", "unclear"): ("○ chưa có số liệu", "o", "white"),
}
WITHHELD = ("– không công bố", "o", "white")
TOGETHER = ("– xét gộp cả huyện", "o", "white")
# expected shares of the planner, about a threshold of 90 %; lines that differ in grey as well
PLANNED = {
    0.85: (VERMILION, "--"), 0.92: (INK, "-"), 0.95: (BLUE, "-."), 0.97: (GREY, (0, (1, 1))),
}  # fmt: skip
MOST_HOUSEHOLDS = 2500
PALEST = 0.8  # the usual threshold of a content: whatever is below is as pale as that


def judged(rows: pd.DataFrame) -> list[tuple[str, str, str]]:
    """The words, marker and fill of each published row."""
    together = (rows["survey"] == satisfaction.DISTRICT_SURVEY) & (rows["rule"] == "not_configured")
    return [
        TOGETHER if whole else JUDGED.get((rule, verdict), WITHHELD)
        for rule, verdict, whole in zip(rows["rule"], rows["verdict"], together, strict=True)
    ]


def overall(ax: Axes, table: pd.DataFrame) -> Axes:
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
    style.name_rows(ax, _labels(rows))
    ax.xaxis.set_major_locator(MaxNLocator(8, steps=[1, 2, 5, 10]))
    ax.xaxis.set_major_formatter(style.percents())
    label = say("Tỷ lệ hài lòng trên số phiếu thu; thanh ngang: khoảng tin cậy 95%")
    if rows["threshold"].notna().any():
        label = say("{label}; vạch đứt: ngưỡng", label=label)
    hidden = rows["share"].isna() & rows["share_low"].notna()
    if hidden.any():
        label += "\n" + say("Thanh dày: số không công bố, nằm trong khoảng đó")
    ax.set_xlabel(label)
    if rows["survey"].nunique() == 1:
        ax.set_title(say("Câu hỏi chung, khảo sát {survey}", survey=say(rows["survey"].iloc[0])))
    return ax


def _intervals(ax: Axes, rows: pd.DataFrame) -> None:
    """Thresholds as dashes across their rows; intervals, and thick where the count is held back."""
    y = np.arange(len(rows))
    ax.vlines(rows["threshold"], y - 0.5, y + 0.5, VERMILION, "dashed", linewidth=1)
    hidden = rows["share"].isna().to_numpy()
    for part, low, high, color, width in (
        (hidden, "share_low", "share_high", SKY, 5), (~hidden, "low", "high", INK, 1),
    ):  # fmt: skip
        ax.hlines(y[part], rows.loc[part, low], rows.loc[part, high], color=color, linewidth=width)


def _row(ax: Axes, y: int, row: dict, mark: tuple[str, str, str]) -> None:
    words, marker, fill = say(mark[0]), *mark[1:]
    if math.isnan(row["share_low"]):
        style.at_right(ax, y, words, GREY)
    elif math.isnan(row["share"]):
        style.at_right(ax, y, words)
    else:
        ax.plot(row["share"], y, marker, color=INK, markerfacecolor=fill, label="share")
        style.at_right(ax, y, f"{notation.percent(row['share'])}  {words}")


def contents(ax: Axes, table: pd.DataFrame) -> Axes:
    """Every question in every commune: whole per cent downward, with ✗ below the threshold."""
    if table.empty:
        return style.no_data(ax)
    rows = table.assign(row=_survey_of(table), column=table["question"].astype(int))
    labels = _labels(rows.drop_duplicates("row"))
    columns = range(1, int(rows["column"].max()) + 1)
    style.fit_height(ax, 0.27 * len(labels) + 0.9)
    last = satisfaction.is_overall(rows)
    _cells(ax, rows, last)
    ax.xaxis.tick_top()
    ax.set(xlim=(0.4, columns[-1] + 0.6), xticks=columns)
    ax.tick_params(axis="x", labelsize=7)
    style.name_rows(ax, labels, size=7)
    ax.set_title(say("Tỷ lệ hài lòng từng câu, %"), pad=16)
    ax.set_xlabel(
        say(
            "Khung đậm: câu hỏi chung. ✗ dưới ngưỡng, ? chưa chắc, ≥ số không công bố, "
            "○ chưa có số."
        )
        + "\n"
        + say("Phần trăm làm tròn xuống; ô càng đậm, tỷ lệ càng cao.")
    )
    return ax


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
        ax.text(cell["column"], cell["row"], cell_text(cell), ha="center", va="center",
                fontsize=6.5, fontweight=bold)  # fmt: skip


def cell_text(cell: dict) -> str:
    """One published row as a cell: '97', '≥98' where held back, '✗74', '91?', or '○'."""
    if math.isnan(cell["share_low"]):
        return "○"
    number = f"{math.floor(100 * cell['share_low'] + 1e-9)}"
    least = "≥" if math.isnan(cell["share"]) else ""
    unsure = "?" if cell["verdict"] == "unclear" else ""
    return f"{'✗' if cell['rule'] == 'not_met' else ''}{least}{number}{unsure}"


def plan(ax: Axes) -> Axes:
    """Forms needed against households, a line for each expected share, named at its end."""
    threshold = planner.newest_threshold()
    households = range(20, MOST_HOUSEHOLDS + 1, 20)
    ax.plot(households, households, ":", color=GREY, linewidth=1)
    ax.text(930, 960, say("hỏi tất cả các hộ"), color=GREY, fontsize=7, ha="right")
    for share, (color, line) in PLANNED.items():
        needed = planner.plan(households, [share], threshold)[share]
        ax.plot(households, needed, linestyle=line, color=color, linewidth=1.6, label="forms")
        forms = say(
            "{share}: {forms} phiếu",
            share=notation.percent(share, 0),
            forms=notation.number(needed.iloc[-1]),
        )
        ax.text(MOST_HOUSEHOLDS + 30, needed.iloc[-1], forms, va="center", fontsize=7.5)
    ax.set(xlim=(0, MOST_HOUSEHOLDS), ylim=(0, 1200))
    for axis in (ax.xaxis, ax.yaxis):
        axis.set_major_formatter(FuncFormatter(lambda n, _: notation.number(n)))
    ax.set_title(
        say(
            "Số phiếu cần để kết luận so với ngưỡng {threshold}, theo tỷ lệ hài lòng thật",
            threshold=notation.percent(threshold, 0),
        )
    )
    ax.set_xlabel(say("Số hộ của xã"))
    ax.set_ylabel(say("Số phiếu cần thu"))
    return ax


def _labels(rows: pd.DataFrame) -> list[str]:
    """The commune, and the survey where there are several."""
    several = rows["survey"].nunique() > 1
    return [
        textwrap.fill(notation.commune_name(*place) + (f", {say(survey)}" if several else ""), 34)
        for survey, *place in rows[["survey", "commune_code", "district_code"]].to_numpy()
    ]
