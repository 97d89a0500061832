"""The bot, on the real storage."""
