//! What a customer is worth in future: how often (BG/NBD), how much (Gamma-Gamma), and the discounted
//! margin of both. Where the data cannot say, the answer is that it cannot.

pub mod gamma_gamma;
pub mod purchases;
pub mod simplex;
pub mod summary;
pub mod value;
