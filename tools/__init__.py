"""Programs of those who work on the project; nothing of the package needs them."""
