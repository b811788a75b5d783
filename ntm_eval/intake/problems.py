"""What is wrong with a report, as letters to its sender: one shape for every rule."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import astuple, dataclass, fields
from functools import cache

import pandas as pd

from ntm_eval import reference


@dataclass(frozen=True)
class Problem:
    """One broken rule at one place. `message` says what, where, why and what to do."""

    severity: str
    rule: str
    district_code: str | None
    commune_code: str | None
    indicator: str | None
    file: str | None
    sheet: str | None
    cell: str | None
    raw: str | None
    message: str


COLUMNS = [f.name for f in fields(Problem)]


@dataclass(frozen=True)
class Place:
    """Where in what was sent; `who` opens the letter."""

    who: str | None = None
    district_code: str | None = None
    file: str | None = None
    sheet: str | None = None
    cell: str | None = None

    def __str__(self) -> str:
        words = [
            self.who,
            f"tệp {self.file}" if self.file else None,
            f"trang '{self.sheet}'" if self.sheet else None,
            f"ô {self.cell}" if self.cell else None,
        ]
        return ", ".join(w for w in words if w)


def problem(
    rule: str,
    why: str,
    place: Place,
    *,
    indicator: str | None = None,
    commune_code: str | None = None,
    raw: str | None = None,
) -> Problem:
    """The letter about one broken rule; `why` ends with what to do."""
    subject = f"{indicator} {_names()[indicator]}" if indicator else None
    typed = f"ghi '{raw}'" if raw else None
    where = ", ".join(w for w in (str(place), subject, typed) if w)
    return Problem(
        severity=_rules()[rule].severity,
        rule=rule,
        district_code=place.district_code,
        commune_code=commune_code,
        indicator=indicator,
        file=place.file,
        sheet=place.sheet,
        cell=place.cell,
        raw=raw,
        message=f"{where}: {why}" if where else why,
    )


def limit(rule: str) -> float:
    """The threshold of a rule, from reference data."""
    return float(_rules()[rule].limit)


def frame(problems: Iterable[Problem]) -> pd.DataFrame:
    """One row for each problem, text columns even when empty."""
    rows = [astuple(p) for p in problems]
    return pd.DataFrame(rows, columns=COLUMNS).astype("str")


@cache
def _rules() -> dict[str, object]:
    return {row.rule: row for row in reference.table("rules").itertuples(index=False)}


@cache
def _names() -> dict[str, str]:
    return reference.table("indicators").set_index("id")["name_vi"].to_dict()
