//! Help and the program in plain words: answers bound to the rules that are live.

pub mod portal;
mod search;
