"""What a review concludes of residents' answers, against the sheets as they were sent."""

import re

import pandas as pd
import pytest

from ntm_eval import notation
from ntm_eval.reporting import province, sections


@pytest.fixture(scope="module")
def sent(sample_review):
    """The rows of all districts as typed, with the share of the forms collected."""
    rows = pd.concat([sample_review.district(u.slug).answers for u in sample_review.units])
    return rows.assign(share=rows["satisfied"] / rows["collected"])


def test_every_commune_that_fails_any_question_is_named(sample_review, sent):
    asked = sent[sent["survey"] == "xã NTM"]
    limit = asked["question"].map(lambda q: 0.9 if q == "19" else 0.8)
    failing = asked[asked["share"] < limit]
    assert {"19"} < set(failing["question"])  # the sample has one that fails a content only
    said = sections.satisfaction.province(sample_review.satisfaction)
    for code, district in failing[["commune_code", "district_code"]].to_numpy():
        assert notation.commune_name(code, district) in said.splitlines()[-1]
    assert said.splitlines()[-1].count(", xã nông thôn mới (câu ") == len(
        failing["commune_code"].unique()
    )


def test_a_survey_with_few_forms_or_an_open_warning_is_never_sure(sample_review, sent):
    said = sample_review.satisfaction.set_index(["commune_code", "survey", "question"])
    rows = sent.set_index(said.index.names)
    decided = said["rule"].isin(["met", "not_met"])
    few = (rows["collected"] / rows["households"] < 0.6) | (
        rows["collected"] / rows["issued"] < 0.7
    )
    warned = sample_review.problems.query("rule == 'all_satisfied'")["commune_code"]
    assert len(warned)
    assert set(said.loc[few.reindex(said.index) & decided, "certainty"]) == {"few_forms"}
    assert set(said.loc[warned]["certainty"]) == {"review"}
    assert "sure" not in set(said.xs("xã NTM", level="survey")["certainty"])


def test_no_page_of_the_province_calls_a_survey_sure_that_is_not(sample_review):
    blocks = list(province.residents(sample_review))
    said = next(str(b) for b in blocks if "cuộc lấy ý kiến" in str(b))
    towns = sample_review.satisfaction.query("survey == 'đô thị văn minh' and question == '10'")
    sure = towns["certainty"].eq("sure").sum()  # whose threshold stands in a decision
    assert sum(map(int, re.findall(r"(\d+) (?:đạt|chưa đạt), chắc chắn", said))) == sure > 0
    said = re.sub(r"\d+ (?:đạt|chưa đạt), chắc chắn", "", said)
    assert "ngưỡng chưa đối chiếu với văn bản" in said
    assert "chưa đủ phiếu" in said
    assert "đang rà soát" in said
    assert "chắc chắn" not in said.replace("chưa chắc chắn", "")
