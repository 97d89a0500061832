"""Measurements of the whole path, honest about what they leave out. `python -m benchmarks.walk --help`."""
