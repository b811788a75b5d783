"""A new indicator, district, year, survey question or weight is a row edited in data/reference.

The rows are added to a folder of its own, and then looked for all the way to the report.
"""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from ntm_eval.office import folder

PROGRAM = Path(__file__).with_name("one_row.py")
NAME = "Hộ dùng bếp khí sinh học"
INDICATOR = (
    f"C3-09,3,{NAME},Households cooking with biogas,hộ,count,flow,up,h1+annual,yes,yes,"
    "no,,,everywhere,,,output,II.3 ý 1,,,,,up,1000,2018-01-01,mặc định của phần mềm"
)
DISTRICT = "129,phieng-khoai,Huyện Phiêng Khoài,Phiêng Khoài,huyện,2018-01-01,,thử,2022-12-31"
COMMUNE = "04999,129,Xã Đông Sang Mới,Đông Sang Mới,xã,2018-01-01,,thử,2022-12-31"


@pytest.fixture(scope="module")
def found(tmp_path_factory):
    """What the review of a folder with the new rows tells."""
    root = tmp_path_factory.mktemp("văn phòng") / "của tôi"
    folder.lay_out(root)
    add(root, "indicators", INDICATOR)
    add(root, "districts", DISTRICT)
    add(root, "communes", COMMUNE)
    change(root, "surveys", "xã NTM,19,19", "xã NTM,20,20")
    change(root, "score_parts", 'C1,"Kinh tế, giảm nghèo",25', 'C1,"Kinh tế, giảm nghèo",20')
    change(root, "score_parts", 'biến đổi khí hậu",15', 'biến đổi khí hậu",20')
    ended = subprocess.run(
        [sys.executable, PROGRAM],
        cwd=root,
        env=os.environ | {"NTM_EVAL_HOME": ""},
        capture_output=True,
        encoding="utf-8",
        timeout=300,
    )
    assert ended.returncode == 0, ended.stderr[-3000:]
    return json.loads(ended.stdout)


def add(root, table, row):
    with (root / "data" / "reference" / f"{table}.csv").open("a", encoding="utf-8") as lines:
        lines.write(row + "\n")


def change(root, table, old, new):
    path = root / "data" / "reference" / f"{table}.csv"
    text = path.read_text(encoding="utf-8")
    assert text.count(old) == 1
    path.write_text(text.replace(old, new), encoding="utf-8")


def test_the_new_indicator_is_in_the_template_and_in_the_facts(found):
    assert "C3-09" in found["template"]
    assert NAME in found["template"]
    actual = {r["district_code"]: r["value"] for r in found["facts"] if r["measure"] == "actual"}
    assert actual == {"127": 140, "128": 5000, "129": 140}


def test_it_is_checked(found):
    rules = {(p["district_code"], p["rule"]) for p in found["problems"]}
    assert ("128", "out_of_range") in rules


def test_it_has_its_series_and_its_trend(found):
    values = {r["year"]: r["value"] for r in found["series"] if r["district_code"] == "127"}
    assert values == {2019: 100, 2020: 110, 2021: 120, 2022: 130, 2023: 140}
    (trend,) = [r for r in found["trends"] if r["district_code"] == "127"]
    assert (trend["slope"], trend["direction"], trend["good"]) == (10, "up", "better")


def test_it_is_scored_against_its_plan_and_printed(found):
    (score,) = [r for r in found["scores"] if r["district_code"] == "127"]
    assert score["points"] == score["max_points"] / 2
    assert NAME in found["report"]


def test_the_new_district_gets_its_template_reports_and_is_ranked(found):
    assert "Huyện Phiêng Khoài" in found["template"]
    assert "Xã Đông Sang Mới" in found["template"] + "".join(found["communes"])
    assert found["register"][-1] == "Phiêng Khoài"
    assert sorted(found["ranking"]) == ["127", "128", "129"]


def test_the_new_question_is_asked_and_counted(found):
    assert found["survey_form"][-1] == "cau_20"
    assert found["questions"][-1] == 20


def test_the_new_weights_are_those_of_the_score(found):
    assert found["part"]["C3"] == pytest.approx(20)
    assert sum(found["part"].values()) == pytest.approx(100)
