"""Over bad lines, from senders that are killed, to survey stores: all arrives once, and what was withdrawn goes."""
