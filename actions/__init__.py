"""Rasa's custom actions: slots in, one call to a room of the house, events out."""
