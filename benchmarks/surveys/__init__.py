"""What survey stores cost: how fast waiting responses leave, and what it takes to put them there."""
