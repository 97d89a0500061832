"""Microsoft Teams as a channel: a team holds its chat in the thread of a post in its own channel, or in a group chat."""
