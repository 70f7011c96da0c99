"""Who comes to trade: informed and noise traders, the makers they meet, and the news they know."""

from __future__ import annotations

from glosten.crowd._company import Company, MarketPath, MarketSums
from glosten.crowd._crowd import Crowd
from glosten.crowd._day import VALUES, Day, day
from glosten.crowd._makers import MAKER_KINDS, Maker
from glosten.crowd._market import Market
from glosten.crowd._news import News
from glosten.crowd._stepping import Moment
from glosten.crowd._traders import INFORMED_KINDS, TRADER_KINDS, Trader
from glosten.crowd._traits import Trait
from glosten.crowd._views import History, MakerView, TraderView

__all__ = [
    "INFORMED_KINDS",
    "MAKER_KINDS",
    "TRADER_KINDS",
    "VALUES",
    "Company",
    "Crowd",
    "Day",
    "History",
    "Maker",
    "MakerView",
    "Market",
    "MarketPath",
    "MarketSums",
    "Moment",
    "News",
    "Trader",
    "TraderView",
    "Trait",
    "day",
]
