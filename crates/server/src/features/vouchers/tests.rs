//! Voucher codes: drawn fairly, read however they were typed, wrong ones told apart.

use std::collections::BTreeSet;
use std::sync::atomic::{AtomicU64, Ordering};

use sha2::{Digest, Sha256};

use super::code;
use crate::secrets::Entropy;

/// Hashes of a counter: as good as random, and the same in every run.
struct Hashed(AtomicU64);

impl Entropy for Hashed {
    fn fill(&self, bytes: &mut [u8]) {
        let next = self.0.fetch_add(1, Ordering::SeqCst);
        let digest = Sha256::digest(next.to_be_bytes());
        bytes.copy_from_slice(&digest[..bytes.len()]);
    }
}

#[test]
fn i11_codes_are_read_as_they_are_typed_and_slips_are_found() {
    let entropy = Hashed(AtomicU64::new(1));
    let codes: BTreeSet<String> = (0..50).map(|_| code::draw(&entropy)).collect();
    assert_eq!(codes.len(), 50);
    for one in &codes {
        assert_eq!(one.len(), 14, "{one}");
        let typed = one.to_lowercase().replace('-', " ");
        assert_eq!(code::read(&typed).as_deref(), Some(one.as_str()));
        let letters: Vec<char> = one.chars().filter(|c| *c != '-').collect();
        for at in 0..letters.len() {
            let mut slip = letters.clone();
            slip[at] = if slip[at] == '7' { '8' } else { '7' };
            assert_eq!(code::read(&slip.iter().collect::<String>()), None, "{one} at {at}");
            let mut swapped = letters.clone();
            if at > 0 && at < 11 && swapped[at] != swapped[at - 1] {
                swapped.swap(at, at - 1);
                assert_eq!(
                    code::read(&swapped.iter().collect::<String>()),
                    None,
                    "{one} swapped at {at}"
                );
            }
        }
    }
    for bad in ["", "-", "O0O0-O0O0-O0O0", "7KQ4", "ñ234-5678-9ABC", "2345-6789-ABCD-E"] {
        assert_eq!(code::read(bad), None, "{bad}");
    }
}
