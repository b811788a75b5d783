"""The sample in git is what the code writes, adds up, and holds what it says is planted."""

import csv
import itertools
import json
import unicodedata
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from pathlib import Path

import pandas as pd
import pytest
import python_calamine as calamine

from ntm_eval import reference, units
from ntm_eval.checks import plans
from ntm_eval.checks import report as checks
from ntm_eval.intake import clean, received, sheets, workbook
from ntm_eval.intake.problems import Place
from ntm_eval.workspace import PERIODS, SAMPLE, SHIPPED_SAMPLES
from tools.sample import communes as sample_communes
from tools.sample import figures as sample_figures
from tools.sample import generate as sample
from tools.sample import reports as sample_reports
from tools.sample import truth as sample_truth
from tools.sample import world as sample_world

FOUR_MB = 4_000_000


@dataclass(frozen=True)
class Read:
    """One report of the sample as the intake reads it."""

    path: Path
    report: received.Report
    cleaned: clean.Cleaned

    @cached_property
    def slug(self) -> str:
        return units.district(self.report.district_code).slug

    @cached_property
    def actual(self) -> pd.Series:
        return self.values("actual")

    def values(self, measure: str) -> pd.Series:
        rows = self.cleaned.facts.query("measure == @measure")
        return rows.set_index("indicator")["value"]

    def planted(self, indicator: str, measure: str = "actual") -> bool:
        key = (self.slug, self.report.year, self.report.period)
        found = [p for p in sample_truth.PLANTS if p.sits_in(*key)]
        return any((p.indicator, p.measure) == (indicator, measure) for p in found)

    def without_plan(self, indicator: str) -> bool:
        """Whether no plan is typed there, as planted."""
        kinds = ("plan_missing", "not_applicable_unexpected")
        return self.planted(indicator, "plan") and any(
            p.kind in kinds and p.indicator == indicator and p.district == self.slug
            for p in sample_truth.PLANTS
        )


@pytest.fixture(scope="module")
def truth() -> dict:
    return json.loads((SAMPLE / sample.TRUTH).read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def reads() -> list[Read]:
    found = []
    for year in sample_world.YEARS:
        for period in PERIODS:
            folder = SAMPLE / str(year) / period
            for report in received.reports(folder, year, period)[0]:
                path = folder / report.file
                book = workbook.read(path, Place(file=path.name))
                found.append(Read(path, report, clean.clean(book, report)))
    return found


@pytest.fixture(scope="module")
def invented() -> tuple[sample_world.World, sample_figures.Figures]:
    world = sample_world.build(2022)
    return world, sample_figures.build(world)


def pick(reads: list[Read], slug: str, year: int, period: str = "annual") -> Read | None:
    """The current report of a district and period."""
    for read in reads:
        report = read.report
        if (read.slug, report.year, report.period, report.current) == (slug, year, period, True):
            return read
    return None


def members(path: Path) -> dict[str, bytes]:
    """What a workbook holds: how hard it was packed is up to each machine's zlib."""
    with zipfile.ZipFile(path) as packed:
        return {name: packed.read(name) for name in packed.namelist()}


def cases(reads: list[Read]) -> Iterator[tuple[Read, checks.Case]]:
    """Each report with what the district sent before."""
    for read in reads:
        r = read.report
        earlier = [
            other.cleaned.facts
            for other in reads
            if other.report.district_code == r.district_code
            and other.report.current
            and (other.report.year, other.report.period != "h1") < (r.year, r.period != "h1")
        ]
        yield (
            read,
            checks.case_of(
                units.district(r.district_code),
                r.year,
                r.period,
                read.cleaned,
                pd.concat([read.cleaned.facts.head(0), *earlier]),
            ),
        )


def test_a_year_written_twice_is_the_same_byte_for_byte(tmp_path, invented):
    for name in ("one", "two"):
        sample.write_year(tmp_path / name, 2022, *invented)
        sample.write_inspections(tmp_path / name, *invented)
    one, two = (
        {p.relative_to(tmp_path / name): p.read_bytes() for p in files(tmp_path / name)}
        for name in ("one", "two")
    )
    # workbooks of h1 and of the year, two lists of receipts, one of inspections
    assert len(one) == 11 + 13 + 2 + 1
    assert one == two


def files(folder: Path) -> list[Path]:
    return sorted(p for p in folder.rglob("*") if p.is_file())


def test_the_sample_in_git_is_what_the_code_writes(tmp_path, invented, truth):
    planted = sample.write_year(tmp_path, 2022, *invented)
    assert truth["inspected"] == sample.write_inspections(tmp_path, *invented)
    assert [p for p in truth["planted"] if p["year"] == 2022] == json.loads(json.dumps(planted))
    assert_as_shipped(tmp_path, SHIPPED_SAMPLES[False])


def test_the_communes_in_git_are_what_the_code_writes(tmp_path, invented, monkeypatch):
    every = sample_communes._reports
    sent = {"xa-thuan-chau", "phuong-to-hieu", "xa-suoi-to", "xa-ngoc-chien"}
    few = lambda *key: [r for r in every(*key) if r.district.slug in sent]  # noqa: E731
    monkeypatch.setattr(sample_communes, "_reports", few)
    sample_communes.write(tmp_path, *invented)
    for receipts in tmp_path.rglob("receipts.csv"):
        shipped = (SHIPPED_SAMPLES[True] / receipts.relative_to(tmp_path)).read_text("utf-8")
        assert set(receipts.read_text("utf-8").splitlines()) < set(shipped.splitlines())
        receipts.unlink()
    assert len(files(tmp_path)) == 2 * len(sent)
    assert_as_shipped(tmp_path, SHIPPED_SAMPLES[True])


def assert_as_shipped(folder: Path, shipped: Path) -> None:
    """Every file in a folder is what stands in its place in git."""
    for made in files(folder):
        kept = shipped / made.relative_to(folder)
        if made.suffix == ".xlsx":
            assert members(made) == members(kept), made.name
        else:
            assert made.read_bytes() == kept.read_bytes(), made.name


def test_another_seed_gives_another_province(invented):
    other = sample_world.build(7)
    assert not other.annual[2022]["poor"].equals(invented[0].annual[2022]["poor"])


@pytest.mark.parametrize("shipped", SHIPPED_SAMPLES.values(), ids=lambda path: path.name)
def test_what_is_shipped_is_below_four_megabytes(shipped):
    assert 0 < sum(p.stat().st_size for p in files(shipped)) < FOUR_MB


def test_every_sheet_of_every_workbook_is_marked_as_invented(reads):
    assert len(reads) == 12 * 5 * 2 - len(sample_truth.MISSING) + 1  # one was sent twice
    for read in reads:
        assert read.report.illustrative, read.path.name
        book = calamine.CalamineWorkbook.from_path(str(read.path))
        for name in book.sheet_names:
            cells = [c for row in book.get_sheet_by_name(name).to_python() for c in row]
            assert any(sheets.MARK in str(cell) for cell in cells), (read.path.name, name)


def test_file_names_are_composed_and_stand_in_the_receipts():
    for receipts in sorted(SAMPLE.rglob("receipts.csv")):
        year, period = int(receipts.parts[-3]), receipts.parts[-2]
        with receipts.open(encoding="utf-8", newline="") as lines:
            rows = list(csv.DictReader(lines))
        assert tuple(rows[0]) == ("file", "received", "extended_to", "note")
        present = {p.name for p in receipts.parent.glob("*.xlsx")}
        assert all(unicodedata.is_normalized("NFC", name) for name in present)
        without = sum(key[1:] == (year, period) for key in sample_truth.NO_RECEIPT)
        assert {row["file"] for row in rows} <= present
        assert len(present) - len(rows) == without


def test_a_district_reports_the_sum_of_its_communes_but_where_planted(reads):
    for read in reads:
        for code, column in checks.SUMS.items():
            if code not in read.actual.index or read.planted(code):
                continue
            total = read.cleaned.communes[column].sum()
            assert read.actual[code] == total, (read.path.name, code)
        titles = read.cleaned.communes["title"].value_counts()
        assert read.actual["C1-22"] == titles.get("NTM", 0) + titles.get("NTM nâng cao", 0)
        assert read.actual["C1-26"] == titles.get("Đô thị văn minh", 0)


def test_nothing_unplanted_is_an_error(reads):
    severity = reference.table("rules").set_index("rule")["severity"]
    for read, case in cases(reads):
        found = [*read.cleaned.problems, *checks.find_problems(case)]
        for problem in found:
            if severity[problem.rule] == "error":
                assert read.planted(problem.indicator), problem.message


def test_a_half_year_is_never_more_than_its_year_but_where_planted(reads):
    flows = reference.table("indicators").query("flow_stock == 'flow'")["id"]
    compared = 0
    for read in reads:
        half = pick(reads, read.slug, read.report.year, "h1")
        if read.report.period != "annual" or half is None:
            continue
        codes = [c for c in flows if c in half.actual.index and not read.planted(c)]
        more = half.actual[codes] > read.actual[codes]
        assert not more.any(), (read.path.name, list(more.index[more]))
        compared += len(codes)
    assert compared > 2000


def test_every_planted_text_stands_in_its_cell(truth):
    with_cell = [p for p in truth["planted"] if p["cell"]]
    assert len(with_cell) > 20
    for planted in with_cell:
        path = SAMPLE / str(planted["year"]) / planted["period"] / planted["file"]
        sheet = calamine.CalamineWorkbook.from_path(str(path)).get_sheet_by_name(planted["sheet"])
        grid = sheet.to_python(skip_empty_area=False)
        column, row = planted["cell"][0], int(planted["cell"][1:])
        assert grid[row - 1][ord(column) - ord("A")] == planted["typed"], planted


def test_every_planted_figure_is_read_as_it_should_be(reads, truth):
    for planted in [p for p in truth["planted"] if p["indicator"]]:
        read = pick(reads, planted["district"], planted["year"], planted["period"])
        value = read.values(planted["measure"])[planted["indicator"]]
        assert (None if pd.isna(value) else value) == planted["reads"], planted


def test_every_rule_planted_is_in_the_rule_book_and_found_in_its_cell(reads, truth):
    rules = set(reference.table("rules")["rule"])
    found = {
        (read.path.name, problem.rule, problem.cell)
        for read, case in cases(reads)
        for problem in [*read.cleaned.problems, *checks.find_problems(case)]
    }
    for planted in [p for p in truth["planted"] if p["rule"]]:
        assert planted["rule"] in rules
        if planted["indicator"] and planted["rule"] != "restated":
            assert (planted["file"], planted["rule"], planted["cell"]) in found, planted


def test_the_later_of_two_reports_changes_three_figures(reads):
    both = [r for r in reads if r.slug == "yen-chau" and r.report.year == 2022]
    first, last = sorted(
        (r for r in both if r.report.period == "annual"), key=lambda r: r.report.received
    )
    assert (first.report.current, last.report.current) == (False, True)
    changed = first.actual.index[first.actual.fillna(-1).ne(last.actual.fillna(-1))]
    assert list(changed) == ["C1-04", "C2-06", "C5-02"]


@pytest.mark.parametrize(
    "rule", ["not_applicable_unexpected", "plan_missing", "plan_changed", "plan_low"]
)
def test_a_district_that_games_is_asked_in_its_cells_and_no_other_is(reads, truth, rule):
    asked = {
        (read.slug, read.report.year, read.report.period, problem.indicator)
        for read, case in cases(reads)
        for problem in getattr(plans, rule)(case)
    }
    cells = [p for p in truth["planted"] if p["indicator"]]
    key = ("district", "year", "period", "indicator")
    planted = {tuple(p[k] for k in key) for p in cells if p["rule"] == rule}
    # a plan that is lowered to the result may ask for less than last year as well
    lowered = {tuple(p[k] for k in key) for p in cells if p["rule"] == "plan_changed"}
    gaming = [p for p in cells if p["kind"] == rule]
    assert len({p["district"] for p in gaming}) == 1
    assert 4 <= len({p["indicator"] for p in gaming}) <= 8
    assert planted <= asked <= planted | (lowered if rule == "plan_low" else set())


@pytest.fixture(scope="module")
def met(invented) -> pd.DataFrame:
    """Every planned cell of what a district should do more of: district, year, reached, asked."""
    figures = invented[1]
    catalogue = reference.table("indicators").set_index("id")
    rows = []
    for code, plan in figures.plan.items():
        if catalogue.loc[code, "better"] == "down":
            continue
        actual = figures.annual[code]
        for year in sample_world.YEARS:
            reached = actual[year] / plan[year].where(plan[year] > 0)
            asked = plan[year] / actual[year - 1].where(actual[year - 1] > 0)
            rows.append(pd.DataFrame({"year": year, "reached": reached, "asked": asked}))
    return pd.concat(rows).rename_axis("district").reset_index().dropna(subset=["reached"])


def test_most_plans_are_met_and_districts_differ_in_it(met):
    share = (met["reached"] >= 1).groupby(met["district"]).mean().sort_values()
    assert 0.6 <= (met["reached"] >= 1).mean() <= 0.7
    assert share.index[0] == "sop-cop"
    assert share.iloc[0] <= 0.38
    assert share.iloc[-1] >= 0.78
    usual = met[met["year"] == 2022]
    best = (usual["reached"] >= 1).groupby(usual["district"]).mean().max()
    assert 0.83 <= best <= 0.92


def test_plans_that_are_not_met_fall_short_by_little_and_by_much(met):
    short = met.loc[met["reached"] < 1, "reached"]
    assert 0.45 <= (short >= 0.8).mean() <= 0.7
    assert 0.25 <= short.between(0.5, 0.8).mean() <= 0.5
    assert (short < 0.5).mean() <= 0.15


def test_plans_ask_for_a_little_more_than_last_year(met):
    assert met["asked"].dropna().between(0.97, 1.15).mean() >= 0.65
    assert 1.0 < met["asked"].median() < 1.1


def test_covid_takes_from_what_gathers_people_and_not_from_what_helps(invented):
    figures, gathers = invented[1], sample_world.indicators()["gathers"]
    change = {
        c: t[2021].sum() / before
        for c, t in figures.annual.items()
        if (before := t[[2019, 2020]].mean(axis=1).sum()) > 0
    }
    strong, helping = gathers.index[gathers >= 0.5], gathers.index[gathers < 0]
    assert {"C1-01", "C2-17", "C4-01", "C5-08", "C5-12"} <= set(strong)
    assert all(change[code] < 1 for code in strong), change
    assert sum(change[code] for code in strong) / len(strong) < 0.9
    assert all(change[code] > 1 for code in helping), change
    gathered = [
        figures.annual[code].loc[:, 2021] / figures.annual[code].loc[:, 2019] for code in strong
    ]
    fell = (pd.DataFrame(gathered) < 1).mean()  # of each district
    assert fell.min() > 0.6


def test_what_is_tested_or_told_of_trends_is_not_what_covid_moved(truth):
    catalogue = sample_world.indicators()
    for trend in truth["trends"]:
        assert not catalogue.loc[trend["indicator"], "gathers"] > 0, trend
    flows = [t for t in truth["trends"] if catalogue.loc[t["indicator"], "flow_stock"] == "flow"]
    courses = {(t["indicator"], t["truth"]) for t in flows}
    assert {(c, way) for c in ("C1-14", "C1-10", "C2-08") for way in ("up", "down")} <= courses


@pytest.mark.parametrize("period", PERIODS)
@pytest.mark.parametrize("year", sample_world.YEARS)
def test_only_the_communes_planted_mark_against_their_figures(reads, truth, year, period):
    """By the conditions of 2022 in every year: a commune's figures deny the same before."""
    now = pd.concat(
        r.cleaned.communes for r in reads if (r.report.year, r.report.period) == (year, period)
    )
    planted = {
        (p["district"], p["commune"], p["criterion"], p["value"])
        for p in truth["places"]
        if p["kind"] == "mark_against_figure" and (year, period) == (2022, "annual")
    }
    assert against_figures(now) == planted
    assert len(planted) == (3 if (year, period) == (2022, "annual") else 0)


def test_no_commune_of_the_reform_marks_against_its_figures():
    paths = sorted(SHIPPED_SAMPLES[True].rglob("*.xlsx"))
    assert len(paths) > 140
    sent = [
        received.reports(folder, int(folder.parts[-2]), folder.parts[-1])[0]
        for folder in sorted({path.parent for path in paths})
    ]
    found = []
    for report in [r for reports in sent for r in reports]:
        path = SHIPPED_SAMPLES[True] / str(report.year) / report.period / report.file
        found.append(clean.clean(workbook.read(path, Place(file=path.name)), report).communes)
    assert against_figures(pd.concat(found)) == set()


def against_figures(communes: pd.DataFrame) -> set[tuple]:
    """Slug, commune, criterion and figure where a mark is denied by the commune's own figures."""
    rules = reference.table("title_conditions").set_index("condition")["threshold"]
    found = set()
    for row in communes.query("kind == 'xã'").to_dict("records"):
        slug = row["district_code"]
        figures = {
            "TC9": row["temporary_houses"],
            "TC11": (row["poor"] + row["near_poor"]) / row["households"],
        }
        for criterion, value in figures.items():
            if row[criterion] == sheets.MET and value > float(rules[criterion]):
                found.add(
                    (units.district(slug).slug, row["commune_code"], criterion, round(value, 6))
                )
    return found


def test_late_undated_extended_and_missing_reports_are_what_the_truth_says(reads):
    assert pick(reads, "van-ho", 2022).report.days_late == 4
    assert pick(reads, "muong-la", 2020).report.status == "undated"
    assert pick(reads, "sop-cop", 2021).report.status == "on_time"  # extended to 08/12
    assert pick(reads, "moc-chau", 2022).report.received is not None  # from 'Ngày gửi' alone
    assert pick(reads, "bac-yen", 2022, "h1") is None
    assert pick(reads, "song-ma", 2019) is None
    late = [r.slug for r in reads if r.report.status not in ("on_time", "undated")]
    assert late == ["van-ho"]


def test_names_in_the_sop_cop_report_are_decomposed(reads):
    read = pick(reads, "sop-cop", 2022)
    book = calamine.CalamineWorkbook.from_path(str(read.path))
    names = [
        str(cell)
        for row in book.get_sheet_by_name(sheets.COMMUNES).to_python()
        for cell in row
        if "muong va" in units.fold(cell)
    ]
    assert names
    assert all(unicodedata.is_normalized("NFD", name) for name in names)
    assert not any(unicodedata.is_normalized("NFC", name) for name in names)


@pytest.mark.parametrize("course", ["up", "down", "flat"])
def test_planted_trends_take_their_course_in_the_reports(reads, truth, course):
    base = reference.table("indicators").set_index("id")["denominator"]
    followed = [t for t in truth["trends"] if t["truth"] == course]
    assert len(followed) >= 20
    for trend in followed:
        code = trend["indicator"]
        annual = [pick(reads, trend["district"], year) for year in sample_world.YEARS]
        values = [
            r.actual[code] / (1 if pd.isna(base[code]) else r.actual[base[code]])
            for r in annual
            if r
        ]
        assert len(values) == trend["years"]
        steps = [b - a for a, b in itertools.pairwise(values)]
        if course == "flat":
            assert min(steps) < 0 < max(steps), trend
        else:
            assert all((step > 0) == (course == "up") for step in steps), trend


def test_the_province_comes_near_its_published_totals(reads):
    def total(code: str, year: int) -> float:
        found = [pick(reads, d.slug, year) for d in units.districts()]
        return sum(r.actual[code] for r in found if r)

    assert total("C1-22", 2020) == 49
    assert total("C1-22", 2021) == 52
    assert total("C1-22", 2022) == 57
    assert total("C1-23", 2020) == 3
    assert 100 * total("C1-19", 2020) / total("C1-18", 2020) == pytest.approx(18.62, abs=0.05)
    assert 100 * total("C1-19", 2021) / total("C1-18", 2021) == pytest.approx(21.66, abs=0.05)
    assert 100 * total("C2-01", 2022) / total("C1-18", 2022) == pytest.approx(74.0, abs=0.1)
    assert 100 * total("C2-03", 2021) / total("C2-02", 2021) == pytest.approx(56, abs=2)
    assert total("C2-02", 2022) == pytest.approx(2247, rel=0.03)
    assert total("C2-14", 2022) == pytest.approx(1_248_415, rel=0.04)
    assert 1e11 < total("C1-05", 2022) < 1.5e11
    assert 200_000 < total("C1-03", 2022) < 300_000
    assert 95_000 < total("C1-04", 2022) < 125_000


def test_one_commune_is_far_behind_and_no_other_near_it(reads):
    annual = [pick(reads, d.slug, 2022) for d in units.districts()]
    rows = pd.concat([r.cleaned.communes for r in annual]).query("kind == 'xã'")
    met = (rows[list(sheets.CRITERIA)] == sheets.MET).sum(axis=1)
    behind = rows.loc[met.to_numpy() <= 6, "commune_code"].unique()
    assert list(behind) == ["04240"]
    others = met[(rows["commune_code"] != "04240").to_numpy()]
    assert others.min() >= 8


def test_plans_are_given_exactly_where_the_catalogue_asks_for_them(reads):
    owed = reference.table("indicators").set_index("id")["has_plan"]
    for read in reads:
        plans = read.values("plan")
        given = [n for n in plans.index if owed[n] == "yes" and not read.without_plan(n)]
        assert list(plans.index[plans.notna()]) == given, read.path.name


def test_self_scores_stay_within_their_points(reads):
    catalogue = reference.table("indicators").set_index("id")
    points = reference.table("score_parts").set_index("part")["points"]
    for read in reads:
        given = read.cleaned.facts.query("measure == 'self_score'").set_index("indicator")["value"]
        scored = catalogue.loc[given.index].query("scored == 'yes'")
        assert set(given.dropna().index) == set(scored.index)
        most = scored["content"].map(lambda c: points[f"C{c}"]) / scored.groupby("content")[
            "scored"
        ].transform("size")
        assert given[scored.index].between(0, most).all(), read.path.name


def test_only_a_xa_is_asked_and_only_the_city_has_none_but_xa(reads):
    kinds = {
        c.code: c.kind for d in units.districts() for c in units.communes(d.code, date(2022, 1, 1))
    }
    for read in reads:
        answers = read.cleaned.answers
        urban = answers["survey"] == sheets.TOWN_SURVEY
        assert set(answers.loc[~urban, "commune_code"].map(kinds)) <= {"xã"}
        assert set(answers.loc[urban, "commune_code"].map(kinds)) <= {"phường", "thị trấn"}
        most = 5 if read.report.period == "annual" else 1
        assert len(answers.loc[~urban, "commune_code"].unique()) <= most


def test_names_of_files_differ_between_districts():
    names = [r.file for r in sample_reports.reports(2022, "annual", seed=2022)]
    assert len(set(names)) == len(names) == 13


def test_what_is_planted_of_towns_is_found_again(reads, truth):
    planted = {p["commune"]: (p["kind"], p["district"]) for p in truth["towns"]}
    rows = {
        code: (read, read.cleaned.towns.set_index("commune_code").loc[code])
        for code, (_, slug) in planted.items()
        for read in [pick(reads, slug, 2022)]
    }
    met = {c: (r[list(sheets.TOWN_CRITERIA)] == sheets.MET).sum() for c, (_, r) in rows.items()}
    found = {
        "ready": [c for c in met if met[c] == 9 and rows[c][1]["registered_year"] == 2020],
        "too_early": [c for c in met if rows[c][1]["registered_year"] == 2022],
        "title_without_criteria": [
            c for c in met if met[c] < 9 and rows[c][1]["title"] == "Đô thị văn minh"
        ],
        "title_differs": [
            p.commune_code
            for read, case in cases(reads)
            for p in checks.find_problems(case, ["title_differs", "titles_miscounted"])
        ],
        "without_consent": [
            c
            for c, (read, _) in rows.items()
            for answers in [read.cleaned.answers.query("commune_code == @c and question == '10'")]
            if (answers["satisfied"] / answers["collected"] < 0.9).any()
        ],
    }
    assert found == {kind: [code] for code, (kind, _) in planted.items()}


def test_before_2022_there_is_no_sheet_of_towns_and_nobody_is_asked_for_it(reads):
    old = [r for r in reads if r.report.year < 2022]
    assert all(r.cleaned.towns.empty for r in old)
    assert not any(
        sheets.TOWNS in (p.sheet, p.fields.get("sheet")) for r in old for p in r.cleaned.problems
    )
    assert {p.rule for r in old for p in r.cleaned.problems} & {"template_outdated"} == set()


def test_what_is_planted_of_organisations_is_found_again(reads, truth):
    by_kind = {p["kind"]: (p["district"], p["organisation"]) for p in truth["organisations"]}
    rules = {"organisation_idle": "idle", "organisation_unregistered": "unregistered"}
    rules |= {"unknown_organisation": "unknown", "name_matched": "misspelt"}
    found = {}
    for read, case in cases(reads):
        if (read.report.year, read.report.period) == (2022, "annual"):
            problems = [*read.cleaned.problems, *checks.find_problems(case, list(rules))]
            asked = [p for p in problems if p.sheet == sheets.ORGANISATIONS]
            found |= {rules[p.rule]: read.slug for p in asked}
    in_words = pick(reads, by_kind["in_words"][0], 2022).cleaned.organisations
    amounts = in_words.set_index("organisation")["amount"]
    assert amounts[by_kind["in_words"][1]] == 1_200_000_000
    assert found == {kind: slug for kind, (slug, _) in by_kind.items() if kind != "in_words"}
