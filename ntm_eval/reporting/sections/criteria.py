"""Pictures of the NTM criteria: which hold most xã back, and every xã of every district."""

from __future__ import annotations

import numpy as np
import pandas as pd
from matplotlib.axes import Axes

from ntm_eval import notation
from ntm_eval.analysis.communes import XA, Group
from ntm_eval.intake.sheets import CRITERIA, MET, NOT_YET
from ntm_eval.language import translate as _
from ntm_eval.notation import district_name
from ntm_eval.reporting import style
from ntm_eval.reporting.blocks import Figure
from ntm_eval.reporting.sections.communes import criteria_names
from ntm_eval.reporting.style import BLUE, PALE, SHADES

LACKING_ALT = (
    "Mỗi hàng một tiêu chí nông thôn mới: thanh và số là số xã chưa đạt, nhiều nhất ở trên."
)
GRID_ALT = (
    "Mỗi hàng một huyện, thành phố, mỗi ô một xã từ nhiều tiêu chí đến ít: số trong ô là số "
    "tiêu chí nông thôn mới đã đạt."
)
SHOWN = 8  # criteria in the picture
LEAST = 5  # criteria that the palest shade stands for


def lacking(communes: pd.DataFrame, of: Group = XA) -> pd.DataFrame:
    """How many xã, or towns, lack each criterion: `criterion`, `communes`, `known`; most first."""
    marks = communes.loc[of.of(communes), list(of.criteria)]
    found = pd.DataFrame(
        {
            "criterion": list(of.criteria),
            "communes": marks.eq(NOT_YET).sum().to_numpy(),
            "known": marks.isin([MET, NOT_YET]).sum().to_numpy(),
        }
    )
    rows = found[found["communes"] > 0]
    return rows.sort_values("communes", ascending=False, kind="stable", ignore_index=True)


def draw_lacking(ax: Axes, found: pd.DataFrame) -> Axes:
    """A bar for each of the criteria that most xã lack, the number at its end."""
    if found.empty:
        return style.no_data(ax)
    rows = found.head(SHOWN)
    style.fit_height(ax, 0.2 * len(rows) + 0.45)
    ax.barh(rows.index, rows["communes"], height=0.62, color=[BLUE, *[PALE] * (len(rows) - 1)])
    for y, count in enumerate(rows["communes"]):
        ax.text(count, y, f" {count}", va="center", fontsize=7.5)
    labels = [notation.sentence(criteria_names(code))[:-1] for code in rows["criterion"]]
    style.name_rows(ax, labels)
    ax.set(xlim=(0, rows["known"].max()))
    ax.grid(visible=False, axis="y")
    ax.set_xlabel(_("Số xã chưa đạt, trong {of} xã có số liệu", of=rows["known"].max()))
    return ax


def held_back(found: pd.DataFrame) -> Figure:
    """Which criteria hold most xã back (`lacking`)."""
    first = notation.sentence(criteria_names(found.iloc[0]["criterion"]))[:-1]
    return Figure.drawn(
        draw_lacking,
        found,
        alt=LACKING_ALT,
        tables="communes",
        caption=_("{criterion} là tiêu chí nhiều xã chưa đạt nhất", criterion=first),
        width=6.3,
    )


def draw_grid(ax: Axes, rows: pd.DataFrame) -> Axes:
    """A row of xã for each district, the most criteria first; darker where more, ○ not known."""
    districts = rows["district_code"].drop_duplicates().tolist()
    rows = rows.sort_values("criteria_met", ascending=False, kind="stable")
    place = rows.assign(
        y=rows["district_code"].map(districts.index), x=rows.groupby("district_code").cumcount()
    )
    shades = place.pivot(index="y", columns="x", values="criteria_met")
    style.fit_height(ax, 0.235 * len(districts) + 0.5)
    style.heatmap(ax, shades.to_numpy(float), vmin=LEAST, vmax=len(CRITERIA), cmap=SHADES)
    for cell in place.itertuples():
        whole = cell.criteria_met == len(CRITERIA)
        said = "○" if np.isnan(cell.criteria_met) else f"{cell.criteria_met:.0f}"
        weight = "bold" if whole else "normal"
        ax.text(cell.x, cell.y, said, ha="center", va="center", fontsize=6.5, fontweight=weight)
    style.name_rows(ax, [district_name(code) for code in districts])
    ax.set(xticks=[], xlim=(-0.5, place["x"].max() + 0.5))
    ax.set_xlabel(_("Mỗi ô một xã: số tiêu chí đã đạt, càng đậm càng nhiều; ○ chưa có số liệu"))
    return ax


def grid(communes: pd.DataFrame) -> Figure:
    """Every xã by the number of criteria that it meets."""
    rows = communes[XA.of(communes)]
    known = rows.dropna(subset="criteria_met")
    return Figure.drawn(
        draw_grid,
        rows,
        alt=GRID_ALT,
        tables="communes",
        caption=_(
            "{whole}/{known} xã đạt đủ 19 tiêu chí; xã đạt ít nhất có {least} tiêu chí",
            whole=int((known["criteria_met"] == len(CRITERIA)).sum()),
            known=len(known),
            least=f"{known['criteria_met'].min():.0f}",
        ),
        width=6.3,
    )
