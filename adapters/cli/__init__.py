"""The command line: what people may ask of the program, and how it answers."""
