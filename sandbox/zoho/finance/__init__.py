"""Inventory v1 and Books v3: two doors to the same items, customers and documents."""
