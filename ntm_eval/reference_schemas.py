"""What each table of `data/reference/` must hold: its columns and their types, in their order."""

from __future__ import annotations

import pandera.pandas as pa

CODE3 = pa.Column(str, pa.Check.str_matches(r"^\d{3}$"))
CODE5 = pa.Column(str, pa.Check.str_matches(r"^\d{5}$"))
# from 1/7/2025 a commune belongs to no district
NO_DISTRICT = pa.Column(str, pa.Check.str_matches(r"^\d{3}$"), nullable=True)
ID = pa.Column(str, pa.Check.str_matches(r"^C[1-6]-\d\d$"))
TEXT = pa.Column(str)
OPTIONAL = pa.Column(str, nullable=True)
NUMBER = pa.Column(float)
DAY = pa.Column("datetime64[s]")
LATER = pa.Column("datetime64[s]", nullable=True)
APPLIES = r"^(everywhere|communes|towns|\d{3,5}(\+\d{3,5})*)$"
YES_NO = pa.Column(str, pa.Check.isin(["yes", "no"]))
SOURCE = pa.Column(str, pa.Check.str_length(min_value=3))


def _one_of(*values: str) -> pa.Column:
    return pa.Column(str, pa.Check.isin(values))


def _optional_one_of(*values: str) -> pa.Column:
    return pa.Column(str, pa.Check.isin(values), nullable=True)


SCHEMAS = {
    "districts": {
        "code": CODE3,
        "slug": TEXT,
        "name": TEXT,
        "short": TEXT,
        "kind": _one_of("huyện", "thị xã", "thành phố"),
        "valid_from": DAY,
        "valid_to": LATER,
        "source": SOURCE,
        "as_of": DAY,
    },
    "communes": {
        "code": CODE5,
        "district_code": NO_DISTRICT,
        "name": TEXT,
        "short": TEXT,
        "kind": _one_of("xã", "phường", "thị trấn"),
        "valid_from": DAY,
        "valid_to": LATER,
        "source": SOURCE,
        "as_of": DAY,
    },
    "crosswalk": {
        "from_code": CODE5,
        "from_start": DAY,
        "to_code": CODE5,
        "to_start": DAY,
        "relation": _one_of("whole", "part"),
        "share": pa.Column(float, pa.Check.between(0, 1)),
        "note": OPTIONAL,
        "verified": YES_NO,
        "source": SOURCE,
    },
    "tilegrid": {
        "district_code": CODE3,
        "row": pa.Column(int),
        "col": pa.Column(int),
        "source": SOURCE,
        "as_of": DAY,
    },
    "aliases": {
        "kind": _one_of("district", "commune", "title", "survey", "organisation"),
        "alias": TEXT,
        "code": TEXT,
        "source": SOURCE,
        "as_of": DAY,
    },
    "indicators": {
        "id": ID,
        "content": pa.Column(str, pa.Check.str_matches(r"^[1-6]$")),
        "name_vi": TEXT,
        "name_en": TEXT,
        "unit": TEXT,
        "kind": _one_of("count", "money", "area", "number", "percent"),
        "flow_stock": _one_of("flow", "stock"),
        "better": _one_of("up", "down", "none"),
        "frequency": _one_of("h1+annual", "annual"),
        "has_plan": YES_NO,
        "scored": YES_NO,
        "core": _one_of("no", "scorecard", "dashboard"),
        "short_vi": OPTIONAL,
        "short_en": OPTIONAL,
        "applies": pa.Column(str, pa.Check.str_matches(APPLIES)),
        "check": OPTIONAL,
        "closes": pa.Column(str, pa.Check.str_matches(r"^[-+] C[1-6]-\d\d$"), nullable=True),
        "chain": _one_of("input", "activity", "output", "outcome", "context"),
        "plan_clause": TEXT,
        "break_before": pa.Column(float, nullable=True),
        "denominator": pa.Column(str, pa.Check.str_matches(r"^C[1-6]-\d\d$"), nullable=True),
        "rate_vi": OPTIONAL,
        "rate_unit": OPTIONAL,
        "formula": _optional_one_of("up", "down", "settled"),
        "plausible_max": pa.Column(float, nullable=True),
        "valid_from": DAY,
        "source": SOURCE,
    },
    "calendar": {
        "period": _one_of("h1", "annual"),
        "name_vi": TEXT,
        "due_month": pa.Column(int),
        "due_day": pa.Column(int),
        "cut_off_month": pa.Column(int),
        "cut_off_day": pa.Column(int),
        "valid_from": DAY,
        "source": SOURCE,
    },
    "rules": {
        "rule": TEXT,
        "severity": _one_of("error", "warning", "info"),
        "name_vi": TEXT,
        "limit": pa.Column(float, nullable=True),
        "holds": _one_of("no", "yes", "until_approved"),
        "valid_from": DAY,
        "source": SOURCE,
    },
    "messages": {
        "message": pa.Column(str, unique=True),
        "text_vi": TEXT,
        "text_en": TEXT,
    },
    "quality": {
        "figure": _one_of("reports", "timeliness", "cells", "consistency", "outliers"),
        "name_vi": TEXT,
        "threshold": pa.Column(float, pa.Check.between(0, 1)),
        "tolerance": pa.Column(float, nullable=True),
        "least": pa.Column(float, nullable=True),
        "valid_from": DAY,
        "source": SOURCE,
    },
    "surveys": {
        "survey": TEXT,
        "questions": pa.Column(int),
        "overall": pa.Column(int),
        "valid_from": DAY,
        "source": SOURCE,
        "verified": YES_NO,
    },
    "thresholds": {
        "survey": TEXT,
        "guidance": TEXT,
        "question_kind": _one_of("overall", "content"),
        "threshold": pa.Column(float, pa.Check.between(0, 1), nullable=True),
        "scope": _one_of("commune", "district"),
        "denominator": _one_of("collected", "answered"),
        "coverage": pa.Column(float, pa.Check.between(0, 1), nullable=True),
        "valid_from": DAY,
        "valid_to": LATER,
        "source": SOURCE,
        "verified": YES_NO,
    },
    "score_parts": {
        "part": TEXT,
        "name_vi": TEXT,
        "points": NUMBER,
        "valid_from": DAY,
        "source": SOURCE,
    },
    "score_reporting": {
        "item": _one_of("on_time", "cells_filled", "no_errors"),
        "name_vi": TEXT,
        "points": NUMBER,
        "deduction": pa.Column(float, nullable=True),
        "deduction_for": TEXT,
        "valid_from": DAY,
        "source": SOURCE,
    },
    "score_rules": {
        "year": pa.Column(int),
        "period": _one_of("h1", "annual"),
        "answer_by": pa.Column("datetime64[s]"),
        "unanswered": _one_of("zero", "not_assessed"),
        "source": SOURCE,
    },
    "breaks": {"indicator": ID, "year": pa.Column(int), "reason_vi": TEXT, "source": SOURCE},
    "criteria_sets": {
        "title": TEXT,
        "criteria_set": TEXT,
        "criteria": pa.Column(int),
        "indicators": pa.Column(float, nullable=True),
        "valid_from": DAY,
        "valid_to": LATER,
        "source": SOURCE,
        "verified": YES_NO,
    },
    "criteria": {
        "title": TEXT,
        "criterion": TEXT,
        "name_vi": TEXT,
        "valid_from": DAY,
        "valid_to": LATER,
        "source": SOURCE,
    },
    "title_conditions": {
        "title": TEXT,
        "condition": TEXT,
        "measure": _one_of(
            "criteria",
            "satisfaction",
            "title",
            "registration",
            "houses",
            "poverty",
            "communes",
            "none",
        ),
        "threshold": pa.Column(float, nullable=True),
        "name_vi": TEXT,
        "valid_from": DAY,
        "valid_to": LATER,
        "source": SOURCE,
        "verified": YES_NO,
    },
    "organisations": {
        "organisation": pa.Column(str, pa.Check.str_matches(r"^[a-z-]+$")),
        "name_vi": TEXT,
        "kind": _one_of("socio_political", "other"),
        "valid_from": DAY,
        "source": SOURCE,
        "verified": YES_NO,
    },
    "grades": {"grade": TEXT, "at_least": NUMBER, "valid_from": DAY, "source": SOURCE},
    "constants": {
        "name": TEXT,
        "value": pa.Column(float, pa.Check.ge(0)),
        "unit": TEXT,
        "valid_from": DAY,
        "source": SOURCE,
    },
    "need_driven": {"indicator": ID, "reason_vi": TEXT, "valid_from": DAY, "source": SOURCE},
    "places": {
        "district_code": CODE3,
        "commune_code": pa.Column(str, pa.Check.str_matches(r"^\d{5}$"), nullable=True),
        "title_vi": TEXT,
        "indicators": pa.Column(
            str, pa.Check.str_matches(r"^C[1-6]-\d\d( C[1-6]-\d\d)*$"), nullable=True
        ),
        "valid_from": DAY,
        "valid_to": LATER,
        "source": SOURCE,
    },
    "topics": {"phrase": TEXT, "indicator": ID, "source": SOURCE},
    "responsible": {"subject": TEXT, "unit": TEXT, "valid_from": DAY, "source": SOURCE},
    "official": {
        "item": _one_of(
            "superior",
            "issuer",
            "number",
            "place",
            "kind",
            "on_behalf",
            "position",
            "signer",
            "receivers",
            "letter_number",
            "letter_receivers",
            "sender",
            "deadline",
        ),
        "text": TEXT,
        "valid_from": DAY,
        "source": SOURCE,
    },
    "published": {
        "indicator": ID,
        "figure": _one_of("value", "rate"),
        "year": pa.Column(float, nullable=True),
        "as_of": LATER,
        "value": NUMBER,
        "unit": TEXT,
        "note": OPTIONAL,
        "source": SOURCE,
    },
}
