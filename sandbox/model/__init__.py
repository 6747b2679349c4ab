"""A language model's server, scripted: what it answers is told beforehand, and it makes up nothing."""
