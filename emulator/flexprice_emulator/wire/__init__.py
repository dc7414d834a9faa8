"""HTTP as the reference speaks it: binding, errors, search language, routing, framing (wire.md)."""
