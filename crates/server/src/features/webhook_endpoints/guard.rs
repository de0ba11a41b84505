//! Where webhooks may go: addresses are checked when an endpoint is made and again at every connection. No tables here.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::sync::Arc;

use futures_util::future::BoxFuture;
use reqwest::Url;
use reqwest::dns::{Addrs, Name, Resolve, Resolving};

use crate::config::Config;

/// The longest address of an endpoint, in octets.
pub const MAX_URL: usize = 2_000;

/// What the installation allows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Policy {
    /// Ports besides 443.
    pub extra_ports: Vec<u16>,
    /// Allows this machine itself, also over plain HTTP and on any port: for demos and tests, never on a network.
    pub allow_local: bool,
}

impl Policy {
    /// Public HTTPS only.
    #[must_use]
    pub fn strict() -> Self {
        Self { extra_ports: Vec::new(), allow_local: false }
    }

    /// As [`Policy::strict`], and this machine itself.
    #[must_use]
    pub fn with_local() -> Self {
        Self { allow_local: true, ..Self::strict() }
    }
}

/// Why an address is refused. Checked in this order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Blocked {
    /// Not an absolute address in plain ASCII.
    #[error(
        "the address must be an absolute https:// address in ASCII, without spaces or fragment"
    )]
    Malformed,
    /// Not HTTPS.
    #[error("the address must begin with https://")]
    Scheme,
    /// Carries a name or password.
    #[error("the address must not carry a user name or password")]
    UserInfo,
    /// An IP address, or a name that is only known inside some network.
    #[error("the address must name a public host, not an IP address or a name of an inner network")]
    Host,
    /// A port that is not open to webhooks.
    #[error("the port is not among those open to webhooks; use 443")]
    Port,
    /// The name leads to an address that is not public.
    #[error("the host leads to an address that is not public")]
    Address,
}

impl Blocked {
    /// The stable code.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::Malformed => "url_malformed",
            Self::Scheme => "url_scheme",
            Self::UserInfo => "url_user_info",
            Self::Host => "url_host",
            Self::Port => "url_port",
            Self::Address => "url_address",
        }
    }
}

/// An address that passed the checks which need no look-up.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Target(Url);

impl Target {
    /// Checks `text` under `policy`.
    ///
    /// IP addresses are refused in every way of writing them (dotted, decimal, octal, hexadecimal, IPv6): whoever can
    /// receive webhooks over HTTPS has a name, and a name is checked again at each connection.
    pub fn parse(text: &str, policy: &Policy) -> Result<Self, Blocked> {
        let plain = |byte: u8| byte.is_ascii_graphic() && byte != b'\\';
        if text.is_empty() || text.len() > MAX_URL || !text.bytes().all(plain) {
            return Err(Blocked::Malformed);
        }
        let scheme = text.split("://").next().unwrap_or_default().to_ascii_lowercase();
        let has_authority =
            text[scheme.len()..].starts_with("://") && !text[scheme.len() + 3..].starts_with('/');
        let url = Url::parse(text).map_err(|_| Blocked::Malformed)?;
        if !matches!(url.scheme(), "https" | "http") {
            return Err(Blocked::Scheme);
        }
        if !has_authority || url.fragment().is_some() {
            return Err(Blocked::Malformed);
        }
        let authority = text[scheme.len() + 3..].split(['/', '?']).next().unwrap_or_default();
        if authority.contains('@') || !url.username().is_empty() || url.password().is_some() {
            return Err(Blocked::UserInfo);
        }
        let host = url.host_str().unwrap_or_default();
        if policy.allow_local && is_this_machine(host) {
            return Ok(Self(url));
        }
        if url.scheme() != "https" {
            return Err(Blocked::Scheme);
        }
        if authority.contains('%') || !is_public_name(host) {
            return Err(Blocked::Host);
        }
        let port = url.port_or_known_default().unwrap_or_default();
        if port != 443 && !policy.extra_ports.contains(&port) {
            return Err(Blocked::Port);
        }
        Ok(Self(url))
    }

    /// The address as it is stored and called.
    #[must_use]
    pub fn url(&self) -> &Url {
        &self.0
    }
}

/// This machine, named in one of the ways a demo would.
fn is_this_machine(host: &str) -> bool {
    matches!(host, "localhost" | "127.0.0.1" | "[::1]")
}

/// A name with at least two labels whose last one is not a number nor reserved for inner use.
fn is_public_name(host: &str) -> bool {
    const INNER: [&str; 16] = [
        "localhost",
        "local",
        "localdomain",
        "internal",
        "intranet",
        "lan",
        "home",
        "corp",
        "private",
        "arpa",
        "invalid",
        "test",
        "example",
        "onion",
        "alt",
        "svc",
    ];
    let labels: Vec<&str> = host.split('.').collect();
    let is_label = |label: &&str| {
        (1..=63).contains(&label.len())
            && label.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-')
            && !label.starts_with('-')
            && !label.ends_with('-')
    };
    let Some(last) = labels.last() else { return false };
    host.len() <= 253
        && labels.len() >= 2
        && labels.iter().all(is_label)
        && last.bytes().any(|byte| byte.is_ascii_alphabetic())
        && !last.starts_with("0x")
        && !INNER.contains(last)
}

/// Is this an address of the public network, reached directly?
#[must_use]
pub fn is_public(address: IpAddr) -> bool {
    match address {
        IpAddr::V4(address) => is_public_v4(address),
        IpAddr::V6(address) => is_public_v6(address),
    }
}

fn is_public_v4(address: Ipv4Addr) -> bool {
    /// Blocks that IANA lists as not globally reachable, multicast, the future block, and one cloud's platform address.
    const CLOSED: [([u8; 4], u32); 18] = [
        ([0, 0, 0, 0], 8),
        ([10, 0, 0, 0], 8),
        ([100, 64, 0, 0], 10),
        ([127, 0, 0, 0], 8),
        ([168, 63, 129, 16], 32),
        ([169, 254, 0, 0], 16),
        ([172, 16, 0, 0], 12),
        ([192, 0, 0, 0], 24),
        ([192, 0, 2, 0], 24),
        ([192, 31, 196, 0], 24),
        ([192, 52, 193, 0], 24),
        ([192, 88, 99, 0], 24),
        ([192, 168, 0, 0], 16),
        ([192, 175, 48, 0], 24),
        ([198, 18, 0, 0], 15),
        ([198, 51, 100, 0], 24),
        ([203, 0, 113, 0], 24),
        ([224, 0, 0, 0], 3),
    ];
    let bits = u32::from(address);
    let within = |(net, length): &([u8; 4], u32)| {
        let shift = 32_u32.saturating_sub(*length);
        bits >> shift == u32::from(Ipv4Addr::from(*net)) >> shift
    };
    !CLOSED.iter().any(within)
}

/// Only global unicast, without the blocks in it that are special or carry an IPv4 address (Teredo, 6to4).
/// Everything that maps IPv4 elsewhere (`::ffff:…`, `64:ff9b::…`), unique local, link local and multicast is outside it.
fn is_public_v6(address: Ipv6Addr) -> bool {
    let [first, second, ..] = address.segments();
    let global = first & 0xe000 == 0x2000;
    let special = first == 0x2001 && (second < 0x0200 || second == 0x0db8);
    let six_to_four = first == 0x2002;
    let documentation = first == 0x3fff && second < 0x1000;
    global && !special && !six_to_four && !documentation
}

/// Looks up a name: every address it has.
pub type Lookup =
    Arc<dyn Fn(String) -> BoxFuture<'static, std::io::Result<Vec<IpAddr>>> + Send + Sync>;

/// Asks the machine's resolver.
#[must_use]
pub fn system_lookup() -> Lookup {
    Arc::new(|name| {
        Box::pin(async move {
            let found = tokio::net::lookup_host((name.as_str(), 0)).await?;
            Ok(found.map(|address| address.ip()).collect())
        })
    })
}

/// Resolves names for the HTTP client and lets only checked addresses through, so that what was checked is what is
/// connected to: a name that answers differently a moment later gains nothing.
#[derive(Clone)]
pub struct Gate {
    lookup: Lookup,
    policy: Policy,
}

impl Gate {
    /// A gate of `policy` over `lookup`.
    #[must_use]
    pub fn new(policy: Policy, lookup: Lookup) -> Self {
        Self { lookup, policy }
    }

    /// Public HTTPS only, with the machine's resolver.
    #[must_use]
    pub fn strict() -> Self {
        Self::new(Policy::strict(), system_lookup())
    }

    /// What the settings of an installation say, with the machine's resolver.
    #[must_use]
    pub fn of(config: &Config) -> Self {
        let policy = Policy { allow_local: config.webhooks_to_this_machine, ..Policy::strict() };
        Self::new(policy, system_lookup())
    }

    /// A gate that lets through to this machine and looks up nothing.
    #[cfg(test)]
    pub(crate) fn local() -> Self {
        let nobody = || std::io::Error::other("tests look up nothing");
        Self::new(Policy::with_local(), Arc::new(move |_| Box::pin(async move { Err(nobody()) })))
    }

    /// What it allows.
    #[must_use]
    pub fn policy(&self) -> &Policy {
        &self.policy
    }

    /// The addresses of a name. One that is not public spoils them all: nobody honest mixes the two.
    pub async fn addresses(&self, name: &str) -> Result<Vec<IpAddr>, GateError> {
        let found = (self.lookup)(name.to_owned()).await.map_err(GateError::Lookup)?;
        if found.is_empty() {
            return Err(GateError::Nothing);
        }
        let local = self.policy.allow_local && is_this_machine(name);
        let fits = |address: &IpAddr| is_public(*address) || (local && address.is_loopback());
        if found.iter().all(fits) { Ok(found) } else { Err(GateError::Blocked(Blocked::Address)) }
    }

    /// Checks a new endpoint's name. One that cannot be looked up now is let pass: each connection asks again.
    pub async fn check(&self, target: &Target) -> Result<(), Blocked> {
        let host = target.url().host_str().unwrap_or_default();
        if self.policy.allow_local && is_this_machine(host) {
            return Ok(());
        }
        match self.addresses(host).await {
            Err(GateError::Blocked(blocked)) => Err(blocked),
            Ok(_) | Err(GateError::Lookup(_) | GateError::Nothing) => Ok(()),
        }
    }
}

/// Why a name leads nowhere.
#[derive(Debug, thiserror::Error)]
pub enum GateError {
    /// The resolver failed.
    #[error("the host name could not be looked up")]
    Lookup(#[source] std::io::Error),
    /// The name has no address.
    #[error("the host name has no address")]
    Nothing,
    /// An address is not public.
    #[error(transparent)]
    Blocked(Blocked),
}

impl Resolve for Gate {
    fn resolve(&self, name: Name) -> Resolving {
        let gate = self.clone();
        Box::pin(async move {
            let found = gate.addresses(name.as_str()).await?;
            // Port 0 lets the client use the port of the address it was asked for.
            let addresses = found.into_iter().map(|ip| SocketAddr::new(ip, 0));
            Ok(Box::new(addresses.collect::<Vec<_>>().into_iter()) as Addrs)
        })
    }
}
