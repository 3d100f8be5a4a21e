"""What is typed into the pages of visits, and its words."""
