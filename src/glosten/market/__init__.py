"""The outside: tapes of real trades and quotes, and the matcher."""
