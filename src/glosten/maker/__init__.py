"""What to do: belief, anchor, price, size, guards, ladder; a pure function of state, parameters and event."""
