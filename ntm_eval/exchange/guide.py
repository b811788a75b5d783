"""What the workbook tells those who fill it in: the guide sheet and the hints at the cells."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from ntm_eval import reference, units
from ntm_eval.intake import sheets
from ntm_eval.intake.received import calendar_day, due_date

Section = tuple[str, list[str]]

SPAN = {
    "flow": "Lũy kế từ 01/01 đến ngày chốt số liệu.",
    "stock": "Số có đến ngày chốt số liệu.",
}
KINDS = {
    "count": "số nguyên từ 0 trở lên",
    "money": "số tiền bằng đồng, số nguyên từ 0 trở lên",
    "area": "số nguyên từ 0 trở lên",
    "number": "số từ 0 trở lên, có thể có phần thập phân",
    "percent": "số từ 0 đến 100",
}
BLANK = (
    "Ô bỏ trống khác với số 0: ghi số; ghi 0 nếu có theo dõi mà kết quả là không có; "
    "ghi KAD nếu chỉ tiêu không áp dụng."
)
OTHER_NAME = "Tên này không có trong danh sách. Chọn Yes (Có) nếu là tổ chức khác."
KEEP = "Chọn Yes (Có) để giữ giá trị vừa ghi, No (Không) để ghi lại."
MARKS = "Ghi Đ nếu đạt, C nếu chưa đạt, hoặc để trống."
SIGNS = {"<=": "Không lớn hơn", ">=": "Không nhỏ hơn", "=": "Bằng"}
# The totals that column `check` of the catalogue names beside another indicator.
TOTALS = {
    "communes": "số xã của huyện",
    "units": "số xã, phường, thị trấn",
    "wards and towns": "số phường, thị trấn",
    "mean of sheet Xã": "bình quân ở trang Xã",
    "communes in sheet Hài lòng": "số xã có ở trang Hài lòng",
}
HINTS = {
    sheets.INFO: "Điền vào các ô nền vàng nhạt. Ngày ghi theo dạng ngày/tháng/năm.",
    sheets.FIGURES: "Điền vào các ô nền vàng nhạt; ô xám không phải điền. "
    "0: không có; KAD: không áp dụng; để trống: chưa có số liệu.",
    sheets.COMMUNES: "Điền vào các ô nền vàng nhạt. TC1 đến TC19: Đ là đạt, C là chưa đạt. "
    "Phường, thị trấn không ghi TC1 đến TC19 (ô xám).",
    sheets.TOWNS: "Điền vào các ô nền vàng nhạt. TC1 đến TC9: Đ là đạt, C là chưa đạt.",
    sheets.ORGANISATIONS: "Điền vào các ô nền vàng nhạt; mỗi việc một dòng. Giá trị ghi bằng đồng.",
    sheets.SATISFACTION: "Mỗi xã, mỗi loại khảo sát, mỗi câu một dòng; chọn tên xã, mã tự hiện. "
    "Dòng chữ đỏ: số trả lời cộng lại khác số phiếu thu.",
}


def sections(name: str, year: int, period: str) -> list[Section]:
    """The guide sheet of a district: headings, each with its paragraphs."""
    later = {sheets.TOWNS: TOWNS, sheets.ORGANISATIONS: ORGANISATIONS}
    edition = sheets.edition(units.day(year, period))
    return [
        _when(year, period),
        ("Quy ước chung", COMMON),
        (f"Trang {sheets.INFO}", INFO),
        (f"Trang {sheets.FIGURES}", FIGURES),
        (f"Trang {sheets.COMMUNES}", COMMUNES),
        (f"Trang {sheets.SATISFACTION}", _satisfaction(units.day(year, period))),
        *((f"Trang {n}", said) for n, said in later.items() if edition >= sheets.SINCE[n]),
        ("Trước khi gửi", BEFORE_SENDING),
        (
            "Hỏi ai khi vướng mắc",
            [
                "Hỏi Ban Thường trực Ủy ban MTTQ Việt Nam tỉnh Sơn La, nơi gửi mẫu này. Không tự "
                f"đổi mẫu; mẫu này lập riêng cho {inside(name)}."
            ],
        ),
    ]


def figure(row: Mapping[str, Any], measure: str, year: int) -> str:
    """What counts in one cell of sheet Chỉ tiêu, short enough for Excel's hint."""
    if measure == "self_score":
        return f"Tối đa {_points(row['most'])} điểm."
    if measure == "plan":
        return f"Kế hoạch cả năm {year}."
    return f"{SPAN[row['flow_stock']]} {_rule(row)}".strip()


def expected(kind: str) -> str:
    """What Excel says of a value that is not a plain number; the value may be kept."""
    return f"Ô này ghi {KINDS[kind]}; KAD nếu không áp dụng. {KEEP}"


def expected_points(most: float) -> str:
    """What Excel says of a self-score above the most points of its indicator."""
    return f"Chỉ tiêu này từ 0 đến {_points(most)} điểm. {KEEP}"


def expected_day(year: int) -> str:
    """What Excel says of a day outside the year."""
    return f"Ngày thường nằm trong năm {year}, ghi dạng ngày/tháng/năm. {KEEP}"


def expected_year(year: int) -> str:
    """What Excel says of a year that is not between the first possible one and the report's."""
    return f"Ghi năm bằng bốn chữ số, không sau năm {year}. {KEEP}"


def report_name(year: int, period: str) -> str:
    """The name of the report of a period, as in its title."""
    return f"Báo cáo 6 tháng đầu năm {year}" if period == "h1" else f"Báo cáo năm {year}"


def day(when: date) -> str:
    """A day as official papers write it.

    >>> day(date(2022, 6, 10)), day(date(2022, 2, 5))
    ('10/6/2022', '05/02/2022')
    """
    month = f"{when.month:02d}" if when.month < 3 else str(when.month)
    return f"{when.day:02d}/{month}/{when.year}"


def inside(name: str) -> str:
    """A name or title within a sentence: 'huyện Mai Sơn', 'báo cáo năm 2022'."""
    return name[0].lower() + name[1:]


def _points(most: float) -> str:
    return f"{most:.2f}".replace(".", ",")


def _rule(row: Mapping[str, object]) -> str:
    """The relation to another figure that column `check` of the catalogue asks for, in words."""
    found = reference.relation(row)
    if not found:
        return ""
    sign, other = found
    return f"{SIGNS[sign]} {TOTALS.get(other, f'chỉ tiêu {other}')}."


def _when(year: int, period: str) -> Section:
    before = {each: day(due_date(year, each)) for each in ("h1", "annual")}
    until = day(calendar_day(year, period, "cut_off"))
    return (
        "Thời hạn và ngày chốt số liệu",
        [
            f"Báo cáo 6 tháng gửi trước ngày {before['h1']}, báo cáo năm gửi trước ngày "
            f"{before['annual']}.",
            f"Báo cáo này gửi trước ngày {before[period]}: nhận được đúng ngày {before[period]} "
            "là chậm một ngày.",
            "Ngày chốt số liệu là ngày cuối cùng được tính số liệu vào báo cáo. Gợi ý cho báo cáo "
            f"này: {until}; nếu chốt ngày khác thì ghi đúng ngày đó.",
        ],
    )


COMMON = [
    "Chỉ điền vào ô nền vàng nhạt. Ô trắng và ô xám đã khóa; không thêm, xóa, đổi tên trang, dòng "
    "hoặc cột.",
    "Số 0: có theo dõi, kết quả là không có. Để trống: chưa có số liệu. KAD: chỉ tiêu không áp "
    "dụng ở địa phương. Ba trường hợp khác nhau; không ghi 0 thay cho số liệu chưa có.",
    "Ghi đúng đơn vị tính bên cạnh chỉ tiêu. Tiền ghi bằng đồng: 2 tỷ 100 triệu đồng ghi là "
    "2100000000. Tỷ lệ ghi số phần trăm: 93,19% ghi là 93,19.",
    "Ghi số, không kèm chữ; không gõ dấu chấm phần nghìn, Excel tự tách. Lời giải thích ghi ở "
    "cột Ghi chú.",
]
INFO = [
    "Huyện/thành phố, năm và kỳ báo cáo đã ghi sẵn. Ghi ngày chốt số liệu, ngày gửi, người lập, "
    "người duyệt.",
    "Bốn phần lời văn đưa vào báo cáo đánh giá như đã ghi: viết gọn, đủ ý. Cần xuống dòng trong "
    "ô thì bấm Alt+Enter.",
]
FIGURES = [
    "Kế hoạch năm: chỉ tiêu cả năm của huyện, thành phố, kể cả trong báo cáo 6 tháng. Ô xám: chỉ "
    "tiêu không giao kế hoạch.",
    "Thực hiện: số phát sinh tính lũy kế từ 01/01 đến ngày chốt số liệu; số hiện có tính đến ngày "
    "chốt số liệu. Chọn ô sẽ hiện lời nhắc chỉ tiêu đó tính theo cách nào.",
    "Tự chấm điểm: ghi từ 0 đến số điểm tối đa hiện ở lời nhắc. Ô xám: chỉ tiêu không chấm điểm.",
    "Ghi chú: nguồn số liệu, lý do tăng giảm lớn, đơn vị chủ trì.",
]
COMMUNES = [
    "Xã, phường, thị trấn của huyện đã ghi sẵn. Đăng ký: danh hiệu xã đăng ký phấn đấu trong năm. "
    "Danh hiệu: danh hiệu cao nhất đã được công nhận đến ngày chốt số liệu; chưa có thì để trống.",
    "TC1 đến TC19: theo thứ tự của bộ tiêu chí xã nông thôn mới đang áp dụng; ghi Đ nếu đạt, C nếu "
    "chưa đạt. Phường, thị trấn không ghi.",
    "Tổng số hộ, hộ nghèo, hộ cận nghèo, hộ Gia đình văn hóa, nhà tạm còn lại: số có đến ngày "
    "chốt số liệu; cộng các xã phải bằng số của huyện ở trang Chỉ tiêu.",
]
TOWNS = [
    "Chỉ có ở mẫu của nơi có phường, thị trấn; các phường, thị trấn đã ghi sẵn. Đăng ký: ghi Đô "
    "thị văn minh nếu đang đăng ký phấn đấu, kèm năm bắt đầu đăng ký. Danh hiệu: ghi nếu đã được "
    "công nhận, giống như ở trang Xã.",
    "TC1 đến TC9: theo thứ tự 9 tiêu chí của Quyết định 04/2022/QĐ-TTg; ghi Đ nếu đạt, C nếu chưa "
    "đạt. Kết quả lấy ý kiến người dân (loại khảo sát đô thị văn minh) ghi ở trang Hài lòng.",
]
ORGANISATIONS = [
    "Mỗi việc đã đăng ký một dòng; việc làm thêm ngoài đăng ký cũng ghi một dòng, cột Việc đăng ký "
    "thực hiện ghi 'phát sinh'. Tên tổ chức chọn trong danh sách; tổ chức khác thì ghi đủ tên. Tổ "
    "chức không đăng ký, không làm việc nào thì để trống cả dòng.",
    "Kết quả ghi bằng lời, ngắn gọn. Mô hình: tên mô hình, nếu có. Số người tham gia: số lượt "
    "người. Giá trị: tiền, hiện vật, ngày công quy ra đồng.",
]
BEFORE_SENDING = [
    "Xem lại các ô còn trống, đơn vị tính, và số của huyện so với tổng các xã.",
    "Ghi ngày gửi, lưu tệp ở dạng .xlsx và gửi cả tệp này, không chỉ gửi bản in hoặc bản ảnh.",
]


def _satisfaction(day: date) -> list[str]:
    surveys = reference.at(reference.table("surveys"), day)
    counts = "; ".join(f"{s}: {n} câu" for s, n in surveys[["survey", "questions"]].to_numpy())
    return [
        f"Mỗi câu hỏi một dòng; câu cuối cùng là câu hỏi chung. Số câu theo mẫu này: {counts}.",
        "Tổng số hộ là số hộ của xã. Phiếu phát, phiếu thu ghi lại ở mọi dòng của xã đó. Hài lòng "
        "+ Chưa hài lòng + Không trả lời = Phiếu thu.",
        "Mỗi phiếu tính một lần ở mỗi câu. Phiếu bỏ trống câu hỏi tính vào Không trả lời. Xã không "
        "lấy ý kiến trong kỳ thì không ghi; số liệu tính từ 01/01 đến ngày chốt số liệu.",
    ]
