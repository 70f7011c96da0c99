"""What several rooms need of statistics: means with their errors, merging prints into orders."""
