"""An edition stays as it was issued: whole or not there, with its own number, seen when touched."""

import json
import os
import shutil
import stat
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pytest
import releasing
from releasing import DAY, issue, review

from ntm_eval import cache
from ntm_eval.exchange import compare, editions
from ntm_eval.language import using
from ntm_eval.reporting import reports
from ntm_eval.review import open_review
from ntm_eval.running import manifest, release
from ntm_eval.workspace import SAMPLE, VIETNAMESE, AnalystError, workspace, write_beside


@pytest.fixture
def space(tmp_path):
    return review(tmp_path)


def names(folder):
    return {p.relative_to(folder).as_posix() for p in folder.rglob("*") if p.is_file()}


def test_what_people_receive_is_kept_and_the_rest_is_not(space):
    made = issue(space)
    assert made == space.releases / "1"
    own = {"release.json", "release.html", "manifest.json"}
    assert names(made) - own == {
        *(f"{name}.csv" for name in releasing.TABLES),
        *(f"districts/sop-cop/report.{kind}" for kind in ("html", "docx", "pdf")),
        *("review/report.html", "index.html", "changes.html", "published.zip"),
    }
    assert not any(p.stat().st_mode & 0o222 for p in made.rglob("*") if p.is_file())


def test_the_note_says_who_when_and_what_was_open(space):
    note = editions.read(issue(space)).note
    assert (note["number"], note["day"], note["note"]) == (1, "2023-01-10", "Gửi Hội đồng")
    assert (note["assured_by"], note["approved_by"]) == ("Lò Văn A", "Cầm Thị B")
    assert note["checked"] == {"pages": 2, "files": 12, "inputs": 1, "errors": 1, "warnings": 1}
    assert [(row["cell"], row["held"]) for row in note["held"]] == [("E5", "outlier")]
    assert note["inputs"] == {"2022/annual/a.xlsx": "1" * 64}
    assert any("1 số liệu đang chờ giải trình" in line for line in note["statement"])
    page = (space.releases / "1" / "release.html").read_text(encoding="utf-8")
    for told in ("Bản phát hành số 1 ngày 10/01/2023", "Lò Văn A", "Cầm Thị B", *note["statement"]):
        assert told in page


def test_the_same_asked_again_is_the_same_bytes_with_the_next_number(space):
    first, second = editions.read(issue(space)), editions.read(issue(space))
    assert (first.number, second.number) == (1, 2)
    same = {name: print_ for name, print_ in first.note["files"].items() if name != "release.html"}
    assert same.items() <= second.note["files"].items()


def test_an_edition_tells_nothing_of_the_machine_and_verifies_on_another(space, tmp_path):
    made = issue(space)
    texts = [p.read_bytes() for p in made.rglob("*") if p.is_file()]
    assert not [text for text in texts if os.fsencode(tmp_path) in text]
    elsewhere = tmp_path / "máy khác" / "bản một"
    shutil.copytree(made, elsewhere)
    shutil.rmtree(space.out)
    assert editions.verify(elsewhere) == []


def altered(path):
    path.chmod(stat.S_IRUSR | stat.S_IWUSR)
    path.write_bytes(path.read_bytes() + b" ")


def resealed_by_hand(path):
    path.chmod(stat.S_IRUSR | stat.S_IWUSR)
    text = path.read_text(encoding="utf-8")
    path.write_text(text.replace("Cầm Thị B", "Lò Thị C"), encoding="utf-8")


@pytest.mark.parametrize(
    ("name", "touch", "says"),
    [
        ("facts.csv", altered, "nội dung đã khác"),
        ("districts/sop-cop/report.docx", altered, "nội dung đã khác"),
        ("release.json", resealed_by_hand, "nội dung đã khác"),
        ("release.json", lambda path: path.unlink(), "bị hỏng hoặc không có"),
        ("review/report.html", lambda path: path.unlink(), "tệp không còn"),
        ("review/thêm.docx", lambda path: path.touch(), "tệp không thuộc bản phát hành"),
        ("published.zip", lambda path: path.rename(path.with_name("x.zip")), "tệp không còn"),
    ],
)
def test_what_was_touched_is_named(space, command, tmp_path, name, touch, says):
    made = issue(space)
    touch(made / name)
    first = editions.verify(made)[0]
    assert first.startswith(f"{name}: ")
    assert says in first
    said = command("verify", space.review, cwd=tmp_path)
    assert said.returncode == 1
    assert f"releases/2022-annual/1/{name}: " in said.stdout


@pytest.mark.skipif(os.name == "nt", reason="Windows hỏi quyền để tạo liên kết")
def test_a_link_to_the_same_content_is_none_of_its_files(space, tmp_path):
    made = issue(space)
    (made / "facts.csv").rename(tmp_path / "facts.csv")
    (made / "facts.csv").symlink_to(tmp_path / "facts.csv")
    assert [line.split(": ")[0] for line in editions.verify(made)] == ["facts.csv"]


def test_an_edition_that_is_gone_or_damaged_keeps_its_number(space):
    issue(space)
    shutil.rmtree(issue(space))
    third = issue(space)
    assert third.name == "2"  # the last one leaves no trace but on paper
    issue(space)
    shutil.rmtree(space.releases / "1")
    (space.releases / "2" / "release.json").unlink()
    assert issue(space).name == "4"
    assert [line.split(": ")[0] for line in editions.verify_all(space.releases)] == [
        "1",
        "2/release.json",
    ]


def failed(space):
    entries = list(manifest.entries(space).values())
    entries[0] = replace(entries[0], state="failed", error="KeyError: 'C1-19'")
    releasing.write(space, complete=False, pages=entries)


def lacking(space):
    releasing.write(space, districts=["sop-cop", "van-ho"])


def stale(space):
    entries = list(manifest.entries(space).values())
    entries[0] = replace(entries[0], made_from={"inputs": cache.fingerprint({})})
    releasing.write(space, pages=entries)


def mixed_up(space):
    releasing.write(space, complete=False, wrong=["Sốp Cộp và Vân Hồ: cùng một bảng."])


def edited(space):
    (space.review / "districts" / "sop-cop" / "report.docx").write_text("sửa tay", encoding="utf-8")


def more_received(space):
    folder = space.received(2022, "annual")
    folder.mkdir(parents=True)
    (folder / "muộn.xlsx").touch()
    releasing.write(space, inputs={})


@pytest.mark.parametrize(
    ("spoil", "says"),
    [
        (failed, "sop-cop, 04_evaluation: KeyError: 'C1-19'"),
        (lacking, "van-ho, 04_evaluation: chưa lập"),
        (stale, "sop-cop, 04_evaluation: lập từ số liệu cũ hơn"),
        (mixed_up, "Sốp Cộp và Vân Hồ: cùng một bảng."),
        (edited, "districts/sop-cop/report.docx: nội dung đã khác"),
        (more_received, "2022/annual/muộn.xlsx"),
        (lambda space: releasing.write(space, complete=False), "đợt lập báo cáo chưa xong"),
    ],
)
def test_a_review_that_is_not_whole_is_refused_with_all_reasons(space, spoil, says):
    spoil(space)
    with pytest.raises(AnalystError, match="Chưa phát hành được") as letter:
        issue(space)
    assert f"\n- {says}" in str(letter.value)
    assert "Chạy lại ntm-eval review --year 2022" in str(letter.value)
    assert not space.releases.exists()


def test_what_cannot_be_issued_is_a_letter(space, command, tmp_path):
    made = issue(space)
    with pytest.raises(AnalystError, match="là bản đã phát hành"):
        release.issue(made, "A", "", None, DAY)
    with pytest.raises(AnalystError, match="--by: ghi họ tên"):
        release.issue(space.review, " \n", "", None, DAY)
    with pytest.raises(AnalystError, match="không phải thư mục kết quả"):
        release.issue(tmp_path, "A", "", None, DAY)
    renamed = space.review.rename(space.out / "bản lưu")
    with pytest.raises(AnalystError, match="phải mang tên 2022-annual"):
        release.issue(renamed, "A", "", None, DAY)
    said = command(
        "release", renamed, "--by", "A", "--note", "", "--day", "31/2/2023", cwd=tmp_path
    )
    assert said.returncode == 2
    assert "--day: '31/2/2023' không phải ngày" in said.stderr


def test_nothing_writes_into_an_edition(space, tmp_path):
    made = issue(space)
    with pytest.raises(AnalystError, match="là bản đã phát hành"), write_beside(made / "a" / "b"):
        pass
    (space.received(2022, "annual")).mkdir(parents=True)
    with pytest.raises(AnalystError, match="là bản đã phát hành"):
        workspace(2022, "annual", space.data, made)
    assert editions.verify(made) == []


def test_while_a_batch_is_at_work_nothing_is_issued(space):
    with manifest.held(space), pytest.raises(AnalystError, match="đang được lập báo cáo"):
        issue(space)


def test_two_at_once_do_not_get_one_number(space):
    def one(number):
        try:
            return issue(space, note=str(number))
        except AnalystError:  # it waited for another too long
            return None

    with ThreadPoolExecutor(6) as at_once:
        made = [folder for folder in at_once.map(one, range(6)) if folder]
    assert sorted(int(folder.name) for folder in made) == list(range(1, len(made) + 1))
    assert list(editions.verify_all(space.releases)) == []
    assert len({editions.read(folder).note["note"] for folder in made}) == len(made)


def test_a_folder_that_stands_where_the_edition_belongs_is_never_replaced(space, monkeypatch):
    made = issue(space)
    monkeypatch.setattr(editions, "next_number", lambda home: 1)
    with pytest.raises(AnalystError, match="số 1 vừa được lập từ nơi khác"):
        issue(space, note="thứ hai")
    assert editions.verify(made) == []
    assert editions.read(made).note["note"] == "Gửi Hội đồng"


def killed(tmp_path, kills, seed):
    ran = [sys.executable, releasing.__file__, str(tmp_path), str(kills), str(seed)]
    ended = subprocess.run(ran, capture_output=True, encoding="utf-8", timeout=600)
    assert ended.returncode == 0, ended.stderr
    seen = json.loads(ended.stdout.replace("'", '"'))
    assert sum(seen.values()) == kills
    return seen


@pytest.mark.skipif(not hasattr(os, "fork"), reason="Windows không nhân đôi tiến trình")
def test_a_stop_at_any_moment_leaves_no_edition_or_a_whole_one(tmp_path):
    seen = killed(tmp_path, 12, 1)
    assert seen["draft"] > 2
    assert seen["whole"] > 1


@pytest.mark.slow
@pytest.mark.skipif(not hasattr(os, "fork"), reason="Windows không nhân đôi tiến trình")
def test_a_hundred_stops_leave_no_half_edition(tmp_path):
    seen = killed(tmp_path, 100, 2)
    assert seen["draft"] > 20
    assert seen["whole"] > 1


def test_editions_are_compared_like_reviews(space):
    first = issue(space)
    path = space.review / "facts.csv"
    path.write_text(releasing.FACTS.replace("E6,,", "E6,bản sửa 12/1/2023,"), encoding="utf-8")
    path.write_text(path.read_text(encoding="utf-8").replace("5,reported", "8,reported"), "utf-8")
    releasing.write(space)
    second = issue(space)
    for new in (space.review, second):
        found = compare.reviews(first, new)["facts"]
        assert found[["column", "new", "cell"]].to_numpy().tolist() == [
            ["value", "8", "E6"],
            ["corrected", "bản sửa 12/1/2023", "E6"],
        ]
        assert found["old"].fillna("").tolist() == ["5", ""]


@pytest.fixture(scope="module")
def sample(annual, command, tmp_path_factory):
    """The review of the sample, of which an edition was issued."""
    out = tmp_path_factory.mktemp("phát hành")
    shutil.copytree(annual.folder, out / annual.folder.name)
    folder = out / annual.folder.name
    asked = ("--by", "Lò Văn A", "--note", "Gửi Hội đồng", "--day", "10/01/2023")
    said = command("release", folder, *asked, cwd=out)
    assert said.returncode == 0, said.stderr
    return folder


def test_an_edition_of_the_sample_is_whole_and_the_landing_page_lists_it(sample, command):
    made = sample.parent / "releases" / sample.name / "1"
    assert editions.verify(made) == []
    note = editions.read(made).note
    assert sum(note["questions"].values()) > 10
    assert {row["district_code"] for row in note["held"]} >= {"118"}
    assert "SỐ LIỆU MINH HỌA" in (made / "release.html").read_text(encoding="utf-8")
    link = f"../releases/{sample.name}/1/release.html"
    assert link in (sample / "index.html").read_text(encoding="utf-8")
    said = command("verify", sample, cwd=sample)
    assert (said.returncode, said.stdout) == (0, "Mọi tệp khớp với manifest.json.\n")


def test_the_next_review_says_what_changed_since_the_edition(sample, tmp_path):
    shutil.copytree(sample.parent, tmp_path / "out")
    made = tmp_path / "out" / "releases" / sample.name / "1"
    for name, old, new in (
        ("facts.csv", ",118,,C3-01,actual,", ",118,,C3-01,actual,1"),
        ("ranking.csv", "\n118,97.", "\n118,87."),
    ):
        text = (made / name).read_text(encoding="utf-8-sig")
        assert old in text
        altered(made / name)
        (made / name).write_text(text.replace(old, new), encoding="utf-8-sig")
    with using(VIETNAMESE):
        review = open_review(2022, "annual", str(SAMPLE), str(tmp_path / "out"))
        said = reports.annual_review(review)["discipline"]
    assert "So với bản phát hành số 1 ngày 10/01/2023: 1 số liệu của Quỳnh Nhai" in str(said)
    assert "Quỳnh Nhai từ 87,6 thành 97,6" in str(said)
