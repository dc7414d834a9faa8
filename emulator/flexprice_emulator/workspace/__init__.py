"""An environment is a workspace: its own database, clock, id source and outbox (DESIGN.md decision 4)."""
