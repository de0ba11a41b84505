//! What is proven of webhook endpoints.

mod api;
mod crash;
mod deliver;
mod guard;
mod receiver;
mod retry;
mod send;
mod signing;
mod stage;
