"""Teams' part of the measurements: signed activities over HTTP to the real program."""
