"""A problem as data: its words in each language, its table, and what the office may edit."""

import ast
import re
import shutil

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ntm_eval import reference
from ntm_eval.intake import problems
from ntm_eval.intake.problems import Place, problem
from ntm_eval.language import message, using
from ntm_eval.root import PACKAGE
from ntm_eval.workspace import ENGLISH, AnalystError

ROWS = reference.table("messages").set_index("message")
# a name in the code that begins the names of several messages: f"answer.{column}"
BEGINNINGS = ("answer.", "font.", "other.", "rule_broken.", "where.")
LATE = message("late_report", received="2022-12-14", days=4, due="2022-12-10", register="r.csv")


@pytest.fixture
def edited(tmp_path, monkeypatch):
    """The reference tables, to be spoilt."""
    shutil.copytree(reference.REFERENCE, tmp_path / "reference")
    monkeypatch.setattr(reference, "REFERENCE", tmp_path / "reference")
    return tmp_path / "reference" / "messages.csv"


def test_one_problem_is_said_in_each_language():
    found = problem(LATE, Place("127", "a.xlsx"))
    assert (found.rule, found.severity) == ("late_report", "warning")
    where = "Sốp Cộp, tệp a.xlsx: gửi ngày 14/12/2022, muộn 4 ngày so với hạn trước ngày 10/12/2022"
    assert found.message == f"{where}. Nếu đã được gia hạn, ghi vào r.csv."
    with using(ENGLISH):
        assert found.message == (
            "Sốp Cộp, file a.xlsx: sent on 14 December 2022, 4 days late, as it was due before "
            "10 December 2022. If more time was given, enter it in r.csv."
        )


def test_a_list_and_a_message_within_a_message_are_said_too():
    others = [message("place.of_district", name="Xã Tân Lập", district="Huyện Mộc Châu")]
    near = message("place.spelt_like", names=["Thị trấn Hát Lót", "Xã Hát Lót"], others=others)
    taken = message("name_matched", name=near)
    assert problems.text(taken).startswith(
        "được hiểu là Thị trấn Hát Lót hoặc Xã Hát Lót (đúng như ghi là Xã Tân Lập, Huyện Mộc Châu)"
    )
    with using(ENGLISH):
        assert problems.text(taken).startswith(
            "taken for Hát Lót township or Hát Lót commune (spelt exactly like Tân Lập commune, "
            "Mộc Châu district)"
        )


@given(st.text(), st.text())
def test_what_was_typed_is_never_taken_for_a_field(raw, name):
    found = problem(message("duplicate_report", file=name, current="{file}"), Place("127"), raw=raw)
    assert f"có bản khác là {name}; lấy bản nhận sau là {{file}}." in found.message
    assert problems.listed(problems.frame([found])) == [found]


def test_a_problem_of_no_district_and_no_file_is_of_the_province():
    assert problem(message("negative"), Place()).message.startswith("Toàn tỉnh: ")


@pytest.mark.parametrize("name", ROWS.index)
def test_each_message_asks_for_the_same_in_each_language(name):
    row = ROWS.loc[name]
    assert problems.asked(row["text_vi"]) == problems.asked(row["text_en"])
    kinds = {word for field in problems.asked(row["text_vi"]) for word in field.split(":", 1)[1:]}
    words = {word for kind in kinds for word in kind.split()}
    assert words <= {*problems.KINDS, "or", ";"}
    assert not re.search("[À-ỹ]", row["text_en"])


def test_the_code_and_the_table_name_the_same_messages():
    files = [p for room in ("intake", "checks", "exchange") for p in (PACKAGE / room).glob("*.py")]
    trees = [ast.parse(p.read_text(encoding="utf-8")) for p in files]
    nodes = [node for tree in trees for node in ast.walk(tree)]
    texts = {n.value for n in nodes if isinstance(n, ast.Constant) and isinstance(n.value, str)}
    assert [n for n in ROWS.index if n not in texts and not n.startswith(BEGINNINGS)] == []
    rules = set(reference.table("rules")["rule"])
    called = {
        n.args[0].value
        for n in nodes
        if isinstance(n, ast.Call) and getattr(n.func, "id", "") == "message"
        if isinstance(n.args[0], ast.Constant)
    }
    assert called - set(ROWS.index) == set()
    cases = {t for t in texts if "." in t and t.partition(".")[0] in rules}
    assert cases - {*ROWS.index, *BEGINNINGS} == set()


@pytest.mark.parametrize(
    ("old", "new"),
    [("hạn gửi: trước ngày {due:day}", "{dua:day}"), ("{due:day}). Đề", "{due). Đề")],
)
def test_a_field_that_the_office_misspelt_is_named(edited, old, new):
    text = edited.read_text(encoding="utf-8-sig")
    assert old in text
    edited.write_text(text.replace(old, new), encoding="utf-8-sig")
    with pytest.raises(AnalystError, match=r"messages\.csv.*missing_report"):
        problems.text(LATE)


def test_words_that_the_office_edits_are_used_at_once(edited):
    text = edited.read_text(encoding="utf-8-sig")
    edited.write_text(text.replace("muộn {days} ngày", "chậm {days} ngày"), encoding="utf-8-sig")
    assert "chậm 4 ngày" in problems.text(LATE)
