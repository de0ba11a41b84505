//! Scratch files that gather the parts of each account from files in any order, so that memory stays bounded.

use std::fs::File;
use std::io::{BufRead as _, BufReader, BufWriter, Write as _};

use lazo_domain::ids::bucket_of;
use lazo_domain::merging::orders::SourceOrder;
use lazo_domain::merging::snapshot::{
    Consent, PaidPlan, PoolSeat, SourceCounter, SourceLot, SourceStatus, SourceTier, SourceVoucher,
    Unit,
};
use lazo_domain::time::Timestamp;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use std::collections::{BTreeMap, BTreeSet};

use super::fault::{MergeFault, parsed, written};
use super::store::accounts::Transaction;
use crate::features::carried_orders::Address;
use crate::scratch::Scratch;

/// How many scratch files: a million accounts with all that is theirs come to some megabytes each.
const PARTS: usize = 64;

/// A row of a source, understood: what it adds to an account.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub enum Part {
    /// The account itself.
    Account(Box<AccountPart>),
    /// Points.
    Lot(SourceLot),
    /// A tier held.
    Tier(SourceTier),
    /// What counts for a tier.
    Counter(SourceCounter),
    /// A voucher.
    Voucher(SourceVoucher),
    /// A reward ordered, and where it goes.
    Order(SourceOrder, Address),
    /// A consent or refusal.
    Consent(Consent),
    /// A paid plan.
    Plan(PaidPlan),
    /// A place in a pool.
    Pool(PoolSeat),
    /// A further number, `(scheme, token)`.
    Token(String, String),
    /// Something that happened.
    Transaction(Transaction),
}

/// An account without what it has.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct AccountPart {
    /// A person or a company.
    pub unit: Unit,
    /// For a contact, the company's number.
    pub contact_of: Option<String>,
    /// How it stands.
    pub status: SourceStatus,
    /// When the membership began.
    pub enrolled_at: Option<Timestamp>,
    /// Is it somebody who works here?
    pub staff: bool,
    /// When the source last changed what it knows of the person.
    pub changed_at: Option<Timestamp>,
    /// Fields of the person that the source has checked.
    pub verified: BTreeSet<String>,
    /// Balances as the source states them.
    pub balances: BTreeMap<String, i64>,
    /// Who it is.
    pub person: BTreeMap<String, String>,
    /// Further numbers by scheme.
    pub tokens: BTreeMap<String, String>,
    /// Where the row stands: `file:line`.
    pub place: String,
}

/// Rows by the member they belong to.
pub struct Spool {
    folder: Scratch,
    parts: Vec<BufWriter<File>>,
}

impl Spool {
    /// An empty one.
    pub fn new() -> Result<Self, MergeFault> {
        let folder = Scratch::of_machine().map_err(scratch)?;
        let parts = (0..PARTS)
            .map(|part| {
                let path = folder.path().join(part.to_string());
                File::create(&path).map(BufWriter::new).map_err(scratch)
            })
            .collect::<Result<_, _>>()?;
        Ok(Self { folder, parts })
    }

    /// Adds a part of a member.
    pub fn add(&mut self, member: &str, part: &Part) -> Result<(), MergeFault> {
        let text = written(&(member, part), "a row of a source")?;
        let out = &mut self.parts[place(member)];
        writeln!(out, "{text}").map_err(scratch)
    }

    /// Hands the members of each scratch file to `each`, with their parts in the order in which they were added.
    pub fn finish(mut self) -> Result<Gathered, MergeFault> {
        for part in &mut self.parts {
            part.flush().map_err(scratch)?;
        }
        Ok(Gathered { folder: self.folder, next: 0 })
    }
}

/// Members being given back, a scratch file at a time.
pub struct Gathered {
    folder: Scratch,
    next: usize,
}

impl Gathered {
    /// The members of the next scratch file; nothing after the last.
    pub fn take(&mut self) -> Result<Option<BTreeMap<String, Vec<Part>>>, MergeFault> {
        if self.next == PARTS {
            return Ok(None);
        }
        let path = self.folder.path().join(self.next.to_string());
        self.next += 1;
        let mut members = BTreeMap::<String, Vec<Part>>::new();
        for line in BufReader::new(File::open(&path).map_err(scratch)?).lines() {
            let line = line.map_err(scratch)?;
            let (member, part): (String, Part) = parsed(&line, "a row of a scratch file")?;
            members.entry(member).or_default().push(part);
        }
        let _ = std::fs::remove_file(&path);
        Ok(Some(members))
    }
}

fn place(member: &str) -> usize {
    let hash = Sha256::digest(member.as_bytes());
    let mut key = [0; 8];
    key.copy_from_slice(&hash[..8]);
    usize::try_from(bucket_of(i64::from_be_bytes(key))).unwrap_or(0) % PARTS
}

/// A scratch file failed. Where it lies is nobody's business but the machine's.
fn scratch(error: std::io::Error) -> MergeFault {
    MergeFault::Io("cannot use a scratch file of this machine".to_owned(), error)
}
