"""The outside: thin clients of Wazzup, Zoho, Rasa and models, each behind a port of another room."""
