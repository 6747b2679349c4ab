"""A language model on any OpenAI-compatible server, behind `offscript.ports`."""
