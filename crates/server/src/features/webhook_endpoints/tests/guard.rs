//! Hostile addresses: none passes, whether it shows in the text, in the name's look-up, or only at the second look-up.

use std::net::IpAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use reqwest::dns::Resolve;

use crate::features::webhook_endpoints::guard::{
    Blocked, Gate, GateError, Lookup, Policy, Target, is_public,
};

/// Every way of writing an address that must not pass.
const HOSTILE: &[&str] = &[
    // Plain inner addresses.
    "https://127.0.0.1/",
    "https://127.0.0.1:443/",
    "https://127.1.2.3/",
    "https://0.0.0.0/",
    "https://10.0.0.1/",
    "https://10.255.255.255/hook",
    "https://172.16.0.1/",
    "https://172.31.255.254/",
    "https://192.168.1.1/",
    "https://100.64.0.1/",
    "https://100.100.100.200/latest/meta-data/",
    "https://169.254.169.254/latest/meta-data/iam/",
    "https://169.254.170.2/v2/credentials",
    "https://192.0.0.192/",
    "https://192.0.2.1/",
    "https://198.18.0.1/",
    "https://198.51.100.7/",
    "https://203.0.113.9/",
    "https://224.0.0.1/",
    "https://239.255.255.250/",
    "https://240.0.0.1/",
    "https://255.255.255.255/",
    "https://168.63.129.16/metadata",
    // A public address too: only names are called.
    "https://93.184.215.14/",
    // Other ways to write 127.0.0.1 and 169.254.169.254.
    "https://127.1/",
    "https://127.0.1/",
    "https://2130706433/",
    "https://0x7f000001/",
    "https://0x7f.0.0.1/",
    "https://0x7f.1/",
    "https://0X7F.0x0.0x0.0x1/",
    "https://017700000001/",
    "https://0177.0.0.1/",
    "https://0177.0.0.01/",
    "https://00000177.0.0.1/",
    "https://0/",
    "https://0x0/",
    "https://127.0.0.1./",
    "https://127.0.0.1%2f.example.net/",
    "https://%31%32%37.0.0.1/",
    "https://127%2e0%2e0%2e1/",
    "https://2852039166/",
    "https://0xa9fea9fe/",
    "https://0xa9.0xfe.0xa9.0xfe/",
    "https://0251.0376.0251.0376/",
    "https://169.16689662/",
    "https://169.254.43518/",
    "https://256.256.256.256/",
    "https://1.2.3.4.5/",
    "https://4294967297/",
    // Digits and dots that are not ASCII.
    "https://①②⑦.⓪.⓪.①/",
    "https://１２７.０.０.１/",
    "https://127。0。0。1/",
    "https://ⓛⓞⓒⓐⓛⓗⓞⓢⓣ/",
    "https://hooks.exämple.com/",
    // IPv6: loopback, unspecified, mapped, compatible, NAT64, 6to4, Teredo, unique local, link local, multicast.
    "https://[::1]/",
    "https://[::]/",
    "https://[0:0:0:0:0:0:0:1]/",
    "https://[::ffff:127.0.0.1]/",
    "https://[::ffff:7f00:1]/",
    "https://[::ffff:169.254.169.254]/",
    "https://[::127.0.0.1]/",
    "https://[::ffff:0:127.0.0.1]/",
    "https://[64:ff9b::7f00:1]/",
    "https://[64:ff9b::169.254.169.254]/",
    "https://[64:ff9b:1::a00:1]/",
    "https://[2002:7f00:1::]/",
    "https://[2002:a9fe:a9fe::]/",
    "https://[2001:0:7f00:1::]/",
    "https://[2001:db8::1]/",
    "https://[fc00::1]/",
    "https://[fd00:ec2::254]/",
    "https://[fe80::1]/",
    "https://[fe80::1%25eth0]/",
    "https://[ff02::1]/",
    "https://[fec0::1]/",
    "https://[100::1]/",
    "https://[2606:2800:21f:cb07:6820:80da:af6b:8b2c]/",
    // Names of inner networks.
    "https://localhost/",
    "https://localhost./",
    "https://LOCALHOST/",
    "https://db.localhost/",
    "https://localhost.localdomain/",
    "https://ip6-localhost/",
    "https://postgres/",
    "https://kubernetes.default.svc/",
    "https://kubernetes.default.svc.cluster.local/",
    "https://metadata.google.internal/computeMetadata/v1/",
    "https://router.lan/",
    "https://intranet.corp/",
    "https://printer.home.arpa/",
    "https://nas.home/",
    "https://1.0.0.127.in-addr.arpa/",
    "https://hidden.onion/",
    // Not HTTPS.
    "http://hooks.shop.example.com/",
    "http://127.0.0.1/",
    "ftp://hooks.shop.example.com/",
    "file:///etc/passwd",
    "gopher://127.0.0.1:6379/_FLUSHALL",
    "dict://127.0.0.1:11211/",
    "ldap://127.0.0.1/",
    "unix:///var/run/docker.sock",
    "data:text/plain,x",
    "javascript:alert(1)",
    "wss://hooks.shop.example.com/",
    // Ports of other services.
    "https://hooks.shop.example.com:22/",
    "https://hooks.shop.example.com:25/",
    "https://hooks.shop.example.com:80/",
    "https://hooks.shop.example.com:5432/",
    "https://hooks.shop.example.com:6379/",
    "https://hooks.shop.example.com:8443/",
    "https://hooks.shop.example.com:0/",
    "https://hooks.shop.example.com:65536/",
    // Names and passwords, real or to mislead.
    "https://user@hooks.shop.example.com/",
    "https://user:secret@hooks.shop.example.com/",
    "https://@hooks.shop.example.com/",
    "https://:@hooks.shop.example.com/",
    "https://hooks.shop.example.com@127.0.0.1/",
    "https://127.0.0.1@hooks.shop.example.com/",
    "https://hooks.shop.example.com:443@127.0.0.1/",
    "https://127.0.0.1%40hooks.shop.example.com/",
    // Texts that two readers would read in two ways.
    "",
    " https://hooks.shop.example.com/",
    "https://hooks.shop.example.com/ ",
    "https:hooks.shop.example.com/",
    "https:/hooks.shop.example.com/",
    "https:///hooks.shop.example.com/",
    "https:////127.0.0.1/",
    "https:\\\\127.0.0.1\\",
    "https://hooks.shop.example.com\\@127.0.0.1/",
    "https://127.0.0.1\\.shop.example.com/",
    "//hooks.shop.example.com/",
    "/hook",
    "hooks.shop.example.com",
    "https://",
    "https://.",
    "https://..",
    "https://.shop.example.com/",
    "https://hooks..example.com/",
    "https://-hooks.example.com/",
    "https://hooks_.example.com/",
    "https://hooks.shop.example.com./",
    "https://hooks.shop.example.com/#fragment",
    "https://hooks.shop.example.com#@127.0.0.1/",
    "https://hooks.shop.example.com/\r\nHost: 127.0.0.1",
    "https://hooks.shop.example.com/\tx",
    "ht\ntps://127.0.0.1/",
    "https://hooks.shop.example.com/\0",
    "https://*.example.com/",
    "https://[::1/",
    "https://::1/",
];

fn fixed(addresses: &[&str]) -> Lookup {
    let found: Vec<IpAddr> = addresses.iter().map(|a| a.parse().unwrap()).collect();
    Arc::new(move |_| {
        let found = found.clone();
        Box::pin(async move { Ok(found) })
    })
}

#[test]
fn q13_no_hostile_address_passes() {
    assert!(HOSTILE.len() >= 80, "{}", HOSTILE.len());
    for text in HOSTILE {
        assert!(Target::parse(text, &Policy::strict()).is_err(), "{text:?} passed");
    }
    let long = format!("https://hooks.shop.example.com/{}", "x".repeat(2_000));
    assert_eq!(Target::parse(&long, &Policy::strict()), Err(Blocked::Malformed));
    let name = format!("https://{}.example.com/", "x".repeat(64));
    assert_eq!(Target::parse(&name, &Policy::strict()), Err(Blocked::Host));
}

#[test]
fn honest_addresses_pass() {
    for text in [
        "https://hooks.shop.example.com/lazo",
        "https://example.com",
        "https://EXAMPLE.com:443/a/b?tenant=1&x=%20y",
        "https://xn--exmple-cua.com/",
        "https://a1.0x.dev/",
    ] {
        assert!(Target::parse(text, &Policy::strict()).is_ok(), "{text}");
    }
    let policy = Policy { extra_ports: vec![8443], allow_local: false };
    assert!(Target::parse("https://hooks.shop.example.com:8443/", &policy).is_ok());
    assert!(Target::parse("https://hooks.shop.example.com:8444/", &policy).is_err());
}

#[test]
fn each_refusal_has_its_reason() {
    let reason = |text: &str| Target::parse(text, &Policy::strict()).unwrap_err().code();
    assert_eq!(reason("hooks.shop.example.com"), "url_malformed");
    assert_eq!(reason("http://hooks.shop.example.com/"), "url_scheme");
    assert_eq!(reason("https://u:p@hooks.shop.example.com/"), "url_user_info");
    assert_eq!(reason("https://2130706433/"), "url_host");
    assert_eq!(reason("https://hooks.shop.example.com:22/"), "url_port");
}

#[test]
fn q13_a_local_demo_opens_this_machine_and_nothing_else() {
    let local = Policy::with_local();
    for text in ["http://127.0.0.1:9000/hook", "http://localhost:9000/", "http://[::1]:9000/"] {
        assert!(Target::parse(text, &local).is_ok(), "{text}");
        assert!(Target::parse(text, &Policy::strict()).is_err(), "{text}");
    }
    for text in [
        "http://hooks.shop.example.com/",
        "http://127.0.0.2/",
        "http://10.0.0.1/",
        "http://a:b@localhost/",
    ] {
        assert!(Target::parse(text, &local).is_err(), "{text}");
    }
}

#[test]
fn q13_addresses_that_are_not_public_are_told_in_every_family() {
    let inner = [
        "0.0.0.0",
        "0.1.2.3",
        "10.0.0.1",
        "100.64.0.1",
        "100.127.255.255",
        "127.0.0.1",
        "127.255.255.255",
        "169.254.0.1",
        "172.16.0.1",
        "172.31.255.255",
        "192.0.0.1",
        "192.0.2.1",
        "192.88.99.1",
        "192.168.0.1",
        "198.18.0.1",
        "198.19.255.255",
        "198.51.100.1",
        "203.0.113.1",
        "224.0.0.1",
        "255.255.255.255",
        "168.63.129.16",
        "::",
        "::1",
        "::ffff:8.8.8.8",
        "::8.8.8.8",
        "64:ff9b::808:808",
        "64:ff9b:1::1",
        "100::1",
        "2001::1",
        "2001:1::1",
        "2001:10::1",
        "2001:20::1",
        "2001:db8::1",
        "2002:808:808::1",
        "3fff::1",
        "5f00::1",
        "fc00::1",
        "fdff::1",
        "fe80::1",
        "fec0::1",
        "ff00::1",
        "ff0e::1",
    ];
    for text in inner {
        assert!(!is_public(text.parse().unwrap()), "{text}");
    }
    let outer = [
        "1.1.1.1",
        "9.255.255.255",
        "11.0.0.0",
        "100.63.255.255",
        "100.128.0.0",
        "126.255.255.255",
        "128.0.0.0",
        "172.15.255.255",
        "172.32.0.0",
        "192.167.255.255",
        "192.169.0.0",
        "198.17.255.255",
        "198.20.0.0",
        "223.255.255.255",
        "2001:200::1",
        "2001:4860:4860::8888",
        "2606:4700::1111",
        "2a00:1450::1",
        "2003::1",
    ];
    for text in outer {
        assert!(is_public(text.parse().unwrap()), "{text}");
    }
}

#[tokio::test]
async fn q13_a_public_name_with_an_inner_address_is_refused() {
    let target = Target::parse("https://rebind.shop.example.com/", &Policy::strict()).unwrap();
    let check =
        async |found: &[&str]| Gate::new(Policy::strict(), fixed(found)).check(&target).await;
    assert_eq!(check(&["93.184.215.14"]).await, Ok(()));
    assert_eq!(check(&["127.0.0.1"]).await, Err(Blocked::Address));
    assert_eq!(check(&["93.184.215.14", "10.0.0.1"]).await, Err(Blocked::Address));
    assert_eq!(check(&["::ffff:127.0.0.1"]).await, Err(Blocked::Address));
    assert_eq!(check(&[]).await, Ok(()), "no answer now; each connection asks again");
    // Not even a demo's leave for this machine lets another name lead to it.
    let gate = Gate::new(Policy::with_local(), fixed(&["127.0.0.1"]));
    assert_eq!(gate.check(&target).await, Err(Blocked::Address));
    assert!(matches!(gate.addresses("localhost").await, Ok(found) if found.len() == 1));
    let gate = Gate::new(Policy::with_local(), fixed(&["10.0.0.1"]));
    assert!(matches!(gate.addresses("localhost").await, Err(GateError::Blocked(_))));
}

#[tokio::test]
async fn q13_a_name_that_changes_its_answer_is_caught_at_the_connection() {
    let asked = Arc::new(AtomicUsize::new(0));
    let count = Arc::clone(&asked);
    let lookup: Lookup = Arc::new(move |_| {
        let first = count.fetch_add(1, Ordering::SeqCst) == 0;
        let answer: IpAddr =
            if first { "93.184.215.14" } else { "169.254.169.254" }.parse().unwrap();
        Box::pin(async move { Ok(vec![answer]) })
    });
    let gate = Gate::new(Policy::strict(), lookup);
    let target = Target::parse("https://rebind.shop.example.com/", &Policy::strict()).unwrap();
    assert_eq!(gate.check(&target).await, Ok(()));
    // The client's own look-up is the one that decides where it connects.
    let Err(refused) = gate.resolve("rebind.shop.example.com".parse().unwrap()).await else {
        panic!("the second answer was let through");
    };
    assert!(refused.to_string().contains("not public"), "{refused}");
    assert_eq!(asked.load(Ordering::SeqCst), 2);
}
