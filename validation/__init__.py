"""Every method against the answers of others, and against simulated trials: `make validate`."""
