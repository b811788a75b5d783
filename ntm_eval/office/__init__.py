"""The daily work around a review: a folder to work in, a new year, what is there, what is wrong."""
