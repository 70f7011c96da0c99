"""Every parameter, declared once: type, default, range, unit, help; and the packed row that compiled code reads."""
