"""Mutants of the sample's reports: none stops the intake, loses a cell or changes one silently."""

from __future__ import annotations

import io
import zipfile
from collections import Counter
from dataclasses import replace
from pathlib import Path

import pytest

from ntm_eval.intake import survey, word
from tools.fuzz import books, mutants
from tools.fuzz import run as fuzz

SEED, NIGHTLY = 1, 2400
CELLS = [n for n in range(100) if fuzz.TURNS[n % len(fuzz.TURNS)] == "c"]


def faults(results) -> list[tuple[int, str, tuple[str, str]]]:
    return [(n, r.what, r.faults[0]) for n, r in enumerate(results) if r.faults]


def test_no_mutant_stops_the_intake_or_loses_or_silently_changes_a_figure():
    seed = fuzz.seed_of_the_commit()
    found = faults(fuzz.judge(range(250), seed))
    assert not found, f"python -m tools.fuzz 250 --seed {seed} --show: {found[:5]}"


@pytest.mark.slow
def test_nor_does_any_of_many_of_every_kind_of_damage():
    results = fuzz.run(NIGHTLY, SEED)
    assert not faults(results), faults(results)[:5]
    twelfths = {"ô": 5, "cấu trúc": 3, "byte": 2, "Word": 1, "phiếu": 1}
    assert Counter(r.family for r in results) == {k: NIGHTLY // 12 * n for k, n in twelfths.items()}
    done = {part for r in results for part in r.what.replace(": ", " + ").split(" + ")}
    structure = {edit.__name__.strip("_") for edit in mutants.STRUCTURE}
    cells = {"số mới", "chữ đọc được", "chữ không đọc được", "xóa ô", "tên dòng"}
    assert structure | cells | {"cắt cụt", "sai byte của tệp", "sai byte bên trong"} <= done
    flipped = [r for r in results if r.family == "byte"]
    assert sum(not r.refused for r in flipped) > len(flipped) / 10


def test_the_same_seed_gives_the_same_mutants():
    assert fuzz.mutant(7, 3)[0] == fuzz.mutant(7, 3)[0]
    assert fuzz.mutant(7, 3)[0] != fuzz.mutant(8, 3)[0]


def counted(reader) -> set[str]:
    """The kinds of fault that a reader is found to have."""
    return {kind for r in fuzz.judge(CELLS, SEED, reader) for kind, _ in r.faults}


def changed(reading, key, **now):
    entry = replace(reading.entries[key], **now)
    return replace(reading, entries={**reading.entries, key: entry})


def test_a_reader_that_stops_is_counted():
    def stops(path: Path):
        raise KeyError(path.name)

    assert counted(stops) == {"ngoại lệ"}


def test_a_reader_that_drops_a_figure_is_counted():
    def drops(path: Path):
        reading = fuzz.read(path)
        counts = reading.counts - Counter([("C1-01", "actual")])
        return replace(reading, counts=counts)

    assert counted(drops) == {"ô mất"}


def test_a_reader_that_refuses_a_sound_file_is_counted():
    assert counted(lambda path: fuzz.Reading(problems=fuzz.read(path).problems)) == {"ô mất"}


def test_a_reader_that_changes_an_untouched_figure_is_counted():
    def changes(path: Path):
        return changed(fuzz.read(path), ("C1-01", "actual"), value=0.0)

    assert "đổi lặng" in counted(changes)


def test_a_reader_that_takes_a_neighbours_cell_is_counted():
    def shifts(path: Path):
        reading = fuzz.read(path)
        other = reading.entries["C1-02", "actual"]
        return replace(reading, entries={**reading.entries, ("C1-01", "actual"): other})

    assert "đổi lặng" in counted(shifts)


def test_a_reader_that_says_nothing_of_unreadable_text_is_counted():
    def silent(path: Path):
        reading = fuzz.read(path)
        kept = tuple(p for p in reading.problems if p.rule != "not_a_number")
        return replace(reading, problems=kept)

    assert "đổi lặng" in counted(silent)


def turns(kind: str) -> list[int]:
    return [n for n in range(600) if fuzz.TURNS[n % len(fuzz.TURNS)] == kind]


@pytest.mark.parametrize(
    ("kind", "module", "name", "taken"),
    [
        ("w", word, "GONE", ()),
        ("w", word, "DELETED", set()),
        ("w", word, "UNSEEN", {}),
        ("w", word, "SMALL", {}),
        ("h", survey, "REFUSED", {}),
        ("h", survey, "TIMES", []),
    ],
)
def test_a_reader_of_documents_or_forms_without_one_of_its_rules_is_counted(
    monkeypatch, kind, module, name, taken
):
    monkeypatch.setattr(module, name, taken)
    assert any(faults(fuzz.judge([n], SEED)) for n in turns(kind))


def read_sheets(tmp_path: Path, edit) -> fuzz.Reading:
    """A report of the sample as read after an edit of its sheets by their names."""
    made = books.load(next(p for p in sorted((fuzz.SAMPLE / "2022" / "annual").glob("*.xlsx"))))
    edit({s.kind: s for s in made})
    path = tmp_path / "bao cao.xlsx"
    path.write_bytes(books.write(made))
    return fuzz.read(path)


def rules_at(reading: fuzz.Reading, sheet: str) -> set[tuple[str, str | None]]:
    return {(p.rule, p.cell) for p in reading.problems if p.sheet == sheet}


def test_a_code_that_belongs_to_another_name_is_a_question(tmp_path):
    def edit(sheets):
        rows = {row[0].typed: row for row in sheets["Chỉ tiêu"].rows}
        rows["C1-02"][0] = books.Slot("C1-03")
        sheets["Chỉ tiêu"].rows.remove(rows["C1-03"])

    reading = read_sheets(tmp_path, edit)
    assert ("name_differs", "B6") in rules_at(reading, "Chỉ tiêu")


@pytest.mark.parametrize(
    ("column", "typed"), [(2, "xã NTQ"), (6, "77"), (6, None), (6, 7.5), (6, 2.0**40), (6, "-1")]
)
def test_an_unknown_survey_or_question_of_the_report_is_a_question(tmp_path, column, typed):
    def edit(sheets):
        sheets["Hài lòng"].rows[5][column] = books.Slot(typed)

    reading = read_sheets(tmp_path, edit)
    assert ("unknown_survey", f"{'ABCDEFG'[column]}6") in rules_at(reading, "Hài lòng")
    # nobody can say what its numbers are of: they are no answers, least of all to the last question
    asked = {key[2] for key in reading.entries if len(key) == 4}
    assert asked <= {str(n) for n in range(1, 20)}


def test_rows_above_a_whole_header_that_repeats_a_damaged_one_are_read(tmp_path):
    def edit(sheets):
        rows = sheets["Xã"].rows
        rows.insert(6, list(rows[2]))
        rows[2][24] = books.Slot("???")  # Tổng số hộ

    whole = read_sheets(tmp_path, lambda sheets: None)
    reading = read_sheets(tmp_path, edit)
    assert reading.entries["03724", "poor"].value == whole.entries["03724", "poor"].value > 0
    assert any(p.rule == "header_not_found" and "Tổng số hộ" in p.message for p in reading.problems)


def test_a_sheet_that_is_not_well_formed_is_refused(tmp_path):
    source = fuzz.sources()[0]
    path = tmp_path / "bao cao.xlsx"
    with (
        zipfile.ZipFile(io.BytesIO(source.data)) as old,
        zipfile.ZipFile(path, "w") as made,
    ):
        for name in old.namelist():
            content = old.read(name)
            if name == "xl/worksheets/sheet3.xml":
                content = content.replace(b'<c r="Y5" s="13">', b'<c r="Y5" s="13b>')
                assert content != old.read(name)
            made.writestr(name, content)
    assert [p.rule for p in fuzz.read(path).problems] == ["unreadable_file"]
