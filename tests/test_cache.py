"""Tables made once, and made again when what they were made from has changed."""

from __future__ import annotations

import csv
import multiprocessing
import shutil
from collections import Counter
from dataclasses import replace
from pathlib import Path

import filelock
import pandas as pd
import pytest

from ntm_eval import cache, notation, reference, units
from ntm_eval.exchange import template as forms
from ntm_eval.intake import workbook
from ntm_eval.intake.delimited import Correction
from ntm_eval.review import Review, open_review
from ntm_eval.workspace import REFERENCE

TALKS = "C1-01"
PLANTED = {"sop-cop": 111, "van-ho": 222}


class Making:
    """A step that counts how often it was made."""

    def __init__(self, value: float = 1.0):
        self.times, self.value = 0, value

    def __call__(self) -> cache.Tables:
        self.times += 1
        return {
            "facts": pd.DataFrame({"code": ["03943"], "value": [self.value]}),
            "days": pd.DataFrame({"day": pd.to_datetime(["2022-12-05", None])}),
        }


def test_a_step_is_made_once_and_comes_back_as_it_was(tmp_path):
    make = Making()
    first = cache.tables(tmp_path / "step", ["a", 1], make)
    again = cache.tables(tmp_path / "step", ["a", 1], make)
    assert make.times == 1
    assert list(again) == list(first)
    for name, frame in first.items():
        pd.testing.assert_frame_equal(again[name], frame, check_column_type=False)


def test_a_step_is_made_again_when_what_it_was_made_from_changes(tmp_path):
    cache.tables(tmp_path, ["a"], Making(1.0))
    make = Making(2.0)
    assert cache.tables(tmp_path, ["b"], make)["facts"]["value"].tolist() == [2.0]
    assert cache.tables(tmp_path, ["b"], make)["facts"]["value"].tolist() == [2.0]
    assert make.times == 1


def test_two_steps_in_two_folders_do_not_meet(tmp_path):
    cache.tables(tmp_path / "a", ["same"], Making(1.0))
    other = cache.tables(tmp_path / "b", ["same"], Making(2.0))
    assert other["facts"]["value"].tolist() == [2.0]


def test_a_step_that_stopped_is_not_taken_for_made(tmp_path):
    def stop() -> cache.Tables:
        raise OSError("hết chỗ trên đĩa")

    with pytest.raises(OSError, match="hết chỗ"):
        cache.tables(tmp_path, ["a"], stop)
    make = Making()
    cache.tables(tmp_path, ["a"], make)
    assert make.times == 1


def make_together(folder: Path, waiting, made) -> None:
    """What a process does that needs the step at the same moment as another."""

    class Told(filelock.FileLock):
        """Tells when the other process holds it."""

        def acquire(self, *arguments, **options):
            try:
                return super().acquire(timeout=0)
            except filelock.Timeout:
                waiting.set()
                return super().acquire(*arguments, **options)

    def make() -> cache.Tables:
        made.put("made")
        assert waiting.wait(timeout=240)
        return Making()()

    filelock.FileLock = Told
    made.put(len(cache.tables(folder, ["a"], make)["facts"]))


def test_two_processes_that_need_one_step_make_it_once(tmp_path):
    context = multiprocessing.get_context("spawn")
    waiting, made = context.Event(), context.Queue()
    both = [context.Process(target=make_together, args=(tmp_path, waiting, made)) for _ in range(2)]
    for process in both:
        process.start()
    said = [made.get(timeout=240) for _ in range(3)]
    for process in both:
        process.join()
    assert said == ["made", 1, 1]
    assert made.empty()


def test_a_fingerprint_tells_its_contents_apart_and_not_the_order_of_keys():
    assert cache.fingerprint({"a": 1, "b": 2}) == cache.fingerprint({"b": 2, "a": 1})
    different = [["a", "b"], ["b", "a"], ["ab"], ["a", "b", None], [["a"], "b"]]
    assert len({cache.fingerprint(d) for d in different}) == len(different)


@pytest.fixture
def rules(tmp_path, monkeypatch):
    """A copy of the reference folder whose fingerprint counts, and a way to notice its changes."""
    copy = shutil.copytree(REFERENCE, tmp_path / "reference")
    monkeypatch.setattr(cache, "REFERENCE", copy)

    def touch() -> None:
        with (copy / "thresholds.csv").open("a", encoding="utf-8") as lines:
            lines.write("\n")

    return touch


def test_the_fingerprint_of_the_rules_changes_with_a_reference_table(rules):
    before = cache.rules()
    assert cache.rules() == before
    rules()
    assert cache.rules() != before


@pytest.mark.parametrize("room", ["intake", "checks", "exchange", "analysis", "review"])
def test_the_fingerprint_of_the_rules_changes_with_the_code_of_a_room(tmp_path, monkeypatch, room):
    monkeypatch.setattr(cache, "PACKAGE", tmp_path)
    before = cache.rules()
    (tmp_path / room).mkdir()
    (tmp_path / room / "new.py").write_text("", encoding="utf-8")
    assert cache.rules() != before


# a review of two districts


@pytest.fixture
def data(tmp_path) -> Path:
    """A data folder with the reports of Sốp Cộp and Vân Hồ."""
    folder = tmp_path / "data" / "2022" / "annual"
    folder.mkdir(parents=True)
    for slug, value in PLANTED.items():
        send(folder, slug, value)
    return folder


def send(folder: Path, slug: str, value: int, name: str | None = None, sent="02/12/2022") -> None:
    """A report with one figure."""
    content = replace(forms.EMPTY, info={"sent": sent}, figures={(TALKS, "actual"): value})
    path = folder / (name or f"{slug}.xlsx")
    forms.write_workbook(path, units.district(slug), 2022, "annual", content)


def opened(data: Path) -> Review:
    """The review as another notebook opens it: with nothing in memory."""
    root = data.parents[2]
    return open_review(2022, "annual", str(root / "data"), str(root / "out"))


def figure(review: Review, slug: str) -> float:
    facts = review.district(slug).facts
    found = facts[(facts["indicator"] == TALKS) & (facts["measure"] == "actual")]
    return found["value"].item()


def made(data: Path) -> dict[str, int]:
    """When the table of each district, and the register of the province, was last written."""
    root = opened(data).space.cache("")
    steps = {s: root / "districts" / s / "history.parquet" for s in PLANTED}
    steps["province"] = root / "province" / "register" / "register.parquet"
    return {name: path.stat().st_mtime_ns for name, path in steps.items()}


@pytest.fixture
def before(data) -> dict[str, int]:
    """The state after a first look at both districts and the province."""
    review = opened(data)
    assert {slug: figure(review, slug) for slug in PLANTED} == PLANTED
    assert review.register.set_index("district_code").loc["127", "status"] == "on_time"
    return made(data)


def remade(data: Path, before: dict[str, int]) -> set[str]:
    """The steps that were made again, once both districts and the province were asked for."""
    review = opened(data)
    for slug in PLANTED:
        assert review.district(slug).problems is not None
    assert len(review.register) == 12
    return {name for name, when in made(data).items() if when != before[name]}


def test_what_is_kept_is_not_made_again(data, before):
    assert remade(data, before) == set()


def test_a_changed_file_makes_its_district_and_the_province_again_and_no_other(data, before):
    send(data, "sop-cop", 333)
    assert remade(data, before) == {"sop-cop", "province"}
    review = opened(data)
    assert (figure(review, "sop-cop"), figure(review, "van-ho")) == (333, 222)


def test_a_second_report_of_a_district_makes_its_facts_again(data, before):
    send(data, "sop-cop", 444, "sop-cop bản 2.xlsx", sent="03/12/2022")
    assert remade(data, before) == {"sop-cop", "province"}
    assert figure(opened(data), "sop-cop") == 444


def test_the_file_of_a_third_district_leaves_both_as_they_are(data, before):
    send(data, "mai-son", 555)
    assert remade(data, before) == {"province"}
    assert figure(opened(data), "mai-son") == 555


def test_a_file_that_is_taken_away_is_missing(data, before):
    (data / "sop-cop.xlsx").unlink()
    assert remade(data, before) == {"sop-cop", "province"}
    review = opened(data)
    assert review.district("sop-cop").arrival["status"] == "missing"
    assert review.district("sop-cop").facts.empty


def test_a_correction_makes_its_own_district_again(data, before):
    facts = opened(data).district("sop-cop").facts
    cell = facts[(facts["indicator"] == TALKS) & (facts["measure"] == "actual")]["cell"].item()
    fix = Correction(
        "sop-cop.xlsx", "Chỉ tiêu", cell, "111", "112", "gõ nhầm", "Ban Thường trực", "06/12/2022"
    )
    with (data / "corrections.csv").open("w", encoding="utf-8", newline="") as lines:
        rows = csv.DictWriter(lines, Correction.__dataclass_fields__)
        rows.writeheader()
        rows.writerow(vars(fix))
    assert remade(data, before) == {"sop-cop", "province"}
    assert figure(opened(data), "sop-cop") == 112


def test_a_receipt_that_changes_the_day_makes_the_district_again(data, before):
    receipts = "file,received,extended_to,note\nvan-ho.xlsx,08/12/2022,,\n"
    (data / "receipts.csv").write_text(receipts, encoding="utf-8")
    assert remade(data, before) == {"van-ho", "province"}
    assert opened(data).district("van-ho").arrival["days_late"] == 4


def test_a_changed_reference_table_makes_everything_again(data, rules, before):
    rules()
    assert remade(data, before) == {*PLANTED, "province"}


def test_an_edited_table_is_what_a_review_opened_again_goes_by(data, rules, before, monkeypatch):
    """In one process, as where an office edits its table between two runs of a cell."""
    monkeypatch.setattr(reference, "REFERENCE", cache.REFERENCE)
    assert opened(data).register.set_index("district_code").loc["127", "days_late"] == 0
    calendar, districts = (cache.REFERENCE / f"{name}.csv" for name in ("calendar", "districts"))
    with calendar.open("a", encoding="utf-8") as lines:
        lines.write("annual,Năm,12,1,11,30,2022-01-01,hạn của văn phòng\n")
    text = districts.read_text(encoding="utf-8")
    districts.write_text(text.replace("Huyện Sốp Cộp", "Huyện Sốp Cộp Mới"), encoding="utf-8")
    review = opened(data)
    assert review.register.set_index("district_code").loc["127", "days_late"] == 2
    assert review.district("sop-cop").unit.name == "Huyện Sốp Cộp Mới"


def test_who_asks_for_a_series_waits_for_no_other_table(data):
    review = opened(data)
    assert len(review.series)
    assert [path.name for path in review.space.cache("province").iterdir()] == ["series"]


def test_a_process_that_sorts_the_files_does_not_open_them_again(data, monkeypatch):
    times, really = Counter(), workbook.opened
    monkeypatch.setattr(
        workbook, "opened", lambda path, font=None: times.update([path.name]) or really(path, font)
    )
    review = opened(data)
    assert {slug: figure(review, slug) for slug in PLANTED} == PLANTED
    assert times == {"sop-cop.xlsx": 1, "van-ho.xlsx": 1}


def test_a_year_under_review_does_not_read_what_another_kept(data):
    assert figure(opened(data), "sop-cop") == 111
    later = data.parents[1] / "2023" / "annual"
    later.mkdir(parents=True)
    root = data.parents[2]
    next_year = open_review(2023, "annual", str(root / "data"), str(root / "out"))
    assert next_year.district("sop-cop").facts.empty
    assert figure(opened(data), "sop-cop") == 111


ODD = ["một\rhai", "một\r\nhai", "a\x00b", 'a "b", c', "\u2028", "\x1c\x85", "", "\u200b=1+1"]


def test_a_csv_gives_back_each_row_in_any_reader(tmp_path):
    frame = pd.DataFrame({"text": ODD, "n": range(len(ODD))})
    path = tmp_path / "x.csv"
    path.write_text(notation.csv(frame), encoding="utf-8-sig", newline="")
    numbers = [str(n) for n in range(len(ODD))]
    for newline in ("", None):
        with path.open(encoding="utf-8-sig", newline=newline) as lines:
            assert [row["n"] for row in csv.DictReader(lines)] == numbers
    for engine in ("c", "python"):
        read = pd.read_csv(path, dtype=str, keep_default_na=False, engine=engine)
        assert read["n"].tolist() == numbers
    assert read["text"].tolist()[0] == "một\nhai"
    assert read["text"].tolist()[7] == "'=1+1"
    assert b"\r" not in path.read_bytes()
