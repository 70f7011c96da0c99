"""Who comes to trade: informed and noise traders, and the news they know."""
