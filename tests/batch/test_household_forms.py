"""Household forms in a whole review: counted where they belong, and nobody named anywhere."""

import re
from dataclasses import replace

import pandas as pd
import pytest
from household_forms import COMMUNES, QUESTIONS, form, honest, write
from reports import SOP_COP

from ntm_eval import units
from ntm_eval.exchange import template as forms
from ntm_eval.reporting import files
from ntm_eval.review import Review
from ntm_eval.workspace import workspace

NAME, PHONE, PERSON = "Lường Thị Ngoãn", "0912345678", "014099001234"
MAI_SON = units.district("mai-son")
REPORTED = {
    "commune_code": COMMUNES[0].code,
    "commune": COMMUNES[0].name,
    "survey": "xã NTM",
    "households": 500,
    "issued": 450,
    "collected": 40,
    "question": 1,
    "satisfied": 40,
    "unsatisfied": 0,
    "no_answer": 0,
}


@pytest.fixture
def data(tmp_path):
    """A folder with one report, of Sốp Cộp, for 2022."""
    folder = tmp_path / "data" / "2022" / "annual"
    content = replace(forms.EMPTY, info={"sent": "02/12/2022"}, satisfaction=[REPORTED])
    forms.write_workbook(folder / "bao cao.xlsx", SOP_COP, 2022, "annual", content)
    return folder


@pytest.fixture
def review(data, tmp_path):
    """A review of that folder, opened anew each time it is called."""
    return lambda: Review(workspace(2022, "annual", tmp_path / "data", tmp_path / "out"))


def with_people(rows: list[dict]) -> list[dict]:
    """The same forms with a name, a telephone or an identity number wherever one may be typed."""
    private = {
        "Họ tên chủ hộ": NAME,
        "SĐT": PHONE,
        "CCCD": PERSON,
        f"Người hỏi: {NAME}": NAME,
        "_gps_latitude": "21.0912345678",
        "khao_sat/cau_1_khac": f"{NAME} nói {PHONE}",
        "_submitted_by": NAME,
        "formhub/uuid": PHONE,
    }
    odd = [
        {"ma_xa": NAME},
        {"ma_xa": PHONE, "ma_huyen": NAME},
        {"loai_khao_sat": f"{NAME} {PHONE}"},
        {QUESTIONS[3]: NAME},
        {QUESTIONS[4]: PHONE},
        {"_uuid": NAME},
        {"_submission_time": PHONE},
    ]
    doubled = [{**rows[0], "_uuid": PERSON}, {**rows[1], "_id": PHONE, "_uuid": NAME}]
    people = [
        r
        | {
            "ma_nguoi_thu_phieu": f"{NAME} {'abcdef'[n % 6]}",
            "ma_ban": PHONE,
            "ma_ho": f"{NAME} {n}",
            "Tổng số hộ": PHONE,
            "Phiếu phát": PERSON,
        }
        for n, r in enumerate([*rows, *doubled])
    ]
    people += [form(900 + n, **o) for n, o in enumerate(odd)]
    return [{**private, **r} for r in people]


def everything_in(folder) -> str:
    """All that the files of a folder say, tables unpacked, in one spelling."""
    texts = []
    for path in folder.rglob("*"):
        if path.is_file():
            texts += [path.name, path.read_bytes().decode("utf-8", errors="ignore")]
        if path.suffix == ".parquet":
            texts.append(pd.read_parquet(path).to_csv())
    return units.fold(" ".join(texts))


@pytest.mark.parametrize("name", ["phieu.csv", "phieu.xlsx"])
def test_nothing_of_the_people_is_in_anything_that_a_review_writes(data, review, tmp_path, name):
    rows = [form(n, "2") if n % 6 == 5 else r for n, r in enumerate(honest(120))]
    write(data, with_people(rows), name=name, sheet=NAME)
    opened = review()
    files.results(opened)
    here = opened.district("sop-cop")
    assert {
        "unknown_commune",
        "unknown_survey",
        "answer_unread",
        "form_repeated",
        "group_unlike",
        "survey_disagrees",
    } <= set(opened.problems["rule"])
    told = everything_in(tmp_path / "out")
    told += units.fold(" ".join(t.to_csv() for t in (here.answers, here.tallies, here.problems)))
    for secret in (NAME, PHONE, PHONE.lstrip("0"), PERSON, PERSON.lstrip("0"), "Ngoãn"):
        assert not re.search(rf"\b{units.fold(secret)}", told), secret


def test_the_search_would_find_a_name_that_was_kept(tmp_path):
    pd.DataFrame({"raw": [NAME]}).to_parquet(tmp_path / "a.parquet")
    (tmp_path / "b.json").write_text(f'"{PHONE}"', encoding="utf-8")
    told = everything_in(tmp_path)
    assert units.fold(NAME) in told
    assert PHONE in told


def test_the_report_is_used_and_the_forms_fill_what_it_does_not_have(data, review):
    write(data, honest(40))
    here = review().district("sop-cop")
    answers = here.answers.set_index("question")
    assert len(answers) == 19
    assert answers.loc["1", ["satisfied", "file"]].tolist() == [40, "bao cao.xlsx"]
    assert answers.loc["2", ["issued", "file"]].tolist() == [450, "satisfaction/phieu.csv"]
    assert here.tallies.set_index("question").loc["1", "satisfied"] < 40
    assert "survey_disagrees" in set(here.problems["rule"])
    shares = here.of(review().satisfaction)
    assert len(shares) == 19


def test_forms_go_to_the_district_of_their_commune_also_without_a_report(data, review):
    there = units.find_commune("Xã Mường Bằng", MAI_SON.code, review().day).code
    write(data, [*honest(20), *honest(20, ma_xa=there, ma_huyen=MAI_SON.code, ma_ban=9)])
    opened = review()
    assert set(opened.district("mai-son").answers["commune_code"]) == {there}
    assert set(opened.district("sop-cop").answers["commune_code"]) == {COMMUNES[0].code}
    assert opened.district("van-ho").answers.empty


def test_a_form_of_no_known_district_is_a_problem_of_the_province(data, review):
    write(data, [form(1), form(2, ma_xa="?", ma_huyen="")])
    problems = review().problems
    row = problems[problems["rule"] == "unknown_commune"]
    assert row["district_code"].isna().tolist() == [True]


def test_new_forms_are_read_again(data, review):
    write(data, honest(40))
    assert review().district("sop-cop").tallies["collected"].max() == 40
    write(data, honest(41))
    assert review().district("sop-cop").tallies["collected"].max() == 41


def test_a_collector_unlike_the_others_is_found_by_number(data, review):
    rows = [r | {"ma_nguoi_thu_phieu": n % 8 + 1, "ma_ban": 1} for n, r in enumerate(honest(320))]
    rows = [r | ({QUESTIONS[18]: "2"} if r["ma_nguoi_thu_phieu"] == 3 else {}) for r in rows]
    write(data, rows)
    found = review().district("sop-cop").clusters.set_index("by")
    assert found.loc["collector", ["state", "unlike", "groups", "forms"]].tolist() == [
        "apart",
        "người thu 3",
        8,
        320,
    ]
    assert found.loc["village", "state"] == "too_few"
    assert review().district("van-ho").clusters.empty


def test_forms_of_the_other_period_are_not_counted(data, review):
    write(data.parent / "h1", honest(40))
    assert review().district("sop-cop").tallies.empty
