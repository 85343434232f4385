"""The project's own benchmarks: one command each, results as JSON and as tables in docs/benchmarks.md."""
