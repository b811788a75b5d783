"""Over the whole sample: what sentences say is what tables hold, and no library warns on a page."""

import re
from datetime import date

import nbformat
import pandas as pd
import pytest

from ntm_eval import notation, reference, units
from ntm_eval.analysis import pending
from ntm_eval.analysis.series import measured
from ntm_eval.analysis.trends import course
from ntm_eval.reporting import sections

NUMBER = re.compile(r"(?<![\w.,])[+-]?\d+(?:\.\d{3})*(?:,\d+)?(?!\w)")


DAY = date(2022, 12, 31)
CLEAR = reference.constant("clear_q", DAY)
NOTHING_OPEN = pd.DataFrame(columns=pending.COLUMNS)


def numbers(text):
    return set(NUMBER.findall(text))


def rows_of(table):
    return {row[0]: " ".join(row[1:]) for row in table.rows}


@pytest.mark.parametrize("unit", units.districts(), ids=lambda unit: unit.slug)
def test_every_number_of_a_trend_s_sentence_stands_in_its_row_or_its_series(annual, unit):
    found, series = annual.table("trends"), annual.table("series")
    found = found[found["district_code"] == unit.code]
    there, seen = rows_of(sections.trends.table(found)), 0
    values = series.assign(value=measured(series)).set_index(["district_code", "indicator", "year"])
    for row in course(found, series).to_dict("records"):
        name = notation.measure_name(row["indicator"])
        about = sections.trends.sentence(row, CLEAR).removeprefix(name)
        years = [row[c] for c in ("first_year", "last_year") if row[c] == row[c]]
        ends = [values["value"].get((unit.code, row["indicator"], year)) for year in years]
        known = {f"{row['years']:.0f}", *(f"{year:.0f}" for year in years)}
        known |= numbers(there[name].replace("–", " "))
        known |= {n for end in ends for n in numbers(notation.measured(end, row["indicator"]))}
        assert numbers(about) <= known, (about, there[name])
        seen += len(numbers(about)) > 3
    assert seen > 20


def test_the_standing_said_is_the_ranking_printed(annual):
    ranking, scores = annual.table("ranking"), annual.table("scores")
    nothing = pd.DataFrame(columns=["district_code", "indicators", "met", "grade", "reason"])
    there = rows_of(sections.ranking.table(ranking, scores, nothing, nothing))
    for row in ranking.to_dict("records"):
        said = sections.scores.summary(ranking, NOTHING_OPEN, row["district_code"])
        mine = there[notation.district_name(row["district_code"])].replace("–", " ")
        proposed = said.splitlines()[0].replace("/100 điểm", "").split(" Đơn vị ")[0]
        assert numbers(proposed) <= numbers(mine), (said, mine)
        assert row["grade"].capitalize() in mine


def test_trends_counted_are_those_of_the_table(annual):
    found = annual.table("trends")
    for unit in units.districts():
        mine = found[found["district_code"] == unit.code]
        said = str(sections.trends.summary(mine))
        known = mine[mine["direction"] != "too_few"]
        tested, described = (known[known["basis"] == b] for b in ("test", "described"))
        for rows, opening in ((tested, "kiểm định"), (described, "cuối kỳ, lũy kế")):
            if len(rows) and opening in said:
                moving = rows["direction"].isin(["up", "down"]).sum()
                sentence = next(s for s in said.split("Trong ") if opening in s)
                assert [int(n) for n in re.findall(r"\d+", sentence)[:2]] == [len(rows), moving]


def test_no_warning_reaches_a_page(annual):
    pages = [p for p in annual.folder.rglob("*.ipynb") if "cache" not in p.parts]
    assert len(pages) == 49
    for page in pages:
        for cell in nbformat.read(page, as_version=4).cells:
            for output in cell.get("outputs", []):
                assert output.output_type != "stream" or output.name != "stderr", (page, output)
