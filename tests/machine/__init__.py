"""Whole histories, made up by Hypothesis, with a crash at every seam."""
