"""The illustrative reports, and the truth planted in them: `generate` writes both."""
