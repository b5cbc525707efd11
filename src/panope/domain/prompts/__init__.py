"""What prompts are: versions, labels, and the references by which they are composed."""
