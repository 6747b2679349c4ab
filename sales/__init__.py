"""The rules of the business: ownership, WhatsApp's window; pure rules, their storage beside."""
