"""Wazzup's public API v3, spoken as strictly as its documentation allows."""
