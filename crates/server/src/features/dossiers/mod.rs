//! Dossiers: everything about one member on one page of the console, and the search that finds it.

pub mod console;
mod find;
mod movement;
mod one;
