"""The campaign along its result chain: what is put in, done, delivered, and what becomes of it.

Which step an indicator belongs to is column `chain` of the catalogue: the software's own
classification, not verified.
"""

from __future__ import annotations

from datetime import date

import pandas as pd

from ntm_eval import reference, schemas
from ntm_eval.analysis.province import plan_met

STEPS = ("input", "activity", "output", "outcome")  # `context` is no step: what others rest on


def table(facts: pd.DataFrame, totals: pd.DataFrame, moves: pd.Series, on: date) -> pd.DataFrame:
    """A row for each step.

    `indicators` of those reported on; of those whose total has a plan (`planned`) how many and
    what `share` reached it; how many totals `rose` and `fell` since last year by more than
    `least_change`, and the codes of those that did most (`most`, `least`). `totals` and `moves`
    are `analysis.province.totals` and `moved`; a total that leaves a held figure out moves none.
    """
    steps = reference.catalogue()["chain"]
    owed = steps[steps.index.isin(facts["indicator"])]
    known = totals.assign(step=totals["indicator"].map(steps))
    planned = known.dropna(subset="ratio")
    met = plan_met(planned)
    change = reference.constant("least_change", on)
    whole = moves[moves.index.isin(known.loc[known["held"].isna(), "indicator"])]
    rows = []
    for step in STEPS:
        own = whole[whole.index.map(steps) == step]
        rose, fell = own[own > change], own[own < -change]
        plans = planned["step"] == step
        rows.append(
            {
                "step": step,
                "indicators": (owed == step).sum(),
                "planned": plans.sum(),
                "reached": met[plans].sum(),
                "rose": len(rose),
                "fell": len(fell),
                "most": rose.idxmax() if len(rose) else None,
                "least": fell.idxmin() if len(fell) else None,
            }
        )
    made = pd.DataFrame(rows)
    shares = made["reached"] / made["planned"].where(made["planned"] > 0)
    return schemas.typed("chain", made.assign(share=shares))
