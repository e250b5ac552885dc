"""A whole installation on one machine, with one true story told through it on invented data."""

from skills_bridge.cli.demo.command import demo

__all__ = ["demo"]
