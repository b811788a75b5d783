"""`ntm-eval`: arguments to functions, nothing else. Heavy imports wait until they are needed."""

from __future__ import annotations

import atexit
import csv
import gc
import os
import sys
from io import TextIOWrapper
from pathlib import Path
from typing import Annotated, cast

import typer

from ntm_eval import disk
from ntm_eval.office import commands, usage, waiting
from ntm_eval.root import HOME
from ntm_eval.workspace import (
    OUTPUTS,
    RAW,
    REFERENCE,
    RELEASED,
    ROOT,
    VIETNAMESE,
    AnalystError,
    releases,
    typed,
    workspace,
    write_beside,
    year_and_period,
)

app = typer.Typer(
    cls=usage.Commands,
    help="Đánh giá cuộc vận động xây dựng nông thôn mới, đô thị văn minh.",
    epilog="Bắt đầu: ntm-eval doctor, rồi ntm-eval review --year 2022 --data data/sample. "
    "Ví dụ của từng lệnh: ntm-eval LỆNH --help.",
    pretty_exceptions_enable=False,
)

for name, command in commands.ALL.items():
    app.command(name)(command)


Year = Annotated[str, typer.Option("--year", help="Năm báo cáo, ví dụ 2022.")]
Period = Annotated[
    str, typer.Option("--period", help="Kỳ báo cáo: h1 (6 tháng) hoặc annual (năm).")
]


def _slugs(begun: str) -> list[str]:
    """The districts to complete from, as they are typed; read without loading a table."""
    with (REFERENCE / "districts.csv").open(encoding="utf-8-sig", newline="") as rows:
        slugs = dict.fromkeys(row["slug"] for row in csv.DictReader(rows))
    return [slug for slug in slugs if slug.startswith(begun)]


Districts = Annotated[
    list[str] | None,
    typer.Option(
        "--district",
        help="Huyện (slug, mã hoặc tên); ghi nhiều lần nếu nhiều huyện.",
        autocompletion=_slugs,
    ),
]


@app.command()
def review(
    year: Year,
    period: Period = "annual",
    district: Districts = None,
    data: commands.Data = None,
    out: commands.Out = None,
    jobs: Annotated[int, typer.Option(help="Số trang chạy cùng lúc.")] = os.cpu_count() or 1,
    engine: Annotated[
        str, typer.Option(help="Cách chạy sổ tay: warm (nhanh) hoặc papermill.")
    ] = "warm",
    cluster: Annotated[
        str | None, typer.Option(help="Địa chỉ cụm Dask, ví dụ tcp://10.0.0.5:8786.")
    ] = None,
    timeout: Annotated[int, typer.Option(help="Số giây tối đa cho một trang.")] = 600,
    fresh: Annotated[bool, typer.Option("--fresh", help="Làm lại từ đầu.")] = False,
    lang: Annotated[
        str, typer.Option(help="Ngôn ngữ của báo cáo: vi (tiếng Việt) hoặc en (tiếng Anh).")
    ] = VIETNAMESE,
) -> None:
    """Lập báo cáo của từng huyện và báo cáo đánh giá của tỉnh.

    \b
    Ví dụ:
      ntm-eval review --year 2022
      ntm-eval review --year 2022 --period h1
      ntm-eval review --year 2022 --district sop-cop --district van-ho
      ntm-eval review --year 2022 --data data/sample --out outputs
    """
    from ntm_eval.office import attention
    from ntm_eval.running import command

    for name, value in (("--jobs", jobs), ("--timeout", timeout)):
        if value < 1:
            raise AnalystError(f"{name} phải từ 1 trở lên, không phải {value}.")
    slugs = None
    if district:
        from ntm_eval import units  # half a second that a review of all districts need not pay

        on = units.day(*year_and_period(year, period))
        slugs = [units.district(name, on).slug for name in district]
    space = workspace(year, period, typed(data, RAW), typed(out, OUTPUTS), lang)
    ended = command.review(
        space,
        slugs,
        _show,
        jobs=jobs,
        engine=engine,
        cluster=cluster,
        seconds=timeout,
        fresh=fresh,
    )
    lines = [] if ended == command.INTERRUPTED else list(attention.lines(space))
    for line in ["\nCần chú ý:", *(f"- {line}" for line in lines)] if lines else []:
        commands.echo(line, "yellow")
    raise typer.Exit(ended)


@app.command()
def template(
    year: Year,
    out: Annotated[Path, typer.Option(help="Thư mục để ghi các mẫu.")],
    period: Period = "annual",
    district: Districts = None,
    survey: Annotated[
        bool, typer.Option("--survey", help="Tạo phiếu hộ (XLSForm) cho KoboToolbox, ODK.")
    ] = False,
    survey_type: Annotated[
        list[str] | None,
        typer.Option("--survey-type", help='Loại khảo sát, ví dụ "xã NTM"; mặc định mọi loại.'),
    ] = None,
) -> None:
    """Tạo mẫu báo cáo Excel để gửi cho các huyện điền, hoặc phiếu hộ với --survey.

    \b
    Ví dụ:
      ntm-eval template --year 2022 --out mau
      ntm-eval template --year 2022 --period h1 --district sop-cop --out mau
      ntm-eval template --survey --survey-type "xã NTM" --year 2022 --out mau
    """
    from ntm_eval import units
    from ntm_eval.exchange import template as forms
    from ntm_eval.exchange import xlsform

    number, period = year_and_period(year, period)
    day = units.day(number, period)
    chosen = [units.district(d, day) for d in district or []] or list(units.reporting(day))
    folder = Path(out).absolute()
    if survey_type and not survey:
        raise AnalystError("--survey-type chỉ dùng cùng --survey.")
    for name in (survey_type or xlsform.survey_types()) if survey else []:
        path = folder / xlsform.file_name(name, number)
        xlsform.write_survey(path, chosen, number, name, period)
        typer.echo(f"Đã tạo {path}")
    for d in waiting.told([] if survey else chosen, "Tạo mẫu"):
        path = folder / f"{d.slug}-{number}-{period}.xlsx"
        forms.write_workbook(path, d, number, period)
        waiting.say(f"Đã tạo {path}")


@app.command()
def check(
    files: Annotated[list[Path], typer.Argument(help="Tệp báo cáo cần kiểm tra.")],
    marked: Annotated[
        Path | None,
        typer.Option(
            help="Ghi thêm bản sao .xlsx có đánh dấu và chú thích từng ô cần sửa: tên tệp mới, "
            "hoặc thư mục đã có (khi đó tên là '<tên tệp> - cần sửa.xlsx')."
        ),
    ] = None,
) -> None:
    """Kiểm tra báo cáo trước khi gửi: liệt kê mọi chỗ cần sửa.

    \b
    Ví dụ:
      ntm-eval check "báo cáo Sốp Cộp.xlsx"
      ntm-eval check "báo cáo Sốp Cộp.xlsx" --marked "cần sửa.xlsx"
    """
    from ntm_eval.checks import report as checks
    from ntm_eval.exchange import annotated_copy as marking

    if marked and len(files) > 1 and not marked.is_dir():
        raise AnalystError(
            f"Có {len(files)} tệp nên --marked phải là một thư mục đã có, không phải {marked}."
        )

    worst = 0
    for file in waiting.told(files, "Kiểm tra"):
        if not file.is_file():
            raise AnalystError(f"Không thấy tệp {file}. Kiểm tra lại tên và thư mục.")
        found = checks.check_file(file)
        waiting.say("\n".join([f"\n{file}: {_summary(found)}", *marking.as_text(found)]))
        worst |= any(p.severity == "error" for p in found)
        if marked and found:
            waiting.say(f"\n{marking.copy(file, found, marked.absolute())}")
    raise typer.Exit(int(worst))


@app.command()
def compare(
    old: Annotated[Path, typer.Argument(help="Bản trước: tệp báo cáo, hoặc thư mục kết quả.")],
    new: Annotated[Path, typer.Argument(help="Bản sau: cùng loại với bản trước.")],
    page: Annotated[
        Path | None, typer.Option("--page", help="Ghi thêm thành một trang .html để đọc, gửi đi.")
    ] = None,
) -> None:
    """So sánh hai bản báo cáo của một huyện, hoặc hai lần đánh giá: ô nào, số nào đã đổi.

    \b
    Ví dụ:
      ntm-eval compare "bản đầu.xlsx" "bản sau.xlsx"
      ntm-eval compare outputs/2021-annual outputs/2022-annual --page thay-doi.html
    """
    from ntm_eval.exchange import compare as comparing
    from ntm_eval.exchange import told

    for path in (old, new):
        if not path.exists():
            raise AnalystError(f"Không thấy {path}. Kiểm tra lại tên và thư mục.")
    if old.is_dir() != new.is_dir():
        raise AnalystError("So sánh hai tệp, hoặc hai thư mục; không so sánh tệp với thư mục.")
    if old.is_dir():
        changed = comparing.reviews(old, new)
        lines, write = told.reviews(changed), "of_reviews"
    else:
        changed = comparing.files(old, new)
        lines, write = told.reports(changed), "of_reports"
    for line in lines:
        typer.echo(line)
    if page:
        from ntm_eval.reporting import changes

        with write_beside(page.absolute()) as draft:
            draft.write_text(getattr(changes, write)(changed), encoding="utf-8")
        typer.echo(f"\nĐã ghi {page}")


@app.command()
def sample(
    out: Annotated[Path, typer.Option(help="Thư mục để ghi số liệu minh họa.")],
    communes: Annotated[
        bool, typer.Option("--communes", help="Thêm báo cáo năm 2025 và 6 tháng 2026 của 75 xã.")
    ] = False,
) -> None:
    """Chép số liệu minh họa 2018-2022 kèm phần mềm, lần nào cũng giống hệt nhau.

    \b
    Ví dụ:
      ntm-eval sample --out "số liệu minh họa"
    """
    from ntm_eval.office import folder

    folder.illustrate(out.absolute(), communes=communes)
    typer.echo(f"Đã chép số liệu minh họa vào {out.absolute()}")


@app.command()
def verify(
    folder: Annotated[
        Path, typer.Argument(help="Thư mục kết quả hoặc bản phát hành, ví dụ outputs/2022-annual.")
    ],
) -> None:
    """Đối chiếu các tệp kết quả với manifest.json, các bản phát hành với release.json.

    \b
    Ví dụ:
      ntm-eval verify outputs/2022-annual
      ntm-eval verify outputs/releases/2022-annual/1
    """
    from ntm_eval.exchange import editions
    from ntm_eval.running import manifest

    issued = (folder / RELEASED).is_file()
    if issued:
        wrong = editions.verify(folder)
    else:
        wrong = manifest.verify(folder, lambda files: waiting.told(files, "Đối chiếu"))
        home = releases(folder.resolve())
        wrong += [f"{home.parent.name}/{home.name}/{w}" for w in editions.verify_all(home)]
    for line in wrong:
        typer.echo(f"- {line}")
    if not issued and (data := manifest.unseen(folder)):
        typer.echo(f"Không thấy thư mục số liệu {data}: chưa đối chiếu được các báo cáo nhận được.")
    note = RELEASED if issued else "manifest.json"
    typer.echo(f"{len(wrong)} chỗ không khớp." if wrong else f"Mọi tệp khớp với {note}.")
    raise typer.Exit(1 if wrong else 0)


@app.command()
def release(
    folder: Annotated[Path, typer.Argument(help="Thư mục kết quả, ví dụ outputs/2022-annual.")],
    by: Annotated[str, typer.Option(help="Họ tên người bảo đảm số liệu.")],
    note: Annotated[str, typer.Option(help="Ghi chú, ví dụ số và ngày của công văn gửi đi.")],
    approved_by: Annotated[str | None, typer.Option(help="Họ tên người duyệt.")] = None,
    day: Annotated[
        str | None, typer.Option(help="Ngày phát hành (ngày/tháng/năm); mặc định hôm nay.")
    ] = None,
) -> None:
    """Phát hành một bản được giữ nguyên: chép những gì người nhận đọc, đánh số, khóa lại.

    \b
    Ví dụ:
      ntm-eval release outputs/2022-annual --by "Họ và tên" --note "Gửi Hội đồng xét"
    """
    from ntm_eval.running import release as issuing

    made = issuing.issue(folder, by, note, approved_by, commands.day(day, "--day"))
    typer.echo(f"Đã phát hành bản số {made.name}: {made}")


def _summary(found: list) -> str:
    errors = sum(p.severity == "error" for p in found)
    warnings = sum(p.severity == "warning" for p in found)
    return f"{errors} lỗi, {warnings} chỗ cần xem lại" if found else "không có gì phải sửa"


def main() -> None:
    """Run the command; an error is a letter, never a traceback."""
    _open_closed_streams()
    for stream in (sys.stdout, sys.stderr):
        # cmd.exe and pipes may have a code page without Vietnamese letters
        cast(TextIOWrapper, stream).reconfigure(encoding="utf-8", errors="replace")
    os.environ[HOME] = str(ROOT)  # for the processes that this one starts
    # a file there that is named like a library must not stand in for it
    added = os.environ.get("PYTHONPATH", "").split(os.pathsep)
    sys.path.sort(key=added.__contains__)
    # else Python looks at its end for circles among all that was loaded: half a second
    atexit.register(gc.freeze)
    try:
        # typed alone it shows what there is
        sys.exit(app(sys.argv[1:] or ["--help"], prog_name="ntm-eval", standalone_mode=False))
    except typer.TyperException as wrong:
        typer.echo(f"Lỗi: {usage.letter(wrong)}", err=True)
        sys.exit(2)
    except AnalystError as letter:
        typer.echo(f"Lỗi: {letter}", err=True)
        sys.exit(2)
    except OSError as stop:
        typer.echo(f"Lỗi: {disk.letter(stop)}", err=True)
        sys.exit(2)


def _open_closed_streams() -> None:
    """Where the shell closed a stream (`>&-`), write to nowhere.

    Else the next file that is opened would take the stream's place, and what is said go into it.
    """
    for number, name in enumerate(("stdin", "stdout", "stderr")):
        try:
            os.fstat(number)
        except OSError:
            os.open(os.devnull, os.O_RDWR)  # takes the least number that is free
        if getattr(sys, name) is None:
            setattr(sys, name, open(number, "r" if number == 0 else "w", closefd=False))  # noqa: SIM115


def _show(line: str) -> None:
    """A line on the screen; a review goes on where nobody reads any more (`| head -1`)."""
    try:
        typer.echo(line)
    except OSError:
        sys.stdout = open(os.devnull, "w", encoding="utf-8")  # noqa: SIM115


if __name__ == "__main__":
    main()
