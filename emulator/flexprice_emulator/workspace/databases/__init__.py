"""What holds the data: `protocol` is what the rest of the server knows; a module for each kind of database."""
