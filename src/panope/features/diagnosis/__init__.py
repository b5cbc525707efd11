"""The doctor: says what is wrong and what to do."""
