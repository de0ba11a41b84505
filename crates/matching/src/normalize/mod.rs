//! What a raw value means: each kind of field is brought to one form before it is compared.

pub mod address;
pub mod date;
pub mod email;
pub mod names;
pub mod nicknames;
pub mod phone;
pub mod tax;
pub mod text;

#[cfg(test)]
mod tests;
