"""The model's part: it helps with what the script does not cover, and can set no stage, price or discount."""
