"""Survey stores outside: what goes to each of them, and how each may refuse."""
