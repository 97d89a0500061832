"""What is kept and what is read: the database, and the files that people edit."""
