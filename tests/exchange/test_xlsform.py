"""The household form converts for ODK, asks for no names, and comes back as what was answered."""

import openpyxl
import pytest
from household_forms import DAY
from pyxform.xls2xform import convert
from reports import SOP_COP

from ntm_eval import reference, units
from ntm_eval.exchange import xlsform
from ntm_eval.intake import exports, sheets, survey
from ntm_eval.workspace import AnalystError

SON_LA = units.district("son-la")
TYPES = xlsform.survey_types()


@pytest.fixture
def written(tmp_path):
    def write(name="xã NTM", districts=(SOP_COP,)):
        path = tmp_path / xlsform.file_name(name, 2022)
        xlsform.write_survey(path, districts, 2022, name)
        return path

    return write


def rows(path, sheet) -> list[dict]:
    head, *rest = openpyxl.load_workbook(path)[sheet].iter_rows(values_only=True)
    return [dict(zip(head, row, strict=True)) for row in rest]


@pytest.mark.parametrize("name", TYPES)
def test_it_converts_without_an_error_or_a_warning(written, name):
    made = convert(xlsform=written(name, units.districts()), pretty_print=False)
    assert made.warnings == []
    assert "cau_1" in made.xform


def test_the_same_form_has_the_same_bytes(written):
    assert written().read_bytes() == written().read_bytes()


@pytest.mark.parametrize("name", TYPES)
def test_it_asks_every_question_and_the_last_is_the_overall_one(written, name):
    asked = [r for r in rows(written(name), "survey") if str(r["name"]).startswith("cau_")]
    n = int(reference.table("surveys").set_index("survey")["questions"][name])
    assert [r["name"] for r in asked] == [f"cau_{i}" for i in range(1, n + 1)]
    assert asked[-1][xlsform.LABEL] == f"Câu {n} (câu hỏi chung)"
    assert {r["type"] for r in asked} == {"select_one tra_loi"}


def test_communes_are_offered_by_district(written):
    path = written(districts=units.districts())
    chosen = next(r for r in rows(path, "survey") if r["name"] == "ma_xa")
    assert chosen["choice_filter"] == "ma_huyen = ${ma_huyen}"
    offered = [r for r in rows(path, "choices") if r["list_name"] == "xa"]
    rural = {
        c.code: d.code
        for d in units.districts()
        for c in units.communes(d.code, DAY)
        if c.kind == "xã"
    }
    assert {r["name"]: r["ma_huyen"] for r in offered} == rural


def test_of_towns_only_those_are_offered_and_the_districts_that_have_some(written):
    path = written(sheets.TOWN_SURVEY, units.districts())
    offered = [r for r in rows(path, "choices") if r["list_name"] == "xa"]
    districts = {r["name"] for r in rows(path, "choices") if r["list_name"] == "huyen"}
    assert len(offered) == 7 + 9
    assert districts == {r["ma_huyen"] for r in offered}
    assert SOP_COP.code not in districts


def test_it_collects_no_names_telephones_or_positions(written):
    types = {str(r["type"]).split()[0] for r in rows(written(), "survey")}
    assert types == {
        "start",
        "end",
        "calculate",
        "note",
        "select_one",
        "integer",
        "begin_group",
        "end_group",
    }
    assert xlsform.NO_NAMES in [r[xlsform.LABEL] for r in rows(written(), "survey")]


@pytest.mark.parametrize("labels", [False, True], ids=["values", "labels"])
@pytest.mark.parametrize("name", TYPES)
def test_what_it_collects_is_read_back(written, tmp_path, name, labels):
    own, commune = (SON_LA, "03646") if name == sheets.TOWN_SURVEY else (SOP_COP, "04231")
    path = written(name, [own])
    shown = {(r["list_name"], r["name"]): r[xlsform.LABEL] for r in rows(path, "choices")}
    filled = {}
    for row in rows(path, "survey"):
        kind, _, choices = str(row["type"]).partition(" ")
        code = {"huyen": own.code, "xa": commune, "tra_loi": "chua_hai_long"}.get(choices, "7")
        if kind == "calculate":
            code = str(row["calculation"]).strip("'")
        if kind not in ("note", "begin_group", "end_group"):
            shows = labels and kind != "calculate"
            header = row[xlsform.LABEL] if shows and row[xlsform.LABEL] else row["name"]
            filled[header] = shown.get((choices, code), code) if labels else code
    export = tmp_path / "satisfaction" / "a.csv"
    export.parent.mkdir()
    export.write_text(
        "\n".join(";".join(f'"{v}"' for v in line) for line in (filled, filled.values())),
        encoding="utf-8",
    )
    forms = survey.read(exports.files(tmp_path), DAY)
    assert forms.problems == ()
    (row,) = forms.rows.to_dict("records")
    assert (row["commune_code"], row["survey"]) == (commune, name)
    assert (row["village"], row["collector"]) == ("7", "7")
    assert {row[q] for q in survey.asked(name)} == {"unsatisfied"}


def test_an_unknown_survey_type_is_a_letter_that_lists_the_known(tmp_path):
    with pytest.raises(AnalystError, match="xã NTM nâng cao"):
        xlsform.write_survey(tmp_path / "a.xlsx", [SOP_COP], 2022, "phường")
