"""The durable way of a message: inbox, debounce, one turn at a time, outbox, sender."""
