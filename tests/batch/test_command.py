"""What the command says when it is typed wrongly, and how it ends."""

import shutil

import pandas as pd
import pytest

from ntm_eval.workspace import SAMPLE


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["review", "--year", "2022", "--district", "mai-chau"], "sop-cop"),
        (["review", "--year", "2022", "--period", "quy"], "h1, annual"),
        (["review", "--year", "hai nghìn"], "Năm"),
        (["review", "--year", "2022", "--lang", "fr"], "vi (tiếng Việt), en (tiếng Anh)"),
        (["review", "--year", "2031", "--data", str(SAMPLE)], "2022/annual"),
        (["review", "--year", "2022", "--data", "khong-co"], "khong-co"),
        (["review", "--year", "2022", "--data", str(SAMPLE), "--jobs", "0"], "--jobs"),
        (["template", "--year", "2022", "--out", "mau", "--district", "xyz"], "sop-cop"),
        (
            ["template", "--year", "2022", "--out", "mau", "--survey", "--survey-type", "phường"],
            "xã NTM nâng cao",
        ),
        (["template", "--year", "2022", "--out", "mau", "--survey-type", "xã NTM"], "--survey"),
        (["check", "khong-co.xlsx"], "khong-co.xlsx"),
        (["verify", "."], "manifest.json"),
    ],
)
def test_a_wrong_argument_is_a_letter_and_status_2(command, tmp_path, arguments, says):
    ended = command(*arguments, cwd=tmp_path)
    assert ended.returncode == 2
    assert says in ended.stderr
    assert "Traceback" not in ended.stderr


def test_templates_are_written_where_they_were_asked_for(command, tmp_path):
    ended = command(
        "template",
        "--year",
        2022,
        "--period",
        "h1",
        "--out",
        "mẫu gửi",
        "--district",
        "127",
        cwd=tmp_path,
    )
    assert ended.returncode == 0
    assert [p.name for p in (tmp_path / "mẫu gửi").iterdir()] == ["sop-cop-2022-h1.xlsx"]


def test_household_forms_are_written_for_one_survey_type_or_for_all(command, tmp_path):
    one = ["--survey-type", "xã NTM", "--district", "sop-cop"]
    for arguments in (one, []):
        ended = command(
            "template",
            "--survey",
            "--year",
            2022,
            "--out",
            f"mẫu {len(arguments)}",
            *arguments,
            cwd=tmp_path,
        )
        assert ended.returncode == 0
    names = [p.name for p in (tmp_path / "mẫu 4").iterdir()]
    assert names == ["phieu-hai-long-xa-ntm-2022.xlsx"]
    assert len(list((tmp_path / "mẫu 0").iterdir())) == 5


def test_check_tells_a_district_what_to_mend_before_it_sends(command, tmp_path):
    broken = next((SAMPLE / "2022" / "annual").glob("M*ng La*.xlsx"))
    ended = command("check", broken, cwd=tmp_path)
    assert ended.returncode == 1
    assert "đang tổng hợp" in ended.stdout


def test_check_of_a_damaged_file_is_one_letter(command, tmp_path):
    (tmp_path / "hong.xlsx").write_bytes(b"PK\x03\x04")
    ended = command("check", "hong.xlsx", cwd=tmp_path)
    assert ended.returncode == 1
    assert ended.stdout.count("- [lỗi]") == 1


def test_a_damaged_report_hurts_nobody_else(program, tmp_path):
    data = tmp_path / "data" / "2022" / "annual"
    data.mkdir(parents=True)
    for path in (SAMPLE / "2022" / "annual").iterdir():
        if path.name.startswith(("Sop Cop", "Yen Chau")):  # two versions, the later one counts
            shutil.copy(path, data)
    one = next(data.glob("Sop Cop*.xlsx"))
    one.write_bytes(one.read_bytes()[:3000])
    ended = program(
        "review",
        "--year",
        2022,
        "--district",
        "sop-cop",
        "--data",
        "data",
        "--out",
        "out",
        cwd=tmp_path,
    )
    assert ended.returncode == 0, ended.stdout + ended.stderr
    out = tmp_path / "out" / "2022-annual"
    register, ranking = (
        pd.read_csv(out / f"{name}.csv", dtype={"district_code": str}).set_index("district_code")
        for name in ("register", "ranking")
    )
    assert register.loc["127", "status"] == "missing"
    assert (register["status"] != "missing").sum() == 1
    assert ranking.loc["127", "grade"] == "chưa đủ căn cứ"
    assert ranking["points"].notna().sum() == 1
    assert "unreadable_file" in set(pd.read_csv(out / "problems.csv")["rule"])


def test_check_can_leave_a_marked_copy(command, tmp_path):
    broken = next((SAMPLE / "2022" / "annual").glob("M*ng La*.xlsx"))
    ended = command("check", broken, "--marked", ".", cwd=tmp_path)
    assert ended.returncode == 1
    (copy,) = tmp_path.glob("*.xlsx")
    assert copy.name == f"{broken.stem} - cần sửa.xlsx"
    assert str(copy) in ended.stdout


def test_compare_shows_what_a_new_version_changed(command, tmp_path):
    old, new = sorted((SAMPLE / "2022" / "annual").glob("Yen Chau*.xlsx"))
    ended = command("compare", old, new, cwd=tmp_path)
    assert ended.returncode == 0
    assert "3 ô khác nhau" in ended.stdout
    assert "- ô E8, C1-04 " in ended.stdout
    assert "giống nhau" in command("compare", old, old, cwd=tmp_path).stdout


def test_compare_refuses_a_file_and_a_folder(command, tmp_path):
    old = next((SAMPLE / "2022" / "annual").glob("Yen Chau*.xlsx"))
    ended = command("compare", old, tmp_path, cwd=tmp_path)
    assert ended.returncode == 2
    assert "không so sánh tệp với thư mục" in ended.stderr
