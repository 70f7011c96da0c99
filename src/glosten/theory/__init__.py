"""What should be true: the Glosten-Milgrom model, one compiled function an equation."""
