"""Whose year it is, for the benchmarks that take most of an hour."""

import argparse


def options(name: str) -> argparse.Namespace:
    """`seed` and `members` of the command line."""
    parser = argparse.ArgumentParser(prog=f"benchmarks {name}")
    parser.add_argument("name", nargs="*")
    parser.add_argument("--seed", default="maple")
    parser.add_argument("--members", type=int, default=1000)
    return parser.parse_args()
