"""Processes that hold chats are killed at random points; the platforms outlive them and deliver again."""
