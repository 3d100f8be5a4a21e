"""Lists of residents and rounds: what each row says, and what is wrong with it."""
