"""Let time pass: simulate a model, backtest the maker."""
