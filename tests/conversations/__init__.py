"""The engine and what it says."""
