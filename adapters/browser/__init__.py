"""The bot on the web: so far whether it is alive and ready."""
