"""What each table of `data/reference/` must hold: its columns and their types, in their order.

A column is a text unless its table or, for names that mean the same everywhere, `COMMON` says more.
"""

from __future__ import annotations

import pandera.pandas as pa

COMMUNE, UNIT, INDICATOR = r"\d{5}", r"\d{3}", r"C[1-6]-\d\d"


def _text(pattern: str, *, nullable: bool = False) -> pa.Column:
    return pa.Column(str, pa.Check.str_matches(f"^{pattern}$"), nullable=nullable)


def _one_of(*values: str, nullable: bool = False) -> pa.Column:
    return pa.Column(str, pa.Check.isin(values), nullable=nullable)


def _share(*, nullable: bool = False) -> pa.Column:
    return pa.Column(float, pa.Check.between(0, 1), nullable=nullable)


TEXT, OPTIONAL = pa.Column(str), pa.Column(str, nullable=True)
WHOLE, NUMBER = pa.Column(int), pa.Column(float)
MAYBE = pa.Column(float, nullable=True)  # a number where there is one
DAY, LATER = pa.Column("datetime64[s]"), pa.Column("datetime64[s]", nullable=True)
YES_NO = pa.Column(str, pa.Check.isin(["yes", "no"]))

COMMON = {
    "as_of": DAY,
    "district_code": _text(UNIT),
    "indicator": _text(INDICATOR),
    "note": OPTIONAL,
    "period": _one_of("h1", "annual"),
    "points": NUMBER,
    "source": pa.Column(str, pa.Check.str_length(min_value=3)),
    "valid_from": DAY,
    "valid_to": LATER,
    "verified": YES_NO,
    "year": WHOLE,
}


def _table(names: str, **own: pa.Column) -> dict[str, pa.Column]:
    """The columns of a table in their order, with those of its `own` kind."""
    return {name: COMMON.get(name, TEXT) for name in names.split()} | own


SCHEMAS = {
    "districts": _table(
        "code slug name short kind valid_from valid_to source as_of",
        code=_text(UNIT),
        kind=_one_of("huyện", "thị xã", "thành phố"),
    ),
    "communes": _table(
        "code district_code name short kind valid_from valid_to source as_of",
        code=_text(COMMUNE),
        district_code=_text(UNIT, nullable=True),  # from 1/7/2025 a commune belongs to none
        kind=_one_of("xã", "phường", "thị trấn"),
    ),
    "crosswalk": _table(
        "from_code from_start to_code to_start relation share note verified source",
        from_code=_text(COMMUNE),
        from_start=DAY,
        to_code=_text(COMMUNE),
        to_start=DAY,
        relation=_one_of("whole", "part"),
        share=_share(),
    ),
    "tilegrid": _table("district_code row col source as_of", row=WHOLE, col=WHOLE),
    "aliases": _table(
        "kind alias code source as_of",
        kind=_one_of("district", "commune", "title", "survey", "organisation"),
    ),
    "indicators": _table(
        "id content name_vi name_en unit kind flow_stock better frequency has_plan scored core "
        "short_vi short_en applies check closes chain plan_clause break_before denominator rate_vi "
        "rate_unit formula plausible_max valid_from source",
        id=_text(INDICATOR),
        content=_text("[1-6]"),
        kind=_one_of("count", "money", "area", "number", "percent"),
        flow_stock=_one_of("flow", "stock"),
        better=_one_of("up", "down", "none"),
        frequency=_one_of("h1+annual", "annual"),
        has_plan=YES_NO,
        scored=YES_NO,
        core=_one_of("no", "scorecard", "dashboard"),
        short_vi=OPTIONAL,
        short_en=OPTIONAL,
        applies=_text(r"(everywhere|communes|towns|\d{3,5}(\+\d{3,5})*)"),
        check=OPTIONAL,
        closes=_text(f"[-+] {INDICATOR}", nullable=True),
        chain=_one_of("input", "activity", "output", "outcome", "context"),
        break_before=MAYBE,
        denominator=_text(INDICATOR, nullable=True),
        rate_vi=OPTIONAL,
        rate_unit=OPTIONAL,
        formula=_one_of("up", "down", "settled", nullable=True),
        plausible_max=MAYBE,
    ),
    "calendar": _table(
        "period name_vi due_month due_day cut_off_month cut_off_day valid_from source",
        due_month=WHOLE,
        due_day=WHOLE,
        cut_off_month=WHOLE,
        cut_off_day=WHOLE,
    ),
    "rules": _table(
        "rule severity name_vi limit holds valid_from source",
        severity=_one_of("error", "warning", "info"),
        limit=MAYBE,
        holds=_one_of("no", "yes", "until_approved"),
    ),
    "messages": _table("message text_vi text_en", message=pa.Column(str, unique=True)),
    "quality": _table(
        "figure name_vi threshold tolerance least valid_from source",
        figure=_one_of("reports", "timeliness", "cells", "consistency", "outliers"),
        threshold=_share(),
        tolerance=MAYBE,
        least=MAYBE,
    ),
    "surveys": _table(
        "survey questions overall valid_from source verified", questions=WHOLE, overall=WHOLE
    ),
    "thresholds": _table(
        "survey guidance question_kind threshold scope denominator coverage valid_from valid_to "
        "source verified",
        question_kind=_one_of("overall", "content"),
        threshold=_share(nullable=True),
        scope=_one_of("commune", "district"),
        denominator=_one_of("collected", "answered"),
        coverage=_share(nullable=True),
    ),
    "score_parts": _table("part name_vi points valid_from source"),
    "score_reporting": _table(
        "item name_vi points deduction deduction_for valid_from source",
        item=_one_of("on_time", "cells_filled", "no_errors"),
        deduction=MAYBE,
    ),
    "score_rules": _table(
        "year period answer_by unanswered source",
        answer_by=DAY,
        unanswered=_one_of("zero", "not_assessed"),
    ),
    "breaks": _table("indicator year reason_vi source"),
    "criteria_sets": _table(
        "title criteria_set criteria indicators valid_from valid_to source verified",
        criteria=WHOLE,
        indicators=MAYBE,
    ),
    "criteria": _table("title criterion name_vi valid_from valid_to source"),
    "title_conditions": _table(
        "title condition measure threshold name_vi valid_from valid_to source verified",
        measure=_one_of(
            "criteria",
            "satisfaction",
            "title",
            "registration",
            "houses",
            "poverty",
            "communes",
            "none",
        ),
        threshold=MAYBE,
    ),
    "organisations": _table(
        "organisation name_vi kind valid_from source verified",
        organisation=_text("[a-z-]+"),
        kind=_one_of("socio_political", "other"),
    ),
    "grades": _table("grade at_least valid_from source", at_least=NUMBER),
    "constants": _table(
        "name value unit valid_from source", value=pa.Column(float, pa.Check.ge(0))
    ),
    "need_driven": _table("indicator reason_vi valid_from source"),
    "places": _table(
        "district_code commune_code title_vi indicators valid_from valid_to source",
        commune_code=_text(COMMUNE, nullable=True),
        indicators=_text(f"{INDICATOR}( {INDICATOR})*", nullable=True),
    ),
    "topics": _table("phrase indicator source"),
    "responsible": _table("subject unit valid_from source"),
    "official": _table(
        "item text valid_from source",
        item=_one_of(
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
    ),
    "published": _table(
        "indicator figure year as_of value unit note source",
        figure=_one_of("value", "rate"),
        year=MAYBE,
        as_of=LATER,
        value=NUMBER,
    ),
}
