"""What is kept of classes."""
