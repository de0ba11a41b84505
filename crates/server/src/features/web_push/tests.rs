//! Notices through the public door: closed as RFC 8291 says, opened with a browser's own key, sent once, ended when asked.

mod browser;
mod life;
mod vectors;
