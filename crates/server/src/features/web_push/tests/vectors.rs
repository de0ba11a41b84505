//! The example of RFC 8291, to the last octet.

use super::browser::{Browser, derived, octets};
use crate::features::web_push::encryption::{Agreement, MAX_PLAIN, Unsealed, agree, seal};

const BODY: &str = "DGv6ra1nlYgDCS1FRnbzlwAAEABBBP4z9KsN6nGRTbVYI_c7VJSPQTBtkgcy27mlmlMoZIIgDll6e3vCYLocInmYWAmS6TlzAC8wEqKK6PBru3jl7A_yl95bQpu6cVPTpK4Mqgkf1CXztLVBSt2Ks3oZwbuwXPXLWyouBWLVWGNWQexSgSxsj_Qulcy4a-fN";
const PLAIN: &[u8] = b"When I grow up, I want to be a watermelon";

#[test]
fn r118_web_push_closes_the_example_of_rfc_8291_as_it_is_written_there() {
    let browser = Browser::of_the_rfc();
    let own_private = octets("yfWPiYE-n46HLnH0KqZOF1fJJU3MYrct3AELtAQ-oRw");
    let own_public = octets(
        "BP4z9KsN6nGRTbVYI_c7VJSPQTBtkgcy27mlmlMoZIIgDll6e3vCYLocInmYWAmS6TlzAC8wEqKK6PBru3jl7A8",
    );
    let secret = derived(&own_private, &own_public, &browser.public);
    assert_eq!(secret, octets("kyrL1jIIOHEzg3sM2ZWRHDRB62YACZhhSlknJ672kSs"));
    let agreement = Agreement { secret, own_public };
    let salt = octets("DGv6ra1nlYgDCS1FRnbzlw").try_into().unwrap();
    let keys = (browser.public.as_slice(), browser.auth.as_slice());
    let sealed = seal(PLAIN, &agreement, keys, &salt).unwrap();
    assert_eq!(sealed, octets(BODY));
    assert_eq!(browser.open(&sealed), PLAIN);
    let long = vec![0; MAX_PLAIN + 1];
    assert_eq!(seal(&long, &agreement, keys, &salt), Err(Unsealed::TooLong));
}

#[test]
fn r118_web_push_agrees_on_another_secret_for_each_notice() {
    let browser = Browser::of_the_rfc();
    let (one, two) = (agree(&browser.public).unwrap(), agree(&browser.public).unwrap());
    assert_ne!(one.secret, two.secret);
    let keys = (browser.public.as_slice(), browser.auth.as_slice());
    assert_eq!(browser.open(&seal(PLAIN, &one, keys, &[7; 16]).unwrap()), PLAIN);
    // A point that is none of the curve is refused, so that nothing is learned from what comes of it.
    let mut off = browser.public.clone();
    off[64] ^= 1;
    assert!(matches!(agree(&off), Err(Unsealed::BadKey)));
    assert!(matches!(agree(&[]), Err(Unsealed::BadKey)));
}
