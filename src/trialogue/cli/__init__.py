"""The `trialogue` command: one thin file a command."""
