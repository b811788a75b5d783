"""A review as files to sign, to archive and to pass on: DOCX and PDF, and the result tables."""
