"""What is seen: tables in the terminal, pictures, the report page."""
