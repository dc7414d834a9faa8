"""Tenants, users, environments, API keys and settings: what stands above the workspaces."""
