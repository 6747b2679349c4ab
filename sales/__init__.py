"""The rules of the business: stages, quotes, orders, discounts, reminders, ownership; storage beside."""
