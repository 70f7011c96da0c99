"""What should be true: the Glosten-Milgrom model, one compiled function an equation, one object a model."""

from glosten.theory._binary import (
    belief,
    gains,
    informed_share,
    log_likelihood,
    log_odds,
    log_odds_after,
    log_odds_step,
    posterior,
    quotes,
    side_if_high,
    side_if_low,
    side_probability,
    spread,
)
from glosten.theory._binary_model import Binary, Exit, Gains, HittingTime, Impact, Learning, Quotes
from glosten.theory._domain import Interval, require
from glosten.theory._dynamics import (
    chernoff_rate,
    hitting_time,
    learning_rates,
    net_buys_to,
    two_sided_exit,
    wald_hitting_time,
)
from glosten.theory._ekop import Ekop, ekop_ask, ekop_bid, ekop_log_likelihood, pin
from glosten.theory._event_uncertainty import (
    BinaryNoTrade,
    EventUncertainty,
    event_after_no_trade,
    event_order_if,
    trade_alpha,
)
from glosten.theory._inversion import alpha_and_prior, alpha_of_trades
from glosten.theory._kyle_limit import (
    KyleLimit,
    kyle_impact,
    kyle_insider_rate,
    kyle_value_high,
)
from glosten.theory._lattice import Law, first_passage, law_by_value
from glosten.theory._many_values import ManyValues, ask_of_values, bid_of_values
from glosten.theory._noisy_signal import (
    NoisySignal,
    OrderFlow,
    follower_belief,
    order_flow,
    signal_side_if_high,
    signal_side_if_low,
)
from glosten.theory._order_cost import ask_ticks, bid_ticks, impact
from glosten.theory._order_flow import Simulation, TwoSidedQuotes

__all__ = [
    "Binary",
    "BinaryNoTrade",
    "Ekop",
    "EventUncertainty",
    "Exit",
    "Gains",
    "HittingTime",
    "Impact",
    "Interval",
    "KyleLimit",
    "Law",
    "Learning",
    "ManyValues",
    "NoisySignal",
    "OrderFlow",
    "Quotes",
    "Simulation",
    "TwoSidedQuotes",
    "alpha_and_prior",
    "alpha_of_trades",
    "ask_of_values",
    "ask_ticks",
    "belief",
    "bid_of_values",
    "bid_ticks",
    "chernoff_rate",
    "ekop_ask",
    "ekop_bid",
    "ekop_log_likelihood",
    "event_after_no_trade",
    "event_order_if",
    "first_passage",
    "follower_belief",
    "gains",
    "hitting_time",
    "impact",
    "informed_share",
    "kyle_impact",
    "kyle_insider_rate",
    "kyle_value_high",
    "law_by_value",
    "learning_rates",
    "log_likelihood",
    "log_odds",
    "log_odds_after",
    "log_odds_step",
    "net_buys_to",
    "order_flow",
    "pin",
    "posterior",
    "quotes",
    "require",
    "side_if_high",
    "side_if_low",
    "side_probability",
    "signal_side_if_high",
    "signal_side_if_low",
    "spread",
    "trade_alpha",
    "two_sided_exit",
    "wald_hitting_time",
]
