"""Pages of accounts: parse, call, render."""
