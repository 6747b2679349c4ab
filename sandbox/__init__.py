"""Stand-ins for the outside world: development and tests only, nobody in production imports this room."""
