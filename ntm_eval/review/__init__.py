"""One review: every table once, by name, as a DataFrame, of the province and of each district.

What was received (`inbox`), what one district's reports say by themselves (`district`), what those
of all show together (`reports`), what that comes to (`province`). A table is made when it is asked
for, checked against its schema and cached with the fingerprint of what it was made from.
It does not know how a table is shown, nor what pages and documents are made of it.
"""

from ntm_eval.review.review import DistrictReview, Review, open_review

__all__ = ["DistrictReview", "Review", "open_review"]
