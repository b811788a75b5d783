"""The columns that other people's programs rely on, written out, for every test to compare with."""

from __future__ import annotations

# a result file in outputs/<year>-<period>/, as .csv and .parquet -> its columns in order
TABLES = {
    "register": (
        "district_code", "district", "status", "received", "due", "days_late", "cut_off", "file",
        "cells_expected", "cells_filled", "errors", "warnings",
    ),
    "facts": (
        "year", "period", "district_code", "commune_code", "indicator", "measure", "value",
        "state", "unit", "qualifier", "raw", "file", "sheet", "cell", "corrected",
    ),
    "problems": (
        "severity", "rule", "district_code", "commune_code", "indicator", "file", "sheet", "cell",
        "raw", "message",
    ),
    "series": ("district_code", "indicator", "year", "value", "denominator", "rate"),
    "trends": (
        "district_code", "indicator", "years", "first_year", "last_year", "slope", "low", "high",
        "p_value", "q_value", "direction", "good", "basis",
    ),
    "outlook": (
        "district_code", "indicator", "so_far", "plan", "expected", "low", "high", "probability",
    ),
    "satisfaction": (
        "district_code", "commune_code", "survey", "question", "households", "issued",
        "collected", "answered", "satisfied", "share", "low", "high", "threshold", "verdict",
    ),
    "communes": (
        "district_code", "commune_code", "commune", "kind", "registered", "title", "criteria_met",
        "criteria_known", "missing_criteria", "households", "poor", "near_poor",
        "cultural_households", "temporary_houses",
    ),
    "scores": (
        "district_code", "part", "indicator", "points", "max_points", "value", "plan", "ratio",
        "reason",
    ),
    "ranking": (
        "district_code", "points", "grade", "rank", "rank_low", "rank_high", "points_low",
        "points_high", "self_score",
    ),
}  # fmt: skip

# kept by the office beside the reports, in data/raw/<year>/<period>/
KEPT_BY_THE_OFFICE = {
    "receipts": ("file", "received", "extended_to", "note"),
    "corrections": ("file", "sheet", "cell", "old", "new", "reason", "approved_by", "date"),
    "decisions": ("district", "grade", "reason", "decided_by", "date"),
    "followup": ("district", "indicator", "recommendation", "unit", "status", "note"),
}

# what satisfaction.csv has besides in `published/`: a row's count between two ends, and its state
PUBLISHED = (
    "satisfied_low", "satisfied_high", "answered_low", "answered_high", "rule", "share_low",
    "share_high", "state", "certainty",
)  # fmt: skip
