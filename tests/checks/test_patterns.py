"""Patterns planted in household forms are found, and honest forms are left alone."""

import math
import random

import pytest
from household_forms import DAY, QUESTIONS, form, honest, write

from ntm_eval.checks import patterns
from ntm_eval.intake import exports, survey


@pytest.fixture
def found(folder):
    """The patterns in rows, as rule and message."""

    def find(rows):
        write(folder, rows)
        forms = survey.read(exports.files(folder), DAY)
        assert forms.problems == ()
        return [(p.rule, p.message) for p in patterns.find_problems(forms, 2022)]

    return find


def rules(found) -> list[str]:
    return [rule for rule, _ in found if rule != "groups_too_few"]


def moods(n: int, seed: int) -> list[dict]:
    """Forms as people fill them in: most are content with nearly all, a few with little."""
    draw = random.Random(seed)
    rows = []
    for i in range(n):
        content = draw.choice([0.99, 0.98, 0.95, 0.6])
        answers = ["1" if draw.random() < content else "2" for _ in QUESTIONS]
        rows.append(form(i, answers, ma_ban=i % 7 + 1, ma_nguoi_thu_phieu=i % 6 + 1))
    return rows


@pytest.mark.parametrize("seed", range(8))
def test_honest_forms_show_no_pattern(found, seed):
    assert found(moods(300, seed)) == []


def test_forms_filled_in_down_one_column_are_found(found):
    rows = [form(n, "1" if n % 20 else ["2", *["1"] * 8, *["2"] * 10]) for n in range(100)]
    got = found(rows)
    assert rules(got)[0] == "straight_lined"
    assert "hầu hết phiếu trả lời giống nhau ở mọi câu" in got[0][1]


def test_everybody_satisfied_is_no_straight_line(found):
    assert rules(found([form(n) for n in range(100)])) == []


def test_few_forms_are_not_judged(found):
    assert rules(found([form(n, "1" if n else "2") for n in range(9)])) == []


def test_a_form_copied_many_times_is_found(found):
    odd = ["2" if n in (1, 4, 7, 11) else "1" for n in range(19)]
    copied = [form(1000 + n, odd) for n in range(12)]
    got = found([*moods(200, 3), *copied])
    assert "identical_forms" in rules(got)
    assert any("12 phiếu giống hệt nhau" in message for _, message in got)


def test_one_unpopular_question_is_no_copied_form(found):
    draw = random.Random(5)
    rows = [form(n, ["2" if draw.random() < 0.3 else "1", *["1"] * 18]) for n in range(200)]
    assert rules(found(rows)) == []


def test_a_collector_unlike_the_others_is_named_by_code(found):
    rows = honest(120, 0.85)
    rows = [r | {"ma_nguoi_thu_phieu": n % 6 + 1} for n, r in enumerate(rows)]
    rows = [form(n) | {"ma_nguoi_thu_phieu": "6"} if n % 6 == 5 else r for n, r in enumerate(rows)]
    got = found(rows)
    assert rules(got) == ["group_unlike"]
    assert "người thu phiếu 6: tỷ lệ phiếu trả lời giống nhau ở mọi câu cao hơn hẳn" in got[0][1]


def test_a_village_unlike_the_others_is_named_by_code(found):
    draw = random.Random(7)
    rows = []
    for n in range(150):
        village = n % 5 + 1
        share = 0.4 if village == 3 else 0.92
        rows.append(
            form(n, ["1" if draw.random() < share else "2" for _ in QUESTIONS], ma_ban=village)
        )
    got = found(rows)
    assert set(rules(got)) == {"group_unlike"}
    told = [message for rule, message in got if rule == "group_unlike"]
    assert all("bản, tiểu khu 3: tỷ lệ phiếu" in message for message in told)


def test_the_sound_collectors_beside_one_that_is_not_are_not_named(found):
    rows = [r | {"ma_nguoi_thu_phieu": n % 6 + 1} for n, r in enumerate(honest(150))]
    rows = [
        r | form(n, "2") | {"ma_nguoi_thu_phieu": 6} if n % 6 == 5 else r
        for n, r in enumerate(rows)
    ]
    told = [message for rule, message in found(rows) if rule == "group_unlike"]
    assert len(told) == 2
    assert all("người thu phiếu 6: tỷ lệ phiếu" in message for message in told)


def test_a_collector_with_few_forms_is_never_named(found):
    rows = [
        form(n, "1" if n % 13 else ["2"] * 5 + ["1"] * 14) | {"ma_nguoi_thu_phieu": n % 6 + 1}
        for n in range(120)
    ]
    few = [form(500 + n, "2") | {"ma_nguoi_thu_phieu": 77} for n in range(9)]
    assert not any("77" in message for _, message in found([*rows, *few]))


def test_too_few_groups_are_said_to_be_too_few(found):
    got = found(honest(60))
    assert [rule for rule, _ in got] == ["groups_too_few"]
    assert (
        "không đủ số liệu để so sánh (bản, tiểu khu: 3 nhóm; người thu phiếu: 2 nhóm" in got[0][1]
    )


def test_an_export_without_villages_and_collectors_says_nothing_of_them(found):
    gone = ("ma_ban", "ma_nguoi_thu_phieu")
    assert found([{k: v for k, v in r.items() if k not in gone} for r in honest(60)]) == []


@pytest.mark.parametrize(
    ("count", "of", "share"), [(0, 10, 0.3), (7, 10, 0.3), (10, 10, 0.9), (3, 8, 1)]
)
def test_the_chance_of_so_many_is_the_sum_of_its_parts(count, of, share):
    each = (math.comb(of, k) * share**k * (1 - share) ** (of - k) for k in range(count, of + 1))
    assert patterns._at_least(count, of, share) == pytest.approx(sum(each), rel=1e-12)
