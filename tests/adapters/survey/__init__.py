"""Tests of the survey stores outside."""
