//! Where a request comes from: the other end of its connection, or whoever a trusted proxy says it speaks for.

use std::net::{IpAddr, Ipv6Addr, SocketAddr};
use std::str::FromStr;

use axum::extract::{ConnectInfo, Request};
use axum::http::HeaderName;

/// Proxies that can be named.
const MOST: usize = 8;
/// In which proxies say whom they speak for, the last one last.
const FORWARDED: HeaderName = HeaderName::from_static("x-forwarded-for");

/// The proxies of the house, whose word about where a request comes from is taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Proxies([Option<Net>; MOST]);

/// A network: its first bits are those of `address`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Net {
    address: IpAddr,
    bits: u8,
}

impl Proxies {
    fn trusts(&self, address: IpAddr) -> bool {
        self.0.iter().flatten().any(|net| net.has(address))
    }
}

impl FromStr for Proxies {
    type Err = String;

    /// Reads addresses and networks such as `127.0.0.1, 10.0.0.0/8, fd00::/8`.
    fn from_str(text: &str) -> Result<Self, String> {
        let mut nets = [None; MOST];
        let words = text.split([',', ' ']).filter(|word| !word.is_empty());
        for (place, word) in words.enumerate() {
            let free = nets.get_mut(place).ok_or_else(|| format!("name at most {MOST} proxies"))?;
            *free = Some(net(word).ok_or_else(|| format!("`{word}` is no address or network"))?);
        }
        Ok(Self(nets))
    }
}

fn net(word: &str) -> Option<Net> {
    let (address, bits) = word.split_once('/').map_or((word, None), |(a, b)| (a, Some(b)));
    let address: IpAddr = address.parse().ok()?;
    let all = if address.is_ipv4() { 32 } else { 128 };
    let bits: u8 = bits.map_or(Some(all), |bits| bits.parse().ok())?;
    (bits <= all).then_some(Net { address, bits })
}

impl Net {
    fn has(&self, other: IpAddr) -> bool {
        let (own, other, all) = match (self.address, other) {
            (IpAddr::V4(own), IpAddr::V4(other)) => {
                (u128::from(own.to_bits()), u128::from(other.to_bits()), 32)
            }
            (IpAddr::V6(own), IpAddr::V6(other)) => (own.to_bits(), other.to_bits(), 128),
            _ => return false,
        };
        let rest = u32::from(all - self.bits);
        own.checked_shr(rest).unwrap_or(0) == other.checked_shr(rest).unwrap_or(0)
    }
}

/// The address that a request comes from: from the right, the first one that is no proxy of the house.
#[must_use]
pub fn address(request: &Request, proxies: &Proxies) -> Option<IpAddr> {
    let ConnectInfo(peer) = request.extensions().get::<ConnectInfo<SocketAddr>>()?;
    let mut nearest = peer.ip().to_canonical();
    let said = request.headers().get_all(FORWARDED);
    let said: Vec<&str> = said.iter().filter_map(|value| value.to_str().ok()).collect();
    let all = said.join(",");
    for word in all.rsplit(',') {
        if !proxies.trusts(nearest) {
            break;
        }
        let Ok(before) = word.trim().parse::<IpAddr>() else { break };
        nearest = before.to_canonical();
    }
    Some(nearest)
}

/// The name under which requests from there are counted: an address, or the network that one household has of IPv6.
#[must_use]
pub fn counted(address: Option<IpAddr>) -> String {
    match address {
        None => "nobody".to_owned(),
        Some(IpAddr::V4(address)) => format!("address:{address}"),
        Some(IpAddr::V6(address)) => {
            let mask = u128::MAX << 64;
            format!("address:{}/64", Ipv6Addr::from_bits(address.to_bits() & mask))
        }
    }
}

#[cfg(test)]
mod tests {
    use axum::body::Body;

    use super::*;

    fn from(peer: &str, said: &[&str], proxies: &str) -> String {
        let mut request = Request::builder();
        for value in said {
            request = request.header(FORWARDED, *value);
        }
        let mut request = request.body(Body::empty()).unwrap();
        let peer: SocketAddr = peer.parse().unwrap();
        request.extensions_mut().insert(ConnectInfo(peer));
        counted(address(&request, &proxies.parse().unwrap()))
    }

    #[test]
    fn only_the_house_s_own_proxies_say_where_a_request_comes_from() {
        let own = "127.0.0.1, 10.0.0.0/8 ::1";
        for (peer, said, expected) in [
            ("203.0.113.9:1", vec!["198.51.100.1"], "address:203.0.113.9"),
            ("127.0.0.1:1", vec!["198.51.100.1"], "address:198.51.100.1"),
            ("127.0.0.1:1", vec!["192.0.2.7, 198.51.100.1"], "address:198.51.100.1"),
            ("127.0.0.1:1", vec!["192.0.2.7", "198.51.100.1, 10.1.2.3"], "address:198.51.100.1"),
            ("127.0.0.1:1", vec![], "address:127.0.0.1"),
            ("127.0.0.1:1", vec!["unknown"], "address:127.0.0.1"),
            ("[::ffff:10.0.0.1]:1", vec!["::ffff:198.51.100.1"], "address:198.51.100.1"),
            ("[::1]:1", vec!["2001:db8:1:2:3:4:5:6"], "address:2001:db8:1:2::/64"),
        ] {
            assert_eq!(from(peer, &said, own), expected, "{peer} {said:?}");
        }
        assert_eq!(from("127.0.0.1:1", &["198.51.100.1"], ""), "address:127.0.0.1");
        for bad in ["x", "10.0.0.0/33", "10.0.0.0/", "1.1.1.1,".repeat(9).as_str()] {
            assert!(bad.parse::<Proxies>().is_err(), "{bad}");
        }
    }
}
