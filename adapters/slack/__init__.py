"""Slack as a channel: a team holds its chat in the thread of one post in its own channel."""
