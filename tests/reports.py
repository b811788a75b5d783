"""What tests of reports share."""

from __future__ import annotations

from ntm_eval import units

SOP_COP = units.district("sop-cop")


def rules(cleaned) -> list[str]:
    """The broken rules other than blank cells, which a nearly empty workbook has in numbers."""
    return [p.rule for p in cleaned.problems if p.rule != "blank_cell"]
