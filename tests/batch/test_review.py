"""The main job, end to end: `ntm-eval review` over the twelve districts of the sample."""

import json
import re
import shutil

import pandas as pd
import pytest
from contract import TABLES

from ntm_eval import reference, units
from ntm_eval.workspace import SAMPLE

SLUGS = [d.slug for d in units.districts()]
CODES = {d.slug: d.code for d in units.districts()}
# rules that need other districts or other years
COMPARED = ["outlier", "stock_break", "identical_report", "straight_lined", "published_gap"]
NOTEBOOKS = ["01_clean", "02_trends", "03_satisfaction", "04_evaluation"]
TRUTH = json.loads((SAMPLE / "truth.json").read_text(encoding="utf-8"))
PLANTED = [p for p in TRUTH["planted"] if (p["year"], p["period"]) == (2022, "annual")]


def test_it_ends_well_and_says_where_to_look(annual):
    assert annual.status == 0, annual.said
    assert "[49/49]" in annual.said
    assert f"Mở trang chủ: {annual.folder / 'index.html'}" in annual.said.splitlines()


def test_every_page_of_every_district_is_there(annual):
    for slug in SLUGS:
        folder = annual.folder / "districts" / slug
        assert {p.name for p in folder.glob("*.ipynb")} == {f"{n}.ipynb" for n in NOTEBOOKS}
        assert (folder / "report.html").is_file()
    assert (annual.folder / "review" / "05_annual_review.ipynb").is_file()
    assert (annual.folder / "review" / "report.html").is_file()
    assert not list((annual.folder / "failed").glob("*.ipynb"))


@pytest.mark.parametrize("name", TABLES)
def test_tables_have_exactly_the_columns_of_the_contract(annual, name):
    text = (annual.folder / f"{name}.csv").read_bytes()
    assert text.startswith(b"\xef\xbb\xbf")
    assert text[3:].split(b"\n", 1)[0].decode().strip().split(",") == list(TABLES[name])
    assert tuple(pd.read_parquet(annual.folder / f"{name}.parquet").columns) == TABLES[name]


def test_facts_are_exactly_the_owed_cells_of_every_report(annual):
    facts = annual.table("facts")
    key = ["district_code", "indicator", "measure"]
    assert len(facts) == 12 * 82 * 3
    assert not facts.duplicated(key).any()
    assert set(facts["year"]) == {2022}
    assert set(facts["period"]) == {"annual"}
    has_value = facts["value"].notna()
    assert (has_value == (facts["state"] == "reported")).all()


def test_registers_and_communes_are_complete(annual):
    register, communes = annual.table("register"), annual.table("communes")
    assert list(register["district_code"]) == sorted(CODES.values())
    assert len(communes) == 204
    assert communes["commune_code"].str.fullmatch(r"\d{5}").all()
    assert register.set_index("district_code").loc["128", ["status", "days_late"]].tolist() == [
        "late",
        4,
    ]


def test_the_register_counts_the_problems_of_each_district(annual):
    register = annual.table("register").set_index("district_code")
    problems = annual.table("problems")
    for severity, column in (("error", "errors"), ("warning", "warnings")):
        of = problems[problems["severity"] == severity]["district_code"].value_counts()
        assert register[column].equals(of.reindex(register.index, fill_value=0).rename(column))


def test_comparing_sound_districts_asks_a_handful_of_questions(annual):
    problems = annual.table("problems")
    compared = problems[problems["rule"].isin(COMPARED)]
    assert not compared.empty
    assert compared["severity"].eq("warning").all()
    asked = compared["district_code"].value_counts()
    unsteady = [CODES[slug] for slug in TRUTH["ranking"]["last"]]  # its results go up and down
    assert asked.drop(unsteady).max() <= 3
    assert asked.max() <= 9
    assert set(compared["rule"]) <= {"outlier", "stock_break"}


def test_what_only_all_reports_together_show_stands_on_the_districts_page(annual):
    problems = annual.table("problems")
    row = problems[problems["rule"] == "outlier"].iloc[0]
    slug = units.district(row["district_code"]).slug
    page = (annual.folder / "districts" / slug / "report.html").read_text(encoding="utf-8")
    (asked,) = [
        r
        for r in re.findall("<tr>.*?</tr>", page, re.S)
        if "Chênh lệch lớn so với các đơn vị khác" in r
    ]
    assert reference.indicator_name(row["indicator"]) in asked
    assert f">{row['raw']} " in asked  # with its unit


def test_the_review_names_the_districts_behind_the_quality_figures(annual):
    # for analysts: on the notebook's page alone
    page = (annual.folder / "review" / "05_annual_review.ipynb").read_text(encoding="utf-8")
    table = page.split("Chất lượng số liệu (chỉ số của WHO/DHIS2)")[1].split("</table>")[0]
    assert "Mai Sơn" in table
    assert "không đủ số liệu" in table
    assert not (annual.folder / "quality.csv").exists()


@pytest.mark.parametrize(
    "planted", [p for p in PLANTED if p["rule"]], ids=lambda p: f"{p['district']}-{p['kind']}"
)
def test_what_was_planted_is_found(annual, planted):
    problems = annual.table("problems")
    found = problems[
        (problems["rule"] == planted["rule"])
        & (problems["district_code"] == CODES[planted["district"]])
    ]
    if planted.get("cell"):
        found = found[(found["cell"] == planted["cell"]) & (found["sheet"] == planted["sheet"])]
    assert len(found) >= 1


def test_nothing_unplanted_is_called_an_error(annual):
    problems = annual.table("problems")
    errors = problems[problems["severity"] == "error"]
    planted = {(p["rule"], CODES[p["district"]]) for p in PLANTED}
    assert set(errors[["rule", "district_code"]].itertuples(index=False, name=None)) <= planted
    assert len(errors) <= len(PLANTED)


def test_every_letter_names_its_place_and_says_what_to_do(annual):
    problems = annual.table("problems")
    at_a_cell = problems[problems["cell"].notna()]
    for _, row in at_a_cell.iterrows():
        for part in (row["file"], row["sheet"], row["cell"]):
            assert part in row["message"]
        assert row["message"].endswith(".")


def test_planted_trends_are_found_and_flat_ones_are_not_invented(annual):
    trends = annual.table("trends").set_index(["district_code", "indicator"])
    for truth in TRUTH["trends"]:
        found = trends.loc[(CODES[truth["district"]], truth["indicator"])]
        # four years are too few for a test to find any: the least possible p is 2/24
        enough = truth["years"] > 4 or found["basis"] == "described"
        sure = enough and truth["truth"] != "flat"
        assert found["direction"] == (truth["truth"] if sure else "none"), truth
        if truth["truth"] != "flat" and found["basis"] == "test":
            assert found["low"] <= truth["per_year"] <= found["high"], truth


def test_scores_add_up_to_the_ranking(annual):
    scores, ranking = annual.table("scores"), annual.table("ranking")
    sums = scores.groupby("district_code")[["points", "max_points"]].sum()
    assert sums["max_points"].round(9).eq(100).all()
    points = ranking.set_index("district_code")["points"]
    assert (sums["points"] - points).abs().max() < 1e-9
    assert (ranking["rank_low"] <= ranking["rank"]).all()
    assert (ranking["rank"] <= ranking["rank_high"]).all()


def test_the_districts_that_keep_their_plans_best_and_worst_come_first_and_last(annual):
    ranking = annual.table("ranking").sort_values("rank", kind="stable")
    slugs = [units.district(code).slug for code in ranking["district_code"]]
    assert sorted(slugs[:2]) == TRUTH["ranking"]["first"]
    assert slugs[-1:] == TRUTH["ranking"]["last"]


def test_no_cell_of_a_table_runs_in_a_spreadsheet(annual):
    for name in TABLES:
        text = pd.read_csv(annual.folder / f"{name}.csv", dtype=str).select_dtypes("str")
        for column in text:
            risky = text[column].str.match(r"^[=+\-@]", na=False)
            assert not (risky & pd.to_numeric(text[column], errors="coerce").isna()).any()


def test_the_manifest_tells_what_was_made_from_what(annual):
    manifest = json.loads((annual.folder / "manifest.json").read_text(encoding="utf-8"))
    assert [p["state"] for p in manifest["pages"]] == ["done"] * 49
    assert {p["parameters"].get("district") for p in manifest["pages"]} == {*SLUGS, None}
    beside = ("receipts.csv", "inspections.csv")
    reports = [p for p in SAMPLE.rglob("*") if p.name in beside or p.suffix == ".xlsx"]
    assert sorted(manifest["inputs"]) == sorted(str(p.relative_to(SAMPLE)) for p in reports)
    assert all(p["outputs"] for p in manifest["pages"])


def test_verify_finds_one_altered_file(annual, command, tmp_path):
    folder = shutil.copytree(annual.folder, tmp_path / annual.folder.name)
    assert command("verify", folder, cwd=tmp_path).returncode == 0
    page = folder / "districts" / "sop-cop" / "report.html"
    page.write_bytes(page.read_bytes() + b" ")
    said = command("verify", folder, cwd=tmp_path)
    assert said.returncode == 1
    assert "districts/sop-cop/report.html" in said.stdout


def test_no_two_districts_share_a_picture_or_a_title(annual):
    titles, pictures = [], []
    for slug in SLUGS:
        html = (annual.folder / "districts" / slug / "report.html").read_text(encoding="utf-8")
        titles.append(html.split("<title>")[1].split("</title>")[0])
        pictures.append(html.split("data:image/png;base64,")[1][:4000])
        assert units.district(slug).name in titles[-1]
    assert len(set(titles)) == len(set(pictures)) == 12


def test_pages_show_no_code_and_no_english(annual):
    for page in annual.folder.rglob("*.html"):
        text = re.sub(r"data:image/png;base64,[^\"]*", "", page.read_text(encoding="utf-8"))
        assert "open_review" not in text
        assert "Traceback" not in text
        assert "SỐ LIỆU MINH HỌA" in text
        for leftover in ("An Exception", "<Axes", "DataFrame", "NaN", ">nan<", "NaT", "None<"):
            assert leftover not in text, (page, leftover)
