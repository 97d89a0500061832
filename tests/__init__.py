"""Tests mirror the folders they are about; no test sleeps, is skipped or reaches beyond this machine."""
