"""What a district's points hang on: held figures and unread cells, each with what it could move."""

from __future__ import annotations

import pandas as pd

from ntm_eval import schemas
from ntm_eval.analysis.scores import KEY, Inputs

COLUMNS = schemas.column_names("pending")
OPEN = ("held", "unanswered", "no_actual")  # cases that an answer of the district would change


def table(inputs: Inputs) -> pd.DataFrame:
    """A row for each scored indicator whose points wait for an answer, the weightiest first.

    `question`: the rule that holds the figure, else how the cell was left (`blank`, `rejected`,
    `not_applicable`). `value` as typed, `likely` what it most likely is (NaN: not known), `base`
    the plan or total. `loss` and `gain`: what the points lose if held figures count as nothing,
    and gain at most with all answers: a figure that is missing or that nothing is known of may be
    all that was planned, another what it likely is. Both add up, within a part and over the parts.
    """
    rows, likely = inputs.assessed["value"], inputs.assessed["likely"]
    open_, held = rows["case"].isin(OPEN), rows["case"] == "held"
    asked = rows["case"].isin(["held", "unanswered"])
    known = asked & likely["value"].ne(rows["value"])
    best = likely["ratio"].where(known, 1.0).where(open_, 0.0)
    part = [rows["district_code"], rows["part"]]

    def over_part(values: pd.Series, how: str = "sum") -> pd.Series:
        return values.groupby(part).transform(how)

    full = rows["part"].map(inputs.rules.parts).astype(float)
    counted, earned = over_part(rows["ratio"], "count"), over_part(rows["ratio"])
    mean = (earned / counted.where(counted > 0)).fillna(0.0)
    # a held figure joins the others of its part, a missing one is among them as 0
    count = counted + over_part(held)
    loss = full * (mean - earned / count) / over_part(held)
    gain = full * ((earned + over_part(best)) / count - mean).clip(lower=0.0)
    alone = ((earned + best) / (counted + held) - mean).clip(lower=0.0).where(open_, 0.0)
    state = rows["value_held"].fillna(rows["total_held"]).fillna(rows["plan_held"])
    found = rows.assign(
        question=state.where(asked, rows["value_state"]).fillna("blank"),
        likely=likely["value"].where(known),
        loss=loss.where(held, 0.0),
        gain=(gain * alone / over_part(alone)).fillna(0.0),
    )
    found = found[open_].assign(size=lambda row: row["loss"] + row["gain"])
    order = found.sort_values(["size", *KEY], ascending=[False, True, True], ignore_index=True)
    return order[COLUMNS]
