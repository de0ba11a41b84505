//! Passes through the public door: made, verified by a real OpenSSL, asked for by phones, and told of changes.

mod apple;
mod google;
mod service;
mod stage;
