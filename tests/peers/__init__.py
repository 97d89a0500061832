"""What the bot is tested against: a stand-in of ours, and peers that need Node or Chromium (`make test-peers`)."""
