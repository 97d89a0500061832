"""The Teams channel: what is delivered to it, what it lays out, and how the two hang together."""
