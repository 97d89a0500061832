"""Adapters, each on what it adapts."""
