"""What was earned and why: the split of profit and loss, and markouts."""

from glosten.alpha._split import ADVERSE_HORIZON_S, Fills, Markout, Mids, Split, customer_orders, markouts, split

__all__ = ["ADVERSE_HORIZON_S", "Fills", "Markout", "Mids", "Split", "customer_orders", "markouts", "split"]
