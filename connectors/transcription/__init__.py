"""Who listens to voice messages: a Whisper-compatible service."""
