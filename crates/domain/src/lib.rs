//! The pure core of Lazo: what points mean. No IO, no async, no clock, no randomness lives here.
//!
//! Everything enters as a value and leaves as a value: [`apply`](apply::apply) takes an account, an event and the
//! programs in force and answers with a [`Decision`](decision::Decision) or a [`Refusal`](refusal::Refusal).

pub mod account;
pub mod apply;
pub mod conversion;
pub mod decision;
pub mod event;
pub mod explain;
pub mod ids;
pub mod label;
pub mod layered;
pub mod merging;
pub mod money;
pub mod points;
pub mod program;
pub mod rate;
pub mod refusal;
pub mod replay;
pub mod rules;
pub mod share;
pub mod tiers;
pub mod time;
