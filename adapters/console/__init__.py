"""The whole product in a terminal: several people share it, each by a name, and it needs no credentials."""
