"""The last requests of each workspace and their answers, kept in memory: to search, to assert on, to export."""
