"""The query language `q`: text ⇄ terms, and terms → the tree that engines answer."""
