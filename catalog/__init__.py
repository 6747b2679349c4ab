"""The mirror of the seller's products: synced from Zoho, searched by filters, words and meaning."""
