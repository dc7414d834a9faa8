"""A local emulator of the Flexprice usage-billing API."""
