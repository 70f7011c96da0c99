"""From files, environment and flags to checked parameters."""
