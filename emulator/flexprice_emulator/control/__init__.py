"""The control plane under /_emulator: what a test needs and the real service does not have."""
