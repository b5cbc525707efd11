"""What scores have to be like: their configs, whether one keeps to its config, and how many are summed up."""
