"""Bots in processes of their own, measured side by side over HTTP: what the measurements of every platform share."""
