"""Whether Majlis answers well: conversations compared with what was expected, chats graded by rules."""
