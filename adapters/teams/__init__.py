"""Microsoft Teams as a channel: a team holds its chat in a thread of its channel, or in a group chat."""
