//! What a browser's session is to a page: who is behind it, and the secret that its forms must bring back.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use lazo_domain::time::Timestamp;

use crate::http::Principal;
use crate::secrets::Entropy;

/// Octets of a session's form secret.
pub const SECRET: usize = 16;

/// A session that was found by its cookie.
#[derive(Debug, Clone)]
pub struct Session {
    /// Who is behind it.
    pub principal: Principal,
    /// What its forms must bring back.
    pub secret: [u8; SECRET],
    /// When somebody last proved again to be it.
    pub proven_at: Timestamp,
}

impl Session {
    /// A form's token: the secret under a mask of its own, so that compressed pages tell nobody anything about it.
    #[must_use]
    pub fn token(&self, entropy: &dyn Entropy) -> String {
        let mut octets = [0; SECRET * 2];
        entropy.fill(&mut octets[..SECRET]);
        for place in 0..SECRET {
            octets[SECRET + place] = octets[place] ^ self.secret[place];
        }
        URL_SAFE_NO_PAD.encode(octets)
    }

    /// Is `token` one of this session's?
    #[must_use]
    pub fn made(&self, token: &str) -> bool {
        let Ok(octets) = URL_SAFE_NO_PAD.decode(token) else { return false };
        if octets.len() != SECRET * 2 {
            return false;
        }
        // Every octet is looked at, wherever the first difference is.
        let differs = (0..SECRET)
            .fold(0, |all, at| all | (octets[at] ^ octets[SECRET + at] ^ self.secret[at]));
        differs == 0
    }
}
