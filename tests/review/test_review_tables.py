"""The tables of a review as attributes: complete, described, and with names for people."""

import pydoc

import pandas as pd
import pytest
from pandas.testing import assert_frame_equal
from pandera.errors import SchemaErrors

from ntm_eval import notation, schemas
from ntm_eval.reporting import reports
from ntm_eval.review import DistrictReview, Review, open_review
from ntm_eval.review.tables import names
from ntm_eval.workspace import SAMPLE, AnalystError

BOTH = [(of, name) for of in (Review, DistrictReview) for name in names(of)]


@pytest.fixture(scope="module")
def here(sample_review):
    return sample_review.district("thuan-chau")


@pytest.mark.parametrize(("of", "name"), BOTH, ids=lambda x: getattr(x, "__name__", x))
def test_every_table_is_as_its_schema_says(sample_review, here, of, name):
    made = getattr(sample_review if of is Review else here, name)
    assert_frame_equal(schemas.check(name, made), made, check_column_type=False, check_dtype=False)


@pytest.mark.parametrize("name", sorted(set(names(Review)) & set(names(DistrictReview))))
def test_a_district_has_its_rows_of_every_table_of_the_province(sample_review, here, name):
    whole, own = getattr(sample_review, name), getattr(here, name)
    mine = whole[whole["district_code"] == "119"].reset_index(drop=True)
    assert_frame_equal(own, mine[list(own)], check_dtype=False)


def test_page_01_asks_for_no_table_of_the_province(tmp_path):
    """It is made anew only where the district's own files change, and waits for no other's."""
    here = open_review(2022, "annual", str(SAMPLE), str(tmp_path), district="thuan-chau")
    page = reports.clean(here)
    assert len(here.towns)
    assert all(page[name] for name in page)
    assert {*names(Review)} & {*vars(here.review)} == set()


@pytest.mark.parametrize("of", [Review, DistrictReview])
def test_help_and_completion_name_every_table_with_its_columns(of):
    told = pydoc.plain(pydoc.render_doc(of))
    assert set(names(of)) <= set(dir(of))
    for name in names(of):
        for column in schemas.schemas()[name].columns:
            assert column.name in told


def test_tables_and_columns_say_in_a_line_what_there_is(here):
    assert here.tables().loc["series", "about"] == "Chuỗi theo năm, từ các báo cáo năm."
    columns = here.columns("ranking").set_index("column")
    assert columns.loc["points", ["type", "unit"]].tolist() == ["float", "điểm"]


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"p_value": 1.5}, "p_value"),
        ({"direction": "sideways"}, "direction"),
        ({"district_code": "Thuận Châu"}, "district_code"),
        ({"more": 1}, "more"),
    ],
)
def test_a_table_that_is_not_as_described_stops_the_review(sample_review, change, says):
    with pytest.raises(SchemaErrors, match=says):
        schemas.check("trends", sample_review.trends.head(3).assign(**change))


def test_a_table_cannot_be_replaced_by_mistake(sample_review):
    with pytest.raises(AttributeError, match="series"):
        sample_review.series = pd.DataFrame()


def test_names_and_units_stand_beside_their_codes_and_nothing_else_changes():
    rows = pd.DataFrame(
        {"district_code": ["119", None], "indicator": ["C2-15", "on_time"], "value": [1.0, 2.0]}
    )
    found = notation.named(rows)
    assert list(found) == [
        "district_code",
        "district",
        "indicator",
        "indicator_name",
        "measured_in",
        "value",
    ]
    assert found.iloc[0].tolist() == [
        "119",
        "Thuận Châu",
        "C2-15",
        "Người tham gia bảo hiểm y tế",
        "người; %",
        1.0,
    ]
    assert found["indicator_name"][1] == "on_time"
    assert_frame_equal(found[list(rows)], rows)
    assert_frame_equal(notation.named(found), found)


@pytest.mark.parametrize("ask", ["named", "columns"])
def test_a_table_that_there_is_not_is_a_letter_with_what_is_like_it(sample_review, ask):
    with pytest.raises(AnalystError, match=r"Không có bảng 'seris'\. Có phải: series"):
        getattr(sample_review, ask)("seris")
