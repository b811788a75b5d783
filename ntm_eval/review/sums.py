"""Do the districts make the province? What was saved, against what each district's reports say."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pandas as pd

from ntm_eval.analysis import province
from ntm_eval.review.review import Review

KEY = ["district_code", "indicator"]


def differences(review: Review, saved: pd.DataFrame) -> Iterator[str]:
    """Where the saved facts of a district, or the province's totals, are not the districts' own.

    `saved` is facts.parquet as the review wrote it. Each difference is a sentence.
    """
    each = {d: review.district(d.slug).facts for d in review.units}
    for unit, own in each.items():
        for indicator in _different(saved[saved["district_code"] == unit.code], own):
            yield f"{unit.name}: {indicator} trong facts.csv khác báo cáo của huyện."
    added = province.totals(saved.assign(likely=np.nan), review.series, review.space.year)
    totals = added.set_index("indicator")["actual"]
    own = pd.concat(facts[facts["measure"] == "actual"] for facts in each.values())
    back = saved[(saved["measure"] == "actual") & saved["held"].notna()]
    held_back = pd.MultiIndex.from_frame(own[KEY]).isin(pd.MultiIndex.from_frame(back[KEY]))
    sums = _actual(own[~held_back]).groupby(level=0).sum(min_count=1).reindex(totals.index)
    for indicator in totals.index[~np.isclose(totals, sums, rtol=1e-9, equal_nan=True)]:
        yield f"Tỉnh Sơn La: {indicator} không bằng tổng của các huyện, thành phố."


def _actual(facts: pd.DataFrame) -> pd.Series:
    return facts[facts["measure"] == "actual"].set_index("indicator")["value"]


def _different(saved: pd.DataFrame, own: pd.DataFrame) -> list[str]:
    """Indicators whose actual figure, or number of figures, is not the same in both."""
    one, other = (_actual(t).groupby(level=0).agg(["sum", "count", "size"]) for t in (saved, own))
    one, other = one.align(other)
    same = np.isclose(one, other, rtol=1e-9, equal_nan=True).all(axis=1)
    return list(one.index[~same])
