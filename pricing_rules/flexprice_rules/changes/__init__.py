"""How wanted objects and those at a target are compared, and what calls make them equal."""
