"""Alembic: what the tables became, version by version."""
