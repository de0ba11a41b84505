//! What is proven of webhook endpoints.

mod guard;
mod signing;
