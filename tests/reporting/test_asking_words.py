"""How residents were asked, in words: guidance, coverage, groups, the plan for next time."""

from datetime import date

import numpy as np
import pandas as pd
import pytest
from pictures import answers

from ntm_eval import notation
from ntm_eval.analysis import clusters, planner
from ntm_eval.analysis import satisfaction as analysed
from ntm_eval.reporting import sections
from ntm_eval.workspace import ROOT

DAY = date(2022, 12, 31)
CHIENG_LY, LONG_HE = "03751", "03763"
NAN = np.nan


def asked(satisfied, unsatisfied, survey="xã NTM", households=800, collected=400):
    return answers((CHIENG_LY, survey, "19", households, collected, satisfied, unsatisfied))


@pytest.mark.parametrize(
    ("day", "says"),
    [
        (
            date(2023, 12, 31),
            "Áp dụng HD 90/HD-MTTW-BTT ngày 20/9/2022: câu hỏi chung ở từng xã từ "
            "90%, từng nội dung ở từng xã từ 80%.",
        ),
        (date(2022, 12, 31), "Cuộc lấy ý kiến làm trước ngày 20/09/2022 phải theo hướng dẫn trước"),
        (date(2022, 6, 30), "chưa rõ số và ngày: chưa rõ ngưỡng nên không kết luận."),
        (date(2018, 12, 31), "xã từ 80%. Ngưỡng chưa đối chiếu được với văn bản."),
        (date(2016, 12, 31), "Chưa có ngưỡng cho khảo sát xã NTM"),
    ],
)
def test_the_guidance_that_is_applied_is_named(day, says):
    said = sections.survey.summary(asked(390, 10), day)
    assert says in said
    assert said.startswith("Khảo sát xã NTM: 1 xã (Xã Chiềng Ly).")


def test_coverage_is_said_and_held_against_the_guidance():
    enough = answers((CHIENG_LY, "xã NTM", "19", 1269, 1043, 972, 71))
    assert sections.survey.coverage(enough, DAY) == (
        "Thu 1.043 phiếu của 1.269 hộ (82,2%). Cuộc nào cũng đủ phiếu theo mức tối thiểu."
    )
    few = answers((LONG_HE, "xã NTM", "19", 1000, 400, 390, 10))
    said = sections.survey.coverage(few, DAY)
    assert said.endswith("Chưa đủ phiếu: Xã Long Hẹ, xã nông thôn mới.")
    unknown = answers((LONG_HE, "xã NTM", "19", NAN, 400, 390, 10))
    assert sections.survey.coverage(unknown, DAY).startswith("Có xã chưa rõ số hộ")


SPREAD = {
    "district_code": "119",
    "commune_code": CHIENG_LY,
    "survey": "xã NTM",
    "by": "collector",
    "groups": 10,
    "forms": 400,
    "share": 0.9,
    "correlation": 0.081,
    "inflation": 1.94,
    "p_value": 0.0123,
    "state": "apart",
    "unlike": "người thu 4",
}


def spread(**changed):
    return sections.survey.clusters(pd.DataFrame([SPREAD | changed], columns=clusters.COLUMNS))


def test_groups_that_differ_are_said_with_what_it_means():
    assert spread() == (
        "Xã Chiềng Ly, xã nông thôn mới, theo người thu phiếu (10 nhóm, 400 phiếu): các nhóm "
        "khác nhau quá "
        "mức ngẫu nhiên (p = 0,012, tương quan trong nhóm 0,08); khoảng tin cậy ở trên chưa gồm "
        "khác biệt này, sai số thật có thể lớn gấp khoảng 1,9 lần. Khác hẳn: người thu 4 (số thứ "
        "tự, không phải mã số). Đề nghị xem lại cách lấy ý kiến; khác nhau chưa phải là sai."
    )
    villages = spread(by="village", unlike="bản 2; bản 5")
    assert "nên xem riêng từng bản. Khác hẳn: bản 2, bản 5 (số thứ tự" in villages
    assert "lần" not in villages
    assert "p < 0,001" in spread(p_value=0.0002)
    assert "Khác hẳn" not in spread(unlike="")


def test_groups_that_do_not_differ_or_are_too_few_are_said():
    assert "không khác nhau quá mức ngẫu nhiên (p = 0,430)" in spread(state="alike", p_value=0.43)
    few = spread(state="too_few", groups=3, by="village")
    assert "theo bản, tiểu khu: không đủ số liệu (3 nhóm có từ 10 phiếu; cần từ 5 nhóm" in few
    assert "Không kết luận là bình thường." in few
    none = sections.survey.clusters(pd.DataFrame(columns=clusters.COLUMNS))
    assert none.startswith("Không có phiếu từng hộ")


def test_the_planner_says_the_numbers_of_its_table():
    said = sections.survey.plan()
    assert f"cần khoảng {planner.forms_needed(1000, 0.95, 0.9)} phiếu nếu" in said
    assert f"khoảng {planner.forms_needed(1000, 0.92, 0.9)} phiếu nếu là 92%" in said
    rows = sections.survey.plan_table().rows
    assert rows[3][:2] == ("500", str(planner.forms_needed(500, 0.8, 0.9)))
    assert len(rows) == len(sections.survey.SIZES)


def test_the_page_of_the_docs_has_the_numbers_of_the_package():
    text = (ROOT / "docs" / "satisfaction.md").read_text(encoding="utf-8")
    for row in sections.survey.plan_table().rows:
        assert f"| {' | '.join(row)} |" in text
    found = analysed.wilson(972, 1043, 1269)
    assert [notation.percent(x) for x in (found.share, found.low, found.high)] == [
        "93,2%",
        "92,5%",
        "93,8%",
    ]
    assert "tỷ lệ 93,2%, khoảng tin cậy từ 92,5% đến 93,8%" in text
