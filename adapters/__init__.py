"""What stands between the bot and the world: places to talk, survey stores, the command line, the clock."""
