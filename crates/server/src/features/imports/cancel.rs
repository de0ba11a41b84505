//! Cancelled lines matched to what was bought: same member, product and price, the latest earlier line first.

use std::collections::BTreeMap;

use lazo_domain::event::{Body, PurchaseRef, Return, ReturnLine};
use rusqlite::params;

use super::draft::Draft;
use super::finding::Treatment;
use super::line::Line;
use super::mapping::Partial;
use super::spool::{Scratch, SpoolError};

/// What was bought in this file and not yet cancelled, in a file of its own so that memory stays bounded.
pub struct Matcher {
    scratch: Scratch,
}

/// What became of a cancelled line.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verdict {
    /// All of it was bought before, in one place only or in several that are used latest first.
    Full {
        /// How many earlier lines it could have meant.
        candidates: usize,
    },
    /// Only a part was: so many thousandths, and whether they are taken.
    Part {
        /// Thousandths that are left of earlier purchases.
        left_milli: i64,
        /// Thousandths cancelled.
        asked_milli: i64,
        /// Is the part taken back?
        taken: bool,
    },
    /// The member never bought the product before.
    NeverBought,
    /// The member bought it at another price only, or all of it is cancelled already.
    NothingLeft,
}

/// Quantities to take back, by the purchase's reference and line.
#[derive(Debug, Default)]
pub struct Back(BTreeMap<String, BTreeMap<usize, i64>>);

const TABLE: &str = "create table bought (
    id integer primary key, member text not null, product text not null, price text not null,
    purchase text not null, line integer not null, left_milli integer not null) strict;
    create index bought_by on bought (member, product, price, left_milli > 0, id);";

impl Matcher {
    /// Nothing bought yet.
    pub fn new() -> Result<Self, SpoolError> {
        let scratch = Scratch::new()?;
        scratch.connection.execute_batch(TABLE)?;
        scratch.connection.execute_batch("begin")?;
        Ok(Self { scratch })
    }

    /// Remembers a purchase's line.
    pub fn bought(&mut self, line: &Line, index: usize) -> Result<(), SpoolError> {
        let sql = "insert into bought (member, product, price, purchase, line, left_milli) values (?, ?, ?, ?, ?, ?)";
        let mut statement = self.scratch.connection.prepare_cached(sql)?;
        let Line { member, product, price, purchase, quantity_milli, .. } = line;
        statement.execute(params![
            member,
            product,
            price,
            purchase,
            i64::try_from(index).unwrap_or(i64::MAX),
            quantity_milli
        ])?;
        Ok(())
    }

    /// Finds what `line` cancels and adds it to `back`.
    pub fn cancel(
        &mut self,
        line: &Line,
        partial: Partial,
        back: &mut Back,
    ) -> Result<Verdict, SpoolError> {
        let open = self.open(line)?;
        let left_milli: i64 = open.iter().map(|bought| bought.left_milli).sum();
        let asked_milli = line.quantity_milli;
        if open.is_empty() {
            return Ok(if self.ever(line)? { Verdict::NothingLeft } else { Verdict::NeverBought });
        }
        let verdict = if left_milli >= asked_milli {
            Verdict::Full { candidates: open.len() }
        } else {
            Verdict::Part { left_milli, asked_milli, taken: partial == Partial::Take }
        };
        if !matches!(verdict, Verdict::Part { taken: false, .. }) {
            self.take(open, asked_milli, back)?;
        }
        Ok(verdict)
    }

    fn take(
        &mut self,
        open: Vec<Bought>,
        mut asked_milli: i64,
        back: &mut Back,
    ) -> Result<(), SpoolError> {
        let mut statement = self
            .scratch
            .connection
            .prepare_cached("update bought set left_milli = left_milli - ? where id = ?")?;
        for bought in open {
            let part = asked_milli.min(bought.left_milli);
            if part == 0 {
                break;
            }
            statement.execute(params![part, bought.id])?;
            *back.0.entry(bought.purchase).or_default().entry(bought.line).or_insert(0) += part;
            asked_milli -= part;
        }
        Ok(())
    }

    /// Earlier lines of the same member, product and price of which something is left, the latest first.
    fn open(&self, line: &Line) -> Result<Vec<Bought>, SpoolError> {
        let sql = "select id, purchase, line, left_milli from bought
                   where member = ? and product = ? and price = ? and (left_milli > 0) = 1 order by id desc";
        let mut statement = self.scratch.connection.prepare_cached(sql)?;
        let rows = statement.query_map(params![line.member, line.product, line.price], |row| {
            Ok(Bought {
                id: row.get(0)?,
                purchase: row.get(1)?,
                line: usize::try_from(row.get::<_, i64>(2)?).unwrap_or(usize::MAX),
                left_milli: row.get(3)?,
            })
        })?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    fn ever(&self, line: &Line) -> Result<bool, SpoolError> {
        let sql = "select 1 from bought where member = ? and product = ? limit 1";
        Ok(self
            .scratch
            .connection
            .prepare_cached(sql)?
            .exists(params![line.member, line.product])?)
    }
}

struct Bought {
    id: i64,
    purchase: String,
    line: usize,
    left_milli: i64,
}

impl Back {
    /// The returns, one for each purchase touched. The first of them is named as the cancellation is; where several
    /// purchases are touched, each name says which.
    #[must_use]
    pub fn drafts(self, cancellation: &Draft, source: &str) -> Vec<Draft> {
        let several = self.0.len() > 1;
        let drafts = self.0.into_iter().map(|(purchase, lines)| {
            let name = &cancellation.source_ref;
            let source_ref = if several { format!("{name}/{purchase}") } else { name.clone() };
            let lines =
                lines.into_iter().map(|(line, quantity_milli)| ReturnLine { line, quantity_milli });
            let purchase = PurchaseRef::Source { source: source.to_owned(), source_ref: purchase };
            let body = Body::Return(Return { purchase, lines: lines.collect() });
            Draft { source_ref, body, ..cancellation.clone() }
        });
        drafts.collect()
    }
}

impl Verdict {
    /// What the error file says of it, if anything.
    #[must_use]
    pub fn finding(self) -> Option<(&'static str, Treatment, String)> {
        match self {
            Self::Full { candidates: 0 | 1 } => None,
            Self::Full { candidates } => {
                let reason =
                    format!("could mean {candidates} earlier lines; the latest counts first");
                Some(("cancel_ambiguous", Treatment::Kept, reason))
            }
            Self::Part { left_milli, asked_milli, taken } => {
                let what = if taken { "that part is taken back" } else { "nothing is taken back" };
                let reason =
                    format!("{left_milli} of {asked_milli} thousandths were bought before; {what}");
                let treatment = if taken { Treatment::Kept } else { Treatment::LeftOut };
                Some(("cancel_partial", treatment, reason))
            }
            Self::NeverBought => {
                let reason = "the member did not buy the product before".to_owned();
                Some(("cancel_never_bought", Treatment::LeftOut, reason))
            }
            Self::NothingLeft => {
                let reason = "bought before at another price only, or cancelled already".to_owned();
                Some(("cancel_nothing_left", Treatment::LeftOut, reason))
            }
        }
    }
}
