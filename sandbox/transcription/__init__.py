"""The stand-in for a Whisper-compatible transcription service."""
