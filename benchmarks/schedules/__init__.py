"""What schedules cost: many that are due at once, as they leave, under a gate; and many that are not due."""
