"""What the relational engines share in being verified: one snapshot, streamed in the orders that the checks need."""
