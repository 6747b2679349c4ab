"""Zoho: accounts, CRM, Inventory and Books, with one token and one limit for all processes."""
