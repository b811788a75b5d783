"""The places that the plan names, in words and pictures."""

from dataclasses import replace
from datetime import date

import numpy as np
import pandas as pd
import pytest
from pictures import axes, panel, words

from ntm_eval import schemas, units
from ntm_eval.analysis import places
from ntm_eval.analysis.places import Course, Story
from ntm_eval.analysis.targets import COMPLETE
from ntm_eval.reporting import sections

NAN = float("nan")
HOUSES = [500.0, 400.0, 300.0, NAN, 150.0]


def course(values=HOUSES, pace=-87.5, done=2024, chance=NAN, basis="pace", figure="C1-17"):
    yearly = pd.Series(values, range(2018, 2018 + len(values)), dtype=float)
    return Course(figure, "Nhà tạm còn lại", "nhà", yearly, pace, done, chance, basis)


def said(*courses, survival=NAN, **about):
    known = {"became": (), "added_up": False} | about
    return sections.places.summary(
        [Story(places.named(units.PLAN_DAY)[1], courses, survival, **known)]
    )


def test_a_story_says_where_it_stands_its_pace_its_end_and_how_likely():
    assert said(course()) == (
        "Xóa nhà tạm ở huyện Thuận Châu. Nhà tạm còn lại: 150 nhà (năm 2022), từ 500 nhà năm 2018; "
        "mỗi năm giảm khoảng 88 nhà. Với tiến độ bình quân các năm, dự kiến hoàn thành trong năm "
        "2024."
    )


@pytest.mark.parametrize(
    ("one", "says", "never"),
    [
        (course([]), "chưa có số liệu", "tiến độ"),
        (
            course([5.0, 4.0], NAN, NAN, NAN),
            "chưa đủ số liệu ba năm theo cùng một chuẩn",
            "Khả năng",
        ),
        (course([5.0, 6.0, 7.0], 1.0, NAN, NAN), "mỗi năm tăng khoảng 1 nhà", "xong"),
        (course([5.0, 5.0, 5.0], 0.0, NAN, NAN), "không đổi", "tăng"),
        (course([5.0, 2.0, 0.0], -2.5, 2020, NAN), "Đã hoàn thành.", "tiến độ bình quân"),
        (course(chance=0.3, basis="old_steps"), "chưa phải dự báo", "Khả năng xong"),
        (
            course(chance=0.3, basis="steps", figure=COMPLETE),
            "mọi xã đủ 19 tiêu chí",
            "Khả năng xong",
        ),
    ],
)
def test_every_kind_of_course_has_its_words(one, says, never):
    assert says in said(one)
    assert never not in said(one)


def test_a_herd_is_told_by_what_is_left_of_it():
    assert "Cứ 100 con đã trao, nay có 75 con bò, bê" in said(course(), survival=0.75)
    assert "con bò" not in said(course())


def test_after_the_reform_the_page_says_whose_figures_they_are():
    """Xã Mường Do is a part of xã Mường Bang, which has its code: their figures never meet."""
    day = date(2025, 11, 30)
    history = pd.DataFrame(
        {
            "year": [2020, 2021, 2022],
            "commune_code": "03943",
            "temporary_houses": [30.0, 20.0, 10.0],
        }
    )
    none = pd.DataFrame(columns=schemas.column_names("targets"))
    empty = pd.DataFrame(columns=["district_code", "indicator", "year", "value"])
    found = places.stories(empty, history, none, 2025, on=day)
    quynh_nhai, _, muong_do, _ = sections.places.summary(found).splitlines()
    assert "10 nhà (năm 2022)" in muong_do
    assert "Từ 01/7/2025 Xã Mường Do thuộc Xã Mường Bang" in muong_do
    assert quynh_nhai.endswith("cộng số của các xã, phường trên địa bàn huyện cũ.")
    before = sections.places.summary(
        places.stories(empty, history, none, 2022, on=date(2022, 11, 30))
    )
    assert "01/7/2025" not in before
    assert "huyện cũ" not in before


def test_a_panel_for_each_figure_draws_its_years_and_its_pace():
    found = [Story(places.named(units.PLAN_DAY)[1], (course(),), NAN, (), False)]
    ax = sections.places.draw(axes(), found)
    (yearly,), (pace,) = panel(ax, "yearly"), panel(ax, "pace")
    np.testing.assert_allclose(yearly, [[2018, 500], [2019, 400], [2020, 300], [2022, 150]])
    np.testing.assert_allclose(pace, [[2022, 150], [2024, 0]], atol=1e-6)
    assert "150" in words(ax)


def test_the_pace_is_drawn_to_the_goal_and_the_goal_is_marked():
    aimed = replace(course(), by=2025.0, goal=0.0)
    ax = sections.places.draw(
        axes(), [Story(places.named(units.PLAN_DAY)[1], (aimed,), NAN, (), False)]
    )
    (goal,) = (line for line in ax.lines if line.get_label() == "goal")
    (pace,) = (c for c in ax.collections if c.get_label() == "pace")
    np.testing.assert_allclose(goal.get_xydata()[0], pace.get_paths()[0].vertices[-1])
    np.testing.assert_allclose(panel(ax, "pace")[0][-1], [2025, 0], atol=1e-6)


def test_a_figure_without_a_year_says_so_beside_the_others():
    found = [Story(places.named(units.PLAN_DAY)[1], (course(), course([])), NAN, (), False)]
    assert words(sections.places.draw(axes(), found)).count("Không có số liệu") == 1


def test_no_place_at_all_is_a_picture_that_says_so():
    assert words(sections.places.draw(axes(), [])) == ["Không có số liệu"]
    assert sections.places.summary([]) == ""
