"""The matching of a country: the same lists as ``engine.shortlist``, over a million people in seconds.

The way through: ``build_index`` once over the people, ``pack_demand`` for any cut of the openings, ``shortlist_all``
for their lists; ``judge_person`` for one person and all openings. ``engine.shortlist`` stays the judge of a single
opening, of accounts and of tests: both must give the same rows for every input.
"""

from skills_bridge.engine.national.demand import Demand, pack_demand
from skills_bridge.engine.national.index import NationalIndex, build_index
from skills_bridge.engine.national.layout import GateLayout, layout_of_asked, layout_of_held
from skills_bridge.engine.national.lists import shortlist_all
from skills_bridge.engine.national.person import Standing, judge_person
from skills_bridge.engine.national.storage import load_index, save_index
from skills_bridge.engine.national.warming import warm

__all__ = [
    "Demand",
    "GateLayout",
    "NationalIndex",
    "Standing",
    "build_index",
    "judge_person",
    "layout_of_asked",
    "layout_of_held",
    "load_index",
    "pack_demand",
    "save_index",
    "shortlist_all",
    "warm",
]
