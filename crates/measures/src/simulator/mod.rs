//! Free, premium or tiered: programs compared on the client's own purchases, with what they cost, bring
//! and owe over three years (R37). Every amount is whole minor units; the seed makes it repeatable.

mod compare;
mod history;
mod model;

pub use compare::{Comparison, Range, Refused, Scenario, Sensitivity, Simulated, Year, simulate};
pub use history::{Customer, History};
pub use model::{Model, Tier};
