"""CRM v8: six modules, their fields and what Zoho does to records."""
