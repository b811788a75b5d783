"""Over the whole sample: what sentences say is what tables hold, and no library warns on a page."""

import re

import nbformat
import pytest

from ntm_eval import notation, units
from ntm_eval.reporting import sections

NUMBER = re.compile(r"(?<![\w.,])[+-]?\d+(?:\.\d{3})*(?:,\d+)?(?!\w)")


def numbers(text):
    return set(NUMBER.findall(text))


def rows_of(table):
    return {row[0]: " ".join(row[1:]) for row in table.rows}


@pytest.mark.parametrize("unit", units.districts(), ids=lambda unit: unit.slug)
def test_every_number_of_a_trend_s_sentence_stands_in_its_row(annual, unit):
    found = annual.table("trends")
    found = found[found["district_code"] == unit.code]
    there = rows_of(sections.trends.table(found))
    seen = 0
    for row in found.to_dict("records"):
        name = notation.measure_name(row["indicator"])
        said = sections.trends.sentence(row)
        about = said.removeprefix(name).split(").")[0].replace("95%", "")
        about = about.replace(sections.trends._four_years(row), "")
        extra = numbers(about) - numbers(there[name].replace("–", " "))
        years = {f"{row[c]:.0f}" for c in ("years", "first_year", "last_year")}
        assert extra <= years, (said, there[name])
        seen += len(numbers(about)) > 3
    assert seen > 20


def test_the_standing_said_is_the_ranking_printed(annual):
    ranking, scores = annual.table("ranking"), annual.table("scores")
    there = rows_of(sections.ranking.table(ranking, scores))
    for row in ranking.to_dict("records"):
        said = sections.scores.summary(ranking, row["district_code"])
        mine = there[notation.district_name(row["district_code"])].replace("–", " ")
        proposed = said.splitlines()[0].replace("trên 100 điểm", "")
        assert numbers(proposed) <= numbers(mine), (said, mine)
        assert row["grade"] in mine


def test_trends_counted_are_those_of_the_table(annual):
    found = annual.table("trends")
    for unit in units.districts():
        mine = found[found["district_code"] == unit.code]
        said = re.findall(r"\d+", sections.trends.summary(mine))
        directions, good = mine["direction"], mine["good"]
        clear = directions.isin(["up", "down"])
        wanted = [
            len(mine),
            clear.sum(),
            *((clear & (good == g)).sum() for g in ("better", "worse", "unclear")),
            (directions == "none").sum(),
            (directions == "too_few").sum(),
        ]
        assert [int(n) for n in said] == wanted
        assert wanted[1] + wanted[5] + wanted[6] == wanted[0] == sum(wanted[2:])


def test_no_warning_reaches_a_page(annual):
    pages = [p for p in annual.folder.rglob("*.ipynb") if "cache" not in p.parts]
    assert len(pages) == 49
    for page in pages:
        for cell in nbformat.read(page, as_version=4).cells:
            for output in cell.get("outputs", []):
                assert output.output_type != "stream" or output.name != "stderr", (page, output)
