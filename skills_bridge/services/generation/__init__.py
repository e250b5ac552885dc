"""Invented people for demonstrations and trials: drawn from a seed, never real."""

from skills_bridge.services.generation.people import Invented, invent_people
from skills_bridge.services.generation.trades import Trade, get_trades

__all__ = ["Invented", "Trade", "get_trades", "invent_people"]
