"""The invented rows of sheet Đoàn thể, and what is planted in them."""

from __future__ import annotations

from collections.abc import Mapping

from ntm_eval import reference
from tools.sample.world import draw

SINCE = 2022  # the first year with such a sheet
KEY = (2022, "annual")  # where something is planted
# What each registers, what came of it, the model where there is one, participants and triệu đồng
# of a usual unit by the end of a year.
WORKS: Mapping[str, tuple[str, str, str, int, int]] = {
    "cong-doan": (
        "Vận động đoàn viên ủng hộ xây nhà Đại đoàn kết",
        "Hỗ trợ hộ đoàn viên khó khăn sửa chữa, xây mới nhà ở",
        "",
        620,
        240,
    ),
    "nong-dan": (
        "Vận động hội viên hiến đất, góp công làm đường bản",
        "Làm mới, sửa chữa đường bản, kênh mương nội đồng",
        "Tuyến đường nông dân tự quản",
        1450,
        380,
    ),
    "phu-nu": (
        "Xây dựng gia đình 5 không, 3 sạch",
        "Duy trì tuyến đường hoa, vệ sinh môi trường khu dân cư hằng tuần",
        "Phân loại rác tại nguồn",
        1900,
        150,
    ),
    "doan-thanh-nien": (
        "Thắp sáng đường quê, ngày thứ Bảy tình nguyện",
        "Lắp đèn đường, ra quân tình nguyện giúp các bản",
        "Thắp sáng đường quê",
        1100,
        210,
    ),
    "cuu-chien-binh": (
        "Giúp nhau xóa nhà tạm trong hội viên",
        "Góp ngày công, tiền giúp hội viên xóa nhà tạm",
        "",
        430,
        120,
    ),
}
# district -> what is planted there, of whom, and what is typed otherwise
PLANTED: Mapping[str, tuple[str, str, dict[str, object]]] = {
    "bac-yen": (
        "idle",
        "cuu-chien-binh",
        {"result": "", "model": "", "participants": 0, "amount": ""},
    ),
    "van-ho": ("unregistered", "doan-thanh-nien", {"work": ""}),
    "song-ma": ("misspelt", "cuu-chien-binh", {"name": "Hội Cựu chiến bih huyện Sông Mã"}),
    "quynh-nhai": ("unknown", "cong-doan", {"name": "Câu lạc bộ Hưu trí"}),
    "mai-son": ("in_words", "phu-nu", {"amount": "1 tỷ 200 triệu"}),
}


def rows(seed: int, slug: str, year: int, period: str, share: float = 1.0) -> list[dict]:
    """The rows of a unit of some share of a usual one; none before there was such a sheet."""
    if year < SINCE:
        return []
    names = reference.table("organisations").set_index("organisation")["name_vi"]
    found = []
    for code, (work, result, model, people, millions) in WORKS.items():
        chance = draw(seed, "organisation", slug, year, code)
        done = share * (0.7 + 0.6 * chance.random()) * (0.45 if period == "h1" else 1)
        typed: dict[str, object] = {
            "name": names[code],
            "work": work,
            "result": result,
            "model": model if chance.random() < 0.7 else "",
            "participants": round(people * done),
            "amount": round(millions * done) * 1_000_000,
        }
        if (year, period) == KEY and slug in PLANTED and PLANTED[slug][1] == code:
            typed |= PLANTED[slug][2]
        found.append(typed)
    return found


def truth() -> list[dict[str, object]]:
    """What is planted, for tests: the kind of thing, the district and the organisation."""
    return [
        {"kind": kind, "district": slug, "organisation": code}
        for slug, (kind, code, _) in PLANTED.items()
    ]
