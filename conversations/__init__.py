"""The engine: what a chat is and what may happen in it. Standard library only; knows no platform, clock or table."""
