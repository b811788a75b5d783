"""What each kind of picture shows, in words, for those who cannot see it.

The same words stand in HTML, DOCX and PDF. The numbers of a picture stand in a table beside it.
"""

from __future__ import annotations

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
    "comparisons.pooled": "Mỗi hàng một huyện, thành phố: mức thay đổi mỗi năm tính riêng và tính "
    "chung, khoảng 95% và mức chung của tỉnh. Số của huyện này ở bảng các cách tính.",
    "comparisons.slopes": "Mỗi đường một huyện, thành phố, nối số của năm đầu và năm cuối có số "
    "liệu; nét đứt là xấu đi. Số ở hai đầu mỗi đường.",
    "forecasts.calibration": "Hai ô về dự kiến của các năm trước: khả năng đã dự kiến và tỷ lệ đạt "
    "thật; tỷ lệ khoảng 80% chứa số thật theo năm. Kết luận ở đoạn văn cạnh hình.",
    "forecasts.outlook": "Mỗi hàng một chỉ tiêu khó đạt kế hoạch: số 6 tháng, dự kiến cả năm và "
    "khoảng 80% so với kế hoạch. Số ở bảng dự kiến cuối năm.",
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
    "plans.against_actual": "Thanh ngang, mỗi chỉ tiêu một thanh: thực hiện so với kế hoạch năm. "
    "Thanh gạch chéo là dưới 100%. Số của từng chỉ tiêu ở bảng kết quả.",
    "survey_charts.overall": "Mỗi hàng một xã: tỷ lệ hài lòng, khoảng tin cậy 95%, ngưỡng và kết "
    "luận bằng chữ. Số của từng câu hỏi ở bảng kết quả lấy ý kiến.",
    "survey_charts.contents": "Lưới các xã và câu hỏi: trong ô là phần trăm hài lòng, dấu ✗ là "
    "dưới ngưỡng. Số ở bảng kết quả lấy ý kiến.",
    "survey_charts.plan": "Số phiếu cần có theo số hộ của xã, mỗi đường một tỷ lệ hài lòng dự "
    "kiến. Số phiếu cho từng xã ở câu văn cạnh hình.",
}  # fmt: skip
