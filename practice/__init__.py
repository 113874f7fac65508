"""Practice: code with blanks, filled in and deployed."""
