"""The scorecard: each unit's points beside its core indicators, in one picture."""

from __future__ import annotations

import math
import textwrap
from collections.abc import Sequence
from datetime import date

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.patches import Rectangle

from ntm_eval import language, notation, reference
from ntm_eval.language import MISSING
from ntm_eval.language import translate as _
from ntm_eval.reporting import style
from ntm_eval.reporting.blocks import Figure
from ntm_eval.reporting.style import BLUE, GREY, INK, TICKS, VERMILION
from ntm_eval.workspace import VIETNAMESE

ALT = (
    "Mỗi hàng một đơn vị, xếp theo điểm: tên, vạch nối các đơn vị cùng nhóm, điểm và khoảng điểm "
    "trên nền các mức xếp loại; tiếp theo mỗi ô một chỉ tiêu chính: phần trăm kế hoạch, mũi tên so "
    "với năm trước, dấu hỏi ở số đang giải trình. Số của từng ô ở biểu số liệu."
)
COLUMNS = [
    "district_code",
    "rank",
    "group",
    "points",
    "points_low",
    "points_high",
    "indicator",
    "kind",
    "shown",
    "reached",
    "state",
    "arrow",
    "verdict",
]
CORE = ("scorecard", "dashboard")
HELD, NOTHING, FAR, SHORT, MET = "held", "none", "far", "short", "met"
# the legend of what stands in cells: of kinds other than plans, and of states
KINDS = {
    "over": "{names}: ✓ không cao hơn kế hoạch, + cao hơn (chưa đạt)",
    "rate": "{names}: % số việc",
    "amount": "{names}: số lượng",
}
STATES = {
    FAR: "nền sẫm, chữ đậm: dưới 80% mức phải đạt",
    MET: "nền nhạt: đạt",
    SHORT: "nền trắng: chưa đạt nhưng từ 80% trở lên",
    HELD: "khung, dấu ?: số đang giải trình, chưa tính",
    NOTHING: "–: không có số",
}
GROUNDS = {FAR: "#efbfa9", MET: "#e4f0f8"}  # far apart in grey as well
ARROWS = {"up": "^", "down": "v", "same": "."}

# inches: the page's width, what stands above the rows and between them and the legend, a row, a
# line of the legend, and where each column ends
WIDTH, TALLEST, HEAD, LEGEND, ROW, LINE = 160 / 25.4, 8.7, 0.94, 0.2, 0.4, 0.13
NAMES, BRACKET, STRIP, POINTS, CELLS = 0.8, 0.85, (0.94, 1.88), 2.2, (2.27, WIDTH - 0.02)
GAP, WIDER = 0.03, 1.3  # between contents; how much wider a column of amounts is
LETTERS = 12  # of a header in one line
NAMED = 3  # leaders in the title; more are counted

Cuts = Sequence[tuple[float, str]]  # the least points of grades and their names


def frame(
    ranking: pd.DataFrame, facts: pd.DataFrame, moves: pd.DataFrame, due: pd.Series, on: date
) -> pd.DataFrame:
    """A row for each unit and core indicator, the best unit first; columns COLUMNS.

    `moves` is `Review.since_last_year`, `due` the share of a year's plan due in the period,
    by indicator. `kind`: `plan` (`shown` is the share of the plan), `over` (less is better: by how
    much the plan is exceeded, 0 where it is not), `rate` (the share settled) or `amount`.
    `reached`: how far what was due is reached, which makes `state` `far`, `short` or `met`. A held
    figure (`held`) is in no share; `none`: there is no figure, or nothing to hold it against.
    `arrow`: where the figure went since last year, beyond what is noise; '' of what follows a need
    or cannot be compared.
    """
    known, moves = reference.catalogue(), moves.set_index(["district_code", "indicator"])
    core = known[known["core"].isin(CORE) & known.index.isin(facts["indicator"])]
    wide = facts[facts["commune_code"].isna()].pivot_table(
        index=["district_code", "indicator"], columns="measure", values="value", aggfunc="first"
    )
    doubted = facts[facts["held"].notna() & facts["value"].notna()]
    held = set(zip(doubted["district_code"], doubted["indicator"], strict=True))
    order = ranking.sort_values(["rank", "district_code"], na_position="last")
    rows = []
    for unit in order[COLUMNS[:6]].to_dict("records"):
        for code, of in core.iterrows():
            key = (unit["district_code"], code)
            behind = (unit["district_code"], of["denominator"])
            settled = of["formula"] == "settled"
            value, plan = (_value(wide, key, measure) for measure in ("actual", "plan"))
            base = _value(wide, behind, "actual") if settled else plan
            kind = _kind(of)
            shown, reached = _measured(kind, value, base, float(due.get(code, 1.0)))
            if key in held or (settled and behind in held):
                state, shown, reached = HELD, math.nan, math.nan
            elif math.isnan(shown):
                state = NOTHING
            elif kind == "amount":
                state = SHORT
            else:
                weak = reached < reference.constant("weak_ratio", on)
                state = FAR if weak else MET if reached >= 1 else SHORT
            verdict, arrow = ("no_figure", "") if state == NOTHING else _moved(moves, key)
            rows.append((*unit.values(), code, kind, shown, reached, state, arrow, verdict))
    return pd.DataFrame(rows, columns=COLUMNS)


def _kind(of: pd.Series) -> str:
    if of["formula"] == "settled":
        return "rate"
    if of["has_plan"] != "yes":
        return "amount"
    return "over" if of["better"] == "down" else "plan"


def _value(wide: pd.DataFrame, key: tuple[str, object], measure: str) -> float:
    found = measure in wide and key in wide.index
    return float(wide.at[key, measure]) if found else math.nan


def _measured(kind: str, value: float, base: float, due: float) -> tuple[float, float]:
    """What a cell shows, and how far what was due is reached."""
    if kind == "amount":
        return value, math.nan
    if not base > 0:
        return math.nan, math.nan
    share = value / base
    if kind == "over":
        return max(share - 1, 0.0) if share == share else share, 1 / share if share else 1.0
    return share, share / (due if kind == "plan" else 1.0)


def _moved(moves: pd.DataFrame, key: tuple[str, str]) -> tuple[str, str]:
    if key not in moves.index:
        return "no_figure", ""
    row = moves.loc[key]
    if row["verdict"] in ("better", "worse", "unclear"):
        return row["verdict"], "up" if row["now"] > row["before"] else "down"
    return row["verdict"], "same" if row["verdict"] == "same" else ""


def text(row: dict) -> str:
    """What stands in a cell: whole per cent downward, so that 79,9 is not 80; '✓', '+4%', '?'."""
    if row["state"] in (HELD, NOTHING):
        return "?" if row["state"] == HELD else MISSING
    if row["kind"] == "amount":
        return notation.number(row["shown"])
    if row["kind"] == "over":
        return f"+{math.ceil(100 * row['shown'] - 1e-9)}%" if row["shown"] > 0 else "✓"
    return notation.number(math.floor(100 * row["shown"] + 1e-9))


def message(found: pd.DataFrame) -> str:
    """Who leads, and in which core indicator most units are far from their plan."""
    units = found.drop_duplicates("district_code").dropna(subset="points")
    if units.empty:
        return _("Chưa có đơn vị nào đủ căn cứ để xếp hạng.")
    first = units[units["group"] == units["group"].iloc[0]]["district_code"]
    names = ", ".join(map(notation.district_name, first))
    of = found["district_code"].nunique()
    if len(first) == 1:
        said = _("{name} dẫn đầu", name=names)
    elif len(first) <= NAMED:
        said = _("{names} cùng dẫn đầu, chưa phân biệt được", names=names)
    else:
        said = _("{count}/{of} đơn vị chưa phân biệt được về điểm", count=len(first), of=of)
    far = found[found["state"] == FAR].groupby("indicator").size()
    if far.empty:
        return _("{said}; không chỉ tiêu chính nào dưới 80% kế hoạch", said=said)
    return _(
        "{said}; {name}: {count}/{of} đơn vị dưới 80% mức phải đạt",
        said=said,
        name=short_name(far.idxmax()),
        count=far.max(),
        of=of,
    )


def short_name(code: str) -> str:
    """The short name of a core indicator in the language in use."""
    column = "short_vi" if language.current() == VIETNAMESE else "short_en"
    return str(reference.indicator(code)[column])


def chart(found: pd.DataFrame, on: date, *, graded: bool) -> Figure:
    """The scorecard; its title is its message. Without grades there are no bands."""
    return Figure.drawn(
        draw,
        found,
        on,
        graded,
        alt=ALT,
        tables="ranking facts series",
        caption=message(found),
        width=WIDTH,
    )


def draw(ax: Axes, found: pd.DataFrame, on: date, graded: bool) -> Axes:
    """Points on the bands of the grades, groups bracketed, and a cell for each core indicator."""
    if found.empty:
        return style.no_data(ax)
    units = found.drop_duplicates("district_code").reset_index(drop=True)
    legend = _legend(found)
    foot = LEGEND + LINE * (legend.count("\n") + 1)
    row = min(ROW, (TALLEST - HEAD - foot) / len(units))
    size = min(7.5, 62 * row)
    height = HEAD + row * len(units) + foot
    style.whole_page(ax, height)
    ax.set(xlim=(0, WIDTH), ylim=(height, 0))
    middles = HEAD + row * (np.arange(len(units)) + 0.5)
    for y, code in zip(middles, units["district_code"], strict=True):
        name = notation.district_name(code)
        ax.text(NAMES, y, name, ha="right", va="center", fontsize=size, color=TICKS)
    _groups(ax, units["group"].tolist(), middles, row)
    _points(ax, units, middles, size, grades(on) if graded else [])
    _cells(ax, found, middles, row, size)
    y = height - foot + LEGEND
    ax.text(0.05, y, legend, fontsize=6.5, color=TICKS, va="top", linespacing=1.35)
    return ax


def grades(on: date) -> Cuts:
    """The least points of each grade, the lowest first."""
    rows = reference.at(reference.table("grades"), on).sort_values("at_least")
    return list(zip(rows["at_least"], rows["grade"], strict=True))


def bands(cuts: Cuts, start: float) -> list[tuple[float, float, tuple[float, str]]]:
    """From and to which points each grade reaches on a scale from `start` to 100."""
    ends = [max(least, start) for least, _grade in cuts] + [100.0]
    return list(zip(ends, ends[1:], cuts, strict=False))


def _groups(ax: Axes, groups: Sequence[float], middles: np.ndarray, row: float) -> None:
    """A bracket beside each run of rows that are one group."""
    start, half, lip = 0, 0.36 * row, 0.035
    for n in range(1, len(groups) + 1):
        if n < len(groups) and groups[n] == groups[start]:
            continue
        if n - start > 1 and not math.isnan(groups[start]):
            low, high = middles[start] - half, middles[n - 1] + half
            x = [BRACKET + lip, BRACKET, BRACKET, BRACKET + lip]
            ax.plot(x, [low, low, high, high], color=INK, linewidth=0.9, label="group")
        start = n


def _points(ax: Axes, units: pd.DataFrame, middles: np.ndarray, size: float, cuts: Cuts) -> None:
    """Each unit's points with their interval, on the bands of the grades where there are any."""
    left, right = STRIP
    lowest = units[["points", "points_low"]].min(axis=None)
    start = 50.0 if math.isnan(lowest) else math.floor((lowest - 2) / 5) * 5.0
    bottom = HEAD + (middles[0] - HEAD) * 2 * len(units)

    def at(points: float | pd.Series) -> float | pd.Series:
        return left + (right - left) * (points - start) / (100 - start)

    for n, (low, high, (cut, grade)) in enumerate(bands(cuts, start)):
        if high <= low:
            continue
        ground = (0.97 - 0.055 * n, 0.98 - 0.035 * n, 0.99 - 0.02 * n)
        corner = (float(at(low)), HEAD)
        wide = float(at(high)) - corner[0]
        ax.add_patch(Rectangle(corner, wide, bottom - HEAD, facecolor=ground, edgecolor="none"))
        x = corner[0] + wide / 2
        name = notation.grade(grade)
        ax.text(
            x, HEAD - 0.06, name, rotation=90, ha="center", va="bottom", fontsize=6.5, color=TICKS
        )
        if cut > start:
            _tick(ax, corner[0], bottom, cut)
    if not cuts:
        for points in (start, 100.0):
            _tick(ax, float(at(points)), bottom, points)
    ax.hlines(
        middles,
        at(units["points_low"]),
        at(units["points_high"]),
        color=BLUE,
        linewidth=3,
        alpha=0.55,
        label="interval",
    )
    ax.plot(at(units["points"]), middles, "o", color=BLUE, ms=min(4.5, 0.75 * size), label="points")
    for y, points in zip(middles, units["points"], strict=True):
        said, weight = notation.number(points, 1), "normal" if math.isnan(points) else "bold"
        ax.text(POINTS, y, said, ha="right", va="center_baseline", fontsize=size, weight=weight)
    ax.text(
        POINTS - 0.06, HEAD - 0.06, _("Điểm"), rotation=90, ha="right", va="bottom", fontsize=6.5
    )


def _tick(ax: Axes, x: float, y: float, points: float) -> None:
    text = notation.number(points)
    ax.text(x, y + 0.04, text, ha="center", va="top", fontsize=6.5, color=TICKS)


def _places(found: pd.DataFrame) -> dict[str, tuple[float, float]]:
    """Where each column of cells begins and how wide it is."""
    kinds = found.drop_duplicates("indicator").set_index("indicator")["kind"]
    weights = [WIDER if kind == "amount" else 1.0 for kind in kinds]
    gaps = [a[:2] != b[:2] for a, b in zip(kinds.index, kinds.index[1:], strict=False)]
    one = (CELLS[1] - CELLS[0] - GAP * sum(gaps)) / sum(weights)
    places, x = {}, CELLS[0]
    for code, weight, gap in zip(kinds.index, weights, [*gaps, False], strict=True):
        places[code] = (x, one * weight)
        x += one * weight + GAP * gap
    return places


def _two_lines(name: str) -> str:
    """A header in two lines about as long as each other, where it is long."""
    words = name.split()
    parted = [(" ".join(words[:n]), " ".join(words[n:])) for n in range(1, len(words))]
    if len(name) <= LETTERS or not parted:
        return name
    return "\n".join(min(parted, key=lambda lines: max(map(len, lines))))


def _cells(ax: Axes, found: pd.DataFrame, middles: np.ndarray, row: float, size: float) -> None:
    places = _places(found)
    for code, (x, wide) in places.items():
        name, middle = _two_lines(short_name(code)), x + wide / 2
        ax.text(middle, HEAD - 0.06, name, rotation=90, ha="center", va="bottom", fontsize=6.5)
    heights = dict(zip(found["district_code"].drop_duplicates(), middles, strict=True))
    small = min(size, 6.6)
    marks: dict[tuple[str, bool], list[tuple[float, float]]] = {}
    for cell in found.to_dict("records"):
        (x, wide), y = places[cell["indicator"]], heights[cell["district_code"]]
        held = cell["state"] == HELD
        ax.add_patch(
            Rectangle(
                (x + 0.012, y - 0.46 * row),
                wide - 0.024,
                0.92 * row,
                facecolor=GROUNDS.get(cell["state"], "white"),
                edgecolor=VERMILION if held else "#dddddd",
                linewidth=1.2 if held else 0.4,
            )
        )
        arrow = cell["arrow"]
        ax.text(
            x + (wide / 2 if held or not arrow else wide - 0.095),
            y,
            text(cell),
            ha="center" if held or not arrow else "right",
            va="center_baseline",
            fontsize=small,
            fontweight="bold" if held or cell["state"] == FAR else "normal",
            color=VERMILION if held else INK,
        )
        if arrow and not held:
            key = (ARROWS[arrow], cell["verdict"] == "worse")
            marks.setdefault(key, []).append((x + wide - 0.055, y))
    for (marker, worse), at in marks.items():
        _marks(ax, marker, worse, np.array(at), 0.46 * small)


def _marks(ax: Axes, marker: str, worse: bool, at: np.ndarray, size: float) -> None:
    """Arrows of one look: full and dark where it went for the worse."""
    fill, edge = (INK, INK) if worse else ("white", GREY)
    if marker == ".":
        fill = edge = GREY
    label = f"arrow {marker}{'!' if worse else ''}"
    ax.plot(*at.T, marker, ms=size, mfc=fill, mec=edge, mew=0.6, label=label)


def _legend(found: pd.DataFrame) -> str:
    """What the signs mean, of those that there are."""
    names = found.groupby("kind")["indicator"].unique()
    first = [_("Trong ô: % kế hoạch năm")]
    for kind, text_of in KINDS.items():
        if kind in names:
            first.append(_(text_of, names=", ".join(map(short_name, names[kind]))))
    second = [_("Vạch dọc cạnh tên: các đơn vị cùng nhóm; thanh ngang: mức dao động điểm")]
    second += [_(words) for state, words in STATES.items() if state in set(found["state"])]
    if found["arrow"].any():
        second.append(
            _("mũi tên: so với năm trước, tô kín là xấu đi, rỗng là tốt lên; chấm: không đổi")
        )
    words = textwrap.fill("; ".join(first) + ".", 126) + "\n"
    return words + textwrap.fill(notation.sentence("; ".join(second)), 126)
