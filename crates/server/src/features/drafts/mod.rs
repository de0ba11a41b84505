//! Drafts: the way of a change from an idea to live rules, seen by people; programs and backtests do the work.

pub mod console;
mod rule;
