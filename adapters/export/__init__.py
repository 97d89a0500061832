"""What the embedded survey store holds, as files."""
