"""What was earned and why: the split of profit and loss, and markouts."""
