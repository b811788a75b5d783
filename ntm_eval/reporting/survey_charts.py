"""What may be published of the residents' answers (`disclosure.published`) -> pictures."""

from __future__ import annotations

import math
import textwrap

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.patches import Rectangle
from matplotlib.ticker import FuncFormatter, MaxNLocator

from ntm_eval import notation
from ntm_eval.analysis import disclosure, planner, satisfaction
from ntm_eval.language import say
from ntm_eval.reporting import canvas
from ntm_eval.reporting.canvas import BLUE, GREY, INK, SHADES, SKY, VERMILION

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
        return canvas.no_data(ax)
    canvas.fit_height(ax, 0.28 * len(rows) + 0.9)
    lowest = rows[["low", "share_low", "threshold"]].min(axis=None)
    ax.set_xlim((0 if math.isnan(lowest) else max(0, lowest - 0.04)), 1.005)
    for y, (row, mark) in enumerate(zip(rows.to_dict("records"), judged(rows), strict=True)):
        _row(ax, y, row, mark)
    canvas.name_rows(ax, _labels(rows))
    ax.xaxis.set_major_locator(MaxNLocator(8, steps=[1, 2, 5, 10]))
    ax.xaxis.set_major_formatter(canvas.percents())
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


def _row(ax: Axes, y: int, row: dict, mark: tuple[str, str, str]) -> None:
    words, marker, fill = say(mark[0]), *mark[1:]
    if not math.isnan(row["threshold"]):
        ax.plot([row["threshold"]] * 2, [y - 0.5, y + 0.5], "--", color=VERMILION, lw=1)
    if math.isnan(row["share_low"]):
        canvas.at_right(ax, y, words, GREY)
    elif math.isnan(row["share"]):
        ax.plot([row["share_low"], row["share_high"]], [y, y], color=SKY, linewidth=5)
        canvas.at_right(ax, y, words)
    else:
        ax.plot([row["low"], row["high"]], [y, y], color=INK, linewidth=1)
        ax.plot(row["share"], y, marker, color=INK, markerfacecolor=fill, label="share")
        canvas.at_right(ax, y, f"{notation.percent(row['share'])}  {words}")


def contents(ax: Axes, table: pd.DataFrame) -> Axes:
    """Every question in every commune: whole per cent downward, with ✗ below the threshold."""
    if table.empty:
        return canvas.no_data(ax)
    rows = table.assign(row=_survey_of(table), column=table["question"].astype(int))
    labels = _labels(rows.drop_duplicates("row"))
    columns = range(1, int(rows["column"].max()) + 1)
    canvas.fit_height(ax, 0.27 * len(labels) + 0.9)
    last = satisfaction.is_overall(rows)
    for cell, common in zip(rows.to_dict("records"), last, strict=True):
        _cell(ax, cell, common)
    canvas.plain_grid(ax)
    canvas.name_rows(ax, labels, size=7)
    ax.tick_params(axis="x", labelsize=7)
    ax.xaxis.tick_top()
    ax.set(xlim=(0.5, columns[-1] + 0.5), xticks=columns)
    ax.spines[:].set_visible(False)
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


def _cell(ax: Axes, cell: dict, common: bool) -> None:
    x, y, share = cell["column"], cell["row"], cell["share_low"]
    shade = "white" if math.isnan(share) else SHADES(max(0, (share - PALEST) / (1 - PALEST)))
    edge, width, above = (INK, 1.2, 3) if common else ("white", 0.6, 1)
    ax.add_patch(
        Rectangle((x - 0.5, y - 0.5), 1, 1, facecolor=shade, edgecolor=edge, linewidth=width,
                  zorder=above)
    )  # fmt: skip
    ax.text(x, y, cell_text(cell), ha="center", va="center", fontsize=6.5, zorder=4,
            fontweight="bold" if cell["rule"] == "not_met" else "normal")  # fmt: skip


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
