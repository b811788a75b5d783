"""Mutants of the sample's reports, and what the intake and the whole review make of them."""
