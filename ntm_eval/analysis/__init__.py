"""Facts -> findings: `series`, `trends`, `outlook`, `satisfaction`, `communes`, `scores`."""
