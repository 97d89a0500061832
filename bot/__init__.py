"""The parts round the engine: the one path that changes a chat, delivery, and the ports that adapters fill."""
