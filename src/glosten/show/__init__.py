"""Let people see: command line, tables, pages."""
