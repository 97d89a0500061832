"""What the bot is tested against that is not ours: it needs Node or Chromium, and runs by `make test-peers`."""
