"""Wazzup's API v3: webhooks read, messages sent, and Rasa's channel for the turns made of them."""
