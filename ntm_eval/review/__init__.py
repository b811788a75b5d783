"""One review: every table once, by name, as a DataFrame, of the province and of each district."""

from ntm_eval.review.review import DistrictReview, Review, open_review

__all__ = ["DistrictReview", "Review", "open_review"]
