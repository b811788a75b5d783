"""Where each reporting unit stands among the others, on a picture or a page."""

from __future__ import annotations

from collections.abc import Iterable

import pandas as pd

from ntm_eval import crosswalk, reference, units


def positions(codes: Iterable[str]) -> pd.DataFrame:
    """Where each reporting unit stands: district_code, row, col.

    The twelve districts near their true places; communes in a row for each former district, in
    the order of codes, a commune of two districts in the row of the first.
    """
    if not units.all_beside(codes)[0].is_commune:
        return reference.table("tilegrid")[["district_code", "row", "col"]]
    home = crosswalk.former_districts(units.REFORM_DAY).drop_duplicates("code")
    rows = home["district_code"].rank(method="dense").astype(int) - 1
    place = pd.DataFrame({"district_code": home["code"], "row": rows}).sort_values("district_code")
    return place.assign(col=place.groupby("row").cumcount()).reset_index(drop=True)
