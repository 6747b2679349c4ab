"""What runs inside Rasa's process (Python 3.10): tracker store, action endpoint, text components."""
