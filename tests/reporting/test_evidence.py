import pandas as pd

from ntm_eval.reporting import sections

HOSTILE = '"><script>alert(1)</script>\u202efdp.xlsx'
NAN = float("nan")


def fact(measure="actual", value=12.0, *, year=2022, period="annual", **other):
    return {
        "year": year,
        "period": period,
        "district_code": "119",
        "commune_code": pd.NA,
        "indicator": "C1-01",
        "measure": measure,
        "value": value,
        "state": "reported",
        "unit": "hộ",
        "qualifier": pd.NA,
        "raw": "mười hai",
        "file": "bc.xlsx",
        "sheet": "Chỉ tiêu",
        "cell": "E5",
        "corrected": pd.NA,
        "held": pd.NA,
        "likely": NAN,
    } | other


def notes(*facts, history=()):
    frame = pd.DataFrame([*facts, *history])
    return sections.results.notes_of_figures(["C1-01"], pd.DataFrame(facts), frame)


def said(note):
    return "\n".join(words for words, _ in note)


def test_a_figure_leads_to_its_file_sheet_cell_and_what_was_typed():
    (note,) = notes(fact())["actual"]
    for words in ("bc.xlsx", "Chỉ tiêu, E5", "Đã ghi: “mười hai”", "Hiểu là: 12"):
        assert words in said(note)
    assert note[0][1] == f"#{sections.method.anchor(2022, 'annual', 'bc.xlsx')}"


def test_its_receipt_is_the_row_of_that_file():
    files = pd.DataFrame(
        [[2022, "annual", "bc.xlsx", pd.Timestamp(2022, 12, 1), "f" * 64]],
        columns=["year", "period", "file", "received", "sha256"],
    )
    html = sections.method.files(files).html()
    assert f'<tr id="{sections.method.anchor(2022, "annual", "bc.xlsx")}">' in html
    assert "01/12/2022" in html


def test_the_same_file_name_in_another_year_is_another_receipt():
    assert sections.method.anchor(2021, "annual", "bc.xlsx") != sections.method.anchor(
        2022, "annual", "bc.xlsx"
    )


def test_a_correction_is_named_by_the_words_of_its_rule():
    assert "Đã sửa hoặc đổi:" in said(notes(fact(corrected="unit_converted"))["actual"][0])
    assert "unit_converted" not in said(notes(fact(corrected="unit_converted"))["actual"][0])


def test_last_years_figure_leads_to_last_years_file():
    past = fact(year=2021, file="cũ.xlsx", cell="E9")
    (note,) = notes(fact(), history=[past, fact(year=2021, period="h1", file="nửa.xlsx")])["before"]
    assert "cũ.xlsx" in said(note)
    assert "E9" in said(note)
    assert note[0][1] == f"#{sections.method.anchor(2021, 'annual', 'cũ.xlsx')}"


def test_a_blank_cell_says_so_and_shows_no_number():
    (note,) = notes(fact(value=NAN, state="blank", raw=pd.NA))["actual"]
    assert "Ô để trống" in said(note)
    assert "Hiểu là" not in said(note)


def test_what_was_never_due_has_nothing_behind_it():
    assert notes(fact())["plan"] == [()]


def test_a_hostile_name_stays_text():
    frame = pd.DataFrame([fact(file=HOSTILE, raw=HOSTILE)])
    series = pd.DataFrame([], columns=["indicator", "year", "value"])
    html = sections.results.figures(frame, series, frame).html()
    assert "<script" not in html
    assert html.count("&lt;script&gt;") == 3  # caption, file, typed
    assert "<details><summary>12</summary>" in html
