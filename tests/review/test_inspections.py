"""The sample's planted recounts are found again: what differs is held, asked and told."""

import json

import pandas as pd
import pytest

from ntm_eval import units
from ntm_eval.analysis import province
from ntm_eval.exchange import replies
from ntm_eval.reporting import reports
from ntm_eval.workspace import SAMPLE

TRUTH = json.loads((SAMPLE / "truth.json").read_text(encoding="utf-8"))["inspected"]
(FALSE,) = [one for one in TRUTH if one["rule"]]
CODE = units.district(FALSE["district"]).code


@pytest.mark.parametrize("planted", TRUTH, ids=lambda p: f"{p['district']} {p['indicator']}")
def test_each_planted_recount_has_its_factor_and_outcome(sample_review, planted):
    own = sample_review.district(planted["district"]).verified.set_index("indicator")
    row = own.loc[planted["indicator"]]
    assert row[["places", "reported", "found"]].tolist() == [
        planted[key] for key in ("places", "reported", "found")
    ]
    assert row["outcome"] == ("open" if planted["rule"] else "agrees")
    assert pd.isna(row["factor"]) == (planted["reported"] == 0)
    assert pd.notna(row["low"]) == (planted["places"] > 1)


def test_what_differs_is_held_with_what_was_found_and_left_out_of_the_total(sample_review):
    facts = sample_review.facts
    held = facts[facts["held"] == "source_differs"]
    (row,) = held.to_dict("records")
    assert (row["district_code"], row["indicator"]) == (CODE, FALSE["indicator"])
    assert (row["value"], row["likely"]) == (FALSE["reported"], FALSE["found"])
    totals = province.totals(facts, sample_review.series, 2022).set_index("indicator")
    assert totals.loc[FALSE["indicator"], ["held", "districts"]].tolist() == ["Bắc Yên", 11]


def test_the_letter_asks_with_both_numbers(sample_review):
    here = sample_review.district(FALSE["district"])
    asked = replies.questions(here.problems, here.data.replies, here.moves)
    (told,) = asked.loc[asked["rule"] == "source_differs", "question"]
    assert "6.634" in told
    assert "8.505" in told


def test_reports_say_what_was_inspected_and_nothing_of_what_was_not(sample_review):
    page = reports.annual_review(sample_review)
    assert "5 số liệu của 4 huyện, thành phố" in page["data_quality"][-1]
    assert page["inspections"].table.frame["indicator"].tolist()
    mine = reports.evaluation(sample_review.district(FALSE["district"]))
    assert "kiểm tra được 6.634 hộ (cả đơn vị)" in mine["open_questions"][-1]
    assert "trong đó 1 số liệu đã kiểm tra tại cơ sở" in mine["questions"][-1]
    other = reports.evaluation(sample_review.district("van-ho"))
    assert "chưa kiểm tra tại cơ sở" in other["questions"][-1]
    assert "iểm tra tại cơ sở" not in " ".join(map(str, other["open_questions"]))
