//! What is owed for points: the price allocated to them, revenue as they are redeemed, how many ever
//! will be, and the roll-forward with its journal (IFRS 15 B39–B47, IE Example 52).

pub mod allocation;
pub mod roll_forward;
pub mod triangle;
