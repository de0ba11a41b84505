//! What a browser's session is to a page: who is behind it, and the secret that its forms must bring back.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use lazo_domain::ids::TenantId;
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

/// Octets of a form's token: a mask, the secret under it, and the tenant.
const TOKEN: usize = SECRET * 2 + 8;

/// Whose a form's token is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Made {
    /// Of this session, on a page of this tenant.
    Here,
    /// Of this session, on a page of another tenant.
    Elsewhere,
    /// Of no page of this session.
    Never,
}

impl Session {
    /// A form's token: the secret under a mask of its own, so that compressed pages tell nobody anything about it, and
    /// the tenant that the page is about, so that a page left open acts on no other.
    #[must_use]
    pub fn token(&self, entropy: &dyn Entropy, tenant: Option<TenantId>) -> String {
        let mut octets = [0; TOKEN];
        entropy.fill(&mut octets[..SECRET]);
        for place in 0..SECRET {
            octets[SECRET + place] = octets[place] ^ self.secret[place];
        }
        octets[SECRET * 2..].copy_from_slice(&number(tenant));
        URL_SAFE_NO_PAD.encode(octets)
    }

    /// Is `token` one of this session's, and of the tenant's pages?
    #[must_use]
    pub fn made(&self, token: &str, tenant: Option<TenantId>) -> Made {
        let Ok(octets) = URL_SAFE_NO_PAD.decode(token) else { return Made::Never };
        if octets.len() != TOKEN {
            return Made::Never;
        }
        // Every octet is looked at, wherever the first difference is.
        let differs = (0..SECRET)
            .fold(0, |all, at| all | (octets[at] ^ octets[SECRET + at] ^ self.secret[at]));
        match differs {
            0 if octets[SECRET * 2..] == number(tenant) => Made::Here,
            0 => Made::Elsewhere,
            _ => Made::Never,
        }
    }
}

fn number(tenant: Option<TenantId>) -> [u8; 8] {
    tenant.map_or([0; 8], |tenant| tenant.0.to_be_bytes())
}
