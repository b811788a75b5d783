"""What each kind of picture shows, in words, for those who cannot see it.

The same words stand in HTML, DOCX and PDF. The numbers of a picture stand in a table beside it.
"""

from __future__ import annotations

from ntm_eval.language import say

# the function that draws -> how to read what it draws
PICTURES = {
    "charts.small_multiples": "Mỗi ô một chỉ tiêu: số của từng năm là chấm, đường xu hướng có "
    "khoảng tin cậy 95% nếu đủ năm; năm không có số được ghi bằng chữ. Số ở bảng xu hướng.",
    "charts.ranking": "Mỗi hàng một huyện, thành phố theo thứ hạng: điểm đề xuất, khoảng điểm và "
    "các mức xếp loại. Số ở bảng xếp hạng.",
    "charts.timeliness": "Mỗi hàng một huyện, thành phố: số ngày sớm hay muộn so với hạn. Ngày "
    "nhận của từng đơn vị ở bảng tình hình gửi báo cáo.",
    "comparisons.beside": "Mỗi ô một chỉ tiêu: huyện này bên cạnh các huyện, thành phố khác, với "
    "giới hạn của dao động ngẫu nhiên. Số ở bảng so sánh.",
    "grids.criteria": "Lưới các xã và 19 tiêu chí nông thôn mới: mỗi hàng một xã, dấu cho biết "
    "tiêu chí đạt, chưa đạt hay chưa có số liệu. Tiêu chí chưa đạt của từng xã ở bảng các xã.",
    "grids.score_map": "Mỗi ô một huyện, thành phố đặt gần đúng vị trí thật, trong ô là điểm đề "
    "xuất. Số ở bảng xếp hạng.",
    "grids.contents": "Lưới ô, mỗi hàng một huyện, thành phố, mỗi cột một nội dung, trong ô là tỷ "
    "lệ điểm đạt được. Điểm từng phần ở báo cáo của từng đơn vị.",
    "grids.commune_progress": "Mỗi hàng một huyện, thành phố; chấm cho biết bao nhiêu xã đạt bao "
    "nhiêu tiêu chí. Số của từng xã ở bảng các xã.",
    "place_words.pictures": "Mỗi ô một số của nơi được nêu tên trong kế hoạch: chấm là số từng "
    "năm, nét đứt là nhịp bình quân các năm. Số đầu, số cuối và nhịp ở đoạn văn cạnh hình.",
    "plans.by_content": "Thanh ngang, mỗi chỉ tiêu một thanh: thực hiện so với kế hoạch năm. Thanh "
    "gạch chéo là dưới 100%. Số của từng chỉ tiêu ở bảng kết quả.",
    "survey_charts.overall": "Mỗi hàng một xã: tỷ lệ hài lòng, khoảng tin cậy 95%, ngưỡng và kết "
    "luận bằng chữ. Số của từng câu hỏi ở bảng kết quả lấy ý kiến.",
    "survey_charts.contents": "Lưới các xã và câu hỏi: trong ô là phần trăm hài lòng, dấu ✗ là "
    "dưới ngưỡng. Số ở bảng kết quả lấy ý kiến.",
    "survey_charts.plan": "Số phiếu cần có theo số hộ của xã, mỗi đường một tỷ lệ hài lòng dự "
    "kiến. Số phiếu cho từng xã ở câu văn cạnh hình.",
}  # fmt: skip


def of_pictures(source: str, count: int) -> list[str]:
    """The words of the `count` pictures that the code of a cell drew; empty where it names none.

    A function that draws several has the same words for each; what a cell draws only if there is
    something to draw stands before what it always draws.
    """
    named = sorted((n for n in PICTURES if f"{n}(" in source), key=source.index)
    if not named:
        return [""] * count
    return [say(PICTURES[named[max(0, len(named) - count + n)]]) for n in range(count)]
