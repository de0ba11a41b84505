//! The page with every part that pages are made of, in the console's clothes or in a brand's: colors, type, forms, rows,
//! charts, and how nothing, an error and a success look.

pub mod console;
