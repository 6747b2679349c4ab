"""What every durable thing shares: pools, the clock, the lease, numbered steps for fault runs."""
