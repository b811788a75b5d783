"""Mutants of the sample's reports, and what the intake makes of them."""
