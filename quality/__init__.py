"""Whether Majlis answers well: conversations played from end to end and compared with what was expected."""
