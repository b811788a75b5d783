"""What was meant by what was typed."""

import pytest

from ntm_eval import spellings
from ntm_eval.review import open_review
from ntm_eval.workspace import SAMPLE, AnalystError, or_the_sample


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("6 tháng", "h1"),
        ("６ tháng", "h1"),
        ("6 thang dau nam 2022", "h1"),
        ("h1", "h1"),
        ("Cả năm", "annual"),
        ("ANNUAL", "annual"),
        ("12 tháng", "annual"),
        ("quý", None),
        ("6", None),
        (None, None),
    ],
)
def test_a_period_in_the_usual_words(typed, meant):
    assert spellings.period_meant(typed) == meant


@pytest.mark.parametrize(
    ("typed", "meant"),
    [(2022, 2022), ("２０２２", 2022), (" Năm 2022 ", 2022), ("22", None), ("2022.0", None)],
)
def test_a_year_whatever_its_digits(typed, meant):
    assert spellings.year_meant(typed) == meant


def test_what_is_near_is_proposed_and_what_is_far_is_not():
    names = {"mai son": "Mai Sơn", "moc chau": "Mộc Châu", "mai-son": "Mai Sơn"}
    assert spellings.did_you_mean("Mai Sơ", names) == " Ý bạn là Mai Sơn?"
    assert spellings.did_you_mean("Hà Nội", names) == ""


def test_a_notebook_takes_what_was_meant(tmp_path):
    review = open_review("２０２２", "6 tháng", str(SAMPLE), str(tmp_path))
    assert (review.space.year, review.space.period) == (2022, "h1")
    with pytest.raises(AnalystError, match=r"'Mai Sơ'. Ý bạn là Mai Sơn\? Chọn một trong: son-la"):
        review.district("Mai Sơ")


def test_the_sample_is_named_only_where_it_is(tmp_path, monkeypatch):
    assert str(SAMPLE) in or_the_sample()
    monkeypatch.setattr("ntm_eval.workspace.SAMPLE", tmp_path / "không có")
    assert or_the_sample() == ""
