"""Slack's part of the measurements: signed events over HTTP to the real program."""
