"""The merge law: `lift(event) → state`, `join(state, state) → state`, `view(state) → row`, all pure.

`join` is commutative, associative and idempotent, so any order, any duplication and any split into batches of the same
events gives the same rows. The rule of each field stands in `fields`.
"""
