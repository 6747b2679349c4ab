"""A strict stand-in of Zoho: accounts, CRM v8, Inventory v1 and Books v3 of one organization."""
